// The face camera's test: its live picture as in a mirror, and what to do to be seen well.
import QtQuick
import Controls
import KioskUi

Rectangle {
    id: dialog

    required property StaffDevicesModel devices
    readonly property int inset: Theme.px(40)

    objectName: "camera-dialog"
    color: Theme.veil

    MouseArea {
        anchors.fill: parent
    }
    Card {
        id: sheet
        anchors.centerIn: parent
        width: Theme.portrait ? parent.width - 2 * Theme.margin : Math.min(parent.width - 2 * Theme.margin, Theme.px(1600))
        height: Theme.portrait ? Math.min(parent.height - 2 * Theme.margin, Theme.px(1240)) : parent.height - 2 * Theme.margin

        Words {
            id: title
            x: Theme.portrait ? dialog.inset : words.x
            y: dialog.inset
            width: words.width
            text: qsTr("人像摄像头测试")
            size: Theme.title
            strong: true
        }
        Rectangle {
            id: frame
            x: dialog.inset
            y: Theme.portrait ? title.y + title.height + Theme.px(24) : dialog.inset
            width: Theme.portrait ? sheet.width - 2 * dialog.inset : sheet.width * 0.58
            height: (Theme.portrait ? words.y - Theme.px(24) : sheet.height - dialog.inset) - y
            radius: Theme.px(16)
            color: "#0b1220"
            border.width: Theme.px(8)
            border.color: dialog.devices.hintGood ? Theme.good : Theme.highContrast ? Theme.edge : "#0b1220"

            LivePicture {
                viewName: "camera-view"
                anchors.fill: parent
                anchors.margins: Theme.px(12)
                feed: dialog.devices.feed
            }
            Words {
                visible: !dialog.devices.feed.live
                anchors.centerIn: parent
                text: qsTr("正在等待画面…")
                color: "#ffffff"
            }
        }
        Column {
            id: words
            x: Theme.portrait ? dialog.inset : frame.x + frame.width + dialog.inset
            y: sheet.height - height - dialog.inset
            width: sheet.width - x - dialog.inset
            spacing: Theme.px(24)

            Notice {
                objectName: "face-hint"
                width: parent.width
                tone: dialog.devices.hintGood ? "good" : "info"
                iconName: dialog.devices.hintGood ? "check_circle" : "face"
                text: dialog.devices.hint !== "" ? dialog.devices.hint : qsTr("没有人脸检测结果，只显示画面")
                next: qsTr("画面只在内存里，不保存、不上传")
            }
            TouchButton {
                objectName: "camera-close"
                width: parent.width
                main: true
                iconName: "close"
                text: qsTr("关闭画面")
                onClicked: dialog.devices.closeCamera()
            }
        }
    }
}
