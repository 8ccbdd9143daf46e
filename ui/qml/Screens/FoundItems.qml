// The hits of the search, one below the other.
import QtQuick
import Controls
import KioskUi

Column {
    id: list

    required property HomeModel home
    readonly property int count: repeater.count

    spacing: Theme.px(18)

    Repeater {
        id: repeater
        model: list.home.items

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
            width: list.width
            text: name
            onClicked: list.home.chooseItem(code)
        }
    }
}
