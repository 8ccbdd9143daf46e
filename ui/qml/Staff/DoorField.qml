// The number's or the PIN's field.
import QtQuick
import QtQuick.Templates as T
import Controls

T.Button {
    id: field

    property string label
    property string shown
    property bool current: false
    signal touched

    implicitHeight: Theme.px(Theme.large ? 164 : 146)
    focusPolicy: Qt.NoFocus
    Accessible.name: label
    onClicked: touched()

    background: Card {
        raised: field.current
        edge: field.current ? Theme.primary : Theme.edge
        edgeWidth: field.current ? Theme.px(5) : Theme.edgeWidth
    }
    contentItem: Item {
        Words {
            id: name
            x: Theme.px(30)
            y: Theme.px(14)
            text: field.label
            size: Theme.caption
            soft: true
        }
        OneLine {
            x: Theme.px(30)
            anchors.top: name.bottom
            anchors.bottom: parent.bottom
            anchors.bottomMargin: Theme.px(10)
            width: parent.width - 2 * x
            text: field.shown + (field.current ? "▏" : "")
            largest: Theme.px(50)
            strong: true
        }
    }
}
