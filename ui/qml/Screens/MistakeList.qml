// For the technician: every mistake that keeps this kiosk out of service, with its place; in both languages.
pragma ComponentBehavior: Bound

import QtQuick
import Controls

Rectangle {
    id: list

    property string trouble
    property string remedy
    property string troubleEnglish
    property string remedyEnglish
    property list<string> mistakes
    property list<string> mistakesEnglish
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
        text: list.remedy + "\n设置文件改好并保存后，本机会自动重新启动"
        soft: true
    }
    Words {
        id: english
        x: Theme.margin
        anchors.top: next.bottom
        anchors.topMargin: Theme.px(8)
        width: parent.width - 2 * x
        text: list.troubleEnglish + ". " + list.remedyEnglish + "\nOnce the file is mended and saved, this kiosk starts again by itself"
        size: Theme.caption
        soft: true
    }
    ScrollArea {
        x: Theme.margin
        width: parent.width - 2 * x
        anchors.top: english.bottom
        anchors.topMargin: Theme.gap
        anchors.bottom: close.top
        anchors.bottomMargin: Theme.gap

        Repeater {
            model: list.mistakes

            Notice {
                required property string modelData
                required property int index

                width: parent?.width ?? 0
                tone: "bad"
                text: modelData
                next: list.mistakesEnglish[index] ?? ""
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
        text: "关闭 Close"
        onClicked: list.closed()
    }
}
