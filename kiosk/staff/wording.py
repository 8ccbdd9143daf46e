"""States, papers, events, moments and durations in words, in both languages: what staff read on screens and in reports. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from devices.reports import Cover, DeviceKind, DeviceState, Paper
from kiosk.errors import CODES
from kiosk.staff.remedies import Sentence, remedy
from offline_cache.journal import UNREADABLE
from offline_cache.records import CancelReason, RecordState

DISK = "disk"
"""Told to the centre among the devices while it refuses writing."""
KINDS: Mapping[DeviceKind, Sentence] = {
    DeviceKind.CARD_READER: Sentence("身份证读卡器", "Card reader"),
    DeviceKind.CHIP_CARD_READER: Sentence("社保卡读卡器", "Chip card reader"),
    DeviceKind.CODE_SCANNER: Sentence("扫码器", "Code scanner"),
    DeviceKind.FACE_CAMERA: Sentence("人像摄像头", "Face camera"),
    DeviceKind.DOCUMENT_CAMERA: Sentence("高拍仪", "Document camera"),
    DeviceKind.RECEIPT_PRINTER: Sentence("凭条打印机", "Receipt printer"),
    DeviceKind.DOCUMENT_PRINTER: Sentence("A4 打印机", "A4 printer"),
}

STATES: Mapping[DeviceState, Sentence] = {
    DeviceState.STARTING: Sentence("启动中", "Starting"),
    DeviceState.ONLINE: Sentence("正常", "Working"),
    DeviceState.OFFLINE: Sentence("无应答", "Not answering"),
    DeviceState.NO_DEVICE: Sentence("未连接", "Not plugged in"),
    DeviceState.HARDWARE_ERROR: Sentence("设备故障", "Broken"),
    DeviceState.USER_ERROR: Sentence("需要处理", "Needs a hand"),
    DeviceState.BUSY: Sentence("使用中", "In use"),
    DeviceState.FRAUD_SUSPECTED: Sentence("疑似被动过", "Perhaps tampered with"),
}

PAPERS: Mapping[Paper, Sentence] = {
    Paper.UNKNOWN: Sentence("未知", "Not known"),
    Paper.ENOUGH: Sentence("充足", "Enough"),
    Paper.NEAR_END: Sentence("将用完", "Nearly used up"),
    Paper.END: Sentence("已用完", "Used up"),
}

COVERS: Mapping[Cover, Sentence] = {
    Cover.UNKNOWN: Sentence("未知", "Not known"),
    Cover.CLOSED: Sentence("已合上", "Closed"),
    Cover.OPEN: Sentence("未合上", "Open"),
}

DEVICE_FACTS: Mapping[str, Sentence] = {
    "answers": Sentence("有应答", "Answers"),
    "answers-status": Sentence("状态应答", "Answers status"),
    "baud": Sentence("波特率", "Baud"),
    "codes": Sentence("已识别", "Codes read"),
    "compares": Sentence("可比对人脸", "Compares faces"),
    "detector": Sentence("检测模型", "Detector"),
    "frame": Sentence("画面", "Picture"),
    "last-comparison": Sentence("上次比对", "Last comparison"),
    "documents": Sentence("已打印文件", "Documents printed"),
    "marks-ends": Sentence("回报打印完成", "Tells the end of a slip"),
    "pages": Sentence("已拍页数", "Pages taken"),
    "read-ms": Sentence("上次读卡毫秒", "Last read, ms"),
    "reader": Sentence("读卡器", "Reader"),
    "reads": Sentence("已读卡", "Cards read"),
    "revision": Sentence("固件", "Firmware"),
    "sam-id": Sentence("安全模块号", "SAM number"),
    "scans": Sentence("已扫码", "Codes scanned"),
    "slips": Sentence("已打印", "Slips printed"),
    "waiting": Sentence("等待打印", "Waiting to be printed"),
}

TEST_PHRASES: Mapping[str, str] = {
    "line open; this model cannot be asked": "端口已打开；这种型号不能查询",
    "plugged in; this model cannot be asked": "已插好；这种型号不能查询",
    "triggered; it does not answer what it is": "已触发；它不回答自己的型号",
    "the engine runs at ": "引擎速率 ",
    " baud": " 波特",
    "sam-id ": "安全模块号 ",
    "revision ": "固件 ",
    " mm, answers status: yes": " 毫米纸宽，会应答状态查询",
    " mm, answers status: no": " 毫米纸宽，不应答状态查询",
    " frames/s": " 帧/秒",
    "no picture within ": "没有画面，已等 ",
    "no code in view": "画面里没有码",
    " in view": " 码在画面里",
    "brightness ": "亮度 ",
    "sharpness ": "清晰度 ",
    "sheet: no-page": "没有纸张",
    "sheet: cut-off": "纸张没有拍全",
    "sheet: covered": "纸张被遮住",
    "sheet: too-dark": "太暗",
    "sheet: glare": "有反光",
    "sheet: blurred": "模糊",
    "sheet: empty": "纸上没有内容",
    "sheet: good": "纸张清晰",
    ", ": "，",
}
"""What the devices' own tests find, in Chinese; the longer phrases first."""

