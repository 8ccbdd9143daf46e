// Behind the emblem: the door, and behind the door the pages of the role.
pragma ComponentBehavior: Bound

import QtQuick
import Controls
import KioskUi

Item {
    id: screen

    required property StaffModel staff
    required property StaffDevicesModel devices
    required property StaffQueueModel queue
    required property StaffLogModel log
    required property StaffTimelineModel timeline

    Loader {
        anchors.fill: parent
        active: !screen.staff.signedIn
        sourceComponent: DoorPage {
            staff: screen.staff
        }
    }
    Item {
        visible: screen.staff.signedIn
        x: Theme.margin
        y: Theme.px(Theme.portrait ? 24 : 14)
        width: parent.width - 2 * Theme.margin
        height: parent.height - y

        StaffTabs {
            id: tabs
            width: parent.width
            staff: screen.staff
        }
        Loader {
            id: page
            objectName: "staff-page"
            anchors.top: tabs.bottom
            anchors.topMargin: Theme.px(Theme.portrait ? 24 : 14)
            anchors.bottom: actions.top
            anchors.bottomMargin: Theme.px(8)
            width: parent.width
            active: screen.staff.signedIn
            sourceComponent: screen.staff.page === "queue" ? queuePage : screen.staff.page === "log" ? (screen.timeline.visit !== "" ? timelinePage : logPage) : devicesPage
        }
        ActionBar {
            id: actions
            anchors.bottom: parent.bottom
            width: parent.width
            backVisible: screen.staff.page === "log" && screen.timeline.visit !== ""
            backText: qsTr("返回日志")
            leaveText: qsTr("退出登录")
            mainText: screen.staff.page === "queue" ? qsTr("刷新") : screen.staff.page === "devices" ? qsTr("测试全部设备") : screen.timeline.visit === "" ? screen.log.exporting ? qsTr("正在导出…") : qsTr("导出 CSV") : ""
            mainEnabled: screen.staff.page !== "log" || !screen.log.exporting
            mainIcon: screen.staff.page === "queue" ? "refresh" : screen.staff.page === "devices" ? "fact_check" : "download"
            onBackTouched: screen.timeline.close()
            onLeaveTouched: screen.staff.leave()
            onMainTouched: screen.staff.page === "queue" ? screen.queue.load() : screen.staff.page === "devices" ? screen.devices.testAll() : screen.log.export()
        }
    }
    Component {
        id: devicesPage

        DevicesPage {
            devices: screen.devices
        }
    }
    Component {
        id: queuePage

        QueuePage {
            queue: screen.queue
        }
    }
    Component {
        id: logPage

        LogPage {
            log: screen.log
            timeline: screen.timeline
        }
    }
    Component {
        id: timelinePage

        TimelinePage {
            timeline: screen.timeline
        }
    }
    Loader {
        anchors.fill: parent
        active: screen.devices.camera !== ""
        sourceComponent: CameraDialog {
            devices: screen.devices
        }
    }
    Loader {
        anchors.fill: parent
        active: screen.queue.leaving !== ""
        sourceComponent: CancelDialog {
            queue: screen.queue
        }
    }
    Loader {
        anchors.fill: parent
        active: screen.log.choosing !== ""
        sourceComponent: OptionsDialog {
            log: screen.log
        }
    }
}
