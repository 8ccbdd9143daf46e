// The log, newest first, under its filters.
pragma ComponentBehavior: Bound

import QtQuick
import Controls
import KioskUi

Item {
    id: page

    required property StaffLogModel log
    required property StaffTimelineModel timeline

    readonly property int shownPage: log.page

    onShownPageChanged: if (rows.count > 0) list.reveal(rows.itemAt(0) as Item)
    Component.onCompleted: log.show()

    LogFilters {
        id: filters
        width: parent.width
        log: page.log
    }
    Column {
        id: notices
        anchors.top: filters.bottom
        anchors.topMargin: Theme.px(16)
        width: parent.width
        spacing: Theme.px(12)

        Notice {
            objectName: "log-not-exported"
            visible: page.log.notExported !== ""
            width: parent.width
            tone: "bad"
            text: qsTr("没有导出：%1").arg(page.log.notExported)
            next: page.log.notExportedNext
        }
        Notice {
            objectName: "log-exported"
            visible: page.log.exportedPath !== ""
            width: parent.width
            tone: "good"
            text: qsTr("已导出 %1 行").arg(page.log.exportedRows)
            next: page.log.exportedPath
        }
        Notice {
            objectName: "log-trouble"
            visible: page.log.trouble !== ""
            width: parent.width
            tone: "bad"
            text: page.log.trouble
        }
    }
    QuietState {
        objectName: "log-quiet"
        visible: page.log.loading || page.log.empty
        anchors.centerIn: list
        width: parent.width
        busy: page.log.loading
        iconName: "search"
        text: page.log.loading ? qsTr("正在读取日志…") : qsTr("没有符合条件的记录")
    }
    ScrollArea {
        id: list
        anchors.top: notices.visibleChildren.length > 0 ? notices.bottom : filters.bottom
        anchors.topMargin: Theme.px(16)
        anchors.bottom: parent.bottom
        width: parent.width
        spacing: 0

        Repeater {
            id: rows
            model: page.log.rows

            LogEntry {
                required atText
                required text
                required facts
                required visit
                required trouble

                width: parent?.width ?? 0
                onVisitTouched: page.timeline.open(visit)
            }
        }
        Item {
            objectName: "log-pages"
            visible: page.log.page > 1 || page.log.hasLater
            width: parent.width
            height: Theme.touch + Theme.px(24)

            TouchButton {
                objectName: "log-newer"
                anchors.bottom: parent.bottom
                width: (parent.width - Theme.px(160)) / 2
                height: Theme.touch
                iconName: "arrow_back"
                text: qsTr("较新")
                enabled: page.log.page > 1
                onClicked: page.log.earlier()
            }
            Words {
                anchors.centerIn: parent
                text: page.log.page
                strong: true
                soft: true
            }
            TouchButton {
                objectName: "log-older"
                anchors.right: parent.right
                anchors.bottom: parent.bottom
                width: (parent.width - Theme.px(160)) / 2
                height: Theme.touch
                iconName: "arrow_forward"
                text: qsTr("较早")
                enabled: page.log.hasLater
                onClicked: page.log.later()
            }
        }
    }
}
