"""What is still right in a broken settings file: enough for 暂停服务 to name its hall, and for a technician to sign in. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import field
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

from kiosk.settings import HallSettings, KioskSettings
from kiosk.staff.settings import SignInSettings, StaffMember
from kiosk.values import dataclass
from offline_cache.settings import StoreSettings

HEADER = re.compile(r"^\s*\[", re.MULTILINE)

Section = TypeVar("Section")


@dataclass(frozen=True, slots=True)
class Salvage:
    """The sections that are whole by themselves."""

    hall: HallSettings | None = None
    kiosk: KioskSettings | None = None
    store: StoreSettings | None = None
    """None when the file has such a section and it is broken: nothing may then be written in a place nobody meant."""
    sign_in: SignInSettings = field(default_factory=SignInSettings)
    staff: tuple[StaffMember, ...] = ()
    """Empty when no member of staff can be told; then the mistakes, which hold nothing secret, may be shown to whoever asks."""


def salvage_file(path: Path) -> Salvage:
    """What is still right in this file; a file that cannot be read has nothing."""
    try:
        return salvage(path.read_text(encoding="utf-8-sig", errors="replace"))
    except OSError:
        return Salvage()


def salvage(text: str) -> Salvage:
    """What is still right in this text, even when it is no TOML as a whole: each table is tried by itself."""
    tables = list(_tables(text.replace("\r\n", "\n")))
    named = {name for name, _ in tables}
    return Salvage(
        hall=_only(HallSettings, "hall", tables),
        kiosk=_only(KioskSettings, "kiosk", tables),
        store=_only(StoreSettings, "store", tables) if "store" in named or "[store" in text else StoreSettings(),
        sign_in=_only(SignInSettings, "sign_in", tables) or SignInSettings(),
        staff=_unique(tuple(filter(None, (_whole(StaffMember, table) for name, table in tables if name == "staff")))),
    )


def _tables(text: str) -> Iterator[tuple[str, Any]]:
    starts = [found.start() for found in HEADER.finditer(text)]
    for start, end in pairwise([*starts, len(text)]):
        try:
            parsed = tomllib.loads(text[start:end])
        except tomllib.TOMLDecodeError:
            continue
        for name, value in parsed.items():
            yield from ((name, one) for one in (value if isinstance(value, list) else [value]))


def _only(kind: type[Section], name: str, tables: list[tuple[str, Any]]) -> Section | None:
    """The section of this name, when there is just one and it is whole."""
    found = [table for title, table in tables if title == name]
    return _whole(kind, found[0]) if len(found) == 1 else None


def _whole(kind: type[Section], table: object) -> Section | None:
    from pydantic import ValidationError

    from kiosk.settings_checking import section_of

    try:
        return section_of(kind, table)
    except ValidationError:
        return None


def _unique(staff: tuple[StaffMember, ...]) -> tuple[StaffMember, ...]:
    """Without those who share a number: it cannot be told which of them was meant."""
    numbers = [member.number for member in staff]
    return tuple(member for member in staff if numbers.count(member.number) == 1)
