// One sentence, one colour, one number: what is true of the submission or the enquiry now.
import QtQuick
import Controls
import KioskUi

Item {
    id: banner

    required property OutcomeModel outcome
    readonly property string kind: outcome.kind
    readonly property bool good: kind === "accepted" || kind === "record" || (kind === "decided" && outcome.approved)
    readonly property bool bad: kind === "not-kept" || kind === "rejected"
    readonly property color ink: good ? Theme.good : bad ? Theme.bad : Theme.warn

    implicitHeight: Theme.portrait ? badge.height + words.implicitHeight + Theme.px(120) : Math.max(badge.height, words.implicitHeight) + Theme.px(72)

    function title(): string {
        switch (kind) {
        case "kept":
            return qsTr("已暂存，还没有受理");
        case "accepted":
            return qsTr("已受理");
        case "decided":
            return outcome.approved ? qsTr("秒批通过") : qsTr("秒批未通过");
        case "rejected":
            return qsTr("需要改正后再提交");
        case "held":
            return qsTr("已暂存，等待人工核对");
        case "not-kept":
            return qsTr("没有保存成功");
        case "record":
            return qsTr("查询成功");
        case "no-record":
            return qsTr("没有查到记录");
        default:
            return qsTr("部门暂时没有答复");
        }
    }
    function explanation(): string {
        switch (kind) {
        case "kept":
            return qsTr("您的申请已加密保存在本机，中心收到后才算受理");
        case "accepted":
            return qsTr("中心已经收到您的申请");
        case "decided":
            return outcome.approved ? qsTr("符合全部条件，已当场办结") : qsTr("有条件不符合，见下方说明");
        case "rejected":
            return qsTr("中心看过您的申请，请按下面的清单改正");
        case "held":  // what comes next is the staff's: nothing goes by itself, and nobody enters it again before they have looked
            return outcome.reason;
        case "not-kept":
            return outcome.reason + qsTr("。") + outcome.reasonNext;
        case "record":
            return !outcome.printsRecord ? qsTr("以下是部门保存的信息") : outcome.whyNoPrint === "" ? qsTr("可以打印了") : qsTr("%1，可先看下面的内容").arg(outcome.whyNoPrint);
        default:
            return [outcome.reason, outcome.reasonNext].filter(part => part !== "").join(qsTr("。"));
        }
    }

    Rectangle {
        anchors.fill: parent
        radius: Theme.radius
        color: banner.good ? Theme.goodPale : banner.bad ? Theme.badPale : Theme.warnPale
        border.width: Theme.edgeWidth
        border.color: Theme.highContrast ? banner.ink : banner.good ? "#a9dcbd" : banner.bad ? Theme.badEdge : Theme.warnEdge
    }
    IconBadge {
        id: badge
        x: Theme.portrait ? (parent.width - width) / 2 : Theme.px(44)
        y: Theme.portrait ? Theme.px(44) : (parent.height - height) / 2
        size: Theme.px(Theme.portrait ? 176 : 140)
        name: banner.good ? "task_alt" : banner.kind === "kept" || banner.kind === "held" ? "shield" : banner.kind === "no-record" ? "manage_search" : banner.bad ? "error" : "hourglass_top"
        colour: banner.good ? Theme.good : banner.bad ? Theme.bad : "#9a6200"
    }
    Column {
        id: words
        x: Theme.portrait ? Theme.px(44) : badge.x + badge.width + Theme.px(44)
        y: Theme.portrait ? badge.y + badge.height + Theme.px(28) : (parent.height - height) / 2
        width: parent.width - x - Theme.px(44)
        spacing: Theme.px(14)

        Words {
            objectName: "outcome-title"
            width: parent.width
            horizontalAlignment: Theme.portrait ? Text.AlignHCenter : Text.AlignLeft
            text: banner.title()
            size: Theme.hero
            strong: true
            color: banner.ink
        }
        Words {
            width: parent.width
            horizontalAlignment: Theme.portrait ? Text.AlignHCenter : Text.AlignLeft
            text: banner.explanation()
            size: Theme.lead
        }
        Words {
            objectName: "outcome-kept-before"
            visible: text !== ""
            width: parent.width
            horizontalAlignment: Theme.portrait ? Text.AlignHCenter : Text.AlignLeft
            text: banner.outcome.keptBefore
            size: Theme.lead
            strong: true
        }
        Words {
            objectName: "outcome-number"
            visible: text !== ""
            width: parent.width
            horizontalAlignment: Theme.portrait ? Text.AlignHCenter : Text.AlignLeft
            text: banner.outcome.acceptanceNumber !== "" ? qsTr("受理编号 %1").arg(banner.outcome.acceptanceNumber) : banner.outcome.receiptNumber !== "" ? qsTr("回执编号 %1").arg(banner.outcome.receiptNumber) : ""
            strong: true
        }
    }
}
