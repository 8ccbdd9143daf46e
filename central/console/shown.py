"""What the console's page shows, read in one short transaction; it holds no name, number or answer."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, combinations, pairwise, product
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, case, func, select

from central.clock import hall_day
from central.ledger_match import in_doubt
from central.tables import Alarm, DeviceState, Kiosk, KioskKey, LedgerMatch, StoredSubmission
from kiosk.catalogue.model import Catalogue, Text, Zone
from offline_cache.wire import Verdict

ONLINE_FOR = timedelta(minutes=3)
"""A kiosk not heard for longer counts as offline."""
MOST_ENROLMENTS = 8
"""The latest before this one, among which those of one disk are sought that was put back between others."""
IDS_SHOWN, DAYS_SHOWN, ALARMS_SHOWN = 20, 31, 20
AT_WORK = ("online", "busy", "starting")
"""The device states in which nobody need come."""
LONG_NUMBER = re.compile(r"\d{7,}[\dXx]{4}")
"""Eleven digits and more: a phone, an ID or a bank card, wherever one might have slipped in."""


@dataclass(frozen=True, slots=True)
class DeviceShown:
    """A device in trouble."""

    name: str
    trouble: str
    since: datetime


@dataclass(frozen=True, slots=True)
class DayShown:
    """A day of a kiosk held against the ledger."""

    day: str
    acknowledged: int
    in_centre: int
    state: str
    """`agrees`, `known` where staff know of all that differs, or `differs`: a key of the texts."""
    ids: tuple[tuple[str, str], ...]
    """What is wrong (a key of the texts) and with which submission, but for those that are known of."""
    more: int
    """So many others are in doubt: there is no room for all."""


@dataclass(frozen=True, slots=True)
class KioskShown:
    """One kiosk's card."""

    id: str
    zone: str
    hall: Text
    state: str
    """`online`, `offline`, `never_heard`, `revoked` or `out_of_service`: a key of the texts."""
    heard_at: datetime | None
    version: str
    practice: bool
    devices: int
    troubles: tuple[DeviceShown, ...]
    queue_depth: int
    queue_oldest_seconds: int
    kept: int
    acknowledged: int
    in_centre: int
    """Accepted or decided; what was returned to correct is in the ledger too, and of no account here."""
    since_heard: int
    """Of these, so many came after the kiosk last said how much it has: its next word counts them."""
    known: int
    """So many less than acknowledged are here, as staff know (`central ledger-known`); below 0, more."""
    days: tuple[DayShown, ...]
    """The day compared last, every one in doubt, and the recent ones of which staff know."""

    @property
    def ended(self) -> int:
        """So many the kiosk kept that are neither to come nor to be here: returned to correct, or taken out by its staff."""
        return max(0, self.kept - self.acknowledged - self.queue_depth)

    @property
    def match(self) -> str:
        """`agrees`, `known`, `outstanding` while the rest waits in the kiosk (for line or person), or `differs`: a text's key.

        It agrees when all that the kiosk kept is acknowledged there and accepted here, but for what has `ended`, and, where it
        is `known`, for what staff know of.
        """
        if self.kept < self.acknowledged + self.queue_depth:
            return "differs"
        most = self.acknowledged + self.queue_depth + self.since_heard  # an answer may be on its way
        if not self.acknowledged <= self.in_centre + self.known <= most:
            return "differs"
        if self.queue_depth or self.since_heard:
            return "outstanding"
        return "known" if self.known else "agrees"


@dataclass(frozen=True, slots=True)
class LackingAsKnown:
    """How many of a kiosk's acknowledged submissions are not here, less those the other way round, as staff know."""

    whole_days: list[int]
    """Of none of its days, of the latest of which they know something, of the two latest, and so on."""
    of_two_disks: list[tuple[int, int]]
    """Of each of these days on which it was enrolled again: at least and at most, for each disk lacks its own."""


@dataclass(frozen=True, slots=True)
class ZoneShown:
    """A zone with its kiosks."""

    zone: Zone
    kiosks: tuple[KioskShown, ...]


@dataclass(frozen=True, slots=True)
class AlarmShown:
    """Something to look into."""

    kiosk: str
    code: str
    subject: str
    last_at: datetime
    times: int
    done_at: datetime | None
    """When it was looked into, or ended by itself; empty while somebody is to look."""
    done_by: str


