// What of the log is shown: time, event, device, only trouble, one visit.
import QtQuick
import Controls
import KioskUi

Flow {
    id: filters

    required property StaffLogModel log

    spacing: Theme.px(14)

    TouchButton {
        objectName: "filter-span"
        iconName: "schedule"
        text: filters.log.spanText
        onClicked: filters.log.choose("span")
    }
    TouchButton {
        objectName: "filter-event"
        iconName: "filter_list"
        text: filters.log.eventText
        onClicked: filters.log.choose("event")
    }
    TouchButton {
        objectName: "filter-device"
        iconName: "smart_card_reader"
        text: filters.log.deviceText
        onClicked: filters.log.choose("device")
    }
    TouchButton {
        objectName: "filter-trouble"
        main: filters.log.troublesOnly
        fontSize: Theme.body
        height: Theme.touch
        width: Theme.px(Theme.large ? 320 : 236)
        iconName: filters.log.troublesOnly ? "check" : "warning"
        text: qsTr("只看异常")
        onClicked: filters.log.onlyTroubles(!filters.log.troublesOnly)
    }
    TouchButton {
        objectName: "filter-visit"
        visible: filters.log.visitText !== ""
        iconName: "close"
        text: qsTr("办理 %1").arg(filters.log.visitText)
        onClicked: filters.log.onlyVisit("")
    }
}
