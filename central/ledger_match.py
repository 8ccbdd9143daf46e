"""The daily match: what a kiosk says of a day, held against the ledger; the outcome is kept for the console."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain

from sqlalchemy import ColumnElement, Connection, Engine, select, update

from central.alarm import end_alarm, raise_alarm
from central.clock import Clock, hall_day
from central.database import upsert
from central.refusal import Refused, Why
from central.signature import Sender
from central.submission_lines import EARLIEST, LATEST
from central.tables import Kiosk, LedgerMatch, StoredSubmission
from offline_cache.wire import LedgerDay, LedgerEntry, LedgerMatched, Verdict, ledger_digest

ALARM = "ledger-differs"
AROUND = timedelta(days=2)
"""A kiosk's clock may have been wrong by so much: the day is the receipt number's own."""
KEYS_A_QUERY = 500
COLUMNS = (
    StoredSubmission.key,
    StoredSubmission.content_hash,
    StoredSubmission.receipt_number,
    StoredSubmission.generation,
)
"""As `InLedger` has them."""


@dataclass(frozen=True, slots=True)
class InLedger:
    """One accepted submission as the centre holds it."""

    key: str
    content_hash: str
    receipt_number: str
    generation: int = 0
    """Of the enrolment it was handed in under."""


@dataclass(frozen=True, slots=True)
class LedgerMatches:
    """Compares days; safe from any thread."""

    engine: Engine
    clock: Clock

    def take(self, sender: Sender, told: LedgerDay) -> LedgerMatched:
        """Compare; a day told in one number and one hash is answered with yes, or with a question for its entries."""
        try:
            midnight = datetime.strptime(told.day, "%Y%m%d").replace(tzinfo=UTC)
        except ValueError as wrong:
            raise Refused(Why.CONTENT_REFUSED, "day is no date") from wrong
        if not EARLIEST <= midnight < LATEST:
            raise Refused(Why.CONTENT_REFUSED, "day is not of our time")
        with self.engine.begin() as connection:
            of_day = _of_day(connection, sender, told.day, midnight)
            ledger = [one for one in of_day if one.generation == sender.generation]
            if told.entries is None:
                digest = ledger_digest({one.key: one.content_hash for one in ledger})
                same = digest == told.digest and not _doubled(ledger, of_day)
                matched = LedgerMatched(day=told.day, agrees=same, in_centre=len(ledger))
                if not same:
                    return matched
            else:
                known = {one.key for one in ledger}
                elsewhere = [entry.key for entry in told.entries if entry.key not in known]
                there = (*ledger, *_of_keys(connection, sender, elsewhere))
                matched = compare(told.day, told.entries, there, of_day)
            spoken_of = [one.key for one in (ledger if told.entries is None else told.entries)]
            _keep(connection, sender, told, matched, spoken_of, self.clock())
        return matched


def compare(day: str, here: Iterable[LedgerEntry], there: Sequence[InLedger], of_day: Iterable[InLedger] = ()) -> LedgerMatched:
    """Hold a day's entries of the kiosk against what the ledger holds of the same day.

    `of_day` is what it holds under all of the number's enrolments: on another disk a receipt number may have been given again.
    """
    by_state: dict[str, dict[str, str]] = {"acknowledged": {}, "waiting": {}, "ended": {}}
    for entry in here:
        by_state[entry.state][entry.key] = entry.content_hash
    acknowledged, waiting = by_state["acknowledged"], by_state["waiting"]
    ledger = {one.key: one.content_hash for one in there}
    missing = sorted(acknowledged.keys() - ledger.keys())
    unexpected = sorted(ledger.keys() - acknowledged.keys() - waiting.keys())
    known = {**waiting, **acknowledged}
    different = sorted(key for key in known.keys() & ledger.keys() if known[key] != ledger[key])
    doubled = _doubled(there, of_day)
    return LedgerMatched(
        day=day,
        agrees=not (missing or unexpected or different or doubled),
        in_centre=len(ledger.keys() - (waiting.keys() - acknowledged.keys())),
        missing=tuple(missing),
        unexpected=tuple(unexpected),
        different=tuple(different),
        doubled=tuple(doubled),
    )


def _doubled(there: Iterable[InLedger], of_day: Iterable[InLedger]) -> list[str]:
    """All that share a receipt number with one of these."""
    numbers = {one.key: one.receipt_number for one in (*there, *of_day)}
    times, mine = Counter(numbers.values()), {one.receipt_number for one in there}
    return sorted(key for key, number in numbers.items() if times[number] > 1 and number in mine)


def _accepted(sender: Sender) -> ColumnElement[bool]:
    return (StoredSubmission.kiosk == sender.kiosk) & StoredSubmission.verdict.in_((Verdict.ACCEPTED, Verdict.DECIDED))


def _of_day(connection: Connection, sender: Sender, day: str, midnight: datetime) -> list[InLedger]:
    """What was handed in under this kiosk's number with receipt numbers of that day, at whichever enrolment."""
    query = select(*COLUMNS).where(
        _accepted(sender),
        StoredSubmission.submitted_at >= midnight - AROUND,
        StoredSubmission.submitted_at < midnight + timedelta(days=1) + AROUND,
    )
    return [InLedger(*row) for row in connection.execute(query) if row.receipt_number.split("-")[2] == day]


