"""Sentences: every code has one in both languages, every QML string its English."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from PySide6.QtCore import QTranslator

from devices.reports import DeviceKind, DeviceState, FaceHint
from kiosk.catalogue.loading import load_catalogue
from kiosk.catalogue.model import CardField, Delivery, Kind, MaterialKind
from kiosk.errors import CODES
from kiosk.visit.visit import Document
from ui import texts

UI = Path(texts.__file__).parent


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_code_has_a_sentence(language):
    missing = [code for code in CODES if code not in texts.CODE_SENTENCES or not texts.sentence(code, language).text]
    assert missing == []


def test_no_sentence_is_for_a_code_that_does_not_exist():
    assert [code for code in [*texts.CODE_SENTENCES, *texts.SHORT_REASONS] if code not in CODES] == []


def test_a_code_on_no_list_is_never_shown_bare():
    assert "x-unheard-of" not in texts.sentence("x-unheard-of", "zh").text
    assert texts.sentence("x-unheard-of", "en") == texts.sentence("unlisted-code", "en")


@pytest.mark.parametrize(
    ("words", "members"),
    [
        (texts.KINDS, Kind),
        (texts.CARD_FIELDS, CardField),
        (texts.MATERIAL_KINDS, MaterialKind),
        (texts.DELIVERIES, Delivery),
        (texts.DOCUMENTS, Document),
        (texts.DEVICE_KINDS, DeviceKind),
        (texts.DEVICE_STATES, DeviceState),
        (texts.FACE_HINTS, FaceHint),
    ],
)
def test_every_member_has_its_words(words, members):
    assert [member for member in members if member not in words or not all(words[member])] == []


def test_every_qml_string_is_translated_and_finished():
    root = ET.parse(UI / "translations" / "kiosk_en.ts").getroot()
    open_ones = [
        message.findtext("source")
        for message in root.iter("message")
        if not message.findtext("translation") or message.find("translation").get("type")
    ]
    assert open_ones == []


def test_every_qstr_of_the_qml_is_in_the_translation():
    root = ET.parse(UI / "translations" / "kiosk_en.ts").getroot()
    known = {message.findtext("source") for message in root.iter("message")}
    asked = {text for path in (UI / "qml").glob("*/*.qml") for text in _strings(path.read_text())}
    assert sorted(asked - known) == []


def test_what_is_compiled_is_what_is_written():
    said = QTranslator()
    assert said.load(str(UI / "translations" / "kiosk_en.qm"))
    stale = [
        message.findtext("source")
        for context in ET.parse(UI / "translations" / "kiosk_en.ts").getroot().iter("context")
        for message in context.iter("message")
        if said.translate(context.findtext("name"), message.findtext("source")) != message.findtext("translation")
    ]
    assert stale == [], "run: pyside6-lrelease ui/translations/kiosk_en.ts"


def _strings(qml: str) -> list[str]:
    return [part.split('"')[0] for part in qml.split('qsTr("')[1:]]


def test_every_zone_has_its_icon():
    missing = [zone.icon for zone in load_catalogue().zones if not (UI / "qml" / "Icons" / f"{zone.icon}.svg").exists()]
    assert missing == []


def test_days_and_times_read_naturally():
    assert texts.working_days(0, "zh") == "当场办结"
    assert texts.working_days(1, "en") == "1 working day"
    assert texts.working_days(5, "zh") == "5 个工作日"
    assert texts.opening_hours("00:00-24:00", "en") == "All day"
    assert texts.opening_hours("08:30-17:30", "zh") == "08:30–17:30"
    assert texts.joined(["甲", "乙"], "zh") == "甲、乙"
    some = [texts.CARD_FIELDS[CardField.NAME], texts.CARD_FIELDS[CardField.NUMBER]]
    assert (texts.listed(some, "zh"), texts.listed(some, "en")) == ("姓名、证件号码", "Name, document number")
