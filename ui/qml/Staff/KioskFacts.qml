// What is to be known of the kiosk itself.
import QtQuick
import QtQuick.Layouts
import Controls
import KioskUi

Item {
    id: facts

    required property StaffDevicesModel devices

    implicitHeight: grid.implicitHeight + Theme.px(48)

    Card {
        anchors.fill: parent
    }
    GridLayout {
        id: grid
        x: Theme.px(28)
        y: Theme.px(24)
        width: parent.width - 2 * x
        columns: Theme.portrait ? (Theme.large ? 1 : 2) : 4
        columnSpacing: Theme.gap
        rowSpacing: Theme.px(14)
        uniformCellWidths: true

        Fact {
            Layout.fillWidth: true
            iconName: facts.devices.online ? "router" : "wifi_off"
            label: qsTr("与中心的连接")
            value: (facts.devices.online ? qsTr("已连接") : qsTr("已断开")) + " " + facts.devices.lineSince
        }
        Fact {
            Layout.fillWidth: true
            iconName: "schedule"
            label: qsTr("程序已运行")
            value: facts.devices.runningText !== "" ? facts.devices.runningText : "—"
        }
        Fact {
            Layout.fillWidth: true
            iconName: "hard_drive"
            label: qsTr("磁盘剩余")
            value: facts.devices.diskFreeMegabytes >= 0 ? facts.devices.diskFreeMegabytes + " MB" : "—"
        }
        Fact {
            Layout.fillWidth: true
            iconName: "developer_board"
            label: qsTr("程序版本 / 目录版本")
            value: facts.devices.versionText + " / " + (facts.devices.catalogueText !== "" ? facts.devices.catalogueText : "—")
        }
    }
}
