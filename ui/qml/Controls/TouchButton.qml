// A button: one main action a screen (`main`), all others quiet.
import QtQuick
import QtQuick.Templates as T

T.Button {
    id: button

    property bool main: false
    property string iconName
    property int fontSize: main ? Theme.lead : Theme.body
    readonly property color ink: !enabled ? Theme.offInk : main ? Theme.primaryInk : Theme.primary

    implicitHeight: main ? Theme.mainTouch : Theme.touch
    implicitWidth: Math.max(Theme.px(main ? 320 : 150), label.wanted + (iconName === "" ? 0 : icon.width + Theme.px(14)) + Theme.px(main ? 96 : 56))
    focusPolicy: Qt.NoFocus
    Accessible.name: text

    background: Card {
        raised: button.enabled
        colour: !button.enabled ? Theme.off : button.main ? (button.down ? Theme.primaryDeep : Theme.primary) : (button.down ? Theme.primaryPale : Theme.card)
        edge: button.main && button.enabled ? Theme.primary : Theme.edge
    }
    contentItem: Item {
        Row {
            anchors.centerIn: parent
            spacing: button.text === "" ? 0 : Theme.px(14)

            Icon {
                id: icon
                visible: button.iconName !== ""
                anchors.verticalCenter: parent.verticalCenter
                name: button.iconName
                size: Math.round(button.fontSize * (button.text === "" ? 1.8 : 1.3))
                colour: button.ink
            }
            OneLine {
                id: label
                width: Math.min(wanted, button.width - (icon.visible ? icon.width + parent.spacing : 0) - Theme.px(32))
                anchors.verticalCenter: parent.verticalCenter
                text: button.text
                largest: button.fontSize
                strong: true
                color: button.ink
            }
        }
    }
}
