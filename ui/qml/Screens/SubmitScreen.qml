// Between 提交 and the answer: first whether it is safe on the disk, then what the centre says.
import QtQuick
import Controls
import KioskUi

Page {
    id: screen

    required property OutcomeModel outcome

    heading: outcome.asking ? qsTr("正在查询") : qsTr("正在提交")
    lead: outcome.item
    backVisible: false
    leaveVisible: outcome.safe

    Column {
        width: parent.width
        anchors.verticalCenter: parent.verticalCenter
        anchors.verticalCenterOffset: Theme.portrait ? -Theme.px(40) : 0
        spacing: Theme.px(Theme.portrait ? 48 : 28)

        IconBadge {
            anchors.horizontalCenter: parent.horizontalCenter
            size: Theme.px(Theme.portrait ? 220 : 132)
            name: screen.outcome.asking ? "manage_search" : screen.outcome.safe ? "shield" : "hourglass_top"
            colour: screen.outcome.safe ? Theme.good : Theme.primary
        }
        Words {
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: screen.outcome.asking ? qsTr("正在向部门查询，请稍候") : screen.outcome.safe ? qsTr("已安全保存在本机，不会丢失") : qsTr("正在保存您的申请")
            size: Theme.title
            strong: true
        }
        Words {
            visible: text !== ""
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: screen.outcome.asking ? "" : screen.outcome.safe ? qsTr("正在等候中心答复，一般几秒钟") : qsTr("请勿离开")
            size: Theme.lead
            soft: true
        }
        Spinner {
            anchors.horizontalCenter: parent.horizontalCenter
        }
    }
}
