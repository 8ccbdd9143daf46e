// Notice and consent: purpose, fields, who receives them, how long, how to refuse; the box is never ticked beforehand.
import QtQuick
import QtQuick.Layouts
import Controls
import KioskUi

Page {
    id: screen

    required property GuideModel guide

    heading: qsTr("个人信息告知")
    lead: guide.name
    mainText: qsTr("同意并继续")
    mainEnabled: guide.consented
    onMainTouched: visit.goOn()

    ScrollArea {
        anchors.top: parent.top
        anchors.bottom: box.top
        anchors.bottomMargin: Theme.gap
        width: parent.width

        GridLayout {
            width: parent.width
            columns: Theme.portrait ? 1 : 2
            columnSpacing: Theme.gap
            rowSpacing: Theme.gap
            uniformCellWidths: true

            Section {
                Layout.fillWidth: true
                Layout.fillHeight: true
                iconName: "info"
                title: qsTr("用来做什么")
                lines: [qsTr("只用于办理“%1”，不作他用").arg(screen.guide.name)]
            }
            Section {
                Layout.fillWidth: true
                Layout.fillHeight: true
                iconName: "badge"
                title: qsTr("用到哪些信息")
                lines: [screen.guide.cardFields.join(qsTr("、")), qsTr("证件上的其他内容读取后立即丢弃")]
            }
            Section {
                Layout.fillWidth: true
                Layout.fillHeight: true
                iconName: "account_balance"
                title: qsTr("谁会收到")
                lines: [screen.guide.department]
            }
            Section {
                Layout.fillWidth: true
                Layout.fillHeight: true
                iconName: "schedule"
                title: qsTr("保存多久")
                lines: screen.guide.kept ? [qsTr("加密保存在本机，中心确认收到后清除")] : [qsTr("本机不保存，离开时立即清除")]
            }
            Section {
                Layout.fillWidth: true
                Layout.fillHeight: true
                Layout.columnSpan: Theme.portrait ? 1 : 2
                iconName: "block"
                title: qsTr("如果不同意")
                lines: [qsTr("点“结束办理”即可离开，不留下任何信息；您仍可到人工窗口办理")]
            }
        }
    }
    TickBox {
        id: box
        objectName: "consent"
        width: parent.width
        anchors.bottom: parent.bottom
        checked: screen.guide.consented
        text: qsTr("我已阅读，同意为办理此事项使用以上信息")
        onClicked: screen.guide.tick(checked)
    }
}
