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
    onMainRefused: box.missed = true

    ScrollArea {
        anchors.top: parent.top
        anchors.bottom: box.top
        anchors.bottomMargin: Theme.gap
        width: parent.width

        Item {
            width: parent?.width ?? 0
            height: told.height + Theme.px(56)

            Card {
                anchors.fill: parent
            }
            GridLayout {
                id: told
                x: Theme.px(36)
                y: Theme.px(28)
                width: parent.width - 2 * x
                columns: Theme.portrait ? 1 : 2
                columnSpacing: Theme.gap
                rowSpacing: Theme.px(Theme.portrait ? 26 : 18)
                uniformCellWidths: true

                Fact {
                    Layout.fillWidth: true
                    Layout.alignment: Qt.AlignTop
                    iconName: "info"
                    label: qsTr("用来做什么")
                    value: qsTr("只用于办理“%1”，不作他用").arg(screen.guide.name)
                }
                Fact {
                    Layout.fillWidth: true
                    Layout.alignment: Qt.AlignTop
                    iconName: "badge"
                    label: qsTr("用到哪些信息")
                    value: qsTr("%1。其他内容读取后立即丢弃").arg(screen.guide.cardFields)
                }
                Fact {
                    Layout.fillWidth: true
                    Layout.alignment: Qt.AlignTop
                    iconName: "account_balance"
                    label: qsTr("谁会收到")
                    value: screen.guide.department
                }
                Fact {
                    Layout.fillWidth: true
                    Layout.alignment: Qt.AlignTop
                    iconName: "schedule"
                    label: qsTr("保存多久")
                    value: screen.guide.kept ? qsTr("加密保存在本机，中心确认收到后清除") : qsTr("本机不保存，离开时立即清除")
                }
                Fact {
                    Layout.fillWidth: true
                    Layout.alignment: Qt.AlignTop
                    iconName: "block"
                    label: qsTr("如果不同意")
                    value: qsTr("点“结束办理”即可离开，不留下任何信息；您仍可到人工窗口办理")
                }
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
        hint: qsTr("请先点这里打勾，才能继续")
        onClicked: screen.guide.tick(checked)
    }
}
