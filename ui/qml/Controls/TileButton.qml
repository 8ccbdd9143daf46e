// A big tile: icon, name, a line below; greyed it says why.
import QtQuick
import QtQuick.Templates as T

T.Button {
    id: tile

    property string iconName
    property color colour: Theme.primary
    property string summary
    property string reason
    property int badgeSize: Theme.px(112)
    property bool across: false
    readonly property bool off: reason !== ""

    implicitHeight: Theme.px(300)
    enabled: !off
    focusPolicy: Qt.NoFocus
    Accessible.name: text
    Accessible.description: off ? reason : summary

    background: Card {
        raised: !tile.off
        colour: tile.off ? Theme.off : tile.down ? Theme.primaryPale : Theme.card
    }
    contentItem: Item {
        IconBadge {
            id: badge
            name: tile.iconName
            // A long name in large type takes its room from the picture.
            readonly property real room: tile.height - words.implicitHeight - Theme.px(48)
            visible: tile.across || room >= Theme.px(48)
            size: tile.across ? tile.badgeSize : Math.max(0, Math.min(tile.badgeSize, room))
            colour: tile.off ? "#8a94a6" : tile.colour
            x: tile.across ? Theme.px(32) : (parent.width - width) / 2
            y: tile.across ? (parent.height - height) / 2 : Math.max(0, (parent.height - height - words.implicitHeight - (visible ? Theme.px(20) : 0)) / 2)
        }
        Column {
            id: words
            anchors.left: tile.across ? badge.right : parent.left
            anchors.right: parent.right
            anchors.leftMargin: tile.across ? Theme.px(28) : Theme.px(12)
            anchors.rightMargin: Theme.px(12)
            y: tile.across ? (parent.height - implicitHeight) / 2 : badge.visible ? badge.y + badge.height + Theme.px(20) : Math.max(0, (parent.height - implicitHeight) / 2)
            spacing: Theme.px(4)

            Words {
                id: name
                width: parent.width
                horizontalAlignment: tile.across ? Text.AlignLeft : Text.AlignHCenter
                // The last two characters stay together: no 区 alone on its line.
                text: tile.text.replace(/([\u4e00-\u9fff])([\u4e00-\u9fff])$/, "$1\u2060$2")
                size: !Theme.large ? Theme.lead : Theme.pt(tile.height < Theme.px(300) || tile.off ? 26 : 33)
                strong: true
                lineHeight: 1.05
                color: tile.off ? Theme.offInk : Theme.ink
            }
            Words {
                // In the smallest room the name stands alone; a reason is always told.
                visible: text !== "" && (tile.off || tile.height >= name.implicitHeight + implicitHeight + Theme.px(tile.across ? (Theme.large ? 56 : 36) : 120))
                width: parent.width
                horizontalAlignment: tile.across ? Text.AlignLeft : Text.AlignHCenter
                text: tile.off ? tile.reason : tile.summary
                size: Theme.caption
                lineHeight: 1.05
                color: tile.off ? Theme.bad : Theme.soft
            }
        }
    }
}
