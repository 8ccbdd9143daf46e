"""What to do about each trouble, in both languages: the one table behind the technician's page and `kiosk diagnose`. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from kiosk.errors import CODES
from kiosk.values import dataclass


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence in both languages."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """The sentence for `zh` or `en`."""
        return self.en if language == "en" else self.zh


@dataclass(frozen=True, slots=True)
class Remedy:
    """What a code says of the kiosk, and what to do, step by step, the likeliest first."""

    says: Sentence
    steps: tuple[Sentence, ...]


def remedy(code: str, model: str = "") -> Remedy:
    """What to do about this code; steps of the device's model come before those for any device. Every code is answered."""
    own = MODEL_STEPS.get((code, model), ())
    known = REMEDIES.get(code)
    if known is not None:
        return Remedy(known.says, (*own, *known.steps))
    meaning = CODES.get(code, CODES["unlisted-code"])
    return Remedy(Sentence(f"故障代码 {code}", meaning), (*own, CALL))


def _r(zh: str, en: str, *steps: tuple[str, str]) -> Remedy:
    return Remedy(Sentence(zh, en), tuple(Sentence(*step) for step in steps))


CALL = Sentence("记下故障代码，联系维护单位", "Note the code and call the maintenance company")
PLUG = ("检查数据线和电源线两端是否插牢", "Check that the data and power cables are firm at both ends")
REPLUG = (
    "拔下设备的 USB 插头，等十秒，再插回同一个插口",
    "Unplug the device's USB plug, wait ten seconds, plug it into the same socket",
)
POWER = ("关闭设备电源十秒后再打开", "Switch the device off for ten seconds and on again")
SHUTTER = ("打开镜头盖或遮挡片，擦净镜头", "Open the lens cap or shutter, and wipe the lens")
TEST = ("在终端的设备页按“测试”，确认已恢复", "Press Test on the kiosk's devices page to confirm that it works again")
SWAP = ("仍未恢复：更换设备", "If it stays: replace the device")
LINE = ("检查网线和路由器指示灯", "Check the network cable and the router's lamps")
WAITS = ("无需操作：未送达的办件保留在本机，恢复后自动发送", "Nothing to do: what is kept here is sent by itself once it is back")
STILL_SENT = (
    "不要重启：已暂存的办件仍在发送，磁盘恢复可写后自动继续受理",
    "Do not restart it: what is kept is still sent, and it takes applications again by itself once the disk can be written",
)
DISK = ("运行 kiosk diagnose 查看磁盘剩余空间，清理磁盘", "See the free space with `kiosk diagnose` and make room on the disk")
SETTINGS = (
    "核对设置文件中该设备的端口和型号（kiosk settings check）",
    "Check the device's port and model in the settings (`kiosk settings check`)",
)
CLOCK = ("核对本机时间和时间服务器", "Check this machine's clock and its time server")
SEALED = (
    "密钥已封存时：sudo /opt/kiosk24/current/packaging/seal-vault-key --from 备份文件",
    "Where it is sealed: `sudo /opt/kiosk24/current/packaging/seal-vault-key --from BACKUP`",
)
NO_BACKUP = (
    "确无备份：用 kiosk queue cancel 逐件撤出打不开的办件，再启动",
    "Without any backup: take out what does not open with `kiosk queue cancel`, and start again",
)
HELD_COUNTS = (
    "需人工处理的也计入：改正后重发（kiosk queue retry），或撤出（kiosk queue cancel）",
    "What needs a person counts too: correct and retry it (`kiosk queue retry`), or cancel it (`kiosk queue cancel`)",
)
CENTRE = ("联系中心管理员", "Call the centre's administrator")
ADDRESS = ("检查 [centre] 的 url", "Check `url` in `[centre]`")
TRIED_AGAIN = ("无需操作：会自动再送", "Nothing to do: it is sent again by itself")
APPLY_ANEW = (
    "按回执编号问中心是否已收到；没有收到的，请持回执的办事人重新申请；然后撤出这一件",
    "Ask the centre by its receipt number whether it came; if not, whoever has the receipt applies anew. Then cancel it",
)

