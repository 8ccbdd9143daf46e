// An icon on a coloured rounded square.
import QtQuick

Rectangle {
    id: badge

    property string name
    property color colour: Theme.primary
    property int size: Theme.px(112)

    width: size
    height: size
    radius: size * 0.27
    color: Theme.highContrast ? Theme.card : colour
    border.width: Theme.highContrast ? Theme.edgeWidth : 0
    border.color: Theme.primary

    Icon {
        anchors.centerIn: parent
        name: badge.name
        size: Math.round(badge.size * 0.6)
        colour: Theme.highContrast ? Theme.primary : "#ffffff"
    }
}