def kiosks_shown(connection: Connection, now: datetime) -> list[KioskShown]:
    """All kiosks by id."""
    rows = connection.execute(select(Kiosk.__table__).order_by(Kiosk.id)).mappings().all()
    counts = in_centre(connection)
    known = _known(connection)
    days = days_shown(connection, now)
    devices: dict[str, list[DeviceShown]] = {}
    columns = (DeviceState.kiosk, DeviceState.device, DeviceState.state, DeviceState.trouble, DeviceState.since)
    for kiosk, device, state, trouble, since in connection.execute(select(*columns).order_by(DeviceState.device)):
        wrong = trouble or ("" if state in AT_WORK else state)
        devices.setdefault(kiosk, []).append(DeviceShown(device, wrong, since))
    return [
        KioskShown(
            id=row["id"],
            zone=row["zone"],
            hall=Text(zh=row["hall"] or "-", en=row["hall_en"] or row["hall"] or "-"),
            state=_state(row["revoked_at"], row["heard_at"], now, out_of_service=row["out_of_service"]),
            heard_at=row["heard_at"],
            version=row["version"],
            practice=row["practice"],
            devices=len(devices.get(row["id"], [])),
            troubles=tuple(device for device in devices.get(row["id"], []) if device.trouble),
            queue_depth=row["queue_depth"],
            queue_oldest_seconds=row["queue_oldest_seconds"],
            kept=row["kept"],
            acknowledged=row["acknowledged"],
            in_centre=(held := _held(counts.get(row["id"], {}), row, known.get(row["id"], LackingAsKnown([0], []))))[0],
            since_heard=held[1],
            known=held[2],
            days=days.get(row["id"], ()),
        )
        for row in rows
    ]


def days_shown(connection: Connection, now: datetime) -> dict[str, tuple[DayShown, ...]]:
    """Kiosk → its days to show: the latest, every one in doubt, and the known ones of the last DAYS_SHOWN."""
    first = now - timedelta(days=DAYS_SHOWN)
    lately = (LedgerMatch.day >= hall_day(first)) | (LedgerMatch.compared_at >= first)
    query = select(LedgerMatch.__table__, lately.label("lately")).where(lately | ~LedgerMatch.agrees)
    found: dict[str, list[DayShown]] = {}
    for row in connection.execute(query.order_by(LedgerMatch.kiosk, LedgerMatch.day.desc())).mappings():
        ids = in_doubt(row["ids"], row["known"])
        days = found.get(row["kiosk"], [])
        if ids or (row["lately"] and not (days and row["agrees"])):
            days = found.setdefault(row["kiosk"], [])
            told = tuple((kind, key) for kind, keys in ids.items() for key in keys)
            days.append(
                DayShown(
                    written_day(row["day"]),
                    row["acknowledged"],
                    row["in_centre"],
                    "agrees" if row["agrees"] else "differs" if ids else "known",
                    told[:IDS_SHOWN],
                    len(told[IDS_SHOWN:]),
                )
            )
    return {kiosk: tuple(days) for kiosk, days in found.items()}


def written_day(day: str) -> str:
    """20261123 → 2026-11-23."""
    return f"{day[:4]}-{day[4:6]}-{day[6:]}"


def in_centre(connection: Connection) -> dict[str, dict[int, tuple[int, int]]]:
    """Kiosk → generation → how many submissions the centre has accepted or decided, and how many of them since its heartbeat.

    Counted in the index alone, however large the submissions are.
    """
    counts: dict[str, dict[int, tuple[int, int]]] = {}
    for kiosk, generation, count, since in connection.execute(accepted_counted()):
        counts.setdefault(kiosk, {})[generation] = (count, since)
    return counts


def _known(connection: Connection) -> dict[str, LackingAsKnown]:
    columns = (LedgerMatch.kiosk, LedgerMatch.day, LedgerMatch.ids, LedgerMatch.known)
    query = select(*columns).where(~LedgerMatch.agrees, LedgerMatch.known != "[]").order_by(LedgerMatch.day.desc())
    again = _enrolled_again(connection)
    found: dict[str, LackingAsKnown] = {}
    for kiosk, day, told, known in connection.execute(query):
        ids, of_these = json.loads(told), set(json.loads(known))
        gone, too_many = (len(of_these.intersection(ids[kind])) for kind in ("missing", "unexpected"))
        lacking = found.setdefault(kiosk, LackingAsKnown([0], []))
        lacking.whole_days.append(lacking.whole_days[-1] + gone - too_many)
        if (kiosk, day) in again:
            lacking.of_two_disks.append((-too_many, gone))
    return found