REMEDIES: Mapping[str, Remedy] = {
    "port-missing": _r("找不到设备：端口不存在", "Nothing is plugged in at the device's port", PLUG, REPLUG, SETTINGS),
    "port-busy": _r(
        "端口被其他程序占用，或没有权限",
        "Another program holds the port, or the kiosk may not open it",
        ("确认没有其他程序在使用该端口", "Make sure that no other program uses the port"),
        ("确认已安装 udev 规则", "Make sure that the udev rules are installed"),
        TEST,
    ),
    "device-unplugged": _r("设备在使用中被拔出", "The device was unplugged while in use", PLUG, TEST),
    "device-silent": _r("设备无应答", "The device does not answer", POWER, PLUG, SETTINGS, SWAP),
    "frame-garbled": _r("设备发来的数据无法识别", "What the device sends cannot be understood", SETTINGS, PLUG, SWAP),
    "checksum-wrong": _r(
        "设备数据校验错误",
        "What the device sends is damaged on the way",
        PLUG,
        ("让数据线远离电源线", "Keep the data cable away from power cables"),
        ("更换数据线", "Replace the data cable"),
    ),
    "command-refused": _r("设备拒绝执行命令", "The device refused a command", POWER, TEST, SWAP),
    "device-swapped": _r(
        "接上的不是登记的那台设备",
        "Another device than the registered one is plugged in",
        (
            "看清设备和线路是否被动过；有疑问时断开并报告",
            "See whether device and cable were tampered with; when in doubt unplug and report it",
        ),
        (
            "确属更换：把新设备的 SAM 编号写进设置的 sam_id",
            "If you replaced it: put the new reader's SAM id into the setting `sam_id`",
        ),
    ),
    "device-error": _r("设备故障", "The device is in trouble", POWER, TEST, SWAP),
    "card-unreadable": _r(
        "证件读取失败",
        "A card could not be read",
        ("换一张证件再试：若能读取，是原证件损坏", "Try another card: if that reads, the first one is worn"),
        ("清洁读卡区，移开附近金属物", "Clean the reading area and take metal away from it"),
    ),
    "card-pulled": _r(
        "读取时证件被拿开",
        "The card was taken away while it was read",
        ("请等读取完成再取走证件", "Leave the card until it is read"),
    ),
    "photo-undecoded": _r(
        "证件照片无法解码",
        "A card's photograph cannot be decoded",
        (
            "把读卡器厂家的解码库路径写进摄像头设置的 photo_library",
            "Set the camera's `photo_library` to the reader maker's decoder",
        ),
        ("库文件须是本机架构的共享库，并有 unpack 函数", "It must be a shared library for this machine with a function `unpack`"),
    ),
    "card-unproved": _r(
        "证件未通过安全验证",
        "A card did not pass the security check",
        (
            "换一张证件再试：若能通过，原证件可能损坏或有疑问，请到人工窗口核验",
            "Try another card: if that passes, have the first one checked at a counter",
        ),
        ("所有证件都不通过：联系厂家检查安全模块", "If no card passes: have the maker check the security module"),
    ),
    "card-mute": _r(
        "卡片没有反应",
        "A card does not answer",
        ("把卡芯片朝上插到底；再用另一张卡试", "Insert the card chip up as far as it goes; then try another card"),
        ("清洁读卡器触点", "Clean the reader's contacts"),
    ),
    "card-type-unknown": _r(
        "读卡器不认识该类证件",
        "The reader does not know this kind of card",
        ("若居民身份证可读：联系厂家升级读卡器固件", "If resident cards read: have the reader's firmware upgraded"),
    ),
    "card-contradictory": _r(
        "证件内容自相矛盾",
        "The card's fields disagree with each other",
        ("请居民到人工窗口核验证件", "Send the resident to a window to have the card checked"),
    ),
    "card-error": _r("证件读取异常", "Trouble with the card on the reader", TEST),
    "code-unreadable": _r(
        "扫到的码无法识别",
        "A scanned code cannot be understood",
        ("擦净扫码窗口；用另一张码再试", "Wipe the scanner's window and try another code"),
    ),
    "sam-failed": _r("读卡器安全模块自检失败", "The reader's security module failed its self-test", POWER, SWAP),
    "sam-unauthorised": _r(
        "读卡器安全模块未授权",
        "The reader's security module is not licensed",
        ("联系读卡器供应商，提供安全模块号", "Call the reader's supplier and give the security module's number"),
    ),
    "sam-error": _r("读卡器安全模块异常", "Trouble with the reader's security module", POWER, SWAP),
    "camera-frozen": _r("摄像头画面停止", "The camera gives no new picture", SHUTTER, REPLUG, TEST, SWAP),
    "model-missing": _r(
        "人脸模型未安装或不匹配",
        "A face model's file is absent or not the right one",
        (
            "运行 kiosk models install，把它给出的两行写进摄像头的设置",
            "Run `kiosk models install` and put its two lines into the camera's settings",
        ),
    ),
    "camera-error": _r("摄像头异常", "Trouble with the camera", REPLUG, TEST, SWAP),
    "library-missing": _r(
        "缺少设备所需的程序库",
        "A library that the device needs is not installed",
        ("看详细信息中的名称，安装后重启", "Install what the detail names, then start again"),
    ),
    "font-missing": _r(
        "缺少中文字体",
        "No font with Chinese characters is installed",
        ("安装 fonts-noto-cjk", "Install the package fonts-noto-cjk"),
    ),
    "paper-out": _r(
        "凭条纸用完",
        "The receipt paper is used up",
        ("打开上盖，装入新的热敏纸卷，光面朝上", "Open the cover and put in a new roll of thermal paper, shiny side up"),
        ("合上上盖，直到听到咔嗒声", "Close the cover until it clicks"),
        TEST,
    ),
    "cover-open": _r(
        "打印机上盖未合", "The printer's cover is open", ("合上上盖，直到听到咔嗒声", "Close the cover until it clicks"), TEST
    ),
    "cutter-jammed": _r(
        "切刀卡住",
        "The cutter cannot move",
        ("关闭打印机电源，打开上盖，取出碎纸", "Switch the printer off, open the cover, take out torn paper"),
        ("打开电源，等切刀复位", "Switch it on and wait until the cutter has moved back"),
        TEST,
    ),
    "printer-offline": _r(
        "打印机脱机",
        "The printer says it is offline",
        ("按打印机上的联机键", "Press the printer's on-line key"),
        POWER,
        TEST,
    ),
    "print-dropped": _r(
        "打印任务被取消或失败",
        "The print system gave a document up: it was cancelled or failed",
        (
            "运行 lpstat -l -p 查看打印队列的状态和原因",
            "See the queue's state and reason with `lpstat -l -p`",
        ),
        POWER,
        TEST,
    ),
    "print-unconfirmed": _r(
        "不能确认是否已打印",
        "Nothing tells whether the slip came out",
        ("查看出纸口；有残纸先取出", "Look at the paper slot; take out what hangs there"),
        POWER,
        TEST,
    ),
    "printer-error": _r("打印机异常", "Trouble with the printer", POWER, TEST, SWAP),
    "cache-error": _r("没有完成：程序出了意外故障", "Not done: the program met a fault", (CALL.zh, CALL.en)),
    "store-error": _r("本机存储有故障", "The storage of this kiosk is in trouble", DISK, (CALL.zh, CALL.en)),
    "store-full": _r("磁盘已满，无法暂存", "No room on the disk: nothing can be kept", DISK),
    "disk-nearly-full": _r("磁盘空间不足", "The disk is nearly full", DISK),
    "store-unwritable": _r(
        "磁盘不可写，无法暂存",
        "The disk refuses to be written: nothing can be kept",
        ("检查存储目录的属主和权限", "Check owner and mode of the store's directory"),
        ("检查磁盘健康（dmesg、smartctl）", "Check the disk's health (dmesg, smartctl)"),
        STILL_SENT,
    ),
    "store-damaged": _r(
        "本机数据库损坏",
        "The database on this kiosk is damaged",
        ("不要删除任何文件；复制整个存储目录", "Delete nothing; copy the whole store directory"),
        (
            "重新启动终端程序：损坏的库会另存，可读部分转入新库并继续发送",
            "Start the kiosk again: it sets the damaged store aside and goes on with what can be read",
        ),
        (CALL.zh, CALL.en),
    ),
    "store-set-aside": _r(
        "本机数据曾损坏：原文件已另存，可读部分已转入新库",
        "The store was damaged: it was set aside, and what could be read is in the new one",
        (
            "把存储目录下的 damaged-… 文件夹整个复制给维护单位，复制后移走",
            "Copy the folder damaged-… in the store's directory to the maintenance company, then move it away",
        ),
        ("检查磁盘健康（dmesg、smartctl），必要时换盘", "Check the disk's health (dmesg, smartctl) and replace it when in doubt"),
    ),
    "store-too-new": _r(
        "本机数据由更新的程序建立",
        "The store was made by a newer program than this one",
        ("重新安装新版程序；不要删除任何文件", "Install the newer program again; delete nothing"),
    ),
    "store-too-old": _r(
        "本机数据还是旧版程序的格式",
        "The store is still as an older program made it",
        ("启动一次终端程序，数据会自动升级", "Start the kiosk once: that brings the store up to date"),
    ),
    "store-foreign": _r(
        "该位置不是本程序的数据库",
        "What lies there is no store of this program",
        (
            "核对设置中的 [store] directory；那里的空文件、其他程序的文件或非文件（如文件夹）不会被改动",
            "Check `directory` in [store]; an empty file, another program's, or what is no file is left as it is",
        ),
    ),
    "store-in-use": _r(
        "另一个程序正在使用本机数据",
        "Another program already works on this store",
        (
            "命令行遇到此提示时，终端正在写入：稍后再试一次",
            "At the shell, beside the running kiosk: it is writing, try again in a moment",
        ),
        ("确认只运行了一个 kiosk 程序", "Make sure that only one kiosk program runs"),
        ("登记前先停止终端：systemctl stop kiosk", "Before enrolling again stop the kiosk: `systemctl stop kiosk`"),
    ),
    "store-absent": _r(
        "找不到本机数据",
        "There is no store where the settings say",
        (
            "核对设置中的 [store] directory；终端至少启动过一次后才有数据",
            "Check `directory` in [store]; the first start of the kiosk makes it",
        ),
    ),
    "user-not-allowed": _r(
        "这个用户无权使用本机数据",
        "This user may not use the kiosk's data",
        (
            "以终端自己的用户运行：sudo -u kiosk kiosk …",
            "Run it as the kiosk's own user: `sudo -u kiosk kiosk …`",
        ),
        (
            "文件属于别的用户（例如由 root 恢复）：chown kiosk: 文件",
            "Where the file is another user's, put back by root perhaps: `chown kiosk: FILE`",
        ),
    ),
    "sqlite-too-old": _r(
        "SQLite 版本有缺陷",
        "This SQLite may corrupt its files",
        ("重新安装程序环境，以便使用自带的 SQLite", "Install the program's environment again: it brings its own SQLite"),
    ),
    "pragma-refused": _r(
        "数据库安全设置未生效",
        "The database's safety settings did not take",
        ("存储目录必须在本机磁盘上，不能是网络盘", "The store's directory must be on a local disk, not on a network share"),
    ),
    "queue-full": _r(
        "暂存已达上限",
        "The queue is at its limit",
        LINE,
        ("恢复网络后会自动发送并腾出空间", "Once the line is back it drains by itself"),
        HELD_COUNTS,
        (
            "线路正常仍满：调大 [store] 中的 max_records 或 max_bytes，或调小 acknowledged_days、cancelled_days，再重启终端程序",
            "Still full with the line up: raise `max_records` or `max_bytes` in [store], or lower `acknowledged_days` and"
            " `cancelled_days`; the kiosk takes them when it is started again",
        ),
    ),
    "submission-too-large": _r(
        "办件连同材料超过设置的上限，未保存",
        "A submission with its pages was larger than the settings let one be: nothing was kept",
        (
            "调大 [store] 中的 max_record_bytes；默认值容得下 30 页材料",
            "Raise `max_record_bytes` in [store]; its default holds thirty pages",
        ),
    ),
    "queue-too-old": _r(
        "暂存办件等待过久，已停止接收新申请",
        "Submissions have waited too long: no new applications are taken",
        LINE,
        ("运行 kiosk queue 查看最久的办件和原因", "`kiosk queue` shows the oldest and why it waits"),
        HELD_COUNTS,
        ("恢复网络后会自动发送并重新接收", "Once the line is back it drains and takes applications again by itself"),
    ),
    "needs-person": _r(
        "有办件发送不了，需人工处理",
        "Submissions need a person: trying again by itself cannot mend them",
        (
            "运行 kiosk queue 查看原因（中心拒收，或在本机损坏）；联系中心管理员后重发或撤出",
            "See why with `kiosk queue`: refused by the centre, or damaged here. Settle it with the centre, then retry or cancel",
        ),
    ),
    "ledger-differs": _r(
        "有的日期与中心台账不符",
        "A day here and in the centre's ledger differ",
        ("运行 kiosk queue match 查看缺少、多出的办件", "`kiosk queue match` names what is missing and what is doubled"),
        (
            "中心缺少、内容仍在本机的：运行 kiosk queue retry 回执编号，重新报送",
            "`kiosk queue retry NUMBER` hands in again what the centre lacks and is still here",
        ),
        ("其余的与中心管理员核对", "Settle the others with the centre"),
    ),
    "cannot-keep": _r(
        "本机无法暂存办件",
        "This kiosk's disk takes no submissions",
        DISK,
        ("检查存储目录的属主和权限", "Check owner and mode of the store's directory"),
        STILL_SENT,
    ),
    "paper-low": _r(
        "凭条纸将用完",
        "The receipt paper is nearly used up",
        ("准备好新纸卷，方便时更换", "Have a new roll ready and change it when nobody waits"),
    ),
    "key-missing": _r(
        "找不到加密密钥文件",
        "The key file is not there",
        ("从备份恢复密钥文件", "Bring the key file back from its backup"),
        SEALED,
        NO_BACKUP,
    ),
    "key-wrong": _r(
        "密钥不匹配",
        "The key does not open the records",
        ("恢复与数据相同时间的密钥文件", "Bring back the key file that belongs to this store"),
        SEALED,
        NO_BACKUP,
    ),
    "key-stays-sealed": _r(
        "封存的密钥在本机打不开",
        "The sealed key does not open on this machine",
        (
            "更换主板、固件或安全启动设置之后：sudo /opt/kiosk24/current/packaging/seal-vault-key --from 备份文件",
            "After another board, firmware or Secure Boot: `sudo /opt/kiosk24/current/packaging/seal-vault-key --from BACKUP`",
        ),
        (
            "TPM 因多次断电暂时锁定时无须处理：每五分钟自动再试",
            "A TPM locked by power cuts: nothing to do, it is tried every five minutes",
        ),
        ("原因见 journalctl -u 'kiosk-vault-key@*'", "Why, tells `journalctl -u 'kiosk-vault-key@*'`"),
    ),
    "key-copy-left": _r(
        "封存的密钥旁留有明文密钥文件，未能删除",
        "A plain key file lies beside the sealed key and could not be erased",
        (
            "把 /var/lib/kiosk/vault.key 移到 U 盘上锁好：其中可能有旧数据所需的密钥",
            "Move /var/lib/kiosk/vault.key to a stick and lock it away: it may hold a key that old data needs",
        ),
        ("重启终端后不再提示即为完成", "Restart the kiosk: it is done when this is told no more"),
    ),
    "key-exposed": _r(
        "密钥文件可被他人读取",
        "The key file can be read by others",
        ("运行 chmod 600 并检查属主", "Set mode 0600 and check its owner"),
    ),
    "key-fixed": _r(
        "密钥由系统凭据提供，不能在此更换，也不能改用其他算法",
        "The key comes from the service manager and is changed there, also to another cipher",
        (
            "更换：sudo /opt/kiosk24/current/packaging/seal-vault-key --rotate --backup 文件，再重启",
            "Change it with `sudo /opt/kiosk24/current/packaging/seal-vault-key --rotate --backup FILE`, and restart",
        ),
        ("核对设置中的 [store] cipher", "Check `cipher` in [store]"),
    ),
    "journal-broken": _r(
        "日志链校验失败",
        "The event log's chain does not verify",
        (
            "运行 kiosk logs verify 查看位置；保留现场并报告",
            "See where with `kiosk logs verify`; leave everything as it is and report it",
        ),
    ),
    "log-refused": _r(
        "中心不接收本机的日志，或换了签名密钥",
        "The centre does not take this kiosk's event log, or signs it with another key",
        (
            "运行 kiosk logs verify：本机日志链完好时，请中心核对它的副本",
            "Run `kiosk logs verify`: where it is sound here, the centre must look at its own copy",
        ),
        (
            "数据库曾损坏、换回过旧备份或中心换了签名密钥：停止终端，用同一终端号的登记码运行 kiosk enrol --again，另起新链",
            "After a damaged store, a backup put back, or a new key at the centre: stop, `kiosk enrol --again` (same number)",
        ),
        (
            "日志留在本机，每小时自动再试；不影响办件发送",
            "The log stays here and is offered each hour; submissions are sent all the same",
        ),
    ),
    "catalogue-refused": _r(
        "中心发布的新目录未能采用，仍用原目录",
        "The centre's new catalogue could not be taken; the one before stays in use",
        CENTRE,
    ),
    "settings-refused": _r(
        "中心下发的新设置未能采用，仍用原设置",
        "The centre's new settings could not be taken; those before stay in use",
        CENTRE,
    ),
    "centre-unreachable": _r("无法连接中心", "The centre cannot be reached", LINE, WAITS),
    "centre-hung": _r("中心无应答", "The centre does not answer in time", LINE, WAITS),
    "answer-cut": _r("中心应答中断", "The centre's answer was cut off", LINE, WAITS),
    "not-the-centre": _r(
        "应答不是来自中心（可能是上网认证页）",
        "Something else answers in the centre's place, perhaps a log-in page of the network",
        ("用浏览器完成网络认证，或联系网络管理员", "Have the network let the kiosk through"),
        WAITS,
    ),
    "certificate-refused": _r(
        "证书或密钥不是中心的（可能是代理或上网认证页）",
        "The certificate or its key is not the centre's: perhaps a proxy or a log-in page of the network",
        ("检查 [centre] 的 url、ca_file、pinned_key", "Check `url`, `ca_file` and `pinned_key` in `[centre]`"),
        WAITS,
    ),
    "certificate-untimely": _r(
        "中心的证书在本机时间下无效",
        "The centre's certificate is not valid at this kiosk's time",
        CLOCK,
        ("时间正确则请中心更换证书", "If the time is right, the centre must renew its certificate"),
    ),
    "centre-busy": _r("中心繁忙", "The centre is busy", WAITS),
    "centre-failed": _r("中心故障", "The centre failed", WAITS, CENTRE),
    "kiosk-unknown": _r(
        "中心不认可本终端",
        "The centre does not accept this kiosk",
        CLOCK,
        ("重新登记：kiosk enrol", "Enrol again: `kiosk enrol`"),
        CENTRE,
    ),
    "kiosk-revoked": _r(
        "本终端已被注销",
        "This kiosk's identity was withdrawn",
        (
            "是否有另一台机器用同一终端号登记过：同号只能运行一台",
            "Was another machine enrolled under this number? Only one may run under it",
        ),
        (
            "未送达的办件仍在本机；用同一终端号的登记码运行 kiosk enrol 后发出",
            "What is unsent stays here, and goes after `kiosk enrol` with a code for the same number",
        ),
        CENTRE,
    ),
    "not-enrolled": _r(
        "本终端尚未登记",
        "This kiosk is not enrolled yet",
        ("运行 kiosk enrol，输入一次性登记码", "Run `kiosk enrol` with a one-time code"),
    ),
    "content-conflict": _r("中心拒绝：内容与先前不一致", "The centre holds another content under the same key", CENTRE),
    "hash-wrong": _r("中心拒绝：内容与校验值不符", "The centre refuses a content that does not fit its hash", CENTRE),
    "kiosk-differs": _r(
        "中心拒绝：办件属于另一终端号",
        "The centre refuses what was kept under another kiosk's number",
        ("本机换过终端号：请中心核对这些办件", "This kiosk was given another number: the centre must look at these"),
        CENTRE,
    ),
    "later": _r("中心要求稍后再送，没有给出原因", "The centre wants it later and gives no reason", TRIED_AGAIN),
    "rejected": _r("中心拒收，没有给出原因", "The centre refused it and gave no reason", CENTRE),
    "corrections-needed": _r(
        "中心退回：需要补正",
        "The centre sent it back: something is to be corrected",
        ("要改的内容由中心告知；办事人改正后重新申请", "What to correct, the centre tells; its resident applies anew"),
    ),
    "department-closed": _r("部门系统现在不在服务时间", "The department's data source is closed at this hour", TRIED_AGAIN),
    "item-unknown": _r(
        "中心没有这个事项",
        "The centre does not know the item",
        CENTRE,
        ("中心补上事项后重发（kiosk queue retry）", "Once it does, retry (`kiosk queue retry`)"),
    ),
    "record-damaged": _r(
        "这件办件在本机损坏，发送不了", "The submission is damaged on this kiosk and cannot be sent", APPLY_ANEW
    ),
    "attachment-lost": _r(
        "这件办件的材料在本机丢失，送不齐", "A page of the submission is lost on this kiosk: it cannot be sent whole", APPLY_ANEW
    ),
    "attachment-missing": _r("中心还缺这件办件的材料", "The centre lacks a page of the submission", TRIED_AGAIN),
    "attachment-differs": _r("中心收到的材料与校验值不符", "The centre got a page that does not fit its hash", CENTRE),
    "nothing-found": _r("中心没有要找的记录", "The centre has no such record", CENTRE),
    "store-unavailable": _r("中心的数据库没有应答", "The centre's own database does not answer", WAITS, CENTRE),
    "signature-missing": _r("中心收到的请求没有签名（可能被代理去掉）", "A request came to the centre unsigned", ADDRESS, CENTRE),
    "signature-invalid": _r("中心不认可本机的签名", "The centre does not accept this kiosk's signature", ADDRESS, CENTRE),
    "digest-wrong": _r("请求内容在途中被改动", "What was sent was changed on its way", ADDRESS, CENTRE),
    "request-replayed": _r("中心收到过同一请求（可能是代理重发）", "The centre had this request before", WAITS, CENTRE),
    "encoding-unsupported": _r("中心不接受途中压缩过的内容", "The centre takes nothing with a Content-Encoding", ADDRESS, CENTRE),
    "place-unknown": _r("中心没有这个接口地址", "The centre has nothing at the address that was asked", ADDRESS, CENTRE),
    "method-not-allowed": _r("中心不接受这种请求方法", "The centre does not take this method there", ADDRESS, CENTRE),
    "unlisted-code": _r("原因不在本机的代码表中", "The reason is none that this version lists", CENTRE),
    "content-too-large": _r("中心拒绝：内容过大", "The centre refuses it as too large", CENTRE),
    "content-refused": _r("中心无法识别内容", "The centre cannot read what was sent", CENTRE),
    "clock-wrong": _r("本机时间不准", "This kiosk's clock is wrong", CLOCK),
    "request-stale": _r("请求时间超出范围", "Requests are refused as too old or too new", CLOCK),
    "settings-broken": _r(
        "设置文件有错误",
        "The settings file has mistakes",
        ("运行 kiosk settings check，按行修改", "Run `kiosk settings check` and mend line by line"),
    ),
    "catalogue-broken": _r(
        "事项目录有错误",
        "The catalogue has mistakes",
        ("运行 kiosk catalogue check，按行修改", "Run `kiosk catalogue check` and mend line by line"),
    ),
    "kiosk-not-running": _r(
        "终端程序未运行", "The kiosk program does not run", ("运行 systemctl status kiosk 查看", "See `systemctl status kiosk`")
    ),
    "demo-not-running": _r(
        "演示没有运行",
        "No demo runs here",
        ("先在另一个终端运行 make demo 或 kiosk demo", "Start one in another terminal: `make demo` or `kiosk demo`"),
    ),
    "model-not-installed": _r(
        "模型没有装上",
        "The model was not installed",
        ("再运行一次 kiosk models install：从断处继续", "Run `kiosk models install` again: it goes on where it broke off"),
        ("没有外网时：用 --from 从优盘安装", "Without the network: install from a stick with --from"),
    ),
    "enrolled-already": _r(
        "本机已经登记过",
        "This kiosk is enrolled already",
        (
            "换新密钥：停止终端后用同一终端号的登记码运行 kiosk enrol --again，未发送的办件照常发送",
            "Stop the kiosk, then `kiosk enrol --again CODE` with a code for the same number: unsent submissions go on",
        ),
    ),
    "unsent-under-old-number": _r(
        "本机有未送达的办件，属于原终端号，登记没有更改",
        "What waits here was kept under another number, and goes under no other: nothing was changed",
        (
            "保留原终端号：请中心为原终端号另发登记码，再次登记",
            "To stay with that number: have the centre make a new code for it, and enrol again",
        ),
        (
            "换终端号：先让办件送达，送不出的用 kiosk queue cancel 撤出，再用新登记码登记",
            "To change it: let all be sent (see `kiosk queue`), cancel what cannot go, then enrol with another new code",
        ),
    ),
    "action-refused": _r(
        "现在不能这样操作",
        "This cannot be done as things stand",
        ("先看现在的状态（队列页或 kiosk queue）", "See first how things stand now (the queue's page, or `kiosk queue`)"),
        ("文件已存在则换一个名字", "Where the file is there already, name another file"),
    ),
    "record-unknown": _r(
        "没有这条记录", "There is no such submission", ("用 kiosk queue 查看现有记录", "See what there is with `kiosk queue`")
    ),
    "out-of-service": _r("中心已下令暂停服务", "The centre ordered this kiosk out of service", CENTRE),
    "defect": _r(
        "程序缺陷",
        "A fault of the program itself",
        ("重启终端；把日志交给维护单位", "Restart the kiosk and give the log to the maintenance company"),
    ),
}

