// A number and what it counts.
import QtQuick
import Controls

Item {
    id: tile

    property string number
    property string label
    property string tone: "info"

    implicitHeight: Theme.px(Theme.large ? 180 : 158)

    Card {
        anchors.fill: parent
    }
    OneLine {
        id: figure
        y: Theme.px(12)
        x: Theme.px(12)
        width: parent.width - 2 * x
        height: Theme.px(Theme.large ? 92 : 80)
        horizontalAlignment: Text.AlignHCenter
        text: tile.number
        largest: Theme.px(Theme.large ? 60 : 52)
        strong: true
        color: tile.tone === "bad" ? Theme.bad : tile.tone === "good" ? Theme.good : tile.tone === "warn" ? Theme.warn : Theme.ink
    }
    OneLine {
        anchors.top: figure.bottom
        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.px(14)
        x: Theme.px(12)
        width: parent.width - 2 * x
        horizontalAlignment: Text.AlignHCenter
        text: tile.label
        largest: Theme.caption
        soft: true
    }
}
