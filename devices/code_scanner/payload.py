"""What kind of code was scanned, by its look alone: a credential is opaque and only the centre can tell whose it is."""

from __future__ import annotations

import re
from enum import StrEnum

from devices.card_reader.identity_number import is_identity_number
from devices.code_scanner.text import decode
from devices.errors import CodeUnreadable

HANDOFF_PREFIX = "kiosk24:handoff:"
"""The scheme of the one-time codes a kiosk shows for a phone, should one be held before another kiosk."""

WECHAT_PAYMENT = re.compile(r"1[0-5]\d{16}", re.ASCII)
ALIPAY_PAYMENT = re.compile(r"(25|26|27|28|29|30)\d{14,22}", re.ASCII)
WEB_ADDRESS = re.compile(r"(https?|weixin|alipays?)://", re.IGNORECASE)


class PayloadKind(StrEnum):
    """What a scanned code looks like."""

    HANDOFF = "handoff"
    IDENTITY_NUMBER = "identity-number"
    WECHAT_PAYMENT = "wechat-payment"
    ALIPAY_PAYMENT = "alipay-payment"
    WEB_ADDRESS = "web-address"
    OPAQUE = "opaque"
    """Everything else, UnionPay's codes too: forwarded as the exact bytes, never parsed."""


def classify(payload: bytes) -> PayloadKind:
    """The kind of a code's bytes. Identity numbers come first: those of provinces 11 to 15 look like WeChat's payment codes."""
    try:
        text = decode(payload).strip()
    except CodeUnreadable:
        return PayloadKind.OPAQUE
    if text.startswith(HANDOFF_PREFIX):
        return PayloadKind.HANDOFF
    if is_identity_number(text):
        return PayloadKind.IDENTITY_NUMBER
    if WECHAT_PAYMENT.fullmatch(text):
        return PayloadKind.WECHAT_PAYMENT
    if ALIPAY_PAYMENT.fullmatch(text):
        return PayloadKind.ALIPAY_PAYMENT
    return PayloadKind.WEB_ADDRESS if WEB_ADDRESS.match(text) else PayloadKind.OPAQUE