MODEL_STEPS: Mapping[tuple[str, str], tuple[Sentence, ...]] = {
    ("device-silent", "sdt"): (Sentence("确认读卡器波特率为 115200", "Make sure that the reader speaks at 115200 baud"),),
    ("device-silent", "gm65"): (
        Sentence("扫描说明书中的“串口模式”设置码", "Scan the manual's setting code for serial mode"),
        Sentence("确认扫码器波特率为 9600", "Make sure that the scanner speaks at 9600 baud"),
    ),
    ("device-silent", "plain-line"): (
        Sentence(
            "扫描说明书中的“虚拟串口”设置码，不要用键盘模式",
            "Scan the manual's setting code for virtual serial port, not keyboard",
        ),
    ),
    ("device-silent", "escpos"): (
        Sentence("确认打印机指示灯亮、纸已装好", "Make sure that the printer's lamp is lit and paper is in"),
    ),
    ("frame-garbled", "gm65"): (
        Sentence("核对波特率，扫描恢复出厂设置码后再试", "Check the baud rate; scan the factory-reset code and try again"),
    ),
    ("card-type-unknown", "sdt"): (
        Sentence("2023 版永居证需要新固件", "The 2023 permanent residence card needs newer firmware"),
    ),
    ("card-type-unknown", "pcsc"): (
        Sentence("只读社会保障卡；银行卡、市民卡不能读", "It reads social-security cards only; bank cards cannot be read"),
    ),
    ("port-missing", "pcsc"): (
        Sentence(
            "在终端运行 systemctl start pcscd.socket，再用 kiosk devices list 查看读卡器名称",
            "Run `systemctl start pcscd.socket`, then see the reader's name in `kiosk devices list`",
        ),
    ),
    ("camera-frozen", "camera-codes"): (Sentence("擦净扫码窗口", "Wipe the scanning window"),),
}
"""Steps that only one model needs, put before the others."""
