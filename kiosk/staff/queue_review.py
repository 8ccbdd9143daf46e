"""The queue as staff see it: rows and ages without opening anything, so nothing of a person can show.

Runs in the thread its reader belongs to, never the GUI thread.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from kiosk.errors import known_code
from kiosk.staff.remedies import Remedy, Sentence, remedy
from kiosk.staff.wording import CANCELLED_ON_ITS_WAY, CANCELLED_TOO_LATE, RECORD_STATES, cancel_reason_in_words
from kiosk.values import dataclass
from offline_cache.attachments import Attachments
from offline_cache.errors import StoreDamaged
from offline_cache.ledger_match import DayMatch
from offline_cache.records import Attached, RecordFacts, RecordState, Tally

UNDELIVERED = (RecordState.QUEUED, RecordState.LEASED, RecordState.NEEDS_PERSON)
"""What the centre has not answered for good."""


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One kept submission for people; times in UTC."""

    key: str
    receipt_number: str
    item: str
    state: RecordState
    size_bytes: int
    kept_at: datetime
    age_seconds: int
    tries: int
    was_sent: bool
    """It was handed to the sender: answered or not, the centre may have it."""
    next_try_at: datetime | None
    """None when it is not going to be tried by itself."""
    trouble: str
    """Code of the last failure; empty when there was none."""
    acceptance_number: str
    settled_at: datetime | None
    printed: bool
    reason: str
    """Of one that staff cancelled: the value of a `CancelReason`."""
    erased: bool
    attachments: int = 0
    attachments_sent: int = 0
    """Of these, so many the centre has."""

    @property
    def waits(self) -> bool:
        """For the centre or for a person."""
        return self.state in UNDELIVERED

    @property
    def about(self) -> Sentence:
        """Everything else that staff may know of it, in one line."""
        told: list[tuple[str, str]] = []
        if self.acceptance_number:
            told.append((f"受理号 {self.acceptance_number}", f"acceptance number {self.acceptance_number}"))
        if self.reason:
            told.append((f"撤出原因：{self.reason_in_words.zh}", f"cancelled: {self.reason_in_words.en}"))
        told.append(("回执已打印", "receipt printed") if self.printed else ("回执未打印", "receipt not printed"))
        if self.attachments:
            sent = self.attachments_sent
            told.append((f"附件 {self.attachments} 份，已送 {sent} 份", f"attachments: {self.attachments}, sent: {sent}"))
        size = self.size_bytes
        told.append(("内容已清除", "content erased") if self.erased else (f"{size} 字节", f"{size} bytes"))
        return Sentence("，".join(zh for zh, _ in told), ", ".join(en for _, en in told))

    @property
    def state_in_words(self) -> Sentence:
        """The state for people."""
        match self.state:
            case RecordState.CANCELLED if self.was_sent:
                return CANCELLED_ON_ITS_WAY
            case RecordState.ACKNOWLEDGED if self.reason:
                return CANCELLED_TOO_LATE
            case _:
                return RECORD_STATES[self.state]

    @property
    def reason_in_words(self) -> Sentence:
        """Why it was cancelled, for people; empty when it was not."""
        return cancel_reason_in_words(self.reason)

    @property
    def remedy(self) -> Remedy | None:
        """What to do about its trouble; None when there is none, or it is over."""
        return remedy(self.trouble) if self.trouble and self.waits else None


@dataclass(frozen=True, slots=True)
class QueueSummary:
    """The queue in numbers: `kept = waiting + needs_person + acknowledged + rejected + cancelled`."""

    kept: int
    waiting: int
    needs_person: int
    acknowledged: int
    rejected: int
    cancelled: int
    full: bool
    oldest_at: datetime | None
    oldest_seconds: int
    """Age of the oldest that waits for the centre or for a person; 0 when none does."""

    @property
    def depth(self) -> int:
        """Kept here and not yet answered for good."""
        return self.waiting + self.needs_person


@dataclass(frozen=True, slots=True)
class MatchRow:
    """A day held against the centre's ledger: the numbers of both sides, and the ids in doubt."""

    day: date
    compared_at: datetime
    acknowledged: int
    in_centre: int
    waiting: int = 0
    missing: tuple[str, ...] = ()
    """Acknowledged here, not in the ledger."""
    unexpected: tuple[str, ...] = ()
    """In the ledger, neither acknowledged nor waiting here."""
    different: tuple[str, ...] = ()
    """Another content in the ledger."""
    doubled: tuple[str, ...] = ()
    """One receipt number, several entries in the ledger."""

    @property
    def agrees(self) -> bool:
        """True when no submission of the day is in doubt."""
        return not (self.missing or self.unexpected or self.different or self.doubled)

    @property
    def sides(self) -> str:
        """`214 = 214`."""
        return f"{self.acknowledged} {'=' if self.agrees else '≠'} {self.in_centre}"

    @property
    def in_words(self) -> Sentence:
        """How the day compared, for people."""
        day = self.day
        zh = f"{day.month}月{day.day}日与中心台账核对：{self.sides}，{'逐件一致' if self.agrees else '不符'}"
        en = f"{day} held against the centre's ledger: {self.sides}, {'each agrees' if self.agrees else 'they differ'}"
        return Sentence(zh, en)


