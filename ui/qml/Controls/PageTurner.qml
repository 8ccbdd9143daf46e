// Two big buttons to turn pages, and where one is between them.
import QtQuick

Item {
    id: turner

    property string earlierText: qsTr("上一页")
    property string laterText: qsTr("下一页")
    property bool earlierEnabled: false
    property bool laterEnabled: false
    property string position
    signal earlierTouched
    signal laterTouched

    implicitHeight: Theme.touch

    TouchButton {
        objectName: turner.objectName + "-earlier"
        anchors.left: parent.left
        height: parent.height
        width: Math.max(implicitWidth, (turner.width - Theme.px(200)) / 2)
        iconName: "keyboard_arrow_up"
        text: turner.earlierText
        enabled: turner.earlierEnabled
        onClicked: turner.earlierTouched()
    }
    Words {
        anchors.centerIn: parent
        text: turner.position
        strong: true
        soft: true
    }
    TouchButton {
        objectName: turner.objectName + "-later"
        anchors.right: parent.right
        height: parent.height
        width: Math.max(implicitWidth, (turner.width - Theme.px(200)) / 2)
        iconName: "keyboard_arrow_down"
        text: turner.laterText
        enabled: turner.laterEnabled
        onClicked: turner.laterTouched()
    }
}
