// Over the whole screen: a veil, and on a card in its middle words and buttons, one below the other.
import QtQuick

Rectangle {
    id: dialog

    property int widest: 900
    property bool cardTakesTouches: false // else a touch of the card is one of the veil
    property alias veilName: veil.objectName
    property alias spacing: words.spacing
    default property alias content: words.data
    signal veilTouched

    color: Theme.veil

    MouseArea {
        id: veil
        anchors.fill: parent
        onClicked: dialog.veilTouched()
    }
    Card {
        anchors.centerIn: parent
        width: Math.min(parent.width - 2 * Theme.margin, Theme.px(dialog.widest))
        height: words.implicitHeight + Theme.px(112)

        MouseArea {
            anchors.fill: parent
            enabled: dialog.cardTakesTouches
        }
        Column {
            id: words
            anchors.left: parent.left
            anchors.right: parent.right
            anchors.margins: Theme.px(56)
            anchors.verticalCenter: parent.verticalCenter
            spacing: Theme.px(28)
        }
    }
}