REFUSED = "refused "
READER_WORDS: Mapping[str, Sentence] = {
    "ok": Sentence("操作成功", "Done"),
    "no-such-item": Sentence("卡内没有这一项", "The card has no such item"),
    "card-found": Sentence("已找到卡", "A card was found"),
    "host-checksum-wrong": Sentence("读卡器收到的命令校验错误：检查数据线", "The reader got a damaged command: check its cable"),
    "host-length-wrong": Sentence("读卡器收到的命令长度错误：检查数据线", "The reader got a command cut short: check its cable"),
    "host-command-wrong": Sentence("读卡器不认识这条命令：固件过旧", "The reader does not know this command: old firmware"),
    "not-permitted": Sentence("读卡器不允许这项操作", "The reader does not permit this"),
    "unidentified-error": Sentence("读卡器报告不明错误", "The reader reports an error it cannot name"),
    "card-rejected-sam": Sentence("卡不认可安全模块", "The card did not accept the security module"),
    "sam-rejected-card": Sentence("安全模块不认可卡", "The security module did not accept the card"),
    "information-unverified": Sentence("卡内信息验证错误", "What the card holds did not verify"),
    "fingerprint-unverified": Sentence("指纹信息验证错误", "The fingerprint on the card did not verify"),
    "information-length-wrong": Sentence("卡内信息长度错误", "What the card holds has a wrong length"),
    "card-type-unknown": Sentence("读卡器不认识该类证件", "The reader does not know this kind of card"),
    "read-failed": Sentence("读卡失败：卡移动或磨损", "Reading failed: the card moved, or is worn"),
    "random-failed": Sentence("取随机数失败", "The card gave no random number"),
    "sam-self-test-failed": Sentence("安全模块自检失败", "The security module failed its self-test"),
    "sam-not-authorised": Sentence("安全模块未授权", "The security module is not licensed"),
    "card-not-found": Sentence("没有找到卡", "No card was found"),
    "select-failed": Sentence("选卡失败：卡移动或放了两张卡", "Selecting failed: the card moved, or two lie there"),
    "new-address-unanswered": Sentence("追加住址没有应答", "The newest address was not answered"),
}
"""What a resident-card reader's status words (`devices.card_reader.sdt`) mean to a technician."""

YES_NO: Mapping[str, Sentence] = {"yes": Sentence("是", "yes"), "no": Sentence("否", "no")}

REPORT: Mapping[str, Sentence] = {
    "kiosk": Sentence("终端", "kiosk"),
    "version": Sentence("版本", "version"),
    "practice": Sentence("演练", "PRACTICE"),
    "not-running": Sentence("（程序未运行）", "(not running)"),
    "closed": Sentence("（程序已运行，暂停服务）", "(running, out of service)"),
    "line": Sentence("线路", "line "),
    "up": Sentence("正常", "up"),
    "down": Sentence("断开：", "down: "),
    "since": Sentence("，自 ", ", since "),
    "last-answer": Sentence("中心上次应答 ", "the centre last answered "),
    "next-try": Sentence("下次尝试 ", "next try "),
    "comma": Sentence("，", ", "),
    "queue": Sentence(
        "队列  未送达 {depth}（最久 {oldest}），已暂存 {kept}，中心已确认 {acknowledged}，需人工处理 {needs_person}",
        "queue {depth} undelivered (oldest {oldest}), kept {kept}, acknowledged {acknowledged}, needing a person {needs_person}",
    ),
    "disk": Sentence("磁盘  剩余 {free:.1f} GB，共 {total:.1f} GB", "disk  {free:.1f} GB free of {total:.1f} GB"),
    "set-by-centre": Sentence("中心下发、替代设置文件的值：", "set by the centre, in place of the settings file: "),
    "device": Sentence("设备", "device"),
    "model": Sentence("型号", "model"),
    "state": Sentence("状态", "state"),
    "for": Sentence("时长", "for"),
    "trouble": Sentence("故障（上次）", "trouble (last)"),
    "port": Sentence("端口", "port"),
    "about": Sentence("情况", "about"),
    "paper": Sentence("纸", "Paper"),
    "cover": Sentence("上盖", "Cover"),
}
"""The lines and headings of `kiosk diagnose`."""

