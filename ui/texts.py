"""Every code → the sentence for it and what to do next, in Chinese and English; and the words for days, kinds and states.

Longer than other files on purpose: besides QML's `qsTr` this is the only place that holds sentences for people.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from devices.reports import DeviceKind, DeviceState, FaceHint
from kiosk.catalogue.model import AnswerKind, CardField, Delivery, Kind, MaterialKind
from kiosk.errors import CODES
from kiosk.values import dataclass
from kiosk.visit.visit import Document, Language

Pair = tuple[str, str]
"""Chinese, English."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """What happened, and what to do next (may be empty)."""

    text: str
    next: str = ""


_OTHER_WAY = ("请改用其他方式，或拨打 12345", "Please use another way, or call 12345")
_STAFF = ("请联系工作人员处理", "Please ask a member of staff")
_TECHNICIAN = ("请技术人员检查", "A technician should look at it")
_CABLE = ("检查接线和电源，然后点“测试”", "Check cable and power, then touch Test")
_AGAIN = ("请稍后再试", "Please try again later")
_RETRY_CARD = ("请把证件平放在读卡区，停留两秒再拿起", "Lay the card flat on the reader, wait two seconds, then lift it")
_WINDOW = ("请到人工窗口办理，或拨打 12345", "Please go to a staffed counter, or call 12345")
_BESIDE = ("请使用旁边的终端，或拨打 12345", "Please use another kiosk, or call 12345")
_FIX = ("请改正后继续", "Please correct it to go on")
_NOTHING_LOST = (
    "本机没有留下任何内容，可以再试一次；还不行请到人工窗口",
    "Nothing was stored here; try once more, or go to a staffed counter",
)
_SAFE = ("已暂存的业务不受影响，会自动重试", "What is kept is safe and will be sent again by itself")
_CHECKED = ("已暂存的业务保存在本机，由工作人员核对", "What is kept is safe here; staff check it")
_APPLY_ANEW = (
    "没有送达中心的，请凭回执重新申请",
    "If it did not reach the centre, please apply anew with the receipt",
)
_ENROL = ("技术人员需重新登记本机（kiosk enrol）", "A technician must enrol this kiosk again (kiosk enrol)")
_CLOCK = ("技术人员需校准本机时间", "A technician must set this kiosk's clock")

CODE_SENTENCES: dict[str, tuple[Pair, Pair]] = {
    # Devices
    "device-error": (("设备出现故障", "A device is in trouble"), _CABLE),
    "port-missing": (("设备没有接上", "The device is not plugged in"), _CABLE),
    "port-busy": (
        ("设备被其他程序占用", "Another program holds the device"),
        ("关闭占用的程序或检查权限", "Close that program, or check permissions"),
    ),
    "device-unplugged": (("设备已断开", "The device was unplugged"), _CABLE),
    "device-silent": (("设备没有应答", "The device does not answer"), _CABLE),
    "frame-garbled": (("设备传来的数据无法识别", "The device sends unreadable data"), _CABLE),
    "checksum-wrong": (("设备传来的数据有误", "The device sends damaged data"), _CABLE),
    "device-swapped": (("设备不是登记的那一台", "This is not the device that belongs here"), _TECHNICIAN),
    "command-refused": (("设备拒绝了指令", "The device refused a command"), _TECHNICIAN),
    "card-error": (("证件没有读成功", "The card could not be read"), _RETRY_CARD),
    "card-unreadable": (("证件没有读成功", "The card could not be read"), _RETRY_CARD),
    "card-pulled": (("证件拿开得太早了", "The card was lifted too soon"), _RETRY_CARD),
    "photo-undecoded": (
        ("证件照片无法解码", "The photograph on the card cannot be decoded"),
        ("请改用手机亮码，不需要照片", "Use your phone's code, which needs no photograph"),
    ),
    "card-unproved": (
        ("证件没有通过安全验证", "The card did not pass the security check"),
        (
            "请拿开再放一次；仍不行请到人工窗口，或改用手机亮码",
            "Lay it down once more; if it fails again, see a counter or use your phone's code",
        ),
    ),
    "card-mute": (
        ("卡片没有反应", "The card does not answer"),
        ("请把芯片朝上、芯片一头先插入，插到底", "Insert it chip up and chip first, as far as it goes"),
    ),
    "card-type-unknown": (
        ("这张证件不能识别", "This card is not recognised"),
        ("请换用居民身份证，或改用手机亮码", "Use a resident identity card, or your phone's code"),
    ),
    "card-contradictory": (
        ("证件里的信息互相矛盾，不能使用", "The card's details contradict each other, so it cannot be used"),
        _WINDOW,
    ),
    "sam-error": (("读卡器的安全模块有故障", "The reader's security module is in trouble"), _TECHNICIAN),
    "sam-failed": (("读卡器的安全模块自检失败", "The reader's security module failed its self-test"), _TECHNICIAN),
    "sam-unauthorised": (("读卡器的安全模块没有授权", "The reader's security module is not licensed"), _TECHNICIAN),
    "camera-error": (("摄像头有故障", "The camera is in trouble"), _CABLE),
    "camera-frozen": (("摄像头画面停住了", "The camera's picture is frozen"), _CABLE),
    "model-missing": (("本机没有开通刷脸", "Face comparison is not set up here"), ("请使用其他方式", "Please use another way")),
    "printer-error": (("打印机有故障", "The printer is in trouble"), _CABLE),
    "paper-out": (("打印纸用完了", "The printer is out of paper"), ("工作人员换纸后即可继续", "Staff must put in a new roll")),
    "cover-open": (("打印机盖子没有关好", "The printer's cover is open"), ("工作人员关好后即可继续", "Staff must close it")),
    "cutter-jammed": (("打印机切刀卡住了", "The printer's cutter is jammed"), _STAFF),
    "printer-offline": (("打印机未就绪", "The printer is not ready"), _CABLE),
    "print-dropped": (
        ("打印任务已取消或失败，文件没有完整打印", "The print job was cancelled or failed; the document is not complete"),
        ("请再按打印；仍不成功请联系工作人员", "Print again; if that fails, ask the staff"),
    ),
    "print-unconfirmed": (
        ("不能确认回执是否已经打印", "It is not certain that the receipt was printed"),
        ("请先看出纸口；没有回执再按打印", "Look for the paper first; if there is none, print again"),
    ),
    "library-missing": (("缺少设备所需的软件", "Software that the device needs is not installed"), _TECHNICIAN),
    "not-fitted": (("本机没有安装这种设备", "This kiosk has no such device"), ("请使用其他方式", "Please use another way")),
    "font-missing": (("没有安装中文字体", "No Chinese font is installed"), ("安装 fonts-noto-cjk", "Install fonts-noto-cjk")),
    # Store and line
    "replica-refused": (
        ("中心发布的目录未通过核验，继续使用原目录", "The catalogue the centre published does not verify; the old one stays"),
        _TECHNICIAN,
    ),
    "record-damaged": (
        ("申请在本机损坏，需要人工核对", "The application is damaged on this kiosk: a person must check"),
        _APPLY_ANEW,
    ),
    "attachment-lost": (
        ("申请的材料图像在本机丢失，需要人工核对", "A page of the application is lost on this kiosk: a person must check"),
        _APPLY_ANEW,
    ),
    "store-in-use": (
        ("另一个程序正在使用本机数据库", "Another program works on this store"),
        ("关闭另一个程序后重启", "Close it, then restart"),
    ),
    "cache-error": (("本机存储或通信有故障", "Storage or line of this kiosk is in trouble"), _TECHNICIAN),
    "store-error": (("本机存储有故障，没有保存", "This kiosk's storage is in trouble: nothing was kept"), _NOTHING_LOST),
    "sqlite-too-old": (
        ("数据库组件版本有缺陷，本机不能保存业务", "This database version is unsafe, so nothing can be kept"),
        _TECHNICIAN,
    ),
    "pragma-refused": (("数据库安全设置未生效，本机不能保存业务", "The database's safety settings did not take"), _TECHNICIAN),
    "store-damaged": (("本机数据库已损坏", "This kiosk's database is damaged"), _TECHNICIAN),
    "store-too-new": (("本机数据由更新的程序建立", "A newer program made this kiosk's store"), _TECHNICIAN),
    "store-too-old": (("本机数据由旧版程序建立", "An older program made this kiosk's store"), _TECHNICIAN),
    "store-foreign": (
        ("设置的位置不是本程序的数据库", "What lies where the settings say is no store of this kiosk"),
        _TECHNICIAN,
    ),
    "store-set-aside": (("本机数据曾损坏，已另存", "A damaged store was set aside"), _TECHNICIAN),
    "store-full": (("本机磁盘已满，没有保存您的申请", "This kiosk's disk is full: your application was not kept"), _NOTHING_LOST),
    "store-unwritable": (
        ("本机磁盘无法写入，没有保存您的申请", "This kiosk's disk cannot be written: your application was not kept"),
        _NOTHING_LOST,
    ),
    "queue-full": (
        ("本机待发送的业务已达上限，暂不能受理新的申请", "This kiosk holds all the unsent applications it may"),
        _BESIDE,
    ),
    "submission-too-large": (
        ("材料太多，超过了本机一次能保存的大小", "These pages are more than one application may hold here"),
        ("可以少拍几页，或到人工窗口办理", "Take fewer pages, or go to a staffed counter"),
    ),
    "queue-too-old": (
        (
            "本机有申请太久没有送达，暂不能受理新的申请",
            "Applications have waited here too long: no new ones are taken",
        ),
        _BESIDE,
    ),
    "disk-nearly-full": (("本机磁盘快满了", "This kiosk's disk is nearly full"), _TECHNICIAN),
    "vault-error": (("本机密钥有问题", "This kiosk's key is in trouble"), _TECHNICIAN),
    "key-missing": (("本机密钥文件不见了", "This kiosk's key file is missing"), _TECHNICIAN),
    "key-wrong": (("本机密钥与数据不符", "This kiosk's key does not open its records"), _TECHNICIAN),
    "key-fixed": (("密钥由系统凭据提供", "The key is given by the system"), _TECHNICIAN),
    "key-stays-sealed": (("本机封存的密钥打不开", "This kiosk's sealed key does not open"), _TECHNICIAN),
    "key-copy-left": (("封存的密钥旁有明文密钥文件", "A plain key file lies beside the sealed key"), _TECHNICIAN),
    "key-exposed": (
        ("密钥文件权限过宽", "The key file can be read by others"),
        ("把权限改为仅本机用户可读（0600）", "Make it readable by the kiosk's user only (0600)"),
    ),
    "ledger-differs": (("有的日期与中心台账不符", "A day differs from the centre's ledger"), _TECHNICIAN),
    "log-refused": (("中心没有接收本机的日志", "The centre does not take this kiosk's log"), _TECHNICIAN),
    "catalogue-refused": (("中心的新目录没有采用", "The centre's new catalogue was not taken"), _TECHNICIAN),
    "settings-refused": (("中心的新设置没有采用", "The centre's new settings were not taken"), _TECHNICIAN),
    "journal-broken": (
        ("日志的校验链断裂，可能被改动过", "The journal's chain is broken: it may have been altered"),
        ("请保留现场并报告管理员", "Leave it as it is and tell the manager"),
    ),
    "centre-error": (("与中心通信有故障", "The line to the centre is in trouble"), _SAFE),
    "centre-unreachable": (("网络中断，联系不上中心", "The centre cannot be reached"), _SAFE),
    "centre-hung": (("中心没有及时答复", "The centre did not answer in time"), _AGAIN),
    "answer-cut": (("中心的答复不完整", "The centre's answer was cut short"), _AGAIN),
    "not-the-centre": (("答复不是来自中心（可能是网络登录页）", "Something else answered instead of the centre"), _TECHNICIAN),
    "certificate-refused": (("对方的证书不是中心的", "The certificate shown is not the centre's"), _TECHNICIAN),
    "certificate-untimely": (("中心的证书此刻无效", "The centre's certificate is not valid at this time"), _TECHNICIAN),
    "centre-busy": (("中心繁忙", "The centre is busy"), _AGAIN),
    "centre-failed": (("中心系统故障", "The centre has a fault"), _AGAIN),
    "kiosk-unknown": (("中心不认识本机", "The centre does not know this kiosk"), _ENROL),
    "not-enrolled": (("本机尚未在中心登记", "This kiosk is not enrolled yet"), _ENROL),
    "content-conflict": (("同一编号的内容不一致，需要人工核对", "Two contents under one number: a person must check"), _CHECKED),
    "content-too-large": (("内容超过中心允许的大小", "The content is larger than the centre takes"), _WINDOW),
    "hash-wrong": (("提交的内容与校验值不符，需要人工核对", "The content does not fit its hash: a person must check"), _CHECKED),
    "kiosk-differs": (
        ("办件登记在另一终端名下，需要人工核对", "It is under another kiosk's number: a person must check"),
        _CHECKED,
    ),
    "content-refused": (
        ("中心无法识别提交的内容，需要人工核对", "The centre cannot read what was sent: a person must check"),
        _CHECKED,
    ),
    "nothing-found": (("没有查到记录", "No record was found"), _WINDOW),
    "signature-missing": (("请求缺少签名", "A request had no signature"), _ENROL),
    "signature-invalid": (("请求的签名不对", "A request's signature is wrong"), _ENROL),
    "request-stale": (
        ("请求的签名已过期，本机时间可能不准", "A request was signed too long ago: the clock may be wrong"),
        _CLOCK,
    ),
    "request-replayed": (("中心拒绝了重复的请求", "The centre refused a repeated request"), _AGAIN),
    "kiosk-revoked": (("本机的登记已被中心撤销", "The centre has withdrawn this kiosk's identity"), _ENROL),
    "enrolment-code-unknown": (
        ("登记码不对", "The enrolment code is wrong"),
        ("请向中心索取登记码", "Ask the centre for a code"),
    ),
    "enrolment-code-used": (
        ("登记码已经用过", "The enrolment code was used before"),
        ("请向中心索取新的登记码", "Ask the centre for a new code"),
    ),
    "enrolment-code-expired": (
        ("登记码已过期", "The enrolment code is too old"),
        ("请向中心索取新的登记码", "Ask the centre for a new code"),
    ),
    "attachment-differs": (
        ("材料图像在传送中与其校验值不符", "A captured page did not arrive as it was sent"),
        ("请在队列中重试；再次出现请报告管理员", "Try it again in the queue; if it happens again, tell the manager"),
    ),
    "attachment-missing": (
        ("中心还没有收到全部材料图像", "The centre does not have all captured pages yet"),
        ("无需操作，本机会自动补传", "Nothing to do: they are sent again by themselves"),
    ),
    "chain-broken": (
        ("中心的日志副本与本机不连续", "The centre's journal does not continue with this one"),
        ("请报告管理员", "Tell the manager"),
    ),
    "clock-wrong": (("本机时间与中心相差超过五分钟", "This kiosk's clock is more than five minutes off"), _CLOCK),
    # The kiosk itself
    "kiosk-error": (("本机出现故障", "This kiosk is in trouble"), _TECHNICIAN),
    "files-broken": (("配置文件有错误", "A file of this kiosk holds mistakes"), _TECHNICIAN),
    "settings-broken": (
        ("设置文件有错误", "The settings hold mistakes"),
        ("按列出的行号改正后重启", "Correct the lines listed, then restart"),
    ),
    "catalogue-broken": (
        ("事项目录有错误", "The catalogue holds mistakes"),
        ("按列出的行号改正后重启", "Correct the lines listed, then restart"),
    ),
    "kiosk-not-running": (("本机的服务程序没有运行", "The kiosk program is not running"), _TECHNICIAN),
    "demo-not-running": (("演示程序没有运行", "No demo is running"), _TECHNICIAN),
    "model-not-installed": (("模型没有装上", "The model was not installed"), _TECHNICIAN),
    "enrolled-already": (("本机已经登记过", "This kiosk is enrolled already"), _TECHNICIAN),
    "unsent-under-old-number": (("有办件属于原终端号", "What waits here was kept under another number"), _TECHNICIAN),
    "store-absent": (("设置的位置没有数据库", "There is no store at the place the settings name"), _TECHNICIAN),
    "user-not-allowed": (("这个用户无权使用本机数据", "This user may not use the kiosk's data"), _TECHNICIAN),
    "record-unknown": (("没有这条业务", "There is no such submission"), ("请核对回执编号", "Check the receipt number")),
    "action-refused": (("现在不能这样操作", "This cannot be done now"), _AGAIN),
    "staff-error": (("工作人员登录有问题", "The sign-in is in trouble"), _AGAIN),
    "sign-in-refused": (("工号或密码不对", "Staff number or PIN is wrong"), ("请重新输入", "Please enter them again")),
    "sign-in-locked": (
        ("错误次数过多，已暂时锁定", "Too many wrong PINs: locked for a while"),
        ("请等待后再试", "Please wait, then try again"),
    ),
    "role-too-low": (("此功能需要管理员", "This needs a manager"), ("请由管理员登录", "A manager must sign in")),
    "unlisted-code": (("中心提出了本机不认识的要求", "The centre answered something this kiosk does not know"), _STAFF),
    "cancelled-by-staff": (("工作人员已撤下这笔业务", "Staff have taken this submission out"), _WINDOW),
    "out-of-service": (
        ("中心已暂停本机服务", "The centre has taken this kiosk out of service"),
        ("请使用旁边的终端", "Please use another kiosk"),
    ),
    "defect": (
        ("程序出现意外故障，本次办理已结束，信息已清除", "A fault ended this visit; your details were wiped"),
        ("请重新开始，或拨打 12345", "Please start again, or call 12345"),
    ),
    # Answers of a form
    "answer-missing": (("这一项还没有填", "This is still empty"), _FIX),
    "answer-too-large": (("数值超过了允许的上限", "This number is too large"), _FIX),
    "answer-too-long": (("内容太长了", "This is too long"), _FIX),
    "answer-too-small": (("数值低于允许的下限", "This number is too small"), _FIX),
    "bank-card-wrong": (("银行卡号不对，请逐位核对", "This is no valid bank card number; please check each digit"), _FIX),
    "choice-wrong": (("请从选项中选一个", "Please choose one of the options"), _FIX),
    "date-wrong": (
        ("日期不对，请按年月日填写，如 2026-03-08", "This is no valid date; write year, month and day, e.g. 2026-03-08"),
        _FIX,
    ),
    "id-number-wrong": (("身份证号码不对，请逐位核对", "This is no valid identity number; please check each digit"), _FIX),
    "money-wrong": (("金额不对，最多两位小数", "This is no valid amount; at most two decimals"), _FIX),
    "name-wrong": (("姓名里有不能使用的字符", "A name cannot hold these characters"), _FIX),
    "number-wrong": (("请填写数字", "Please enter a number"), _FIX),
    "phone-wrong": (("手机号码应为 11 位，以 1 开头", "A mobile number has 11 digits and begins with 1"), _FIX),
    "text-wrong": (("里面有不能使用的字符", "This holds characters that cannot be used"), _FIX),
    # Identification
    "card-expired": (
        ("证件已过有效期", "This card has expired"),
        ("请先换领新证，或改用手机亮码", "Please renew it first, or use your phone's code"),
    ),
    "card-not-valid-yet": (("证件尚未生效", "This card is not valid yet"), _WINDOW),
    "card-kind-not-accepted": (("此事项不能使用这种证件", "This service does not take this kind of card"), _WINDOW),
    "card-reader-lost": (
        ("读卡器断开了", "The card reader has stopped working"),
        ("可改用手机亮码，恢复后也能继续刷证", "Use your phone's code; if the reader returns you can use it again"),
    ),
    "chip-card-reader-lost": (
        ("社保卡读卡器断开了", "The reader of social security cards has stopped working"),
        ("可改刷身份证或用手机亮码", "Use your identity card or your phone's code"),
    ),
    "face-differs": (
        ("没有认出是证件上的本人", "The face was not recognised as the one on the card"),
        ("请摘下口罩、帽子，到亮处再试；也可改用手机亮码", "Take off mask and hat and try again, or use your phone's code"),
    ),
    "face-not-alive": (
        ("转头方向不对", "The head was turned the other way"),
        ("请按屏幕上的箭头慢慢转头，再试一次", "Follow the arrow slowly and try again"),
    ),
    "face-changed": (
        ("中途离开了画面", "The face left the picture"),
        ("请一个人站在镜头前，再试一次", "Stand before the camera alone and try again"),
    ),
    "face-timed-out": (
        ("时间到了，还没有做完", "The time was over before all was done"),
        ("不着急，再试一次；也可改用手机亮码", "Take your time and try again, or use your phone's code"),
    ),
    "face-given-up": (("已停止刷脸", "Face comparison was stopped"), ("请使用其他方式", "Please use another way")),
    "face-needs-card": (
        ("先刷身份证，再与证件照片比对", "Identity card first; your face is compared with its photograph"),
        ("请把身份证平放在读卡区", "Lay the identity card on the reader"),
    ),
    "face-not-needed": (("这一项不用刷脸", "Not needed for this service"), ("刷证或亮码即可", "A card or a code is enough")),
    "face-needs-guardian": (
        ("未满 14 周岁，不能在这里刷脸", "Under 14, a face cannot be compared here"),
        ("请由监护人陪同使用其他方式", "Use another way, with a guardian"),
    ),
    "face-tried-out": (
        ("三次没有通过", "Three tries did not succeed"),
        ("请改用手机亮码，或到人工窗口", "Use your phone's code, or see a counter"),
    ),
    "code-scanner-lost": (
        ("扫码器断开了", "The code scanner has stopped working"),
        ("可改刷身份证，恢复后也能继续亮码", "Use your identity card; if the scanner returns you can use it again"),
    ),
    "face-camera-lost": (("摄像头断开了", "The camera has stopped working"), ("请使用其他方式", "Please use another way")),
    "document-camera-lost": (("高拍仪断开了", "The document camera has stopped working"), ("请求助工作人员", "Please ask staff")),
    "document-printer-lost": (
        ("A4 打印机断开了", "The A4 printer has stopped working"),
        ("请稍候或求助工作人员", "Wait, or ask staff"),
    ),
    "receipt-printer-lost": (
        ("打印机断开了", "The printer has stopped working"),
        ("回执会显示在屏幕上", "The receipt is shown on the screen"),
    ),
    "code-is-id-number": (
        ("这个码只是身份证号码，不能证明身份", "This code is only an identity number, which proves nothing"),
        ("请出示手机上的身份码", "Please show your phone's identity code"),
    ),
    "code-is-payment": (
        ("这是付款码，请收好", "This is a payment code; keep it to yourself"),
        ("请出示手机上的身份码", "Please show your phone's identity code"),
    ),
    "code-is-web-address": (
        ("这是网址，不是身份码", "This is a web address, not an identity code"),
        ("请出示手机上的身份码", "Please show your phone's identity code"),
    ),
    "code-too-long": (
        ("这个码不是身份码", "This is no identity code"),
        ("请出示手机上的身份码", "Please show your phone's identity code"),
    ),
    "code-unreadable": (
        ("没有看清这个码", "The code could not be read"),
        ("请调亮手机屏幕，放在扫码窗口前", "Make the phone brighter and hold it before the scanner"),
    ),
    "code-used-or-expired": (
        ("身份码已过期或已使用", "This code has expired or was used before"),
        ("请在手机上刷新后再出示", "Refresh it on the phone and show it again"),
    ),
    "code-unknown": (("中心不认识这个身份码", "The centre does not know this code"), _OTHER_WAY),
    "credential-offline": (
        ("网络中断，暂时不能核验身份码", "The line is down, so codes cannot be checked now"),
        ("请改刷身份证", "Please use your identity card"),
    ),
    "nothing-shown": (("还没有读到证件或二维码", "No card or code was seen yet"), _RETRY_CARD),
    "nothing-kept-before": (
        (
            "没有找到您中断的申请；现在不收新申请",
            "No application of yours broke off here, and no new ones are taken now",
        ),
        _BESIDE,
    ),
    "correction-asked": (("受理部门要求更正此项", "The department asks to correct this"), _FIX),
    "proofs-differ": (
        ("两次出示的不是同一个人", "The two proofs belong to different people"),
        ("请使用本人的证件和身份码", "Please use your own card and code"),
    ),
    # Answers of the centre
    "no-record": (("部门没有您的这项记录", "The department holds no such record of you"), _WINDOW),
    "answers-wrong": (("填写的内容与中心的要求不符", "The answers do not fit what the centre asks"), _FIX),
    "later": (("中心稍后再办理", "The centre deals with it later"), _SAFE),
    "rejected": (("中心没有接收，需要人工核对", "The centre did not take it: a person must check"), _CHECKED),
    "corrections-needed": (("中心要求改正", "The centre asks for corrections"), _FIX),
    "needs-person": (("需要人工核对", "A person must look at it"), _CHECKED),
    "credential-unknown": (("中心不认识这个身份码", "The centre does not know this code"), _OTHER_WAY),
    "credential-used": (
        ("身份码已经用过", "This code was used before"),
        ("请在手机上刷新后再出示", "Refresh it on the phone and show it again"),
    ),
    "credential-expired": (
        ("身份码已过期", "This code has expired"),
        ("请在手机上刷新后再出示", "Refresh it on the phone and show it again"),
    ),
    "digest-wrong": (("提交的内容与签名不符", "The content is not what was signed"), _SAFE),
    "encoding-unsupported": (("中心不接受压缩的内容", "The centre takes no compressed content"), _TECHNICIAN),
    "item-not-asked-here": (("此事项不能查询，只能申请", "This is applied for, not asked"), _WINDOW),
    "method-not-allowed": (("中心不支持这种请求", "The centre does not take this request"), _TECHNICIAN),
    "place-unknown": (("中心没有这个接口", "The centre has nothing at this address"), _TECHNICIAN),
    "store-unavailable": (("中心的数据库没有应答", "The centre's own database does not answer"), _AGAIN),
    "item-unknown": (("中心尚未开通此事项", "The centre does not offer this service yet"), _WINDOW),
    "department-closed": (
        ("部门系统这个时间不开放", "The department's system is closed at this hour"),
        ("请在开放时间再来", "Please come back when it is open"),
    ),
    # Pre-flight
    "offline-needs-centre": (
        ("网络中断，此事项现在办不了", "The line is down, so this cannot be done now"),
        ("申请类事项可照常办理；或稍后再来", "Applications can still be made; or come back later"),
    ),
    "sent-later": (
        (
            "网络中断：申请会先暂存在本机，恢复后自动提交",
            "The line is down: your application is kept here and sent by itself later",
        ),
        ("可照常办理，您会得到暂存回执", "You can go on, and you get a receipt for it"),
    ),
    "only-kept-before": (
        ("现在不收新申请，只能补打回执", "No new applications are taken here now; only a missing receipt can be printed"),
        (
            "已在本机提交、没拿到回执的，请继续并核验身份，不用再填一次",
            "If you submitted this here and got no receipt, go on and show who you are: there is nothing to fill in again",
        ),
    ),
    "clock-lost": (
        ("本机时间不准，现在办不了", "This kiosk's clock is wrong, so this cannot be done now"),
        _BESIDE,
    ),
    "no-way-to-identify": (
        ("读卡器和扫码器都不能用，无法核验身份", "Neither card reader nor scanner works, so nobody can be identified"),
        _BESIDE,
    ),
    "card-reader-down": (
        ("读卡器暂时不能用", "The card reader does not work now"),
        ("可以用手机亮码代替", "You can use your phone's code instead"),
    ),
    "scanner-down": (
        ("扫码器暂时不能用", "The code scanner does not work now"),
        ("可以刷身份证代替", "You can use your identity card instead"),
    ),
    "printer-down": (
        ("打印机暂时不能用", "The printer does not work now"),
        ("回执会显示在屏幕上，可用手机拍下", "The receipt is shown on the screen for you to photograph"),
    ),
    "printer-needed": (
        ("打印机不能用，此事项现在办不了", "The printer does not work, so this cannot be done now"),
        ("请使用旁边的终端", "Please use another kiosk"),
    ),
    "paper-low": (
        ("打印纸快用完了", "The printer's paper is nearly used up"),
        ("打不出时，回执会显示在屏幕上", "If it runs out, the receipt is shown on the screen"),
    ),
    "cannot-keep": (
        ("本机现在不能保存申请", "This kiosk cannot keep applications now"),
        _BESIDE,
    ),
    "payment-not-here": (
        ("本机不能收费", "This kiosk takes no payments"),
        ("请到人工窗口或手机端缴费", "Please pay at a counter or on your phone"),
    ),
    "page-no-page": (
        ("没有看到纸张", "No sheet was found"),
        ("请把纸张平放在高拍仪下的垫板上，四边都露出来", "Lay the sheet flat on the mat, with all four edges in view"),
    ),
    "page-cut-off": (
        ("纸张没有全部拍进去", "A part of the sheet is outside the picture"),
        ("请把纸张移到画面中间，四边都露出来", "Move the sheet to the middle, with all four edges in view"),
    ),
    "page-covered": (
        ("纸张边上有东西挡住", "Something lies over the edge of the sheet"),
        ("请把手和其他东西拿开，四边都露出来", "Take hands and other things away, with all four edges in view"),
    ),
    "page-too-dark": (
        ("画面太暗，看不清字", "It is too dark to read"),
        ("请移开遮住灯光的东西，再拍一次", "Move what blocks the light, then try again"),
    ),
    "page-glare": (
        ("纸面反光，有的字看不清", "Light glares on the sheet"),
        ("请把纸张转一个角度，再拍一次", "Turn the sheet a little, then try again"),
    ),
    "page-blurred": (
        ("拍得不清楚", "The picture is not sharp"),
        ("请把纸张放平、手拿开，再拍一次", "Lay the sheet flat, take your hands away, then try again"),
    ),
    "page-empty": (
        ("这一面没有字", "There is nothing on this side"),
        ("请翻到有字的一面，再拍一次", "Turn the sheet over, then try again"),
    ),
    "needs-document-camera": (
        ("本机没有高拍仪，不能采集必需的材料", "This kiosk has no document camera for the required papers"),
        _WINDOW,
    ),
    "needs-dedicated-machine": (
        ("此事项须在专用设备上办理", "This is done at a certified machine"),
        ("请到下面所写的位置办理", "Please go to the place named below"),
    ),
    "data-source-closed": (
        ("部门系统这个时间不开放", "The department's system is closed at this hour"),
        ("请在开放时间再来", "Please come back when it is open"),
    ),
    "second-proof-needs-line": (
        (
            "此事项要两种身份核验，其中一种需要联网，现在网络中断",
            "This needs two proofs, one of them over the line, which is down",
        ),
        ("请稍后再来", "Please come back later"),
    ),
    "second-proof-missing": (
        ("此事项要两种身份核验，本机现在只有一种可用", "This needs two proofs, and only one works here now"),
        ("请使用旁边的终端", "Please use another kiosk"),
    ),
}


def sentence(code: str, language: str) -> Sentence:
    """The sentence for a code; a code that is on no list gets the sentence of `unlisted-code`, never the bare code."""
    if not code:
        return Sentence("")
    text, next_step = CODE_SENTENCES.get(code if code in CODES else "unlisted-code", CODE_SENTENCES["unlisted-code"])
    return Sentence(_of(text, language), _of(next_step, language))


CARD_NEEDED_TOO: dict[str, Pair] = {
    "card-expired": ("请先换领新证，此事项必须刷身份证", "Please renew it first: this service needs the card"),
    "card-unproved": ("请拿开再放一次；仍不行请到人工窗口", "Lay it down once more; if it fails again, see a counter"),
    "card-type-unknown": ("请换用居民身份证", "Use a resident identity card"),
    "card-reader-lost": ("请稍候，恢复后继续刷证", "Please wait: it goes on once the reader is back"),
}
"""What to do where two proofs are asked, one of them the card: the phone's code alone leads nowhere."""


