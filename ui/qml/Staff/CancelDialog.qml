// Taking a submission out of the queue is for good: why is asked first, and what it means at the centre is told.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import Controls
import KioskUi

Rectangle {
    id: dialog

    required property StaffQueueModel queue

    objectName: "cancel-dialog"
    color: Theme.veil

    MouseArea {
        anchors.fill: parent
        onClicked: dialog.queue.keepIn()
    }
    Card {
        anchors.centerIn: parent
        width: Math.min(parent.width - 2 * Theme.margin, Theme.px(1800))
        height: Math.min(parent.height - 2 * Theme.margin, words.implicitHeight + actions.height + Theme.px(120))

        MouseArea {
            anchors.fill: parent
        }
        ScrollArea {
            anchors.top: parent.top
            anchors.topMargin: Theme.px(36)
            anchors.bottom: actions.top
            anchors.bottomMargin: Theme.px(36)
            x: Theme.px(40)
            width: parent.width - 2 * x

            Column {
                id: words
                width: parent.width
                spacing: Theme.px(24)

                Words {
                    width: parent.width
                    text: qsTr("撤出这件办件？")
                    size: Theme.title
                    strong: true
                }
                Words {
                    width: parent.width
                    text: dialog.queue.leaving
                }
                Notice {
                    objectName: "cancel-means"
                    width: parent.width
                    tone: "warn"
                    text: qsTr("撤出后不再发送，不能恢复")
                    next: dialog.queue.leavingText
                }
                Words {
                    width: parent.width
                    text: qsTr("为什么撤出？")
                    strong: true
                }
                GridLayout {
                    width: parent.width
                    columns: Theme.portrait ? (Theme.large ? 1 : 2) : 3
                    columnSpacing: Theme.px(14)
                    rowSpacing: Theme.px(14)
                    uniformCellWidths: true

                    Repeater {
                        model: dialog.queue.reasons

                        KeyButton {
                            required property string value
                            required property string label
                            required property bool chosen

                            objectName: "reason-" + value
                            Layout.fillWidth: true
                            text: label
                            tinted: chosen
                            iconName: ""
                            fontSize: Theme.caption
                            onClicked: dialog.queue.choose(value)
                        }
                    }
                }
            }
        }
        Row {
            id: actions
            anchors.bottom: parent.bottom
            anchors.bottomMargin: Theme.px(36)
            x: Theme.px(40)
            width: parent.width - 2 * x
            height: Theme.mainTouch
            spacing: Theme.px(20)

            TouchButton {
                objectName: "cancel-not"
                width: (parent.width - parent.spacing) / 2
                height: parent.height
                iconName: "arrow_back"
                text: qsTr("不撤出")
                onClicked: dialog.queue.keepIn()
            }
            TouchButton {
                objectName: "cancel-for-good"
                width: (parent.width - parent.spacing) / 2
                height: parent.height
                main: true
                iconName: "close"
                text: qsTr("撤出")
                enabled: dialog.queue.reasonChosen
                onClicked: dialog.queue.cancel()
            }
        }
    }
}