RECORD_STATES: Mapping[RecordState, Sentence] = {
    RecordState.QUEUED: Sentence("待发送", "Waiting"),
    RecordState.LEASED: Sentence("发送中", "Being sent"),
    RecordState.ACKNOWLEDGED: Sentence("中心已确认", "Acknowledged"),
    RecordState.REJECTED: Sentence("已退回", "Rejected"),
    RecordState.NEEDS_PERSON: Sentence("需人工处理", "Needs a person"),
    RecordState.CANCELLED: Sentence("已撤出", "Cancelled"),
}

CANCELLED_ON_ITS_WAY = Sentence("已撤出（撤出前发送过，中心可能已收到）", "Cancelled after it was sent: the centre may have it")
CANCELLED_TOO_LATE = Sentence("中心已确认（撤出时已送达）", "Acknowledged: cancelled here too late")

CANCEL_UNSENT = Sentence(
    "据本机记录，这件办件没有发送过：撤出后中心不会收到",
    "It was not sent, as far as this kiosk knows: the centre does not get it",
)
CANCEL_SENT = Sentence(
    "这件办件发送过，中心可能已收到；每日核对时会查询，中心有的按已确认计",
    "It was sent before, so the centre may have it: the daily match asks, and then it counts as acknowledged",
)

CANCEL_REASONS: Mapping[str, Sentence] = {
    CancelReason.HANDED_IN: Sentence("已到窗口办理", "Handed in at the window"),
    CancelReason.ENTERED_TWICE: Sentence("重复提交", "Entered twice"),
    CancelReason.WITHDRAWN: Sentence("本人撤回", "Withdrawn by the resident"),
    CancelReason.REFUSED_FOR_GOOD: Sentence("中心确认不收", "The centre will not take it"),
    CancelReason.TRIAL: Sentence("试用数据", "Entered for a trial"),
    CancelReason.OTHER: Sentence("其他原因", "Another reason"),
}

STEPS: Mapping[str, Sentence] = {
    "attract": Sentence("首页", "First screen"),
    "zone": Sentence("选事项", "Choosing"),
    "guide": Sentence("办事指南", "Guide"),
    "consent": Sentence("告知与同意", "Consent"),
    "identify": Sentence("身份核验", "Identifying"),
    "form": Sentence("填表", "Form"),
    "materials": Sentence("拍材料", "Papers"),
    "review": Sentence("核对", "Review"),
    "submit": Sentence("提交", "Submitting"),
    "outcome": Sentence("结果", "Outcome"),
    "receipt": Sentence("回执", "Receipt"),
    "rating": Sentence("好差评", "Rating"),
    "farewell": Sentence("离开", "Farewell"),
}

