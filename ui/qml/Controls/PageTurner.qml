// Two big buttons to move through what is longer than its room.
import QtQuick

Item {
    id: turner

    property string earlierText
    property string laterText
    property bool earlierEnabled: false
    property bool laterEnabled: false
    signal earlierTouched
    signal laterTouched

    implicitHeight: Theme.touch

    TouchButton {
        objectName: turner.objectName + "-earlier"
        anchors.left: parent.left
        height: parent.height
        width: (turner.width - Theme.gap) / 2
        iconName: "keyboard_arrow_up"
        text: turner.earlierText
        enabled: turner.earlierEnabled
        onClicked: turner.earlierTouched()
    }
    TouchButton {
        objectName: turner.objectName + "-later"
        anchors.right: parent.right
        height: parent.height
        width: (turner.width - Theme.gap) / 2
        iconName: "keyboard_arrow_down"
        text: turner.laterText
        enabled: turner.laterEnabled
        onClicked: turner.laterTouched()
    }
}