def _enrolled_again(connection: Connection) -> set[tuple[str, str]]:
    """Kiosk and day: that its disk may have changed on."""
    query = select(KioskKey.kiosk, KioskKey.enrolled_at).order_by(KioskKey.kiosk, KioskKey.enrolled_at)
    enrolled = [(kiosk, hall_day(at)) for kiosk, at in connection.execute(query)]
    return {later for earlier, later in pairwise(enrolled) if earlier[0] == later[0]}


def _held(of_generation: Mapping[int, tuple[int, int]], row: RowMapping, lacks: LackingAsKnown) -> tuple[int, int, int]:
    """What is here of the store that this kiosk has, how much of it came since it was heard, and how many are known to lack.

    A kiosk enrolled again has the store it had, whose count goes back over earlier enrolments, or a new one, whose count began
    with this one, or one that was put back after another had worked in between: it is held against the enrolments that it fits.
    What is known of days before a new one is of no account for it, nor for an old one what is known of those after it; of the
    day on which they changed only some may be.
    """
    now = of_generation.get(row["generation"], (0, 0))
    earlier = [of_generation[one] for one in range(row["generation"] - 1, 0, -1) if one in of_generation]
    of_earlier = (whole - later for later, whole in combinations(lacks.whole_days, 2))  # without those of a later disk
    without_a_gap = (earlier[:many] for many in range(len(earlier) + 1))
    with_gaps = (some for many in range(1, len(earlier)) for some in combinations(earlier[:MOST_ENROLMENTS], many))
    counted = [
        (now[0] + sum(count for count, _ in enrolments), now[1] + sum(lately for _, lately in enrolments))
        for enrolments in (*without_a_gap, *with_gaps)
    ]
    whole_days = list(product(dict.fromkeys([*lacks.whole_days, *of_earlier]), counted))
    in_part = (
        (min(max(row["acknowledged"] - held[0], of_others + least), of_others + most), held)
        for (least, most), (of_others, held) in product(lacks.of_two_disks, whole_days)
    )
    for lacking, (here, since) in chain(whole_days, in_part):
        if row["acknowledged"] <= here + lacking <= row["acknowledged"] + row["queue_depth"] + since:
            return here, since, lacking
    return *now, 0


def accepted_counted() -> Select[str, int, int, Any]:
    """Kiosk, generation, count, count since its heartbeat."""
    came_since = func.sum(case((StoredSubmission.arrived_at > Kiosk.heard_at, 1), else_=0))
    query = select(StoredSubmission.kiosk, StoredSubmission.generation, func.count(), came_since)
    accepted = query.join(Kiosk).where(StoredSubmission.verdict.in_((Verdict.ACCEPTED, Verdict.DECIDED)))
    return accepted.group_by(StoredSubmission.kiosk, StoredSubmission.generation)


def zones_shown(catalogue: Catalogue, kiosks: Sequence[KioskShown]) -> list[ZoneShown]:
    """The catalogue's zones in their order, each with its kiosks."""
    return [
        ZoneShown(zone, tuple(kiosk for kiosk in kiosks if kiosk.zone == zone.id))
        for zone in sorted(catalogue.zones, key=lambda zone: zone.order)
    ]


def alarms_shown(connection: Connection) -> tuple[list[AlarmShown], list[AlarmShown], int]:
    """The latest to look into, the latest that are done, and how many there are to look into."""
    columns = (Alarm.kiosk, Alarm.code, Alarm.subject, Alarm.last_at, Alarm.times, Alarm.done_at, Alarm.done_by)
    is_open = Alarm.done_at.is_(None)
    still, done = (
        [AlarmShown(*row) for row in connection.execute(select(*columns).where(which).order_by(by.desc()).limit(ALARMS_SHOWN))]
        for which, by in ((is_open, Alarm.last_at), (~is_open, Alarm.done_at))
    )
    return still, done, connection.execute(select(func.count()).where(is_open)).scalar_one()


def facts_of(body: str) -> dict[str, object]:
    """An event's own facts."""
    return {name: value for name, value in json.loads(body).items() if name not in ("at", "event", "visit", "device")}


def starred(text: str) -> str:
    """With stars for whatever looks like somebody's number."""
    return LONG_NUMBER.sub(lambda found: "*" * len(found.group()), text)


def trouble_of(body: str) -> str:
    """The code of an event's trouble; empty for none."""
    code = json.loads(body).get("code")
    return code if isinstance(code, str) else ""


def _state(revoked_at: datetime | None, heard_at: datetime | None, now: datetime, *, out_of_service: bool) -> str:
    if revoked_at is not None:
        return "revoked"
    if heard_at is None:
        return "never_heard"
    if now - heard_at > ONLINE_FOR:
        return "offline"
    return "out_of_service" if out_of_service else "online"
