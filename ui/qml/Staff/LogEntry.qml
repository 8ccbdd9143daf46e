// One event of the log; a visit's event opens the visit.
import QtQuick
import QtQuick.Templates as T
import Controls

T.Button {
    id: entry

    property string atText
    property string facts
    property string visit
    property bool trouble
    signal visitTouched

    implicitHeight: Math.max(Theme.px(90), words.implicitHeight + Theme.px(28))
    enabled: visit !== ""
    focusPolicy: Qt.NoFocus
    objectName: visit !== "" ? "entry-" + visit : "entry"
    Accessible.name: text
    onClicked: visitTouched()

    background: Rectangle {
        color: entry.down ? Theme.primaryPale : Theme.card

        Rectangle {
            width: Theme.px(10)
            height: parent.height
            color: entry.trouble ? Theme.bad : "transparent"
        }
        Rectangle {
            anchors.bottom: parent.bottom
            width: parent.width
            height: Math.max(1, Theme.px(2))
            color: Theme.edge
        }
    }
    contentItem: Item {
        Words {
            id: time
            x: Theme.px(28)
            anchors.verticalCenter: parent.verticalCenter
            width: Theme.px(Theme.large ? 250 : 200)
            text: entry.atText
            size: Theme.caption
            soft: true
        }
        Column {
            id: words
            anchors.left: time.right
            anchors.leftMargin: Theme.px(16)
            anchors.right: mark.left
            anchors.rightMargin: Theme.px(16)
            anchors.verticalCenter: parent.verticalCenter
            spacing: Theme.px(2)

            Words {
                width: parent.width
                text: entry.text
                strong: true
                color: entry.trouble ? Theme.bad : Theme.ink
            }
            Words {
                visible: text !== ""
                width: parent.width
                text: entry.facts
                size: Theme.caption
                soft: true
            }
        }
        Icon {
            id: mark
            visible: entry.visit !== ""
            anchors.right: parent.right
            anchors.rightMargin: Theme.px(20)
            anchors.verticalCenter: parent.verticalCenter
            name: "timeline"
            size: Theme.px(44)
            colour: Theme.primary
        }
    }
}
