// A box to tick with its sentence; never ticked beforehand. Once missed, it says what it is needed for until it is ticked.
import QtQuick
import QtQuick.Templates as T

T.CheckBox {
    id: box

    property string hint
    property bool missed
    readonly property bool wanting: missed && !checked

    implicitHeight: Math.max(Theme.mainTouch, sentences.implicitHeight + Theme.px(40))
    focusPolicy: Qt.NoFocus
    Accessible.name: text
    Accessible.description: wanting ? hint : ""

    background: Card {
        colour: box.checked ? Theme.primaryPale : box.wanting ? Theme.warnPale : Theme.card
        edge: box.checked ? Theme.primary : box.wanting ? Theme.warn : Theme.edge
        edgeWidth: box.checked || box.wanting ? Theme.px(4) : Theme.edgeWidth
    }
    indicator: Rectangle {
        x: Theme.px(28)
        anchors.verticalCenter: parent.verticalCenter
        width: Theme.px(64)
        height: width
        radius: Theme.px(14)
        color: box.checked ? Theme.primary : Theme.card
        border.width: Theme.px(4)
        border.color: box.checked ? Theme.primary : box.wanting ? Theme.warn : Theme.soft

        Icon {
            visible: box.checked
            anchors.centerIn: parent
            name: "check"
            size: Theme.px(52)
            colour: Theme.primaryInk
        }
    }
    contentItem: Item {
        Column {
            id: sentences
            anchors.left: parent.left
            anchors.right: parent.right
            anchors.leftMargin: Theme.px(120)
            anchors.rightMargin: Theme.px(28)
            anchors.verticalCenter: parent.verticalCenter
            spacing: Theme.px(4)

            Words {
                width: parent.width
                text: box.text
                strong: true
            }
            Words {
                objectName: "hint"
                visible: box.wanting
                width: parent.width
                text: box.hint
                color: Theme.warn
            }
        }
    }
}
