// The queue in numbers and rows; nothing of what is kept is opened.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import Controls
import KioskUi

Item {
    id: page

    required property StaffQueueModel queue

    Component.onCompleted: queue.show()
    Component.onDestruction: queue?.hide()

    QuietState {
        visible: page.queue.loading
        anchors.centerIn: parent
        width: parent.width
        busy: visible
        text: qsTr("正在读取暂存队列…")
    }
    ScrollArea {
        anchors.fill: parent
        visible: !page.queue.loading
        spacing: Theme.px(20)

        GridLayout {
            visible: page.queue.loaded
            width: parent.width
            columns: Theme.portrait ? 4 : 8
            columnSpacing: Theme.px(16)
            rowSpacing: Theme.px(16)
            uniformCellWidths: true

            NumberTile {
                objectName: "queue-depth"
                Layout.fillWidth: true
                number: page.queue.depth
                label: qsTr("未送达")
                tone: page.queue.depth > 0 ? "warn" : "good"
            }
            NumberTile {
                objectName: "queue-oldest"
                Layout.fillWidth: true
                number: page.queue.oldestText !== "" ? page.queue.oldestText : "—"
                label: qsTr("最久已等")
                tone: page.queue.oldestText !== "" ? "warn" : "info"
            }
            NumberTile {
                objectName: "queue-waiting"
                Layout.fillWidth: true
                number: page.queue.waiting
                label: qsTr("待发送")
            }
            NumberTile {
                Layout.fillWidth: true
                number: page.queue.needsPerson
                label: qsTr("需人工处理")
                tone: page.queue.needsPerson > 0 ? "bad" : "info"
            }
            NumberTile {
                Layout.fillWidth: true
                number: page.queue.kept
                label: qsTr("累计暂存")
            }
            NumberTile {
                Layout.fillWidth: true
                number: page.queue.acknowledged
                label: qsTr("中心已确认")
                tone: "good"
            }
            NumberTile {
                Layout.fillWidth: true
                number: page.queue.rejected
                label: qsTr("已退回")
            }
            NumberTile {
                objectName: "queue-cancelled"
                Layout.fillWidth: true
                number: page.queue.cancelled
                label: qsTr("已撤出")
            }
        }
        Notice {
            objectName: "queue-closed"
            visible: text !== ""
            width: parent.width
            tone: "bad"
            text: page.queue.closedText
        }
        Notice {
            objectName: "queue-sending"
            visible: page.queue.sendingText !== ""
            width: parent.width
            tone: page.queue.online ? "good" : "warn"
            text: page.queue.sendingText
        }
        Notice {
            objectName: "queue-match"
            visible: page.queue.matchText !== ""
            width: parent.width
            tone: page.queue.matchAgrees ? "good" : "bad"
            text: page.queue.matchText
            next: page.queue.matchAgrees ? "" : qsTr("编号见 kiosk queue match，或中心管理台")
        }
        Notice {
            objectName: "queue-trouble"
            visible: page.queue.trouble !== ""
            width: parent.width
            tone: "bad"
            text: page.queue.trouble
            next: page.queue.troubleNext
        }
        Notice {
            objectName: "queue-sent-again"
            visible: page.queue.sentAgain && page.queue.trouble === ""
            width: parent.width
            tone: "good"
            text: page.queue.online ? qsTr("已排到最前，马上重新发送") : qsTr("已排到最前，正在试连中心，连上后马上发送")
        }
        Notice {
            objectName: "queue-not-exported"
            visible: page.queue.notExported !== ""
            width: parent.width
            tone: "bad"
            text: qsTr("没有导出：%1").arg(page.queue.notExported)
            next: page.queue.notExportedNext
        }
        Notice {
            objectName: "queue-exported"
            visible: page.queue.exportedPath !== ""
            width: parent.width
            tone: page.queue.exportedWithout === 0 ? "good" : "warn"
            text: qsTr("已导出 %1 件，内容仍加密").arg(page.queue.exportedRows) + (page.queue.exportedWithout > 0 ? qsTr("；%1 件已读不出来").arg(page.queue.exportedWithout) : "")
            next: qsTr("%1，%2 天后自动删除").arg(page.queue.exportedPath).arg(page.queue.exportDays)
        }
        Notice {
            objectName: "queue-taken-out"
            visible: page.queue.takenOut && page.queue.trouble === ""
            width: parent.width
            tone: "good"
            text: qsTr("已撤出，不再发送")
        }
        TouchButton {
            objectName: "queue-export"
            visible: page.queue.depth > 0
            enabled: !page.queue.exporting
            iconName: "download"
            text: qsTr("导出未送达的办件")
            onClicked: page.queue.export()
        }
        Repeater {
            model: page.queue.rows

            QueueCard {
                required key
                required receiptNumber
                required itemName
                required stateText
                required tone
                required keptText
                required ageText
                required tries
                required nextText
                required settledText
                required aboutText
                required trouble
                required again

                objectName: "kept-" + receiptNumber
                width: parent?.width ?? 0
                onAgainTouched: page.queue.again(key)
                onCancelTouched: page.queue.askCancel(key)
            }
        }
        Item {
            visible: page.queue.loaded && page.queue.count === 0
            width: parent.width
            height: Theme.px(Theme.portrait ? 300 : 200)

            QuietState {
                objectName: "queue-empty"
                anchors.centerIn: parent
                width: parent.width
                low: !Theme.portrait
                iconName: "inbox"
                text: qsTr("本机没有暂存的办件")
            }
        }
    }
}