EVENTS: Mapping[str, Sentence] = {
    "kiosk-started": Sentence("程序启动", "Kiosk started"),
    "kiosk-stopped": Sentence("程序停止", "Kiosk stopped"),
    "stop-missed": Sentence("上次异常中断", "Last run was cut off"),
    "catalogue-loaded": Sentence("事项目录已载入", "Catalogue loaded"),
    "catalogue-broken": Sentence("事项目录有错误", "Catalogue broken"),
    "store-set-aside": Sentence("本机数据损坏，已另存", "Damaged store set aside"),
    "index-made-anew": Sentence("磁盘丢失数据页，索引已重建", "Index made anew: the disk lost a page"),
    "damaged-taken-away": Sentence("另存的损坏数据到期清除", "Damaged store taken away"),
    "events-lost": Sentence("日志缺失：磁盘长时间不可写", "Log entries lost: the disk refused them"),
    "out-of-service": Sentence("暂停服务", "Out of service"),
    "in-service": Sentence("恢复服务", "Back in service"),
    "defect-met": Sentence("程序缺陷", "Fault of the program"),
    "disk-low": Sentence("磁盘空间不足", "Disk nearly full"),
    "disk-hung": Sentence("磁盘长时间没有响应", "The disk hung"),
    "clock-differs": Sentence("时钟偏差", "Clock differs"),
    "visit-began": Sentence("开始办理", "Visit began"),
    "visit-step": Sentence("办理步骤", "Next step"),
    "visit-ended": Sentence("办理结束", "Visit ended"),
    "idle-warned": Sentence("闲置提醒", "Idle warning"),
    "preflight-blocked": Sentence("事项暂不可办", "Item could not begin"),
    "consent-given": Sentence("已同意告知", "Consent given"),
    "identified": Sentence("身份核验通过", "Identified"),
    "identity-refused": Sentence("身份核验未通过", "Identity refused"),
    "page-captured": Sentence("拍下一页材料", "Captured a page"),
    "page-refused": Sentence("材料没有拍好", "A page was not captured"),
    "face-consent-given": Sentence("单独同意刷脸", "Consented to a face comparison"),
    "person-disowned": Sentence("选择“不是我”", "“Not me”"),
    "card-read": Sentence("读卡成功", "Card read"),
    "card-failed": Sentence("读卡失败", "Card failed"),
    "code-scanned": Sentence("扫到一个码", "Code scanned"),
    "submission-kept": Sentence("办件已暂存", "Submission kept"),
    "submission-recovered": Sentence("找回已暂存办件", "Submission found again"),
    "submission-not-kept": Sentence("办件未能暂存", "Submission not kept"),
    "submission-acknowledged": Sentence("中心已确认", "Acknowledged"),
    "submission-rejected": Sentence("中心退回", "Rejected"),
    "submission-held": Sentence("需人工处理", "Held for a person"),
    "enquiry-answered": Sentence("查询已答复", "Enquiry answered"),
    "enquiry-unanswered": Sentence("查询无答复", "Enquiry unanswered"),
    "queue-full": Sentence("暂存已达上限", "Queue full"),
    "queue-drained": Sentence("暂存队列已空", "Queue drained"),
    "ledger-matched": Sentence("当日台账与中心一致", "Day matches the ledger"),
    "ledger-differs": Sentence("当日台账与中心不符", "Day differs from the ledger"),
    "queue-retried": Sentence("人工重发", "Retried by staff"),
    "queue-cancelled": Sentence("人工撤出", "Cancelled by staff"),
    "cancel-overtaken": Sentence("撤出的办件中心已收到", "Cancelled too late: the centre has it"),
    "queue-exported": Sentence("导出未送达办件", "Queue exported"),
    "key-change-asked": Sentence("人工要求更换密钥", "Key change asked by staff"),
    "key-rotated": Sentence("密钥已更换", "Key changed"),
    "key-copy-erased": Sentence("封存密钥旁的明文密钥已删除", "Plain key beside the sealed one erased"),
    "key-copy-left": Sentence("封存密钥旁留有明文密钥", "Plain key lies beside the sealed one"),
    "key-kept": Sentence("密钥未能更换", "Key not changed"),
    "line-up": Sentence("与中心恢复连接", "Line up"),
    "line-down": Sentence("与中心断开", "Line down"),
    "slip-printed": Sentence("回执已打印", "Slip printed"),
    "slip-unconfirmed": Sentence("停机时正在打印，不能确认是否打出", "Stopped while printing: outcome unknown"),
    "slip-failed": Sentence("回执未能打印", "Slip failed"),
    "rating-given": Sentence("已评价", "Rated"),
    "rating-skipped": Sentence("未评价", "Rating skipped"),
    "device-state": Sentence("设备状态变化", "Device state"),
    "device-tested": Sentence("设备测试结束", "Device tested"),
    "staff-signed-in": Sentence("工作人员登录", "Staff signed in"),
    "staff-signed-out": Sentence("工作人员退出", "Staff signed out"),
    "staff-failed": Sentence("登录失败", "Sign-in failed"),
    "staff-locked": Sentence("登录被锁定", "Sign-in locked"),
    "staff-tested-device": Sentence("测试设备", "Device test started"),
    "log-exported": Sentence("日志已导出", "Log exported"),
    "settings-from-centre": Sentence("采用中心下发的设置", "Settings of the centre in use"),
    "settings-broken": Sentence("中心设置的副本损坏", "The copy of the centre's settings is broken"),
    "settings-refused": Sentence("中心下发的设置未采用", "The centre's settings refused"),
    "catalogue-refused": Sentence("新目录未采用", "Catalogue refused"),
    "journal-refused": Sentence("中心未接收日志", "Log refused by the centre"),
    "revoked": Sentence("终端被注销", "Revoked"),
    "orders-received": Sentence("收到中心指令", "Orders received"),
}

