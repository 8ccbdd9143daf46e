// Items as tiles, two or three in a row; all tiles of a row are equally high.
import QtQuick
import QtQuick.Layouts
import Controls
import KioskUi

GridLayout {
    id: grid

    required property HomeModel home

    columns: Theme.portrait && Theme.large ? 1 : Theme.portrait || Theme.large ? 2 : 3
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
            Layout.minimumHeight: Theme.px(Theme.portrait ? 190 : 176)
            text: name
            onClicked: grid.home.chooseItem(code)
        }
    }
}
