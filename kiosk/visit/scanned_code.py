"""What a scanned code means to a visit: a credential for the centre, or why it proves nothing; pure, in every thread."""

from __future__ import annotations

import re

from devices.code_scanner.payload import PayloadKind, classify
from kiosk.visit import events as ev

LONGEST_TOKEN = 4200
"""Bytes; a QR code holds 2953, and base64 of this many is what the centre takes."""
UNIONPAY = re.compile(rb"62[0-9]{17}")
"""By memory of one source only, hence not among the payloads that devices tell apart; no 亮码 known looks like it."""
REFUSALS = {
    PayloadKind.IDENTITY_NUMBER: ("code-is-id-number", "id-number"),
    PayloadKind.WECHAT_PAYMENT: ("code-is-payment", "payment"),
    PayloadKind.ALIPAY_PAYMENT: ("code-is-payment", "payment"),
    PayloadKind.HANDOFF: ("code-unknown", "token"),
}
"""Kind → the code the resident reads about, and the class in the log."""

Judged = ev.CodeShown | ev.CodeRefused


def judge_code(payload: bytes, symbology: str) -> tuple[Judged, str]:
    """What the code is to the visit, and its class for the log. What is opaque goes to the centre byte by byte."""
    text = payload.strip()
    if not text:
        return ev.CodeRefused("code-unreadable"), "unreadable"
    if len(payload) > LONGEST_TOKEN:
        return ev.CodeRefused("code-too-long"), "too-long"
    kind = PayloadKind.WECHAT_PAYMENT if UNIONPAY.fullmatch(text) else classify(payload)
    if kind in REFUSALS:
        code, logged = REFUSALS[kind]
        return ev.CodeRefused(code), logged
    # A web address is not opened here, but the centre may know it: some halls' codes are addresses.
    return ev.CodeShown(payload, symbology), "web-address" if kind is PayloadKind.WEB_ADDRESS else "token"
