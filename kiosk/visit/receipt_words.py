"""The words on a slip, in both languages: data, beside the receipt that uses them."""

from __future__ import annotations

from kiosk.catalogue.model import Delivery, Text
from kiosk.visit.visit import OutcomeKind


def _text(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


TITLES = {
    OutcomeKind.KEPT: _text("暂存回执", "Receipt: kept"),
    OutcomeKind.HELD: _text("暂存回执", "Receipt: kept"),
    OutcomeKind.ACCEPTED: _text("受理回执", "Receipt: accepted"),
    OutcomeKind.DECIDED: _text("秒批结果单", "Instant decision"),
    OutcomeKind.RECORD: _text("查询结果单", "Result of an enquiry"),
}
STATES = {
    OutcomeKind.KEPT: _text("已暂存，尚未受理", "Kept here, not yet accepted"),
    OutcomeKind.HELD: _text("已暂存，待工作人员核对", "Kept here, to be checked by staff"),
    OutcomeKind.ACCEPTED: _text("已受理", "Accepted"),
}
EXPLANATIONS = {
    OutcomeKind.KEPT: _text(
        "申请已安全保存在本机，会自动提交；办结时限自受理之日起算。受理后可在任意一台自助机用“办件进度查询”查看并打印。",
        "Your application is safe on this kiosk and will be sent by itself; "
        "the working days count from its acceptance. Once it is accepted, any kiosk shows and prints how it stands "
        "(Progress of an application).",
    ),
    OutcomeKind.HELD: _text(
        "申请保存在本机，由工作人员核对处理，现在无需重新填写；如不能送达，请凭本回执重新申请。",
        "Your application is on this kiosk. Staff will look at it; there is no need to enter it again now. "
        "Should it not get through, please apply anew with this receipt.",
    ),
}
APPROVED = _text("准予", "Approved")
NOT_APPROVED = _text("不予批准", "Not approved")
MET = _text("符合", "met")
NOT_MET = _text("不符合", "not met")
RULES = _text("审批依据", "Rules that decided")

PRACTICE = _text("练习 · 无效力", "PRACTICE · NOT VALID")
NUMBER = _text("回执编号", "Receipt number")
ACCEPTANCE_NUMBER = _text("受理编号", "Acceptance number")
ITEM = _text("事项", "Item")
ITEM_CODE = _text("事项编码", "Item code")
DEPARTMENT = _text("办理部门", "Department")
APPLICANT = _text("申请人", "Applicant")
DOCUMENT = _text("证件号码", "Document")
SUBMITTED = _text("提交时间", "Submitted")
ACCEPTED = _text("受理时间", "Accepted")
STATE = _text("状态", "State")
RESULT = _text("结果", "Result")
PROMISED = _text("承诺时限", "Promised within")
AT_ONCE = _text("即时办结", "At once")
WORKING_DAYS = _text("{days} 个工作日", "{days} working days")
ENDS = _text("办结日期", "Done by")
ENDS_WHEN_ACCEPTED = _text("预计办结", "Expected by")
DEFERRED = _text("容缺材料（承诺补交）", "Materials promised for later")
DEADLINE = _text("补交期限", "To be brought by")
CONSEQUENCE = _text("逾期未补交的，申请将被退回。", "If they are not brought in time, the application is returned.")
COMMA = _text("、", ", ")
DELIVERY = _text("结果送达", "Delivery")
PROGRESS = _text("扫码查询办理进度", "Scan to follow the progress")
VERIFY = _text("扫码核验", "Scan to verify")
VERIFICATION = _text("核验码", "Verification code")
ISSUED = _text("数据时间", "As of")
PRINTED = _text("打印时间", "Printed")
KIOSK = _text("自助机编号", "Kiosk")
HOTLINE = _text("咨询电话", "Help")

DELIVERIES = {
    Delivery.ON_SCREEN: _text("当场显示", "On this screen"),
    Delivery.PRINTED_HERE: _text("当场打印", "Printed here"),
    Delivery.SMS: _text("短信通知", "Text message"),
    Delivery.POST: _text("邮寄", "By post"),
    Delivery.WINDOW: _text("窗口领取", "At the counter"),
    Delivery.E_CERTIFICATE: _text("电子证照", "Electronic certificate"),
}
