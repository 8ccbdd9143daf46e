// The values one filter may have.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import Controls
import KioskUi

Rectangle {
    id: dialog

    required property StaffLogModel log

    objectName: "options-dialog"
    color: Theme.veil

    MouseArea {
        anchors.fill: parent
        onClicked: dialog.log.choose("")
    }
    Card {
        anchors.centerIn: parent
        width: parent.width - 2 * Theme.margin
        height: Math.min(parent.height - 2 * Theme.margin, options.implicitHeight + title.height + Theme.px(180))

        MouseArea {
            anchors.fill: parent
        }
        Words {
            id: title
            x: Theme.px(36)
            y: Theme.px(28)
            text: dialog.log.choosing === "span" ? qsTr("时间范围") : dialog.log.choosing === "event" ? qsTr("事件") : qsTr("设备")
            size: Theme.title
            strong: true
        }
        TouchButton {
            anchors.right: parent.right
            anchors.rightMargin: Theme.px(36)
            anchors.verticalCenter: title.verticalCenter
            objectName: "options-close"
            iconName: "close"
            text: qsTr("关闭")
            onClicked: dialog.log.choose("")
        }
        ScrollArea {
            anchors.top: title.bottom
            anchors.topMargin: Theme.px(36)
            anchors.bottom: parent.bottom
            anchors.bottomMargin: Theme.px(28)
            x: Theme.px(36)
            width: parent.width - 2 * x

            GridLayout {
                id: options
                width: parent.width
                columns: Theme.portrait ? (Theme.large ? 2 : 3) : 5
                columnSpacing: Theme.px(14)
                rowSpacing: Theme.px(14)
                uniformCellWidths: true

                Repeater {
                    model: dialog.log.options

                    KeyButton {
                        required property string value
                        required property string label
                        required property bool chosen

                        objectName: "option-" + value
                        Layout.fillWidth: true
                        text: label
                        tinted: chosen
                        iconName: ""
                        fontSize: Theme.caption
                        onClicked: dialog.log.put(value)
                    }
                }
            }
        }
    }
}
