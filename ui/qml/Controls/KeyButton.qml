// One key of a keypad; `sends` is what it types.
import QtQuick
import QtQuick.Templates as T

T.Button {
    id: key

    property string sends: text
    property string iconName
    property bool tinted: false
    property int fontSize: Theme.px(44)

    implicitWidth: Theme.touch
    implicitHeight: Theme.touch
    focusPolicy: Qt.NoFocus
    Accessible.name: text

    background: Card {
        colour: !key.enabled ? Theme.off : key.down ? Theme.primary : key.tinted ? Theme.primaryPale : Theme.card
    }
    contentItem: Item {
        Icon {
            visible: key.iconName !== ""
            anchors.centerIn: parent
            name: key.iconName
            size: key.fontSize
            colour: key.down ? Theme.primaryInk : Theme.primary
        }
        OneLine {
            visible: key.iconName === ""
            anchors.fill: parent
            horizontalAlignment: Text.AlignHCenter
            text: key.text
            largest: key.fontSize
            strong: true
            color: !key.enabled ? Theme.offInk : key.down ? Theme.primaryInk : Theme.ink
        }
    }
}