DURATIONS = ((86400, "天", "d"), (3600, "小时", "h"), (60, "分钟", "min"), (1, "秒", "s"))


def duration(seconds: float, language: str = "en") -> str:
    """The two largest units: 2 天 3 小时; 5 min 12 s."""
    left = int(seconds)
    parts: list[str] = []
    for size, zh, en in DURATIONS:
        if left >= size and len(parts) < 2:
            count, left = divmod(left, size)
            parts.append(f"{count} {en if language == 'en' else zh}")
        elif parts:
            break
    return " ".join(parts) or f"0 {'s' if language == 'en' else '秒'}"


def moment(at: datetime, now: datetime) -> str:
    """A time by the clock of `now`: HH:MM:SS on its day, else with the date."""
    local = at.astimezone(now.tzinfo)
    return f"{local:%H:%M:%S}" if local.date() == now.date() else f"{local:%Y-%m-%d %H:%M}"


def device_in_words(name: str, kind: DeviceKind | None = None) -> Sentence:
    """What the device is; a name of its own, other than its kind's, stands behind. A name of no known kind stays as it is."""
    known = kind or next((one for one in DeviceKind if one.value == name), None)
    if known is None:
        return Sentence("本机磁盘", "This kiosk's disk") if name == DISK else Sentence(name, name)
    words = KINDS[known]
    return words if name == known.value else Sentence(f"{words.zh} {name}", f"{words.en} {name}")


def trouble_in_words(code: str) -> Sentence:
    """What is the matter, by a trouble's code or a device's state; a code of another version stays as it is."""
    if code in CODES:
        return remedy(code).says
    return next((words for state, words in STATES.items() if state.value == code), Sentence(code, code))


def fact_name_in_words(name: str) -> Sentence:
    """What a fact of a device is called; `refused CODE` counts what did not succeed, by its trouble or a reader's status word."""
    if name.startswith(REFUSED):
        word = name.removeprefix(REFUSED)
        what = READER_WORDS.get(word) or trouble_in_words(word)
        return Sentence(f"未成（{what.zh}）", f"Failed ({what.en})")
    return DEVICE_FACTS.get(name, Sentence(name, name))


def fact_in_words(value: str) -> Sentence:
    """What a device tells of itself: yes or no, a trouble's code, or a value that needs no words."""
    return YES_NO[value] if value in YES_NO else trouble_in_words(value)


def finding_in_words(detail: str) -> Sentence:
    """What a device's own test found; names and numbers stay as they are."""
    chinese = detail
    for english, told in TEST_PHRASES.items():
        chinese = chinese.replace(english, told)
    return Sentence(chinese, detail)


def cancel_reason_in_words(reason: str) -> Sentence:
    """Why it was taken out; one of an earlier version keeps its words."""
    return CANCEL_REASONS.get(reason, Sentence(reason, reason))


def cancelling_in_words(*, was_sent: bool) -> Sentence:
    """What taking a submission out of the queue means at the centre."""
    return CANCEL_SENT if was_sent else CANCEL_UNSENT


def event_in_words(name: str) -> Sentence:
    """The event's title; one of another version keeps its name."""
    if name == UNREADABLE:
        return Sentence("这条记录读不出来", "This entry cannot be read")
    return EVENTS.get(name, Sentence(name, name))
