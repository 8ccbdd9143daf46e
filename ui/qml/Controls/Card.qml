// A white sheet with a quiet shadow (a second rectangle: effects do not draw without a GPU).
import QtQuick

Item {
    id: card

    property color colour: Theme.card
    property color edge: Theme.edge
    property int edgeWidth: Theme.edgeWidth
    property bool raised: true

    Rectangle {
        visible: card.raised && !Theme.highContrast
        anchors.fill: parent
        anchors.topMargin: Theme.px(6)
        anchors.bottomMargin: -Theme.px(6)
        radius: Theme.radius
        color: Theme.shadow
    }
    Rectangle {
        anchors.fill: parent
        radius: Theme.radius
        color: card.colour
        border.width: card.edgeWidth
        border.color: card.edge
    }
}