def _of_keys(connection: Connection, sender: Sender, keys: list[str]) -> list[InLedger]:
    """What this kiosk had handed in before it was enrolled anew, or with its clock far off."""
    found: list[InLedger] = []
    for start in range(0, len(keys), KEYS_A_QUERY):
        some = select(*COLUMNS).where(_accepted(sender), StoredSubmission.key.in_(keys[start : start + KEYS_A_QUERY]))
        found += [InLedger(*row) for row in connection.execute(some)]
    return found


def _keep(
    connection: Connection, sender: Sender, told: LedgerDay, matched: LedgerMatched, spoken_of: Iterable[str], now: datetime
) -> None:
    """`spoken_of`: the keys that the kiosk told of, or agreed on."""
    row = (LedgerMatch.kiosk == sender.kiosk) & (LedgerMatch.day == told.day)
    before = connection.execute(select(LedgerMatch.__table__).where(row).with_for_update()).mappings().one_or_none()
    keys = {name: set(getattr(matched, name)) for name in ("missing", "unexpected", "different", "doubled")}
    counts, compared_at, differed = (told.acknowledged, matched.in_centre), now, dict[str, set[str]]()
    if before is not None:
        earlier = {name: set(told_then) for name, told_then in json.loads(before["ids"]).items()}
        differed = _kinds(earlier)
        enrolled_at = connection.execute(select(Kiosk.enrolled_at).where(Kiosk.id == sender.kiosk)).scalar_one()
        if matched.agrees and counts == (0, 0) and told.day < hall_day(enrolled_at):
            return  # on a new disk it says nothing of what the old one was told
        left = differed.keys() - _kinds(keys).keys() - set(spoken_of)
        if left and before["compared_at"] < enrolled_at:  # nor of these: they stay, and how long they do
            keys = {name: these | left & earlier[name] for name, these in keys.items()}
            compared_at = before["compared_at"]
            counts = (counts[0] + len(left & earlier["missing"]), counts[1] + len(left & earlier["unexpected"]))
    differing = _kinds(keys)
    # What comes to differ anew, or otherwise, is news.
    known_before = json.loads(before["known"]) if before is not None else []
    known = json.dumps([key for key in known_before if key in differing and differing[key] <= differed.get(key, set())])
    said = {
        "compared_at": compared_at,
        "acknowledged": counts[0],
        "in_centre": counts[1],
        "agrees": not differing,
        "ids": (ids := json.dumps({name: sorted(these) for name, these in keys.items()})),
        "known": known,
    }
    statement = upsert(connection, LedgerMatch).values(kiosk=sender.kiosk, day=told.day, **said)
    connection.execute(statement.on_conflict_do_update(index_elements=["kiosk", "day"], set_=said))
    if not in_doubt(ids, known):
        end_alarm(connection, sender.kiosk, ALARM, told.day, now)
    elif before is None or before["ids"] != ids:  # as long as nothing changes it is the same alarm
        raise_alarm(connection, sender.kiosk, ALARM, told.day, now)


def _kinds(ids: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
    """Key → what is wrong with it."""
    kinds: dict[str, set[str]] = {}
    for kind, keys in ids.items():
        for key in keys:
            kinds.setdefault(key, set()).add(kind)
    return kinds


def in_doubt(ids: str, known: str) -> dict[str, list[str]]:
    """Of a compared day, as its row tells both: `missing`, `unexpected`, `different`, `doubled` → keys that nobody knows of."""
    of_which_staff_know = set(json.loads(known))
    still = {kind: [key for key in keys if key not in of_which_staff_know] for kind, keys in json.loads(ids).items()}
    return still if any(still.values()) else {}


def know_of(
    connection: Connection, kiosk: str, day: str, at: datetime, by: str, *, known: bool = True, seen: int | None = None
) -> int:
    """Whatever differs on this day is known of, or in doubt again: so many submissions; 0 when nothing differs there.

    Where staff have `seen` the alarm: nothing, when it was raised more times since, or ended.
    """
    row = (LedgerMatch.kiosk == kiosk) & (LedgerMatch.day == day)
    ids = connection.execute(select(LedgerMatch.ids).where(row, ~LedgerMatch.agrees).with_for_update()).scalar_one_or_none()
    keys = sorted(set(chain.from_iterable(json.loads(ids).values()))) if ids is not None else []
    if seen is None and not keys:
        return 0
    if known and not end_alarm(connection, kiosk, ALARM, day, at, by=by, times=seen) and seen is not None:
        return 0
    if keys:
        connection.execute(update(LedgerMatch).where(row).values(known=json.dumps(keys if known else [])))
        if not known:
            raise_alarm(connection, kiosk, ALARM, day, at)
    return len(keys)