def next_step(code: str, language: str, proofs: int) -> str:
    """What to do about the code for an item that asks for so many proofs."""
    return _of(CARD_NEEDED_TOO[code], language) if proofs > 1 and code in CARD_NEEDED_TOO else sentence(code, language).next


SHORT_REASONS: dict[str, Pair] = {
    "offline-needs-centre": ("需联网，稍后再来", "Needs the line"),
    "clock-lost": ("本机时间不准", "Clock is wrong"),
    "no-way-to-identify": ("暂时无法核验身份", "Cannot identify"),
    "printer-needed": ("打印机暂不可用", "Printer is down"),
    "paper-out": ("打印纸用完了", "Out of paper"),
    "cannot-keep": ("本机暂不能保存", "Cannot be stored"),
    "queue-full": ("本机待发已满", "Queue is full"),
    "queue-too-old": ("本机待发太久", "Queue is stuck"),
    "payment-not-here": ("本机不能缴费", "No payments here"),
    "needs-document-camera": ("本机没有高拍仪", "No document camera"),
    "needs-dedicated-machine": ("请到专用设备办理", "At another machine"),
    "data-source-closed": ("现在不在开放时间", "Closed at this hour"),
    "second-proof-needs-line": ("两种核验需要联网", "Needs the line"),
    "second-proof-missing": ("缺一种核验设备", "A device is missing"),
    "out-of-service": ("暂停服务", "Out of service"),
}
"""Why a tile is grey, in a few words; the guide tells the whole sentence."""


