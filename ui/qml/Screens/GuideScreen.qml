// 办事指南: what it takes, before anything is asked; and whether it can end well here and now.
import QtQuick
import QtQuick.Layouts
import Controls
import KioskUi

Page {
    id: screen

    required property GuideModel guide

    heading: guide.name
    lead: guide.department
    leaveText: qsTr("返回首页")
    mainText: guide.checking ? qsTr("正在检查设备…") : guide.blocked ? qsTr("现在办不了") : guide.onlyReceipt ? qsTr("补打回执") : qsTr("开始办理")
    mainEnabled: !guide.blocked
    mainIcon: guide.blocked ? "block" : "arrow_forward"
    onMainTouched: visit.goOn()

    ScrollArea {
        anchors.fill: parent

        Repeater {
            model: screen.guide.obstacles

            Notice {
                required property bool blocking
                required text
                required next

                objectName: "obstacle"
                width: parent?.width ?? 0
                tone: blocking ? "bad" : "warn"
            }
        }
        GridLayout {
            width: parent.width
            columns: Theme.portrait && Theme.large ? 1 : Theme.portrait ? 2 : 4
            columnSpacing: Theme.gap
            rowSpacing: Theme.px(12)
            uniformCellWidths: true

            Fact {
                Layout.fillWidth: true
                iconName: "timer"
                label: qsTr("办结时限")
                value: screen.guide.daysText
            }
            Fact {
                Layout.fillWidth: true
                iconName: "payments"
                label: qsTr("费用")
                value: screen.guide.feeText
            }
            Fact {
                Layout.fillWidth: true
                iconName: "send"
                label: qsTr("结果送达")
                value: screen.guide.deliveryText
            }
            Fact {
                Layout.fillWidth: true
                iconName: "schedule"
                label: qsTr("开放时间")
                value: screen.guide.hoursText
            }
        }
        GridLayout {
            width: parent.width
            columns: Theme.portrait ? 1 : 2
            columnSpacing: Theme.gap
            rowSpacing: Theme.gap
            uniformCellWidths: true

            Section {
                Layout.fillWidth: true
                Layout.fillHeight: true
                iconName: "person"
                title: qsTr("谁可以办")
                lines: [screen.guide.whoMayApply, ...screen.guide.conditions]
            }
            MaterialSection {
                Layout.fillWidth: true
                Layout.fillHeight: true
                guide: screen.guide
            }
            Section {
                visible: screen.guide.bundle.length > 0
                Layout.fillWidth: true
                Layout.fillHeight: true
                iconName: "apps"
                title: qsTr("一次办好这几件事")
                lines: screen.guide.bundle
            }
        }
    }
}
