from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from devices.reports import CardKind
from kiosk.visit import events as ev
from kiosk.visit.identity import judge_card, judge_credential
from kiosk.visit.scanned_code import judge_code
from kiosk.visit.visit import Document, Person
from tests.kiosk.visit.samples import APPLICATION, CARD, CREDENTIAL, NUMBER, item

TODAY = date(2026, 11, 23)


def person_of(accepted: object) -> Person:
    assert isinstance(accepted, ev.CardAccepted | ev.CredentialResolved)
    return accepted.person


def test_only_the_fields_the_item_asks_for_are_kept() -> None:
    assert person_of(judge_card(CARD, APPLICATION, TODAY)) == Person(Document.RESIDENT, CARD.name, CARD.number)
    wide = item(card_fields=["name", "number", "sex", "birth", "address", "nationality"])
    assert person_of(judge_card(CARD, wide, TODAY)).address == CARD.address


def test_name_and_number_stay_even_when_the_item_lists_neither() -> None:
    narrow = item(card_fields=["sex"], form=[])
    assert person_of(judge_card(CARD, narrow, TODAY)) == Person(Document.RESIDENT, CARD.name, CARD.number, sex="1")


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "code"),
    [
        (date(2020, 1, 1), TODAY, ""),
        (date(2020, 1, 1), date(2026, 11, 22), "card-expired"),
        (date(2020, 1, 1), None, ""),
        (TODAY, None, ""),
        (date(2026, 11, 24), None, "card-not-valid-yet"),
    ],
)
def test_a_card_is_taken_on_its_first_and_last_day_and_not_outside(valid_from: date, valid_to: date | None, code: str) -> None:
    judged = judge_card(replace(CARD, valid_from=valid_from, valid_to=valid_to), APPLICATION, TODAY)
    assert judged == ev.CardRefused(code) if code else isinstance(judged, ev.CardAccepted)


@pytest.mark.parametrize(
    ("kind", "document"),
    [
        (CardKind.RESIDENT, Document.RESIDENT),
        (CardKind.FOREIGNER_2017, Document.FOREIGNER),
        (CardKind.FOREIGNER_2023, Document.FOREIGNER),
        (CardKind.HK_MACAO_TAIWAN, Document.HK_MACAO_TAIWAN),
    ],
)
def test_every_kind_of_card_names_its_document(kind: CardKind, document: Document) -> None:
    assert person_of(judge_card(replace(CARD, kind=kind), APPLICATION, TODAY)).document is document


def test_a_social_security_card_is_taken_only_where_the_item_says_so() -> None:
    card = replace(CARD, kind=CardKind.SOCIAL_SECURITY, valid_from=None, valid_to=None, address="")
    assert judge_card(card, APPLICATION, TODAY) == ev.CardRefused("card-kind-not-accepted")
    taking = item(accepts_social_security_card=True, card_fields=["name", "number"])
    assert person_of(judge_card(card, taking, TODAY)) == Person(Document.SOCIAL_SECURITY, CARD.name, CARD.number)
    assert judge_card(replace(card, valid_to=date(2026, 11, 22)), taking, TODAY) == ev.CardRefused("card-expired")


def test_a_foreigner_without_a_chinese_name_goes_by_the_english_one() -> None:
    card = replace(CARD, kind=CardKind.FOREIGNER_2023, name="", english_name="SAMPLE, MARY")
    assert person_of(judge_card(card, APPLICATION, TODAY)).name == "SAMPLE, MARY"


def test_a_credential_is_narrowed_like_a_card() -> None:
    rich = CREDENTIAL.model_copy(update={"address": "某地", "birth": "1990-03-07", "number": f" {NUMBER.lower()} "})
    assert person_of(judge_credential(rich, APPLICATION)) == Person(Document.RESIDENT, CARD.name, NUMBER)
    wide = item(card_fields=["name", "birth", "address"])
    assert person_of(judge_credential(rich, wide)).birth == date(1990, 3, 7)
    broken = rich.model_copy(update={"birth": "7.3.1990"})
    assert person_of(judge_credential(broken, wide)).birth is None


@pytest.mark.parametrize("missing", [{"name": " "}, {"number": ""}, {"document": "library-card"}])
def test_a_credential_that_names_nobody_is_refused(missing: dict[str, str]) -> None:
    assert judge_credential(CREDENTIAL.model_copy(update=missing), APPLICATION) == ev.CodeRefused("code-unknown")


@pytest.mark.parametrize(
    ("payload", "code", "logged"),
    [
        (b"134567890123456789", "code-is-payment", "payment"),
        (b"281234567890123456", "code-is-payment", "payment"),
        (b"6212345678901234567", "code-is-payment", "payment"),
        (NUMBER.encode(), "code-is-id-number", "id-number"),
        (b" " + NUMBER.encode() + b"\r\n", "code-is-id-number", "id-number"),
        (b"", "code-unreadable", "unreadable"),
        (b"\r\n", "code-unreadable", "unreadable"),
        (b"x" * 4201, "code-too-long", "too-long"),
        (b"kiosk24:handoff:abc", "code-unknown", "token"),
    ],
)
def test_a_code_that_proves_nothing_is_refused_with_its_reason(payload: bytes, code: str, logged: str) -> None:
    assert judge_code(payload, "QR") == (ev.CodeRefused(code), logged)


@pytest.mark.parametrize(
    ("payload", "logged"),
    [
        (b"GSF:9f2c", "token"),
        (b"https://example.invalid/c/9f2c", "web-address"),
        ("令牌".encode("gb18030"), "token"),
        (b"\xff\xfe\x00", "token"),
    ],
)
def test_everything_else_goes_to_the_centre_byte_by_byte(payload: bytes, logged: str) -> None:
    assert judge_code(payload, "QR") == (ev.CodeShown(payload, "QR"), logged)
