// Items as tiles, one to three in a row; all tiles of a row are equally high.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import Controls
import KioskUi

GridLayout {
    id: grid

    required property HomeModel home
    property real rowHeight: 0
    property bool narrow: false

    columns: (narrow || Theme.portrait ? 2 : 3) - (Theme.large ? 1 : 0)
    columnSpacing: Theme.gap
    rowSpacing: Theme.gap
    uniformCellWidths: true

    Repeater {
        model: grid.home.items

        ItemTile {
            required property string code
            required property string name
            required summary
            required reason
            required kindText
            required instant
            required deferrable
            required crossRegion
            required bundle

            objectName: "item-" + code
            Layout.fillWidth: true
            Layout.fillHeight: true
            Layout.minimumHeight: Math.max(Theme.px(Theme.portrait ? 190 : 176), grid.rowHeight)
            text: name
            onClicked: grid.home.chooseItem(code)
        }
    }
}
