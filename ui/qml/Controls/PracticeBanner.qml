// On every screen of a kiosk in practice: nothing done here is real.
import QtQuick

Rectangle {
    implicitHeight: words.implicitHeight + Theme.px(16)
    color: Theme.highContrast ? Theme.primary : "#ffd54a"

    Words {
        id: words
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.margins: Theme.margin
        anchors.verticalCenter: parent.verticalCenter
        horizontalAlignment: Text.AlignHCenter
        text: qsTr("练习模式：设备是模拟的，办理的事项不会真的生效")
        size: Theme.px(26)
        strong: true
        color: Theme.highContrast ? Theme.primaryInk : "#3b2a00"
    }
}
