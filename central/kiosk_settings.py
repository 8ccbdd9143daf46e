"""What hall managers set for their kiosks from here: the times of a visit, for all kiosks or for one; signed, and versioned."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Engine, delete, select

from central.clock import Clock
from central.database import upsert
from central.publication import SigningKey
from central.tables import KioskSettings
from kiosk.broken_toml import read_what_is_left
from kiosk.errors import Mistake, SettingsBroken
from kiosk.settings_checking import checked
from kiosk.values import NOTHING_UNKNOWN, dataclass, setting
from kiosk.visit.settings import VisitSettings
from offline_cache.wire import SignedSettings, content_hash

EVERY_KIOSK = ""


class SettingsWrong(Exception):
    """A file that cannot be published: all its mistakes, each with its place, in both languages."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("\n".join(f"{mistake}\n  {mistake.in_chinese}" for mistake in mistakes))


@dataclass(frozen=True, slots=True)
class _File:
    """What a file of settings may hold."""

    __pydantic_config__ = NOTHING_UNKNOWN
    visit: VisitSettings = setting(description="How long a visit waits for what")


def read_file(content: bytes, file: str = "") -> dict[str, int]:
    """The values of the section `[visit]` that are in the file; `file` names it in mistakes. Raises SettingsWrong with all."""
    try:
        left = read_what_is_left(content.decode("utf-8-sig").replace("\r\n", "\n"))
    except UnicodeDecodeError as wrong:
        line = content.count(b"\n", 0, wrong.start) + 1
        told = Mistake(file, line, "", "the file is not UTF-8; save it as UTF-8", "文件不是 UTF-8 编码，请存为 UTF-8")
        raise SettingsWrong([told]) from wrong
    try:
        whole = checked(file, left, _File)
    except SettingsBroken as broken:
        raise SettingsWrong(broken.mistakes) from broken
    return {name: getattr(whole.visit, name) for name in (left.raw or {})["visit"]}


def publish(engine: Engine, kiosk: str, visit: Mapping[str, int], clock: Clock) -> None:
    """Set these for a kiosk, or for all; what was set for it before is replaced whole."""
    values = {"visit": json.dumps(dict(visit), sort_keys=True), "published_at": clock()}
    with engine.begin() as connection:
        statement = upsert(connection, KioskSettings).values(kiosk=kiosk, **values)
        connection.execute(statement.on_conflict_do_update(index_elements=["kiosk"], set_=values))


def withdraw(engine: Engine, kiosk: str) -> bool:
    """Set nothing for it any more; False when nothing was."""
    with engine.begin() as connection:
        return connection.execute(delete(KioskSettings).where(KioskSettings.kiosk == kiosk)).rowcount == 1


def all_set(engine: Engine) -> dict[str, dict[str, int]]:
    """Kiosk, or nothing for all → what is set for it."""
    with engine.connect().execution_options(reading=True) as connection:
        rows = connection.execute(select(KioskSettings.kiosk, KioskSettings.visit).order_by(KioskSettings.kiosk)).all()
    return {kiosk: json.loads(visit) for kiosk, visit in rows}


def content_for(engine: Engine, kiosk: str) -> dict[str, Any]:
    """What this kiosk gets: what is set for all, and over it what is set for it."""
    query = select(KioskSettings.visit).where(KioskSettings.kiosk.in_((EVERY_KIOSK, kiosk))).order_by(KioskSettings.kiosk)
    with engine.connect().execution_options(reading=True) as connection:
        visit: dict[str, int] = {}
        for text in connection.execute(query).scalars():
            visit |= json.loads(text)
    return {"kiosk": kiosk, "visit": visit}


def signed_for(engine: Engine, kiosk: str, key: SigningKey) -> SignedSettings:
    """The same as a kiosk fetches it."""
    content = content_for(engine, kiosk)
    unsigned = SignedSettings(version=content_hash(content), settings=content, signature="")
    return unsigned.model_copy(update={"signature": key.sign(unsigned.signed_bytes())})
