"""How this kiosk is, as one frozen value: the technician's page shows it, `kiosk diagnose` prints it. Pure.

Troubles are codes; `kiosk.staff.remedies` has the words and the steps for each.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from devices.reports import DeviceKind, DeviceState, DeviceStatus, Paper
from devices.wire_trace import Exchange
from kiosk.centre_news import WRONG_CLOCK_MS
from kiosk.staff.remedies import Remedy, Sentence, remedy
from kiosk.staff.wording import COVERS, KINDS, PAPERS, STATES
from kiosk.values import dataclass
from kiosk.visit.facts import Facts, QueueFacts
from kiosk.visit.preflight import has_lost_its_time
from offline_cache.damage import folders
from offline_cache.errors import StoreFull, StoreUnwritable

LOW_DISK_BYTES = 512 << 20
"""Less room than this is a trouble: thousands of submissions still fit, and somebody has days to come."""
LOW_PAPER = "paper-low"
DAYS_NAMED = 3
"""Of those that differ from the centre's ledger; `kiosk queue match` names all."""
OF_THE_DISK = frozenset({"", StoreFull.code, StoreUnwritable.code})
"""Why the store takes nothing where `cannot-keep` says all there is to do."""


@dataclass(frozen=True, slots=True)
class Disk:
    """The disk the store stands on."""

    free_bytes: int
    total_bytes: int
    damaged_stores: int = 0
    """Folders of stores that were set aside and that nobody has taken away yet."""

    @property
    def trouble(self) -> str:
        """`disk-nearly-full`, or empty."""
        return "disk-nearly-full" if self.free_bytes < LOW_DISK_BYTES else ""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known besides the facts of a visit; what cannot be told is empty or None."""

    kiosk: str
    version: str
    started_at: datetime | None = None
    catalogue_version: str = ""
    set_by_centre: Mapping[str, int] = field(default_factory=dict)
    """Settings of the section `[visit]` that the centre sets, in place of the file's."""
    disk: Disk | None = None
    store_trouble: str = ""
    """Code of why the store takes nothing."""
    key_copy_left: bool = False
    """A plain key file lies beside the sealed key, and could not be erased at this start."""
    line_since: datetime | None = None
    """When the line came to its present state."""
    line_trouble: str = ""
    """Code of what the last request met."""
    sent_at: datetime | None = None
    """When the centre last answered, also before the program started; None when it never has."""
    next_try_at: datetime | None = None
    """Of the line while it is down, else of the next waiting submission; None when nothing waits."""
    clock_offset_ms: int = 0
    """Centre's clock less ours."""
    out_of_service: str = ""
    """Code of why this kiosk serves nobody now."""
    refused: Mapping[str, str] = field(default_factory=dict)
    """Why one side does not take the other's `log`, `catalogue` or `settings`."""
    differing: tuple[date, ...] = ()
    """Days that came out otherwise in the centre's ledger than here, newest first."""
    wires: Mapping[str, tuple[Exchange, ...]] = field(default_factory=dict)
    """What lately went over each device's wire, by its name, the newest last; nothing personal is in it."""


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """One device as the technician sees it."""

    status: DeviceStatus
    trouble: str
    """The device's own trouble, or `paper-low`; empty while all is well."""
    since_seconds: int
    """How long its state has lasted."""

    @property
    def remedy(self) -> Remedy | None:
        """What to do now; None while all is well."""
        return remedy(self.trouble, self.status.model) if self.trouble else None

    @property
    def last_remedy(self) -> Remedy | None:
        """What the latest trouble was, mended or not."""
        return remedy(self.status.last_trouble, self.status.model) if self.status.last_trouble else None

    @property
    def state_in_words(self) -> Sentence:
        """The state for people."""
        return STATES[self.status.state]

    @property
    def kind_in_words(self) -> Sentence:
        """What it is for people."""
        return KINDS[self.status.kind]


