"""The staff's room on a stage: the real room and the real sign-in over sample devices, a sample queue and a sample log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from devices.frame_slot import Picture
from devices.reports import Cover, DeviceKind, DeviceState, DeviceStatus, FaceHint, FaceSeen, Paper, TestFinished
from kiosk.errors import DiskNearlyFull
from kiosk.staff.diagnostics import Diagnosis, Disk, Surroundings, diagnose
from kiosk.staff.log_review import LogFilter, LogPage, LogRow, Moment, Timeline
from kiosk.staff.queue_review import MatchRow, QueueRow, QueueSummary
from kiosk.staff.room import Exported, Means, QueueView, StaffRoom
from kiosk.staff.settings import Role, SignInSettings, StaffMember
from kiosk.staff.sign_in import Lock, SignIn, hash_pin
from kiosk.staff.wording import RECORD_STATES
from kiosk.visit.facts import Facts, QueueFacts
from ui.rehearsal.painted_face import painted_face
from ui.rehearsal.stage import NOON, facts_with

TECHNICIAN, MANAGER, PIN = "2001", "3001", "482913"
BADGE = "04D5E6F7"
VISIT = "5f0c2b7e9a414d0fb3c68d12e7a90b34"
STATES = {state.value: state for state in RECORD_STATES}
PAGE_ROWS = 12


@lru_cache(maxsize=1)
def staff() -> tuple[StaffMember, ...]:
    """One of each role, with the same PIN."""
    hashed = hash_pin(PIN, bytes(16))
    return (
        StaffMember(number=TECHNICIAN, role=Role.TECHNICIAN, pin_hash=hashed),
        StaffMember(number=MANAGER, role=Role.MANAGER, pin_hash=hashed),
    )


class LockInMemory:
    """A LockStore without a disk."""

    def __init__(self) -> None:
        self._lock = Lock()

    def load(self) -> Lock:
        """The lock as last saved."""
        return self._lock

    def save(self, lock: Lock) -> None:
        """Until the stage is struck."""
        self._lock = lock


class StagedBench:
    """Devices that are tested when the stage says so; the camera shows a painted face."""

    def __init__(self) -> None:
        self.tested: list[str] = []
        self.awake = False

    def activate(self, kind: DeviceKind, active: bool) -> None:
        """Wake or rest."""
        self.awake = active and kind is DeviceKind.FACE_CAMERA

    def test(self, name: str) -> bool:
        """Note it."""
        self.tested.append(name)
        return True

    def newest_frame(self, name: str) -> Picture | None:
        """Always the same picture."""
        return painted_face() if self.awake and name else None


class StagedRoom(StaffRoom):
    """The real room; what would come from the disk comes from samples, at once or (`held`) when the stage lets it."""

    def __init__(self) -> None:
        self.now = NOON
        self.bench = StagedBench()
        self.facts = troubled_facts()
        self.refused: dict[str, str] = {}
        self.differing: tuple[date, ...] = ()
        self.held: list[Callable[[], None]] | None = None
        self.disk_full = False
        self.exported: list[LogFilter] = []
        self.retried: list[str] = []
        self.cancelled: list[tuple[str, str]] = []
        self.queue_rows: tuple[QueueRow, ...] = sample_queue()
        self.match: MatchRow | None = MatchRow((NOON - timedelta(days=1)).date(), NOON, 214, 214)
        self.log_rows: tuple[LogRow, ...] = sample_log()
        settings = SignInSettings()
        super().__init__(
            Means(
                badges={BADGE: MANAGER},
                bench=self.bench,
                sign_in=SignIn(staff(), settings, LockInMemory(), lambda: self.now),
                sign_in_settings=settings,
                diagnosis=self.diagnosed,
                on_storage=lambda work, then: self._answer(lambda: then(work(cast("Any", None)))),
                send_now=lambda: None,
                log=lambda _event: None,
                clock=lambda: self.now,
                exports=Path("exports"),
            )
        )

    def diagnosed(self) -> Diagnosis:
        """The sample devices as they are now."""
        around = Surroundings(
            kiosk="K03",
            version="0.2.0",
            started_at=NOON - timedelta(days=2, hours=3),
            catalogue_version="9c41d07e" * 8,
            disk=Disk(18_400 << 20, 60_000 << 20),
            line_since=NOON - timedelta(minutes=42),
            sent_at=NOON - timedelta(seconds=18),
            next_try_at=NOON + timedelta(seconds=95),
            refused=self.refused,
            differing=self.differing,
        )
        return diagnose(self.facts, around, self.now)

    def finish_tests(self, *broken: str) -> None:
        """Every test that runs ends now."""
        for device, result in list(self.tests.items()):
            if result.running:
                self.hear(TestFinished(device, "device-silent" if device in broken else "", "" if device in broken else "ok"))

    def see(self, hint: FaceHint) -> None:
        """The detector made something of the picture."""
        self.hear(FaceSeen("face-camera", hint))

    def release(self) -> None:
        """Let all answers come that were held."""
        held, self.held = self.held or [], None
        for answer in held:
            answer()

    def log_page(self, wanted: LogFilter, before_seq: int | None, then: Callable[[LogPage], None]) -> None:
        """One page of the sample log."""
        rows = [row for row in self.log_rows if _passes(row, wanted) and (before_seq is None or row.seq < before_seq)]
        page = LogPage(tuple(rows[:PAGE_ROWS]), rows[PAGE_ROWS - 1].seq if len(rows) > PAGE_ROWS else None)
        self._answer(lambda: then(page))

    def timeline(self, visit: str, then: Callable[[Timeline], None]) -> None:
        """The sample visit."""
        rows = [row for row in reversed(self.log_rows) if row.visit == visit]
        self._answer(lambda: then(timeline_of(visit, rows)))

    def queue(self, then: Callable[[QueueView], None]) -> None:
        """The sample queue."""
        view = QueueView(summary_of(self.queue_rows, self.now), self.queue_rows, self.match)
        self._answer(lambda: then(view))

    def retry(self, key: str, then: Callable[[str], None]) -> None:
        """Note it."""
        self.retried.append(key)
        self._answer(lambda: then(""))

    def cancel(self, key: str, reason: str, then: Callable[[str], None]) -> None:
        """Note it."""
        self.cancelled.append((key, reason))
        self._answer(lambda: then(""))

    def export_queue(self, then: Callable[[Exported], None]) -> None:
        """Nothing is written."""
        count = sum(row.waits for row in self.queue_rows)
        self._answer(lambda: then(Exported(Path("/var/lib/kiosk/exports/queue-20261123-102800.jsonl"), count)))

    def export_log(self, wanted: LogFilter, then: Callable[[Exported | DiskNearlyFull], None]) -> None:
        """Note it; nothing is written."""
        self.exported.append(wanted)
        count = sum(_passes(row, wanted) for row in self.log_rows)
        written = Exported(Path("/var/lib/kiosk/exports/log-20261123-102800.csv"), count)
        self._answer(lambda: then(DiskNearlyFull() if self.disk_full else written))

    def _answer(self, answer: Callable[[], None]) -> None:
        if self.held is None:
            answer()
        else:
            self.held.append(answer)


def troubled_facts() -> Facts:
    """A scanner unplugged, paper nearly used up, a reader that had trouble, a camera that works."""
    facts = facts_with()
    devices = dict(facts.devices)
    reader, scanner, printer = (
        devices[kind.value] for kind in (DeviceKind.CARD_READER, DeviceKind.CODE_SCANNER, DeviceKind.RECEIPT_PRINTER)
    )
    devices[reader.device] = replace(
        reader,
        port="/dev/kiosk-card-reader",
        since=NOON - timedelta(hours=5, minutes=12),
        last_trouble="device-unplugged",
        last_trouble_at=NOON - timedelta(hours=5, minutes=13),
        facts=(("baud", "115200"), ("reads", "187"), ("sam-id", "05.03-20260301-0001180021")),
    )
    devices[scanner.device] = replace(
        scanner,
        port="/dev/kiosk-code-scanner",
        state=DeviceState.NO_DEVICE,
        since=NOON - timedelta(minutes=7),
        trouble="port-missing",
        last_trouble="port-missing",
        last_trouble_at=NOON - timedelta(minutes=7),
    )
    devices[printer.device] = replace(
        printer,
        port="/dev/usb/lp0",
        since=NOON - timedelta(days=1, hours=2),
        paper=Paper.NEAR_END,
        cover=Cover.CLOSED,
        facts=(("answers-status", "yes"), ("slips", "41")),
    )
    devices["face-camera"] = DeviceStatus(
        "face-camera",
        DeviceKind.FACE_CAMERA,
        "uvc",
        "/dev/video0",
        DeviceState.ONLINE,
        NOON - timedelta(days=2, hours=3),
        facts=(("detector", "YuNet"), ("frame", "1280x720")),
    )
    return replace(
        facts, devices=devices, queue=QueueFacts(depth=3, oldest_at=NOON - timedelta(minutes=42), kept=58, acknowledged=54)
    )


def sample_queue() -> tuple[QueueRow, ...]:
    """Submissions in several states, newest first."""
    told = [
        ("000130-1", "SI-101", "queued", 9, 2, "centre-unreachable"),
        ("000129-4", "SA-001", "leased", 21, 1, ""),
        ("000128-2", "SI-104", "needs-person", 42, 1, "content-refused"),
        ("000127-7", "SA-004", "acknowledged", 64, 1, ""),
        ("000126-5", "SA-010", "acknowledged", 95, 1, ""),
        ("000125-0", "SI-102", "rejected", 130, 1, "corrections-needed"),
        ("000124-8", "SI-102", "cancelled", 131, 1, "centre-hung"),
    ]
    return tuple(_queue_row(place, *one) for place, one in enumerate(told))


def _queue_row(place: int, number: str, item: str, state: str, minutes: int, tries: int, trouble: str) -> QueueRow:
    return QueueRow(
        key=f"01938f00-0000-7000-8000-00000000000{place}",
        receipt_number=f"369999-K03-20261123-{number}",
        item=item,
        state=STATES[state],
        size_bytes=3800,
        kept_at=NOON - timedelta(minutes=minutes),
        age_seconds=minutes * 60,
        tries=tries,
        was_sent=tries > 0,
        next_try_at=NOON + timedelta(seconds=95) if state == "queued" else None,
        trouble=trouble,
        acceptance_number=f"SL-369999-20261123-{number[:6]}" if state == "acknowledged" else "",
        settled_at=None if state in ("queued", "leased", "needs-person") else NOON - timedelta(minutes=minutes - 1),
        printed=state != "queued",
        reason="handed-in" if state == "cancelled" else "",
        erased=state in ("acknowledged", "rejected"),
        attachments=2 if state == "leased" else 0,
        attachments_sent=1 if state == "leased" else 0,
    )


def summary_of(rows: Sequence[QueueRow], now: datetime) -> QueueSummary:
    """The numbers that go with the rows, and 52 older ones that were acknowledged."""
    count = {name: sum(row.state.value == name for row in rows) for name in STATES}
    waiting = [row for row in rows if row.state.value in ("queued", "leased")]
    oldest = min((row.kept_at for row in rows if row.waits), default=None)
    return QueueSummary(
        kept=len(rows) + 52,
        waiting=len(waiting),
        needs_person=count["needs-person"],
        acknowledged=count["acknowledged"] + 52,
        rejected=count["rejected"],
        cancelled=count["cancelled"],
        full=False,
        oldest_at=oldest,
        oldest_seconds=int((now - oldest).total_seconds()) if oldest else 0,
    )


LOG: tuple[tuple[int, str, str, dict[str, str | int | bool | None]], ...] = (
    (3000, "", "kiosk-started", {"version": "0.2.0", "kiosk": "K03", "practice": False}),
    (2990, "", "device-state", {"device": "card-reader", "kind": "card-reader", "state": "online", "code": ""}),
    (900, VISIT, "visit-began", {"language": "zh"}),
    (894, VISIT, "visit-step", {"from": "attract", "to": "zone", "item": ""}),
    (881, VISIT, "visit-step", {"from": "zone", "to": "guide", "item": "SI-101"}),
    (860, VISIT, "visit-step", {"from": "guide", "to": "consent", "item": "SI-101"}),
    (852, VISIT, "consent-given", {"item": "SI-101"}),
    (851, VISIT, "visit-step", {"from": "consent", "to": "identify", "item": "SI-101"}),
    (846, VISIT, "card-failed", {"device": "card-reader", "code": "card-pulled"}),
    (838, VISIT, "card-read", {"device": "card-reader"}),
    (838, VISIT, "identified", {"factor": "card", "item": "SI-101"}),
    (837, VISIT, "visit-step", {"from": "identify", "to": "form", "item": "SI-101"}),
    (770, VISIT, "visit-step", {"from": "form", "to": "review", "item": "SI-101"}),
    (742, VISIT, "visit-step", {"from": "review", "to": "submit", "item": "SI-101"}),
    (741, VISIT, "submission-kept", {"key": "01938f00-0000-7000-8000-000000000001", "item": "SI-101"}),
    (740, VISIT, "visit-step", {"from": "submit", "to": "outcome", "item": "SI-101"}),
    (725, VISIT, "visit-step", {"from": "outcome", "to": "receipt", "item": "SI-101"}),
    (718, VISIT, "slip-printed", {"device": "receipt-printer", "outcome": "kept"}),
    (705, VISIT, "visit-step", {"from": "receipt", "to": "farewell", "item": "SI-101"}),
    (695, VISIT, "visit-ended", {"how": "finished", "step": "farewell", "seconds": 205, "item": "SI-101"}),
    (420, "", "device-state", {"device": "code-scanner", "kind": "code-scanner", "state": "no-device", "code": "port-missing"}),
    (300, "", "line-down", {"code": "centre-unreachable"}),
    (120, "", "line-up", {"seconds": 180}),
    (115, "", "submission-acknowledged", {"key": "01938f00-0000-7000-8000-000000000001", "outcome": "accepted", "tries": 2}),
    (60, "", "staff-failed", {"failures": 1}),
    (40, "", "staff-signed-in", {"staff": MANAGER, "role": "manager"}),
)
TROUBLES = ("line-down", "staff-failed", "card-failed")


def sample_log() -> tuple[LogRow, ...]:
    """An hour of a kiosk's life, newest first."""
    rows = [_log_row(place, *one) for place, one in enumerate(LOG, 1)]
    return tuple(reversed(rows))


