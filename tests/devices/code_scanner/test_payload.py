"""Bytes to text, and what a code looks like."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.card_reader.identity_number import check_mark
from devices.code_scanner.payload import PayloadKind, classify
from devices.code_scanner.text import decode
from devices.errors import CodeUnreadable
from tests.devices.vectors import vectors

CLASS = {
    "wechat": PayloadKind.WECHAT_PAYMENT,
    "alipay": PayloadKind.ALIPAY_PAYMENT,
    "unknown_here": PayloadKind.OPAQUE,
    "id_number_not_pay": PayloadKind.IDENTITY_NUMBER,
}


@pytest.mark.parametrize(("data", "expect"), vectors("paycode"))
def test_payment_codes(data: bytes, expect: dict[str, Any]) -> None:
    assert classify(data) is CLASS[expect["class"]]


@pytest.mark.parametrize(("data", "expect"), vectors("qr_text"))
def test_text_in_two_encodings(data: bytes, expect: dict[str, Any]) -> None:
    assert decode(data) == expect["text"]


def test_a_code_that_is_neither_utf_8_nor_gb18030_is_named() -> None:
    with pytest.raises(CodeUnreadable) as trouble:
        decode(b"\xff\xfe\x80")
    assert trouble.value.code == "code-unreadable"
    assert classify(b"\xff\xfe\x80") is PayloadKind.OPAQUE


@pytest.mark.parametrize("province", range(10, 16))
def test_an_identity_number_that_looks_like_a_payment_code_is_an_identity_number(province: int) -> None:
    number = next(first_17 + "7" for serial in range(1000) if check_mark(first_17 := f"{province}999919900307{serial:03}") == "7")
    assert classify(number.encode()) is PayloadKind.IDENTITY_NUMBER
    assert classify((number[:-1] + "8").encode()) is PayloadKind.WECHAT_PAYMENT


def test_a_number_whose_birth_date_is_none_is_no_identity_number() -> None:
    first_17 = "13999919901399001"
    assert classify((first_17 + check_mark(first_17)).encode()) is not PayloadKind.IDENTITY_NUMBER


@pytest.mark.parametrize(
    ("payload", "kind"),
    [
        (b"https://example.com/x", PayloadKind.WEB_ADDRESS),
        (b"HTTP://EXAMPLE.COM", PayloadKind.WEB_ADDRESS),
        (b"kiosk24:handoff:4f1c", PayloadKind.HANDOFF),
        (b"36999919880229001x", PayloadKind.IDENTITY_NUMBER),
        ("亮码".encode("gb18030"), PayloadKind.OPAQUE),
        ("１３４５６７８９０１２３４５６７８９".encode(), PayloadKind.OPAQUE),
        (b"", PayloadKind.OPAQUE),
    ],
)
def test_every_look(payload: bytes, kind: PayloadKind) -> None:
    assert classify(payload) is kind


@given(st.binary(max_size=80))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_classified(payload: bytes) -> None:
    assert classify(payload) in PayloadKind