def queue_row(facts: RecordFacts, now: datetime, attached: Sequence[Attached] = ()) -> QueueRow:
    """One row, with its age now."""
    waits = facts.state is RecordState.QUEUED
    return QueueRow(
        key=facts.key,
        receipt_number=facts.receipt_number,
        item=facts.item,
        state=facts.state,
        size_bytes=facts.size_bytes,
        kept_at=_moment(facts.kept_at_ms),
        age_seconds=_age(facts.kept_at_ms, now),
        tries=facts.tries,
        was_sent=facts.was_sent,
        next_try_at=_moment(facts.next_try_at_ms) if waits else None,
        trouble=known_code(facts.trouble) if facts.trouble else "",
        acceptance_number=facts.acceptance_number,
        settled_at=_moment(facts.settled_at_ms) if facts.settled_at_ms is not None else None,
        printed=facts.printed_at_ms is not None,
        reason=facts.reason,
        erased=facts.erased,
        attachments=len(attached),
        attachments_sent=sum(one.sent for one in attached),
    )


def queue_rows(facts: Iterable[RecordFacts], now: datetime, attachments: Attachments) -> tuple[QueueRow, ...]:
    """Rows in the order they come; in the thread of the attachments' connection.

    One whose attachments cannot be read any more is shown without them.
    """
    return tuple(queue_row(one, now, _attached(attachments, one.key)) for one in facts)


def _attached(attachments: Attachments, key: str) -> tuple[Attached, ...]:
    try:
        return attachments.of(key)
    except StoreDamaged:
        return ()


def queue_summary(tally: Tally, now: datetime) -> QueueSummary:
    """The numbers, with the oldest age now."""
    oldest = tally.oldest_at_ms
    return QueueSummary(
        kept=tally.kept,
        waiting=tally.waiting,
        needs_person=tally.needs_person,
        acknowledged=tally.acknowledged,
        rejected=tally.rejected,
        cancelled=tally.cancelled,
        full=tally.full,
        oldest_at=_moment(oldest) if oldest is not None else None,
        oldest_seconds=_age(oldest, now) if oldest is not None else 0,
    )


def row_as_json(row: QueueRow) -> dict[str, Any]:
    """A row for machines: the same values, times in RFC 3339."""
    return {
        "key": row.key,
        "receipt_number": row.receipt_number,
        "item": row.item,
        "state": row.state.value,
        "size_bytes": row.size_bytes,
        "kept_at": row.kept_at.isoformat(timespec="seconds"),
        "age_seconds": row.age_seconds,
        "tries": row.tries,
        "was_sent": row.was_sent,
        "next_try_at": row.next_try_at.isoformat(timespec="seconds") if row.next_try_at else None,
        "trouble": row.trouble,
        "acceptance_number": row.acceptance_number,
        "settled_at": row.settled_at.isoformat(timespec="seconds") if row.settled_at else None,
        "printed": row.printed,
        "reason": row.reason,
        "erased": row.erased,
        "attachments": row.attachments,
        "attachments_sent": row.attachments_sent,
    }


def summary_as_json(summary: QueueSummary) -> dict[str, Any]:
    """The numbers for machines."""
    return {
        "depth": summary.depth,
        "kept": summary.kept,
        "waiting": summary.waiting,
        "needs_person": summary.needs_person,
        "acknowledged": summary.acknowledged,
        "rejected": summary.rejected,
        "cancelled": summary.cancelled,
        "full": summary.full,
        "oldest_at": summary.oldest_at.isoformat(timespec="seconds") if summary.oldest_at else None,
        "oldest_seconds": summary.oldest_seconds,
    }


def match_row(match: DayMatch) -> MatchRow:
    """One compared day."""
    return MatchRow(
        day=match.day,
        compared_at=_moment(match.compared_at_ms),
        acknowledged=match.acknowledged,
        in_centre=match.in_centre,
        waiting=match.waiting,
        missing=match.missing,
        unexpected=match.unexpected,
        different=match.different,
        doubled=match.doubled,
    )


def match_to_show(matches: Sequence[DayMatch]) -> MatchRow | None:
    """Of compared days, newest first: the first that differs, else the first; None when none was compared."""
    shown = next((match for match in matches if not match.agrees), matches[0] if matches else None)
    return match_row(shown) if shown is not None else None


def match_as_json(match: MatchRow) -> dict[str, Any]:
    """A compared day for machines."""
    return {
        "day": match.day.isoformat(),
        "agrees": match.agrees,
        "acknowledged": match.acknowledged,
        "in_centre": match.in_centre,
        "waiting": match.waiting,
        "missing": list(match.missing),
        "unexpected": list(match.unexpected),
        "different": list(match.different),
        "doubled": list(match.doubled),
        "compared_at": match.compared_at.isoformat(timespec="seconds"),
    }


def _moment(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)


def _age(at_ms: int, now: datetime) -> int:
    return max(0, int(now.timestamp() - at_ms / 1000))