def _log_row(seq: int, seconds_ago: int, visit: str, event: str, facts: dict[str, str | int | bool | None]) -> LogRow:
    device, code = str(facts.get("device") or ""), str(facts.get("code") or "")
    return LogRow(seq, NOON - timedelta(seconds=seconds_ago), event, visit, device, code, facts, event in TROUBLES or bool(code))


def _passes(row: LogRow, wanted: LogFilter) -> bool:
    return (
        (wanted.since is None or row.at >= wanted.since)
        and (not wanted.events or row.event in wanted.events)
        and (not wanted.device or row.device == wanted.device)
        and (not wanted.visit or row.visit == wanted.visit)
        and (row.trouble or not wanted.only_trouble)
    )


def timeline_of(visit: str, rows: Sequence[LogRow]) -> Timeline:
    """The rows, first to last, on the visit's own clock."""
    after = [(row.at - rows[0].at).total_seconds() for row in rows]
    moments = tuple(Moment(row, begun, 0.0) for row, begun in zip(rows, after, strict=True))
    turns = [(str(row.facts["from"]), begun) for row, begun in zip(rows, after, strict=True) if row.event == "visit-step"]
    begins = [0.0, *(begun for _, begun in turns)]
    steps = tuple((step, begun - before) for (step, begun), before in zip(turns, begins, strict=False))
    return Timeline(visit, moments, steps)
