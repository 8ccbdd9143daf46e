"""What staff read besides the kiosk's own words: facts of devices and of events. Pure.

Longer sentences are in QML's `qsTr`; states, events, their facts, moments, durations and remedies are in `kiosk.staff`, shared
with the command line and the centre's console.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from devices.reports import DeviceKind
from kiosk.staff.fact_words import facts_in_words
from kiosk.staff.log_review import LogRow
from kiosk.staff.remedies import remedy
from kiosk.staff.wording import device_in_words, fact_in_words, fact_name_in_words


def trouble_said(code: str, language: str) -> str:
    """What a code says of the kiosk, not of an application as to residents; empty for none."""
    return remedy(code).says.in_language(language) if code else ""


def first_step(code: str, language: str) -> str:
    """What to do about it first; empty for none."""
    return remedy(code).steps[0].in_language(language) if code else ""


def device_facts(facts: tuple[tuple[str, str], ...], language: str) -> str:
    """Named facts of a device in one line."""
    told = [
        f"{fact_name_in_words(name).in_language(language)} {fact_in_words(value).in_language(language)}"
        for name, value in facts
        if value
    ]
    return " · ".join(told)


def row_facts(row: LogRow, language: str, kinds: Mapping[str, DeviceKind] = MappingProxyType({})) -> str:
    """What an event carries, in words: its device (`kinds` by name), its trouble, then the rest."""
    told = [device_in_words(row.device, kinds.get(row.device)).in_language(language)] if row.device else []
    if row.code:
        told.append(remedy(row.code).says.in_language(language))
    hidden = ("device", "code", "kind") if row.device else ("device", "code")  # what a device is has been said
    shown = {name: value for name, value in row.facts.items() if name not in hidden}
    return " · ".join((*told, *facts_in_words(shown, language)))
