// The bottom of a page: back and leave on the left, the one main action on the right.
import QtQuick

Item {
    id: bar

    property string mainText
    property string mainIcon: "arrow_forward"
    property bool mainEnabled: true
    property bool backVisible: true
    property string backText: qsTr("上一步")
    property bool leaveVisible: true
    property string leaveText: qsTr("结束办理")
    signal mainTouched
    signal mainRefused // touched while it is not enabled
    signal backTouched
    signal leaveTouched

    implicitHeight: Theme.mainTouch + 2 * Theme.px(Theme.portrait ? 20 : 14)

    Row {
        id: quiet
        anchors.left: parent.left
        anchors.verticalCenter: parent.verticalCenter
        height: Theme.mainTouch
        spacing: Theme.px(20)

        TouchButton {
            objectName: "back"
            visible: bar.backVisible
            height: parent.height
            iconName: "arrow_back"
            text: bar.backText
            onClicked: bar.backTouched()
        }
        TouchButton {
            objectName: "leave"
            visible: bar.leaveVisible
            height: parent.height
            iconName: Theme.portrait && Theme.large ? "" : "logout"
            text: bar.leaveText
            onClicked: bar.leaveTouched()
        }
    }
    MouseArea {
        anchors.fill: main
        enabled: main.visible && !bar.mainEnabled
        onClicked: bar.mainRefused()
    }
    TouchButton {
        id: main
        objectName: "main"
        visible: bar.mainText !== ""
        anchors.right: parent.right
        anchors.left: quiet.right
        anchors.leftMargin: quiet.width === 0 && Theme.portrait ? 0 : Math.max(Theme.px(24), Theme.portrait ? 0 : bar.width - quiet.width - Theme.px(760))
        anchors.verticalCenter: parent.verticalCenter
        height: Theme.mainTouch
        main: true
        iconName: bar.mainIcon
        text: bar.mainText
        enabled: bar.mainEnabled
        onClicked: bar.mainTouched()
    }
}
