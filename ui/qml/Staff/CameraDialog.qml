// The face camera's test: its live picture as in a mirror, and what to do to be seen well.
pragma ComponentBehavior: Bound

import QtQuick
import Controls
import KioskUi

Rectangle {
    id: dialog

    required property StaffDevicesModel devices

    objectName: "camera-dialog"
    color: Theme.veil

    MouseArea {
        anchors.fill: parent
    }
    Card {
        anchors.centerIn: parent
        width: Math.min(parent.width - 2 * Theme.margin, Theme.px(Theme.portrait ? 1000 : 1240))
        height: Math.min(parent.height - 2 * Theme.margin, Theme.px(Theme.portrait ? 1160 : 800))

        Words {
            id: title
            x: Theme.px(40)
            y: Theme.px(30)
            width: parent.width - 2 * x
            text: qsTr("人像摄像头测试")
            size: Theme.title
            strong: true
        }
        Rectangle {
            id: frame
            anchors.top: title.bottom
            anchors.topMargin: Theme.px(20)
            anchors.bottom: hint.top
            anchors.bottomMargin: Theme.px(20)
            x: Theme.px(40)
            width: parent.width - 2 * x
            radius: Theme.px(16)
            color: "#0b1220"
            border.width: Theme.px(6)
            border.color: dialog.devices.hintGood ? Theme.good : Theme.highContrast ? Theme.edge : "#0b1220"

            CameraView {
                objectName: "camera-view"
                anchors.fill: parent
                anchors.margins: Theme.px(10)
                feed: dialog.devices.feed
            }
            Words {
                visible: !dialog.devices.feed.live
                anchors.centerIn: parent
                text: qsTr("正在等待画面…")
                color: "#ffffff"
            }
        }
        Notice {
            id: hint
            objectName: "face-hint"
            x: Theme.px(40)
            width: parent.width - 2 * x
            anchors.bottom: buttons.top
            anchors.bottomMargin: Theme.px(24)
            tone: dialog.devices.hintGood ? "good" : "info"
            iconName: dialog.devices.hintGood ? "check_circle" : "face"
            text: dialog.devices.hint !== "" ? dialog.devices.hint : qsTr("没有人脸检测结果，只显示画面")
            next: qsTr("画面只在内存里，不保存、不上传")
        }
        TouchButton {
            id: buttons
            objectName: "camera-close"
            anchors.bottom: parent.bottom
            anchors.bottomMargin: Theme.px(32)
            anchors.horizontalCenter: parent.horizontalCenter
            width: Theme.px(420)
            main: true
            iconName: "close"
            text: qsTr("关闭画面")
            onClicked: dialog.devices.closeCamera()
        }
    }
}
