"""What is wrong with a value of a file written by hand, in plain words and both languages. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kiosk.staff.remedies import Sentence

PATTERNS: Mapping[str, Sentence] = {
    r"^[0-9]{6}$": Sentence("应为 6 位数字", "must be six digits"),
    r"^[0-9-]{3,20}$": Sentence("应为 3 到 20 位数字，可以带连字符", "must be 3 to 20 digits or hyphens"),
    r"^([a-z][a-z-]{1,31})?$": Sentence(
        "应为 2 到 32 个小写字母，可以带连字符，也可以留空", "must be 2 to 32 small letters or hyphens, or empty"
    ),
    r"^K[0-9]{2,6}$": Sentence("应为字母 K 加 2 到 6 位数字", "must be K and two to six digits, like K03"),
    r"^[a-z][a-z0-9-]{0,31}$": Sentence(
        "应以小写字母开头，只用小写字母、数字和连字符，最多 32 个",
        "must begin with a small letter and have at most 32 small letters, digits and hyphens",
    ),
    r"^[0-9]{2,6}$": Sentence("应为 2 到 6 位数字", "must be two to six digits"),
    r"^scrypt\$\d{4,7}\$\d{1,2}\$\d{1,2}\$[A-Za-z0-9+/=]{16,}\$[A-Za-z0-9+/=]{40,}$": Sentence(
        "应为 kiosk settings pin 生成的一整行", "must be the whole line that `kiosk settings pin` makes"
    ),
    r"^([0-9A-F]{8}|[0-9A-F]{14}|[0-9A-F]{20})?$": Sentence(
        "应为 8、14 或 20 位十六进制数（大写），也可以留空", "must be 8, 14 or 20 hexadecimal digits in capitals, or empty"
    ),
    r"^([A-Za-z0-9+/]{43}=( [A-Za-z0-9+/]{43}=)*)?$": Sentence(
        "应为 44 个字符的 base64，末尾是等号；多个之间空一格；也可以留空",
        "must be 44 characters of base64 that end with =, several with a space between them, or empty",
    ),
    r"^[A-Z]{2}-\d{3}$": Sentence(
        "应为两个大写字母、连字符和 3 位数字", "must be two capitals, a hyphen and three digits, like TX-029"
    ),
    r"^[a-z][a-z0-9_]{0,31}$": Sentence(
        "应以小写字母开头，只用小写字母、数字和下划线，最多 32 个",
        "must begin with a small letter and have at most 32 small letters, digits and underscores",
    ),
    r"^[a-z][a-z-]{1,31}$": Sentence("应为 2 到 32 个小写字母，可以带连字符", "must be 2 to 32 small letters or hyphens"),
    r"^[a-z0-9_]+$": Sentence("只用小写字母、数字和下划线", "must be small letters, digits and underscores"),
    r"^#[0-9a-f]{6}$": Sentence("应为 # 加 6 位十六进制数（小写）", "must be # and six hexadecimal digits in small letters"),
    r"^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$": Sentence(
        "应写成 08:00-17:30 的样子，全天为 00:00-24:00", "must look like 08:00-17:30; 00:00-24:00 means always"
    ),
}
"""Every pattern that a setting, or a part of the catalogue, must match."""

KINDS: Mapping[str, str] = {
    "string_type": "应为文字，两边加引号",
    "path_type": "应为文件路径，两边加引号",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "float_type": "应为数字",
    "float_parsing": "应为数字",
    "finite_number": "应为数字",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "dataclass_type": "应为一段设置，写成 [名称]",
    "tuple_type": "应为几段设置，每段写成 [[名称]]",
    "int_parsing_size": "数字太大",
    "decimal_type": "应为数字",
    "decimal_parsing": "应为数字",
    "decimal_max_digits": "最多 {max_digits} 位数字",
    "decimal_max_places": "小数最多 {decimal_places} 位",
    "decimal_whole_digits": "整数部分最多 {whole_digits} 位",
    "greater_than_equal": "不能小于 {ge:.15g}",
    "greater_than": "应大于 {gt:.15g}",
    "less_than_equal": "不能大于 {le:.15g}",
    "less_than": "应小于 {lt:.15g}",
    "string_too_short": "至少 {min_length} 个字符",
    "string_too_long": "最多 {max_length} 个字符",
    "too_short": "至少 {min_length} 项",
    "too_long": "最多 {max_length} 项",
}
"""pydantic's kinds of finding, in Chinese; their English is its own, but for ENGLISH."""

_WHOLE, _NUMBER, _TEXT = "must be a whole number", "must be a number", "must be text in quotes"
ENGLISH: Mapping[str, str] = {
    "string_type": _TEXT,
    "path_type": "must be a path in quotes",
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "decimal_type": _NUMBER,
    "decimal_parsing": _NUMBER,
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "dataclass_type": "must be one section, written [name]",
    "tuple_type": "must be tables, each written [[name]]",
}
"""Those of pydantic's kinds whose English is a programmer's."""

OWN: Mapping[str, str] = {
    "port: `usb:serial=NUMBER` or `usb:location=1-2.3`, and only for a serial line": (
        "port 应写成 usb:serial=序列号 或 usb:location=1-2.3，只用于串口设备"
    ),
    "port: no control characters, which no name of a port holds": "port 里有控制字符，端口名里不会有",
    "port: `vendor:product`, each four hexadecimal digits": "port 应写成 厂商号:产品号，各为 4 位十六进制数",
    "port: a host name or IPv4 address, or `host:port`": "port 应为主机名或 IPv4 地址，也可以写成 主机:端口",
    "port: the name of a CUPS queue": "port 应为 CUPS 打印队列的名称",
    "terminator: only scanners whose codes come without a frame": (
        "terminator 只用于型号为 gm65、plain-line、newland、honeywell 或 keyboard-wedge 的扫码器"
    ),
    "answers_status: only receipt printers with a cable that carries answers": (
        "answers_status 只用于型号为 escpos、escpos-usb 或 escpos-network 的凭条打印机"
    ),
    "sam_id: only readers of the model `sdt` have one": "sam_id 只用于型号为 sdt 的读卡器",
    "port: the number behind the colon is from 1 to 65535": "port 冒号后的数字应为 1 到 65535",
    "a UID that begins with 08 is another one each time: this card is no badge": "08 开头的卡号每次都不同，这张卡不能当工牌",
    "is no hash that `kiosk settings pin` makes": "应为 kiosk settings pin 生成的一整行",
    "a choice field needs choices, and only a choice field may have them": "选择项（choice）须有 choices，其他类型不得有",
    "minimum is above maximum": "minimum 大于 maximum",
    "must be the address of a server, like https://centre.example": "应为服务器地址，例如 https://centre.example",
    "must begin with https: plain http is for this machine itself only": "应以 https 开头，http 只能用于本机",
}
"""Sentences of our own checks, in Chinese."""
OTHERWISE = "这样写不行"
NO_TOML = "这一行不合 TOML 写法"


def kind_in_chinese(kind: str, message: str, context: Mapping[str, Any]) -> str:
    """A finding of pydantic's, or of a check of our own that speaks through it."""
    if kind in KINDS:
        return KINDS[kind].format_map(context)
    if kind == "string_pattern_mismatch" and context["pattern"] in PATTERNS:
        return PATTERNS[context["pattern"]].zh
    return OWN.get(message, OTHERWISE)
