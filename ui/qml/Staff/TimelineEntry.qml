// One event of a visit on the visit's line.
import QtQuick
import Controls

Item {
    id: entry

    property string afterText
    property string text
    property string facts
    property bool trouble

    implicitHeight: Math.max(Theme.px(64), words.implicitHeight + Theme.px(20))

    Words {
        id: after
        anchors.verticalCenter: dot.verticalCenter
        width: Theme.px(Theme.large ? 140 : 110)
        horizontalAlignment: Text.AlignRight
        text: entry.afterText
        size: Theme.caption
        soft: true
    }
    Rectangle {
        x: dot.x + dot.width / 2 - width / 2
        width: Theme.px(4)
        height: parent.height
        color: Theme.edge
    }
    Rectangle {
        id: dot
        anchors.left: after.right
        anchors.leftMargin: Theme.px(24)
        y: Theme.px(14)
        width: Theme.px(26)
        height: width
        radius: width / 2
        color: entry.trouble ? Theme.bad : Theme.primary
        border.width: Theme.px(4)
        border.color: Theme.page
    }
    Column {
        id: words
        anchors.left: dot.right
        anchors.leftMargin: Theme.px(24)
        anchors.right: parent.right
        y: Theme.px(6)
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
}
