// How it ended: each way it can end says exactly what is true, and what comes next.
import QtQuick
import Controls
import KioskUi

Page {
    id: screen

    required property OutcomeModel outcome
    readonly property string kind: outcome.kind
    readonly property bool prints: ["kept", "accepted", "decided", "held", "record"].includes(kind)

    heading: outcome.item
    backVisible: false
    mainText: prints ? (kind === "record" && outcome.printsRecord ? qsTr("打印") : outcome.keptBefore !== "" ? qsTr("补打回执") : qsTr("打印回执")) : kind === "rejected" ? qsTr("修改后重新提交") : kind === "not-kept" ? qsTr("返回重试") : kind === "unanswered" ? qsTr("再查一次") : qsTr("完成")
    mainIcon: prints ? "print" : kind === "rejected" ? "edit" : kind === "unanswered" || kind === "not-kept" ? "arrow_forward" : "check"
    onMainTouched: visit.goOn()

    ScrollArea {
        anchors.fill: parent

        OutcomeBanner {
            width: parent?.width ?? 0
            outcome: screen.outcome
        }
        Section {
            objectName: "outcome-details"
            visible: rows.count > 0
            width: parent?.width ?? 0
            iconName: screen.kind === "rejected" ? "edit_note" : screen.kind === "record" ? "description" : "fact_check"
            title: screen.kind === "rejected" ? qsTr("请改正这些地方") : screen.kind === "record" ? screen.outcome.recordTitle : qsTr("依据这些规则决定")

            Repeater {
                id: rows
                model: screen.outcome.rows

                OutcomeLine {
                    required kind
                    required words
                    required value
                    width: parent?.width ?? 0
                }
            }
        }
        Section {
            objectName: "outcome-next"
            visible: lines.length > 0
            width: parent?.width ?? 0
            iconName: "arrow_forward"
            title: qsTr("接下来")
            lines: screen.nextLines()
        }
    }

    function nextLines(): list<string> {
        const lines = [];
        if (kind === "kept")
            lines.push(qsTr("会自动提交，不需要您再来一次"), qsTr("凭回执上的二维码或编号可查进度"));
        if (kind === "accepted" && outcome.promisedDay !== "")
            lines.push(qsTr("承诺办结日期：%1").arg(outcome.promisedDay));
        if (kind === "accepted" || kind === "kept" || (kind === "decided" && outcome.approved))
            lines.push(qsTr("结果送达：%1").arg(outcome.deliveryText));
        if (outcome.promisedMaterials !== "" && ["accepted", "kept", "decided"].includes(kind))
            lines.push(qsTr("请在 %1 前补交：%2").arg(outcome.promiseDeadline).arg(outcome.promisedMaterials));
        if (kind === "held")
            lines.push(qsTr("申请仍保存在本机，由工作人员核对处理"), qsTr("凭回执编号可拨打 12345 查询"), qsTr("如不能送达，请凭回执重新申请"));
        if (kind === "decided" && !outcome.approved)
            lines.push(qsTr("对结果有疑问，可到人工窗口申请复核"));
        if (kind === "record" && outcome.verificationCode !== "")
            lines.push(qsTr("核验码：%1").arg(outcome.verificationCode));
        return lines;
    }
}
