"""What hall managers set for their kiosks from here: the times of a visit, for all kiosks or for one; signed, and versioned."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import Engine, delete, select

from central.clock import Clock
from central.database import upsert
from central.publication import SigningKey
from central.tables import KioskSettings
from kiosk.visit.settings import VisitSettings
from offline_cache.wire import SignedSettings, content_hash

EVERY_KIOSK = ""


class SettingsWrong(Exception):
    """A file that cannot be published: all its mistakes, each with its place."""


class _File(BaseModel):
    """What a file of settings may hold."""

    model_config = ConfigDict(extra="forbid")
    visit: VisitSettings


def read_file(text: str) -> dict[str, int]:
    """The values of the section `[visit]` that are in the file; raises SettingsWrong."""
    try:
        raw = tomllib.loads(text)
        told = _File.model_validate(raw)
    except tomllib.TOMLDecodeError as wrong:
        raise SettingsWrong(str(wrong)) from wrong
    except ValidationError as wrong:
        mistakes = (f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in wrong.errors())
        raise SettingsWrong("\n".join(mistakes)) from wrong
    return {name: getattr(told.visit, name) for name in raw["visit"]}


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
