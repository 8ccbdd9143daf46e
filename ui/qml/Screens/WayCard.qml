// One way to identify: most need no touch, for their device waits by itself; one that does says so.
import QtQuick
import Controls

Item {
    id: way

    property bool across: true
    property string iconName
    property color colour
    property string title
    property string how
    property string reason
    property bool done: false
    property bool waiting: false
    property string waitingText
    property bool touchable: false
    signal touched
    readonly property bool off: reason !== ""

    implicitHeight: across ? Math.max(Theme.px(160), words.implicitHeight + Theme.px(56)) : Theme.px(150) + words.implicitHeight + Theme.px(84)
    Accessible.role: touchable ? Accessible.Button : Accessible.StaticText
    Accessible.name: title
    Accessible.description: off ? reason : how

    Card {
        anchors.fill: parent
        raised: !way.off
        colour: way.off ? Theme.off : way.done ? Theme.goodPale : Theme.card
        edge: way.done ? Theme.good : way.touchable ? Theme.primary : Theme.edge
        edgeWidth: way.done ? Theme.px(5) : Theme.edgeWidth
    }
    MouseArea {
        anchors.fill: parent
        enabled: way.touchable
        onClicked: way.touched()
    }
    IconBadge {
        id: badge
        x: way.across ? Theme.px(44) : (parent.width - width) / 2
        y: way.across ? (parent.height - height) / 2 : Math.max(Theme.px(20), (parent.height - height - words.height) / 2 - Theme.px(20))
        size: Math.min(Theme.px(way.across ? 168 : 150), way.across ? way.height - Theme.px(40) : Theme.px(150))
        name: way.done ? "check" : way.iconName
        colour: way.off ? "#8a94a6" : way.done ? Theme.good : way.colour
    }
    Column {
        id: words
        x: way.across ? badge.x + badge.width + Theme.px(40) : Theme.px(28)
        y: way.across ? (parent.height - height) / 2 : badge.y + badge.height + Theme.px(28)
        width: parent.width - x - Theme.px(28)
        spacing: Theme.px(12)

        Words {
            width: parent.width
            horizontalAlignment: way.across ? Text.AlignLeft : Text.AlignHCenter
            text: way.title
            size: Theme.title
            strong: true
            color: way.off ? Theme.offInk : Theme.ink
        }
        Words {
            width: parent.width
            horizontalAlignment: way.across ? Text.AlignLeft : Text.AlignHCenter
            text: way.off ? way.reason : way.done ? qsTr("已核验") : way.how
            color: way.off ? Theme.bad : way.done ? Theme.good : Theme.soft
        }
        Item {
            visible: way.waiting
            width: parent.width
            height: waitingRow.height

            Row {
                id: waitingRow
                x: way.across ? 0 : (parent.width - width) / 2
                spacing: Theme.px(20)

                Spinner {
                    anchors.verticalCenter: parent.verticalCenter
                    running: way.waiting
                }
                Words {
                    width: Math.min(implicitWidth, words.width - Theme.px(120))
                    text: way.waitingText
                    size: Theme.caption
                    strong: true
                    color: Theme.primary
                }
            }
        }
    }
}