def short_reason(code: str, language: str) -> str:
    """A few words for a tile; the whole sentence where there are none."""
    return word(SHORT_REASONS[code], language) if code in SHORT_REASONS else sentence(code, language).text


KINDS: dict[Kind, Pair] = {
    Kind.ENQUIRY: ("查询", "Enquiry"),
    Kind.PRINT: ("打印", "Print"),
    Kind.APPLICATION: ("申请", "Apply"),
    Kind.PAYMENT: ("缴费", "Pay"),
}
CARD_FIELDS: dict[CardField, Pair] = {
    CardField.NAME: ("姓名", "Name"),
    CardField.NUMBER: ("证件号码", "Document number"),
    CardField.SEX: ("性别", "Sex"),
    CardField.BIRTH: ("出生日期", "Date of birth"),
    CardField.ADDRESS: ("住址", "Address"),
    CardField.NATIONALITY: ("国籍", "Nationality"),
}
MATERIAL_KINDS: dict[MaterialKind, Pair] = {
    MaterialKind.REQUIRED: ("现场采集", "Captured here"),
    MaterialKind.DEFERRABLE: ("可容缺后补", "May follow later"),
    MaterialKind.E_CERTIFICATE: ("免提交", "Not needed: already on file"),
}
DELIVERIES: dict[Delivery, Pair] = {
    Delivery.ON_SCREEN: ("屏幕查看", "On this screen"),
    Delivery.PRINTED_HERE: ("本机打印", "Printed here"),
    Delivery.SMS: ("短信通知", "By text message"),
    Delivery.POST: ("邮寄送达", "By post"),
    Delivery.WINDOW: ("窗口领取", "At the counter"),
    Delivery.E_CERTIFICATE: ("电子证照", "As an e-certificate"),
}
DOCUMENTS: dict[Document, Pair] = {
    Document.RESIDENT: ("居民身份证", "Resident identity card"),
    Document.FOREIGNER: ("外国人永久居留身份证", "Foreign permanent resident card"),
    Document.SOCIAL_SECURITY: ("社会保障卡", "Social security card"),
    Document.HK_MACAO_TAIWAN: ("港澳台居民居住证", "Residence permit for Hong Kong, Macao and Taiwan residents"),
}
DEVICE_KINDS: dict[DeviceKind, Pair] = {
    DeviceKind.CARD_READER: ("读卡器", "Card reader"),
    DeviceKind.CHIP_CARD_READER: ("社保卡读卡器", "Social security card reader"),
    DeviceKind.CODE_SCANNER: ("扫码器", "Code scanner"),
    DeviceKind.FACE_CAMERA: ("人脸摄像头", "Face camera"),
    DeviceKind.DOCUMENT_CAMERA: ("高拍仪", "Document camera"),
    DeviceKind.RECEIPT_PRINTER: ("回执打印机", "Receipt printer"),
    DeviceKind.DOCUMENT_PRINTER: ("A4 打印机", "A4 printer"),
}
DEVICE_STATES: dict[DeviceState, Pair] = {
    DeviceState.STARTING: ("正在启动", "Starting"),
    DeviceState.ONLINE: ("正常", "Working"),
    DeviceState.OFFLINE: ("离线", "Offline"),
    DeviceState.NO_DEVICE: ("没有接上", "Not plugged in"),
    DeviceState.HARDWARE_ERROR: ("硬件故障", "Hardware fault"),
    DeviceState.USER_ERROR: ("需要人工处理", "Needs attention"),
    DeviceState.BUSY: ("工作中", "Busy"),
    DeviceState.FRAUD_SUSPECTED: ("疑似被动过手脚", "Tampering suspected"),
}
FACE_HINTS: dict[FaceHint, Pair] = {
    FaceHint.NO_FACE: ("没有看到人脸，请站到摄像头前", "No face is seen: stand before the camera"),
    FaceHint.ONE_PERSON_ONLY: ("画面里只能有一个人", "Only one person may be in the picture"),
    FaceHint.COME_CLOSER: ("请靠近一些", "Come a little closer"),
    FaceHint.STEP_BACK: ("请退后一些", "Step back a little"),
    FaceHint.LOOK_STRAIGHT: ("请正对摄像头", "Look straight at the camera"),
    FaceHint.TOO_DARK: ("光线太暗", "It is too dark"),
    FaceHint.TOO_BRIGHT: ("光线太强", "It is too bright"),
    FaceHint.HOLD_STILL: ("请保持不动", "Hold still"),
    FaceHint.GOOD: ("很好，人脸清晰", "Good: the face is clear"),
}
SEXES: dict[str, Pair] = {"1": ("男", "Male"), "2": ("女", "Female"), "0": ("未说明", "Unknown"), "9": ("未说明", "Not stated")}
ANSWER_HINTS: dict[AnswerKind, Pair] = {
    AnswerKind.DATE: ("8 位数字，如 20260501", "8 digits, such as 20260501"),
    AnswerKind.CHOICE: ("请选择", "Choose one"),
    AnswerKind.YES_NO: ("请选择", "Choose one"),
}
YES_NO: dict[str, Pair] = {"yes": ("是", "Yes"), "no": ("否", "No")}
WEEKDAYS: tuple[Pair, ...] = (
    ("星期一", "Monday"),
    ("星期二", "Tuesday"),
    ("星期三", "Wednesday"),
    ("星期四", "Thursday"),
    ("星期五", "Friday"),
    ("星期六", "Saturday"),
    ("星期日", "Sunday"),
)
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def word(pair: Pair, language: str) -> str:
    """One of the words above, in the language."""
    return _of(pair, language)


