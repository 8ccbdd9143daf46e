// For the technician: every mistake that keeps this kiosk out of service, with its place.
import QtQuick
import Controls

Rectangle {
    id: list

    property string trouble
    property string remedy
    property list<string> mistakes
    signal closed

    objectName: "mistakes"
    color: Theme.page

    Words {
        id: title
        x: Theme.margin
        y: Theme.px(40)
        width: parent.width - 2 * x
        text: list.trouble
        size: Theme.title
        strong: true
    }
    Words {
        id: next
        x: Theme.margin
        anchors.top: title.bottom
        width: parent.width - 2 * x
        text: list.remedy + "\n" + qsTr("设置文件改好并保存后，本机会自动重新启动")
        soft: true
    }
    ScrollArea {
        x: Theme.margin
        width: parent.width - 2 * x
        anchors.top: next.bottom
        anchors.topMargin: Theme.gap
        anchors.bottom: close.top
        anchors.bottomMargin: Theme.gap

        Repeater {
            model: list.mistakes

            Notice {
                required property string modelData

                width: parent?.width ?? 0
                tone: "bad"
                text: modelData
            }
        }
    }
    TouchButton {
        id: close
        objectName: "mistakes-close"
        x: Theme.margin
        width: parent.width - 2 * x
        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.px(40)
        main: true
        iconName: "check"
        text: qsTr("关闭")
        onClicked: list.closed()
    }
}
