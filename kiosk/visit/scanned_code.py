"""What a scanned code means to a visit: a credential for the centre, or why it proves nothing; pure, in every thread."""

from __future__ import annotations

import re

from devices.card_reader.identity_number import is_identity_number
from kiosk.visit import events as ev

LONGEST_TOKEN = 4200
"""Bytes; a QR code holds 2953, and base64 of this many is what the centre takes."""
PAYMENT = re.compile(rb"1[0-5][0-9]{16}|(25|26|27|28|29|30)[0-9]{14,22}|62[0-9]{17}")
"""WeChat, Alipay and UnionPay, by shape alone."""
WEB_ADDRESS = re.compile(rb"https?://", re.IGNORECASE)

Judged = ev.CodeShown | ev.CodeRefused


def judge_code(payload: bytes, symbology: str) -> tuple[Judged, str]:
    """What the code is to the visit, and its class for the log. What is opaque goes to the centre byte by byte.

    The identity number is tried before the payment codes: WeChat's begin like the numbers of six provinces.
    """
    text = payload.strip()
    if not text:
        return ev.CodeRefused("code-unreadable"), "unreadable"
    if len(payload) > LONGEST_TOKEN:
        return ev.CodeRefused("code-too-long"), "too-long"
    if is_identity_number(text.decode("ascii", errors="replace")):
        return ev.CodeRefused("code-is-id-number"), "id-number"
    if PAYMENT.fullmatch(text):
        return ev.CodeRefused("code-is-payment"), "payment"
    # A web address is not opened here, but the centre may know it: some halls' codes are addresses.
    return ev.CodeShown(payload, symbology), "web-address" if WEB_ADDRESS.match(text) else "token"
