"""What an event's facts are called by people, and their values: on the kiosk's own pages and on the centre's console. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from devices.reports import DeviceKind, DeviceState
from kiosk.staff.remedies import Sentence
from kiosk.staff.wording import KINDS, STATES, STEPS

EVENT_FACTS: Mapping[str, Sentence] = {
    "acknowledged": Sentence("已确认", "acknowledged"),
    "bytes": Sentence("字节", "bytes"),
    "cipher": Sentence("算法", "cipher"),
    "class": Sentence("码的类别", "kind of code"),
    "count": Sentence("条数", "entries"),
    "days_back": Sentence("天前", "days back"),
    "depth": Sentence("队列", "queue"),
    "different": Sentence("内容不一致", "of another content"),
    "doubled": Sentence("回执号重复", "receipt number twice"),
    "events": Sentence("日志条数", "events"),
    "exception": Sentence("异常", "exception"),
    "factor": Sentence("方式", "way"),
    "failures": Sentence("失败次数", "failures"),
    "free_megabytes": Sentence("剩余 MB", "MB free"),
    "from": Sentence("从", "from"),
    "how": Sentence("方式", "how"),
    "idle": Sentence("无人操作", "by idling"),
    "stores": Sentence("损坏数据份数", "damaged stores"),
    "with_gaps": Sentence("其中未读全", "of these not read whole"),
    "in_centre": Sentence("中心", "in the centre"),
    "item": Sentence("事项", "item"),
    "items": Sentence("事项数", "items"),
    "kept": Sentence("已暂存", "kept"),
    "key": Sentence("办件", "submission"),
    "kind": Sentence("种类", "kind"),
    "kiosk": Sentence("终端", "kiosk"),
    "language": Sentence("语言", "language"),
    "missing": Sentence("中心缺件", "not in the ledger"),
    "mistakes": Sentence("错误数", "mistakes"),
    "outcome": Sentence("结果", "outcome"),
    "offset_ms": Sentence("相差毫秒", "apart, ms"),
    "out_of_service": Sentence("暂停服务", "out of service"),
    "pages": Sentence("页数", "pages"),
    "place": Sentence("位置", "place"),
    "practice": Sentence("演练", "practice"),
    "role": Sentence("角色", "role"),
    "rows": Sentence("行数", "rows"),
    "seconds": Sentence("秒数", "seconds"),
    "staff": Sentence("工号", "staff"),
    "state": Sentence("状态", "state"),
    "step": Sentence("步骤", "step"),
    "submissions": Sentence("办件数", "submissions"),
    "to": Sentence("到", "to"),
    "tries": Sentence("次数", "tries"),
    "unexpected": Sentence("本机无此件", "not at this kiosk"),
    "values": Sentence("项数", "values"),
    "version": Sentence("版本", "version"),
    "waiting": Sentence("未送达", "unsent"),
}
WAYS_ENDED: Mapping[str, Sentence] = {
    "finished": Sentence("办完", "Finished"),
    "left": Sentence("中途离开", "Left"),
    "timed-out": Sentence("无人操作，自动结束", "Ended by idling"),
    "time-over": Sentence("超过最长时间", "Time was over"),
    "defect": Sentence("程序缺陷", "Fault of the program"),
    "stopped": Sentence("程序停止", "The kiosk stopped"),
}
VALUES: Mapping[str, Sentence] = {
    "True": Sentence("是", "yes"),
    "False": Sentence("否", "no"),
    "yes": Sentence("是", "yes"),
    "no": Sentence("否", "no"),
    "zh": Sentence("中文", "Chinese"),
    "en": Sentence("英文", "English"),
    "card": Sentence("身份证", "card"),
    "code": Sentence("亮码", "code"),
    "face": Sentence("人脸", "face"),
    "kept": Sentence("暂存", "kept"),
    "accepted": Sentence("已受理", "accepted"),
    "decided": Sentence("已办结", "decided"),
    "rejected": Sentence("退回", "rejected"),
    "record": Sentence("查到记录", "record found"),
    "no-record": Sentence("没有记录", "no record"),
    "held": Sentence("待人工核对", "held for a person"),
    "not-kept": Sentence("未能暂存", "not kept"),
    "unanswered": Sentence("无答复", "unanswered"),
    "token": Sentence("身份码", "credential"),
    "payment": Sentence("付款码", "payment code"),
    "id-number": Sentence("证件号码", "ID number"),
    "test": Sentence("测试码", "test code"),
    "too-long": Sentence("过长", "too long"),
    "web-address": Sentence("网址", "web address"),
    "unreadable": Sentence("看不清", "unreadable"),
    "technician": Sentence("技术人员", "technician"),
    "manager": Sentence("管理人员", "manager"),
    "shell": Sentence("命令行", "command line"),
}
SHORT_ID = 8


def facts_in_words(facts: Mapping[str, object], language: str) -> Iterator[str]:
    """Each fact with its name, in their order; empty ones are left out, and those of another version keep name and value."""
    told = {name: value for name, value in facts.items() if value not in ("", None)}
    if {"from", "to"} <= told.keys():
        yield f"{_value('step', told.pop('from'), language)} → {_value('step', told.pop('to'), language)}"
    for name, value in told.items():
        yield f"{EVENT_FACTS.get(name, Sentence(name, name)).in_language(language)} {_value(name, value, language)}"


def _value(name: str, value: object, language: str) -> str:
    text = str(value)
    if name == "step":
        return STEPS.get(text, Sentence(text, text)).in_language(language)
    if name == "state":
        return next((STATES[state].in_language(language) for state in DeviceState if state.value == text), text)
    if name == "kind":
        return next((KINDS[kind].in_language(language) for kind in DeviceKind if kind.value == text), text)
    if name == "how":
        return WAYS_ENDED.get(text, Sentence(text, text)).in_language(language)
    if name in ("key", "version") and len(text) > 2 * SHORT_ID:
        return text[:SHORT_ID] + "…"
    return VALUES.get(text, Sentence(text, text)).in_language(language)