def day_and_weekday(day: date, language: str) -> str:
    """11月23日 星期一; Monday, 23 November."""
    weekday = _of(WEEKDAYS[day.weekday()], language)
    if language == Language.ENGLISH:
        return f"{weekday}, {day.day} {MONTHS[day.month - 1]}"
    return f"{day.month}月{day.day}日 {weekday}"


def full_day(day: date, language: str) -> str:
    """2026年11月23日; 23 November 2026."""
    if language == Language.ENGLISH:
        return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日"


def pages_text(count: int, language: str) -> str:
    """未拍, 已拍 2 页; not yet, 2 pages."""
    if language == Language.ENGLISH:
        return "not yet" if count == 0 else "1 page" if count == 1 else f"{count} pages"
    return "未拍" if count == 0 else f"已拍 {count} 页"


def joined(words: list[str], language: str) -> str:
    """A list in one line: 甲、乙、丙; A, B, C."""
    return (", " if language == Language.ENGLISH else "、").join(words)


def listed(pairs: Iterable[Pair], language: str) -> str:
    """Words of ours in one line: 甲、乙; By post, at the counter."""
    words = [word(pair, language) for pair in pairs]
    return joined([each if number == 0 else each[:1].lower() + each[1:] for number, each in enumerate(words)], language)


def working_days(days: int, language: str) -> str:
    """The promised time; 0 days are told as at once."""
    if days == 0:
        return "At once" if language == Language.ENGLISH else "当场办结"
    if language == Language.ENGLISH:
        return f"{days} working day{'' if days == 1 else 's'}"
    return f"{days} 个工作日"


def fee(yuan: Decimal, note: str, language: str) -> str:
    """The fee, with its note."""
    amount = _of(("不收费", "Free of charge"), language) if yuan == 0 else f"¥ {yuan:.2f}"
    return f"{amount}  {note}".strip()


def opening_hours(hours: str, language: str) -> str:
    """The data source's opening hours."""
    return _of(("全天", "All day"), language) if hours == "00:00-24:00" else hours.replace("-", "–")


def _of(pair: Pair, language: str) -> str:
    return pair[1] if language == Language.ENGLISH else pair[0]
