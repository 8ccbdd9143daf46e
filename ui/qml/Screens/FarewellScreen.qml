// 请取走证件、材料、手机; what was kept and what was wiped.
import QtQuick
import Controls
import KioskUi

Page {
    id: screen

    required property OutcomeModel outcome

    heading: ""
    backVisible: false
    leaveVisible: false
    mainText: visit.countdown > 0 ? qsTr("返回首页（%1）").arg(visit.countdown) : qsTr("返回首页")
    mainIcon: "home"
    onMainTouched: visit.goOn()

    Column {
        readonly property bool roomy: Theme.portrait || !Theme.large

        width: parent.width
        anchors.verticalCenter: parent.verticalCenter
        anchors.verticalCenterOffset: roomy ? -Theme.px(20) : 0
        spacing: Theme.px(Theme.portrait ? 52 : roomy ? 28 : 14)

        Row {
            anchors.horizontalCenter: parent.horizontalCenter
            spacing: Theme.px(44)

            Repeater {
                model: ["id_card", "description", "smartphone"]

                IconBadge {
                    required property string modelData

                    size: Theme.px(Theme.portrait ? 176 : Theme.large ? 84 : 128)
                    name: modelData
                    colour: "#9a6200"
                }
            }
        }
        Words {
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: qsTr("请取走证件、材料和手机")
            size: Theme.hero
            strong: true
        }
        Notice {
            visible: screen.outcome.leftSomething
            width: parent.width
            iconName: "shield"
            text: screen.whereItIs()
            next: qsTr("回执编号 %1").arg(screen.outcome.receiptNumber)
        }
        Notice {
            width: parent.width
            tone: "good"
            iconName: "verified"
            text: qsTr("返回首页时，您的身份信息和填写内容全部清除")
            next: qsTr("下一位看不到您办过什么")
        }
        Words {
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: qsTr("谢谢，再见")
            size: Theme.lead
            soft: true
        }
    }

    function whereItIs(): string {
        switch (outcome.kind) {
        case "accepted":
        case "decided":
            return qsTr("您的申请中心已经收到");
        case "rejected":
            return qsTr("中心退回了您的申请，改正后可以重新提交");
        case "held":
            return qsTr("您的申请由工作人员核对，如不能送达，请凭回执重新申请");
        default:
            return qsTr("您的申请已加密保存在本机，会自动提交");
        }
    }
}
