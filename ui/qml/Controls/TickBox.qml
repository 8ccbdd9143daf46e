// A box to tick with its sentence; never ticked beforehand.
import QtQuick
import QtQuick.Templates as T

T.CheckBox {
    id: box

    implicitHeight: Math.max(Theme.mainTouch, sentence.implicitHeight + Theme.px(40))
    focusPolicy: Qt.NoFocus
    Accessible.name: text

    background: Card {
        colour: box.checked ? Theme.primaryPale : Theme.card
        edge: box.checked ? Theme.primary : Theme.edge
        edgeWidth: box.checked ? Theme.px(4) : Theme.edgeWidth
    }
    indicator: Rectangle {
        x: Theme.px(28)
        anchors.verticalCenter: parent.verticalCenter
        width: Theme.px(64)
        height: width
        radius: Theme.px(14)
        color: box.checked ? Theme.primary : Theme.card
        border.width: Theme.px(4)
        border.color: box.checked ? Theme.primary : Theme.soft

        Icon {
            visible: box.checked
            anchors.centerIn: parent
            name: "check"
            size: Theme.px(52)
            colour: Theme.primaryInk
        }
    }
    contentItem: Item {
        Words {
            id: sentence
            anchors.left: parent.left
            anchors.right: parent.right
            anchors.leftMargin: Theme.px(120)
            anchors.rightMargin: Theme.px(28)
            anchors.verticalCenter: parent.verticalCenter
            text: box.text
            strong: true
        }
    }
}
