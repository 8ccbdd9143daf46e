// A bar that says what happened and what to do next.
import QtQuick

Rectangle {
    id: notice

    property string text
    property string next
    property string iconName: tone === "bad" ? "error" : tone === "good" ? "check_circle" : tone === "warn" ? "warning" : "info"
    property string tone: "info"
    readonly property color ink: Theme.toned(tone)

    implicitHeight: Math.max(Theme.px(84), words.implicitHeight + Theme.px(36))
    radius: Theme.radius
    color: Theme.tonedPale(tone)
    border.width: Theme.edgeWidth
    border.color: tone === "bad" ? Theme.badEdge : tone === "warn" ? Theme.warnEdge : Theme.highContrast ? ink : color

    Icon {
        id: icon
        x: Theme.px(28)
        anchors.verticalCenter: parent.verticalCenter
        name: notice.iconName
        size: Theme.px(52)
        colour: notice.ink
    }
    Column {
        id: words
        anchors.left: icon.right
        anchors.leftMargin: Theme.px(22)
        anchors.right: parent.right
        anchors.rightMargin: Theme.px(28)
        anchors.verticalCenter: parent.verticalCenter
        spacing: Theme.px(4)

        Words {
            width: parent.width
            text: notice.text
            strong: notice.next !== ""
            color: notice.ink
        }
        Words {
            visible: text !== ""
            width: parent.width
            text: notice.next
            size: Theme.caption
        }
    }
}
