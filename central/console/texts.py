"""The console's words, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping

from central.console.shown import starred
from kiosk.staff.fact_words import facts_in_words
from kiosk.staff.wording import device_in_words, event_in_words, trouble_in_words

LANGUAGES = ("zh", "en")
TEXTS: dict[str, tuple[str, str]] = {
    "title": ("24 小时自助服务区 · 管理台", "24-hour zones · Console"),
    "short_title": ("24 小时自助服务区", "24-hour zones"),
    "console": ("管理台", "Console"),
    "other_language": ("English", "中文"),
    "practice": ("演练模式：全部数据均为虚构", "Practice: everything here is fictional"),
    "practice_mark": ("演练", "practice"),
    "zones": ("九个专区", "The nine zones"),
    "ledger": ("办件台账", "Ledger"),
    "log": ("运行日志", "Log"),
    "alarms": ("需要处理", "To look into"),
    "refresh": ("刷新", "Refresh"),
    "as_of": ("截至", "As of"),
    "sign_out": ("退出", "Sign out"),
    "online": ("在线", "online"),
    "offline": ("离线", "offline"),
    "never_heard": ("尚未上线", "not heard yet"),
    "revoked": ("已吊销", "revoked"),
    "out_of_service": ("暂停服务", "out of service"),
    "last_heard": ("最近心跳", "Last heard"),
    "queue": ("未送达", "Undelivered"),
    "oldest": ("最久", "oldest"),
    "empty_queue": ("无未送达", "nothing undelivered"),
    "devices": ("设备", "Devices"),
    "all_well": ("台设备正常", "devices well"),
    "since": ("自", "since"),
    "no_kiosk": ("本专区尚无终端。", "No kiosk stands in this zone yet."),
    "no_kiosk_at_all": ("还没有终端注册。用下面的命令生成注册码：", "No kiosk is enrolled yet. Make a code for one:"),
    "kiosks_online": ("在线终端", "Kiosks online"),
    "waiting_everywhere": ("未送达办件", "Undelivered in kiosks"),
    "in_the_centre": ("中心台账办件", "In the ledger"),
    "open_alarms": ("需要处理", "To look into"),
    "match": ("三方核对", "Three-way match"),
    "kept": ("终端已存", "kept"),
    "acknowledged": ("终端已确认", "acknowledged"),
    "centre": ("中心", "centre"),
    "ended_there": ("退回或撤出", "returned or cancelled"),
    "agrees": ("一致", "agrees"),
    "outstanding": ("有未达项", "outstanding"),
    "differs": ("待核对", "differs"),
    "known": ("差异已知", "known"),
    "day_match": ("日终对账", "Daily match"),
    "day_missing": ("中心缺件", "not in the ledger"),
    "day_unexpected": ("终端无此件", "not at the kiosk"),
    "day_different": ("内容不一致", "another content"),
    "day_doubled": ("回执号重复", "receipt number twice"),
    "others_in_doubt": ("其他待核对办件", "others in doubt"),
    "alarm_ledger-differs": ("日终对账不符", "A day differs from the kiosk's"),
    "done": ("已处理", "Done"),
    "done_hint": (
        "确认已查明。对账不符的，其差异记为已知，不再报警；新的差异仍会报警。",
        "Looked into. Of a day that differs, what differs counts as known and alarms no more; anything new does.",
    ),
    "alarm_changed": (
        "此项在您打开页面后有变化，请核对现在的内容后再处理。",
        "It changed since your page was opened: look at what stands there now, then say so again.",
    ),
    "other_alarms": ("其余待处理", "Others"),
    "alarms_done": ("近期已处理", "Done lately"),
    "by_itself": ("自行恢复", "by itself"),
    "receipt_number": ("回执号", "Receipt"),
    "item": ("事项", "Item"),
    "state": ("状态", "State"),
    "submitted_at": ("提交时间", "Submitted"),
    "arrived_at": ("到达时间", "Arrived"),
    "acceptance_number": ("受理号", "Acceptance"),
    "kiosk": ("终端", "Kiosk"),
    "accepted": ("已受理", "accepted"),
    "approved": ("秒批通过", "approved at once"),
    "not_approved": ("秒批未通过", "not approved"),
    "rejected": ("已退回", "sent back"),
    "no_submission": (
        "台账为空：终端提交的办件到达后会出现在这里。",
        "The ledger is empty: submissions appear here as they arrive.",
    ),
    "no_such_number": ("台账里没有这个回执号的办件。", "No submission with this receipt number is in the ledger."),
    "number_sought": ("回执号", "Receipt number"),
    "search": ("查找", "Search"),
    "of": ("共", "in all"),
    "time": ("时间", "Time"),
    "event": ("事件", "Event"),
    "visit": ("办理编号", "Visit"),
    "device": ("设备", "Device"),
    "facts": ("内容", "Facts"),
    "from": ("从", "From"),
    "to": ("到", "To"),
    "all": ("全部", "all"),
    "show": ("筛选", "Filter"),
    "clear": ("清除筛选", "Clear"),
    "no_event": ("没有符合条件的记录。", "Nothing in the log fits."),
    "no_event_at_all": (
        "日志为空：终端上报的事件会出现在这里。",
        "The log is empty: events appear here as the kiosks send them.",
    ),
    "earlier": ("更早", "Earlier"),
    "later": ("更晚", "Later"),
    "bad_time": ("时间格式无法识别，已忽略。", "A time could not be read and was left out."),
    "alarm_content-conflict": ("同一编号出现不同内容", "One key came with two contents"),
    "alarm_chain-broken": ("日志链断裂，后续记录已单独保存", "A journal's chain is broken; what follows is kept aside"),
    "times": ("次", "×"),
    "sign_in": ("登录", "Sign in"),
    "name": ("用户名", "Name"),
    "password": ("密码", "Password"),
    "sign_in_wrong": (
        "用户名或密码不正确，或尝试次数过多已暂时锁定。",
        "Name or password is wrong, or there were too many tries.",
    ),
    "sign_in_hint": ("大厅管理人员登录", "For the hall's managers"),
    "ended": ("登录已结束，请重新登录。", "The session has ended; please sign in again."),
    "trouble_store-unavailable": (
        "中心数据库暂时没有应答，请稍后刷新。终端已存的办件不受影响，恢复后自动送达。",
        "The centre's database does not answer; please refresh in a while. What the kiosks keep is safe, and is sent afterwards.",
    ),
    "trouble_place-unknown": ("没有这个页面。", "There is no such page."),
    "trouble_method-not-allowed": ("没有这个页面。", "There is no such page."),
    "trouble_centre-failed": ("未能完成，已记入中心日志。", "This could not be done; it is in the centre's log."),
    "trouble_other": ("未能完成。", "This could not be done."),
    "privacy": ("台账与日志均不含姓名、证件号码或填报内容。", "Neither ledger nor log shows a name, a number or an answer."),
    "seconds": ("秒", " s"),
    "minutes": ("分钟", " min"),
    "hours": ("小时", " h"),
    "days": ("天", " d"),
    "ago": ("前", " ago"),
}


def text(key: str, language: str) -> str:
    """The words for `zh` or `en`."""
    return TEXTS[key][1 if language == "en" else 0]


def in_words(what: str, code: str, language: str) -> str:
    """What an `event`, a `device` or a `trouble` is called by people; empty for a code of another version."""
    match what:
        case "event":
            told = event_in_words(code)
        case "device":
            told = device_in_words(code)
        case "trouble":
            told = trouble_in_words(code)
        case _:
            return ""
    words = told.in_language(language)
    return "" if words == code else words


def facts_told(facts: Mapping[str, object], language: str, *, has_device: bool) -> str:
    """An event's facts in words, but for its trouble and what its device is, which stand beside them."""
    hidden = ("code", "kind") if has_device else ("code",)
    told = {name: value for name, value in facts.items() if name not in hidden}
    return starred(" · ".join(facts_in_words(told, language)))


def facts_raw(facts: Mapping[str, object]) -> str:
    """An event's facts as the kiosk wrote them."""
    return starred("  ".join(f"{name}={value}" for name, value in facts.items()))


def age(seconds: float, language: str) -> str:
    """A stretch of time in its largest whole unit."""
    for unit, size in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= size:
            return f"{int(seconds // size)}{_space(language)}{text(unit, language)}"
    return f"{max(0, int(seconds))}{_space(language)}{text('seconds', language)}"


def _space(language: str) -> str:
    return " " if language == "zh" else ""