@dataclass(frozen=True, slots=True)
class Found:
    """One trouble and where it is.

    That is a device's name, or `line`, `queue`, `ledger`, `disk`, `store`, `clock`, `kiosk`, `log`, `catalogue` or `settings`.
    """

    where: str
    code: str
    model: str = ""
    why: str = ""
    """What lies behind it, for who mends it: a code, or a sentence in English."""

    @property
    def remedy(self) -> Remedy:
        """What to do."""
        return remedy(self.code, self.model)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """How this kiosk is at one moment."""

    at: datetime
    surroundings: Surroundings
    practice: bool
    online: bool
    clock_astray: bool
    can_keep: bool
    devices: tuple[DeviceRow, ...]
    queue: QueueFacts
    queue_oldest_seconds: int
    """Age of the oldest submission that waits; 0 when none does."""
    not_fitted: tuple[DeviceKind, ...]
    """Kinds of device the settings do not name: no trouble, but good to know."""

    @property
    def troubles(self) -> tuple[Found, ...]:
        """Everything that somebody should look at, what stops the kiosk first."""
        return tuple(_troubles(self))


def diagnose(facts: Facts, surroundings: Surroundings, now: datetime) -> Diagnosis:
    """Put together how this kiosk is now."""
    rows = tuple(_row(status, now) for _, status in sorted(facts.devices.items()))
    oldest = facts.queue.oldest_at
    return Diagnosis(
        at=now,
        surroundings=surroundings,
        practice=facts.practice,
        online=facts.online,
        clock_astray=facts.clock_astray,
        can_keep=facts.can_keep,
        devices=rows,
        queue=facts.queue,
        queue_oldest_seconds=_seconds(oldest, now) if oldest is not None else 0,
        not_fitted=tuple(kind for kind in DeviceKind if not facts.fitted(kind)),
    )


def disk_of(directory: Path) -> Disk | None:
    """The disk this directory of a store stands on; None when it cannot be asked. Not for the GUI thread."""
    try:
        usage = shutil.disk_usage(directory)
    except OSError:
        return None
    return Disk(usage.free, usage.total, len(folders(directory)))


def as_json(diagnosis: Diagnosis) -> dict[str, Any]:
    """The diagnosis for machines: the same values, times in RFC 3339, words in both languages beside their codes."""
    around = diagnosis.surroundings
    return {
        "at": diagnosis.at.isoformat(timespec="seconds"),
        "kiosk": around.kiosk,
        "version": around.version,
        "practice": diagnosis.practice,
        "started_at": _time(around.started_at),
        "catalogue_version": around.catalogue_version,
        "set_by_centre": dict(around.set_by_centre),
        "out_of_service": around.out_of_service,
        "line": {
            "online": diagnosis.online,
            "since": _time(around.line_since),
            "trouble": around.line_trouble,
            "last_success_at": _time(around.sent_at),
            "next_try_at": _time(around.next_try_at),
        },
        "clock_offset_ms": around.clock_offset_ms,
        "queue": {
            "depth": diagnosis.queue.depth,
            "oldest_seconds": diagnosis.queue_oldest_seconds,
            "kept": diagnosis.queue.kept,
            "acknowledged": diagnosis.queue.acknowledged,
            "needs_person": diagnosis.queue.needs_person,
            "full": diagnosis.queue.full,
            "too_old": diagnosis.queue.too_old,
            "can_keep": diagnosis.can_keep,
        },
        "disk": asdict(around.disk) if around.disk else None,
        "devices": [_device_json(row, around.wires.get(row.status.device, ())) for row in diagnosis.devices],
        "not_fitted": [kind.value for kind in diagnosis.not_fitted],
        "troubles": [
            {"where": one.where, "code": one.code, "why": one.why, **_remedy_json(one.remedy)} for one in diagnosis.troubles
        ],
    }


def _row(status: DeviceStatus, now: datetime) -> DeviceRow:
    trouble = status.trouble or (LOW_PAPER if status.paper is Paper.NEAR_END else "")
    return DeviceRow(status, trouble, _seconds(status.since, now))


