// One paper of several: its name and how many pages there are; touched, it is opened.
import QtQuick
import QtQuick.Templates as T
import Controls

T.Button {
    id: button

    required property string label
    required property string pages
    required property bool captured
    required property bool current
    property real maxWidth: 0

    width: Math.min(maxWidth, words.implicitWidth + Theme.px(120))
    height: Math.max(Theme.touch, words.implicitHeight + Theme.px(24))
    focusPolicy: Qt.NoFocus
    Accessible.name: label

    background: Rectangle {
        radius: Theme.radius
        color: button.current ? Theme.primaryPale : Theme.card
        border.width: button.current ? Theme.px(4) : Theme.edgeWidth
        border.color: button.current ? Theme.primary : Theme.edge
    }
    contentItem: Item {
        Icon {
            id: icon
            x: Theme.px(24)
            anchors.verticalCenter: parent.verticalCenter
            name: button.captured ? "check_circle" : "description"
            size: Theme.px(40)
            colour: button.captured ? Theme.good : Theme.soft
        }
        Words {
            id: words
            anchors.left: icon.right
            anchors.leftMargin: Theme.px(14)
            anchors.verticalCenter: parent.verticalCenter
            width: Math.min(implicitWidth, button.maxWidth - Theme.px(120))
            text: button.label + "  " + button.pages
            strong: button.current
        }
    }
}