def _troubles(diagnosis: Diagnosis) -> Iterator[Found]:
    around = diagnosis.surroundings
    if around.out_of_service:
        yield Found("kiosk", around.out_of_service)
    if not diagnosis.can_keep:
        yield Found("store", "cannot-keep")
        if around.store_trouble not in OF_THE_DISK:
            yield Found("store", around.store_trouble)
    if diagnosis.queue.closed:
        yield Found("queue", diagnosis.queue.closed)
    for row in diagnosis.devices:
        if row.trouble:
            yield Found(row.status.device, row.trouble, row.status.model)
        elif not row.status.usable and row.status.state is not DeviceState.STARTING:
            yield Found(row.status.device, "device-error", row.status.model)
    line_trouble = around.line_trouble or "centre-unreachable"
    if not diagnosis.online and line_trouble != around.out_of_service:
        yield Found("line", line_trouble)
    if diagnosis.queue.needs_person:
        yield Found("queue", "needs-person")
    if around.differing:
        yield Found("ledger", "ledger-differs", why=_days(around.differing))
    yield from _troubles_of_the_disk(around)
    if abs(around.clock_offset_ms) > WRONG_CLOCK_MS or diagnosis.clock_astray or has_lost_its_time(diagnosis.at):
        yield Found("clock", "clock-wrong")
    for what, why in around.refused.items():
        yield Found(what, f"{what}-refused", why=why)


def _days(days: Sequence[date]) -> str:
    named = ", ".join(day.isoformat() for day in days[:DAYS_NAMED])
    return named + (f" and {len(days) - DAYS_NAMED} more" if len(days) > DAYS_NAMED else "")


def _troubles_of_the_disk(around: Surroundings) -> Iterator[Found]:
    if around.disk is not None and around.disk.trouble:
        yield Found("disk", around.disk.trouble)
    if around.disk is not None and around.disk.damaged_stores:
        yield Found("store", "store-set-aside")
    if around.key_copy_left:
        yield Found("store", "key-copy-left")


def _device_json(row: DeviceRow, wire: tuple[Exchange, ...]) -> dict[str, Any]:
    status = row.status
    told = row.remedy
    return {
        "device": status.device,
        "kind": status.kind.value,
        "model": status.model,
        "port": status.port,
        "state": status.state.value,
        "state_zh": row.state_in_words.zh,
        "state_en": row.state_in_words.en,
        "usable": status.usable,
        "since": _time(status.since),
        "since_seconds": row.since_seconds,
        "trouble": row.trouble,
        "trouble_detail": status.trouble_detail,
        "last_trouble": status.last_trouble,
        "last_trouble_at": _time(status.last_trouble_at),
        "paper": status.paper.value if status.paper is not None else None,
        **_in_both("paper", paper_in_words(status)),
        "cover": status.cover.value if status.cover is not None else None,
        **_in_both("cover", cover_in_words(status)),
        "facts": dict(status.facts),
        "what_to_do": _remedy_json(told) if told is not None else None,
        "wire": [_exchange_json(one) for one in wire],
    }


def _exchange_json(one: Exchange) -> dict[str, Any]:
    return {
        **asdict(one),
        "at": one.at.isoformat(timespec="milliseconds"),
        "last_at": one.last_at.isoformat(timespec="milliseconds"),
    }


def _remedy_json(told: Remedy) -> dict[str, Any]:
    return {
        "says_zh": told.says.zh,
        "says_en": told.says.en,
        "steps_zh": [step.zh for step in told.steps],
        "steps_en": [step.en for step in told.steps],
    }


def paper_in_words(status: DeviceStatus) -> Sentence | None:
    """How much paper is left, for people; None for what prints nothing."""
    return PAPERS[status.paper] if status.paper is not None else None


def cover_in_words(status: DeviceStatus) -> Sentence | None:
    """How the cover stands, for people; None for what has none."""
    return COVERS[status.cover] if status.cover is not None else None


def _in_both(name: str, words: Sentence | None) -> dict[str, str]:
    return {f"{name}_zh": words.zh, f"{name}_en": words.en} if words is not None else {}


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment is not None else None


def _seconds(since: datetime, now: datetime) -> int:
    return max(0, int((now - since).total_seconds()))
