"""A damaged store: set aside whole, and kept for months; what of it can still be read is carried over into a new one.

A large one takes its time, which nobody waits for: the kiosk works on the new store meanwhile.

A crash at any moment of this is made good by the next start: the folder beside the store tells how far it came. Lives on
the storage thread.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from devices.values import dataclass
from offline_cache.bad_sectors import cannot_be_read
from offline_cache.canonical import GENESIS
from offline_cache.database import Unreadable, open_damaged, shrink_log, transaction, unsynced_transaction
from offline_cache.errors import RecordDamaged
from offline_cache.journal import follows
from offline_cache.journal_heads import REACHED_FILE, TAKEN_FILE
from offline_cache.mended_copy import PAUSE, remains, rows_of_leaves
from offline_cache.number_floors import LATER_FLOOR, SERIAL_FLOOR, UNCLEAN_STEP, once, raise_floor
from offline_cache.outbox import GIVEN
from offline_cache.private_file import sync_folder
from offline_cache.records import DAY_MS, EARLIEST_MS, STATES
from offline_cache.small_tables import Marks
from offline_cache.vault import KEY_ID
from offline_cache.write_ahead_log import passed_over

if TYPE_CHECKING:
    from offline_cache.database import Connection
    from offline_cache.keys_to_come import KeysToCome

Row: TypeAlias = tuple[Any, ...]
FOLDERS = "damaged-*"
MOMENT = "%Y%m%dT%H%M%S%f"
DONE = "carried-over"
"""A file in the folder: everything readable is in the new store."""
CARRIED = "carried-over"
"""Mark in the new store: when that was last so."""
GAPS = "not-all-was-readable"
"""The same, beside it: submissions may be in there that the new store does not have."""
DATED = "found"
"""The same, where a wrong clock has given the folder its name: dated by one that was right."""
GAPS_STAY = 4
"""So many times as long stays what the new store does not have whole: time for somebody to look, and not for ever."""
CLOCK_WAS_RIGHT_MS = 1_700_000_000_000
"""Before this program was written no clock was right: what one with an empty battery dated is not old."""
FILES = ("store.db", "store.db-wal", "store.db-shm", REACHED_FILE, TAKEN_FILE)
"""The last two too: the new store's journal may end before what was countersigned or taken of this one's."""
LEFT_BEHIND = ("vault.key", "reserve")
"""Made once the database is open; no enrolment makes them."""
LEAST_BYTES = 512
"""SQLite takes a shorter file for an empty database."""
BATCH_BYTES, ROW_BYTES = 4 << 20, 1 << 10
SMALL = (
    ("journal_head", "seq"),
    ("replica", "rowid"),
    ("settings_replica", "rowid"),
    ("rating", "token"),
    ("sealed_rating", "token"),
    ("mark", "name"),
    ("print_job", "seq"),
    ("told", "key"),
    ("ledger_match", "day"),
)
"""Tables carried over as they are, and by what their rows lie in order: to sort them, all would have to be readable."""
ALL = -1
"""For SQLite, no limit."""


@dataclass(frozen=True, slots=True)
class CarriedOver:
    """What a set-aside store gave to the new one."""

    submissions: int
    """Rows of the outbox, settled ones among them."""
    waiting: int
    """Of these, not yet acknowledged."""
    events: int
    """Of the journal, from the first to the last that continues the chain."""


@dataclass(frozen=True, slots=True)
class TakenAway:
    """Folders that were deleted."""

    stores: int
    with_gaps: int
    """Of these, not all had been carried over."""


def folders(directory: Path) -> tuple[Path, ...]:
    """The folders of damaged stores that are still here, oldest first; somebody should look at them."""
    return tuple(sorted(filter(_is_folder_of_ours, directory.glob(FOLDERS))))


def _is_folder_of_ours(path: Path) -> bool:
    """Not what a technician has packed, or copied as another user."""
    return path.is_dir() and os.access(path, os.R_OK | os.W_OK | os.X_OK, effective_ids=True)


def set_aside(directory: Path, now_ms: int) -> Path:
    """Move the store's files into a folder of their own: linked there first, so that no crash loses one; returns the folder."""
    import tempfile  # no usual start needs it

    moment = datetime.fromtimestamp(now_ms / 1000, UTC)
    folder = Path(tempfile.mkdtemp(prefix=f"damaged-{moment:{MOMENT}}-", dir=directory))
    for name in FILES:
        with contextlib.suppress(FileNotFoundError):
            (folder / name).hardlink_to(directory / name)
    sync_folder(folder)
    sync_folder(directory)
    clear(directory)
    return folder


def is_gone(directory: Path) -> bool:
    """Whether the database is not there, or empty, though one was at work here: only a start that opened it leaves the others."""
    with contextlib.suppress(FileNotFoundError):
        if (directory / FILES[0]).stat().st_size >= LEAST_BYTES:
            return False
    return any((directory / name).exists() for name in LEFT_BEHIND) or bool(folders(directory))


def clear(directory: Path) -> bool:
    """Take away the store's files that lie in a damaged folder too, as an interrupted `set_aside` leaves them; True if it did."""
    interrupted = False
    for folder in folders(directory):
        for name in reversed(FILES):  # the database last: without it, its log would be taken for the new one's
            here, there = directory / name, folder / name
            if here.exists() and there.exists() and here.samefile(there):
                here.unlink()
                interrupted = True
    sync_folder(directory)
    return interrupted


def to_carry_over(directory: Path) -> tuple[Path, ...]:
    """Folders whose readable rows are not all in the new store yet."""
    return tuple(folder for folder in folders(directory) if not (folder / DONE).exists())


def carry_over(
    folder: Path, into: Connection, now_ms: int, was_refused: Callable[[str, int], bool], keys: KeysToCome
) -> Iterator[CarriedOver]:
    """Copy what can be read, some at a time, and tell after each how far it has come; what was set aside stays as it is.

    The journal, the receipt numbers and all that is small come first, in one transaction: after it the store can be worked
    with. Doing it again, wherever it was cut off, changes nothing of what is there. `was_refused` tells by key and time which
    submissions were never kept; `keys` gets those that the rest needs before anything of it is there.
    """
    log = folder / FILES[1]
    gaps = {"log"} if cannot_be_read(log) or passed_over(log) else set[str]()
    yield from _carry(folder, into, now_ms, gaps, was_refused, keys)
    with transaction(into):  # with an fsync, which what was carried over before did without
        into.execute("INSERT OR REPLACE INTO mark VALUES (?, ?)", (CARRIED, str(now_ms)))
    shrink_log(into)
    if gaps:
        (folder / GAPS).touch(mode=0o600)
        sync_folder(folder)
    (folder / DONE).touch(mode=0o600)
    sync_folder(folder)


def take_away(directory: Path, now_ms: int, days: int) -> TakenAway:
    """Delete the folders that were carried over so many days ago: what is answered must not live on in them.

    One in which not all could be read, or that could not be carried over at all, stays `GAPS_STAY` times as long.
    """
    import shutil  # no start needs it

    stores = with_gaps = 0
    for folder in folders(directory):
        with contextlib.suppress(OSError, ValueError):
            done = (folder / DONE).exists()
            gaps = not done or (folder / GAPS).exists()
            dated = folder / (DONE if done else DATED)
            since_ms = dated.stat().st_mtime * 1000 if dated.exists() else _set_aside_ms(folder)
            if not CLOCK_WAS_RIGHT_MS < since_ms <= now_ms + DAY_MS:
                if now_ms > CLOCK_WAS_RIGHT_MS:  # its days begin now that the clock is right
                    dated.touch(mode=0o600)
                    os.utime(dated, (now_ms / 1000, now_ms / 1000))
            elif CLOCK_WAS_RIGHT_MS < since_ms < now_ms - days * (GAPS_STAY if gaps else 1) * DAY_MS:
                shutil.rmtree(folder)
                stores, with_gaps = stores + 1, with_gaps + gaps
    return TakenAway(stores, with_gaps)


def _set_aside_ms(folder: Path) -> float:
    """As its name tells; raises ValueError where it tells none."""
    return datetime.strptime(folder.name.split("-")[1], MOMENT).replace(tzinfo=UTC).timestamp() * 1000


def _carry(
    folder: Path, into: Connection, now_ms: int, gaps: set[str], was_refused: Callable[[str, int], bool], keys: KeysToCome
) -> Iterator[CarriedOver]:
    with contextlib.ExitStack() as stack:
        try:
            damaged = stack.enter_context(remains(folder / FILES[0]))
        except Unreadable:  # there is nothing that could be mended
            gaps.add("store")
            with transaction(into):
                _raise_once(folder, into, now_ms)
            yield CarriedOver(0, 0, 0)
            return
        keys.look(damaged)
        events, mark = 0, f"carried {folder.name}"
        with transaction(into):
            if _first_hash(into) is not None and _first_hash(damaged) not in (None, _first_hash(into)):
                gaps.add("journal")  # one that has begun anew meanwhile goes on as it is
            # Only once: what the new store has sent and dropped since, such as a rating, must not come again.
            if into.execute("SELECT 1 FROM mark WHERE name = ?", (mark,)).fetchone() is None:
                events = _carry_small(damaged, into)
                into.execute("INSERT OR REPLACE INTO mark VALUES (?, '1')", (mark,))
            Marks(into).drop_nonsense()
            _raise_once(folder, into, now_ms, newest=_newest(damaged))
        carried = CarriedOver(0, 0, events)
        yield carried
        for _ in _carry_pages(folder, damaged, into, gaps):  # before the submissions: none is sent without its own
            yield carried
        sound = _only(_is_sound, _all_of(folder, damaged, "outbox", gaps), "outbox", gaps)
        for rows in _batches(row and _mended(row) for row in sound if row is PAUSE or not was_refused(row[1], row[7])):
            with unsynced_transaction(into):
                for row in rows:
                    into.execute(f"INSERT OR IGNORE INTO outbox VALUES ({','.join('?' * len(row))})", row)  # noqa: S608 - only question marks
            waiting = sum(row[8] in ("queued", "needs-person") for row in rows)
            carried = CarriedOver(carried.submissions + len(rows), carried.waiting + waiting, events)
            yield carried
        with unsynced_transaction(into):  # whose submission is not readable, or has been answered since
            into.execute("DELETE FROM attachment WHERE submission NOT IN (SELECT id FROM outbox WHERE key_id IS NOT NULL)")
        yield carried


def _carry_small(damaged: Connection, into: Connection) -> int:
    """Everything but submissions; returns how many events."""
    events = 0
    if _first_hash(into) is None:
        for row in _chain(_both_ways(damaged, "journal", "seq")):
            into.execute("INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            events += 1
    for table, key in SMALL:
        for row in _both_ways(damaged, table, key):
            into.execute(f"INSERT OR IGNORE INTO {table} VALUES ({','.join('?' * len(row))})", row)  # noqa: S608 - constants
    into.execute("DELETE FROM mark WHERE name = ?", (GIVEN,))  # in this store some may have been given meanwhile
    # Where the chain was broken off the new one goes on with other events: nothing signed or sent speaks of these.
    into.execute("DELETE FROM journal_head WHERE (seq, hash) NOT IN (SELECT seq, hash FROM journal)")
    into.execute(
        "UPDATE mark SET value = max(1, min(CAST(value AS INTEGER), (SELECT coalesce(max(seq), 0) + 1 FROM journal)))"
        " WHERE name = 'events-next'"
    )
    return events


def _first_hash(connection: Connection) -> str | None:
    """Of the journal's first event; None when there is none that can be read."""
    with contextlib.suppress(*Unreadable):
        for (digest,) in connection.execute("SELECT hash FROM journal ORDER BY seq LIMIT 1"):
            return str(digest)
    return None


def _all_of(folder: Path, damaged: Connection, table: str, gaps: set[str]) -> Iterator[Row]:
    """From both ends, the newest first, up to the damage; what lies between, page by page, with pauses."""
    seen: set[Any] = set()
    broken: set[str] = set()
    for row in _both_ways(damaged, table, "id", broken):
        seen.add(row[0])
        yield row
    if broken:
        gaps |= broken
        yield from rows_of_leaves(folder / FILES[0], table, seen)


def _carry_pages(folder: Path, damaged: Connection, into: Connection, gaps: set[str]) -> Iterator[None]:
    found = _all_of(folder, damaged, "attachment", gaps)
    for rows in _batches(_only(_is_sound_attachment, found, "attachment", gaps)):
        with unsynced_transaction(into):
            for row in rows:  # with a fresh id of its own: it is found by its submission and number
                into.execute(f"INSERT OR IGNORE INTO attachment VALUES (NULL, {','.join('?' * len(row[1:]))})", row[1:])  # noqa: S608 - only question marks
        yield


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    """So many at a time that a kiosk at work does not notice; none where there is a pause."""
    batch: list[Row] = []
    size = 0
    for row in rows:
        if row is PAUSE:
            size = BATCH_BYTES
        else:
            batch.append(row)
            size += ROW_BYTES + len(row[-1] or b"")
        if size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _newest(damaged: Connection) -> int:
    """The highest row id that can be read."""
    for order in ("DESC LIMIT 1", "ASC"):
        newest = 0
        with contextlib.suppress(*Unreadable):
            for (row_id,) in damaged.execute(f"SELECT id FROM outbox NOT INDEXED ORDER BY id {order}"):  # noqa: S608 - constants
                newest = row_id
        if newest:
            return newest
    return 0


def _newest_without_mending(folder: Path, keys: KeysToCome) -> int:
    """The same of a store for whose copy there is no room; 0 where that tells nothing."""
    with contextlib.suppress(*Unreadable, OSError), contextlib.closing(open_damaged(folder / FILES[0])) as damaged:
        keys.look(damaged)
        return _newest(damaged)
    return 0


def _both_ways(connection: Connection, table: str, key: str, gaps: set[str] | None = None) -> Iterator[Row]:
    """The rows from the back, the newest first, up to a page that is broken, then from the front up to it.

    With `gaps`, which gets the table's name where anything cannot be read, only up to a row that is broken.
    """
    seen: set[Any] = set()
    broken = set[str]() if gaps is None else gaps
    for order in ("DESC", "ASC"):
        for row in _one_way(connection, table, f"{key} {order}", broken, passing=gaps is None):
            if row[0] not in seen:
                seen.add(row[0])
                yield row
        if table not in broken:
            return


def _one_way(connection: Connection, table: str, order: str, broken: set[str], *, passing: bool) -> Iterator[Row]:
    """Up to what cannot be read; then `broken` gets the table's name.

    `passing` over each such row, up to a page that cannot be passed: for each a walk from the end, so not for large tables.
    """
    rows, at, most = f"FROM {table} NOT INDEXED ORDER BY {order} LIMIT ? OFFSET ?", 0, ALL
    while True:
        try:
            for row in connection.execute(f"SELECT * {rows}", (most, at)):
                at += 1
                yield row
        except Unreadable:
            broken.add(table)
            if not passing:
                return
            if most == ALL:  # the row before is lost with it, for one is read ahead: that one alone
                most = 1
                continue
            try:
                connection.execute(f"SELECT 1 {rows}", (1, at)).fetchone()
            except Unreadable:
                return
            at += 1
        else:
            if most == ALL:
                return
        most = ALL


def _only(sound: Callable[[Row], bool], rows: Iterator[Row], table: str, gaps: set[str]) -> Iterator[Row]:
    """The sound ones, and pauses; another is a gap, for it stays behind."""
    for row in rows:
        if row is PAUSE or sound(row):
            yield row
        else:
            gaps.add(table)


def _is_sound(row: Row) -> bool:
    """A row whose plain columns can be what they should; the content is judged by its own seal when it is sent."""
    numbers = (row[0], row[6], row[7], row[9], row[10], row[17])
    words = (row[1], row[2], row[3], row[4], row[5], row[8], row[11], row[13], row[14], row[16])
    if not all(isinstance(one, int) for one in numbers) or not all(isinstance(one, str) for one in words):
        return False
    if not (row[19] is None or isinstance(row[19], bytes)):
        return False
    return row[18] is None or KEY_ID.fullmatch(str(row[18])) is not None


def _mended(row: Row) -> Row:
    """Its state as it is written today; one that is none is for a person to judge."""
    if row[8] == "leased":  # an older program's
        return (*row[:8], "queued", *row[9:])
    if row[8] in STATES:
        return row
    if row[19] is None and row[12] is not None:  # answered and erased: there is nothing to judge any more
        return (*row[:8], "acknowledged", *row[9:])
    return (*row[:8], "needs-person", *row[9:11], RecordDamaged.code, *row[12:])


def _is_sound_attachment(row: Row) -> bool:
    """The same of an attachment."""
    plain = all(isinstance(row[at], int) for at in (1, 2, 4, 5, 6)) and all(isinstance(row[at], str) for at in (3, 7))
    return plain and isinstance(row[8], bytes) and KEY_ID.fullmatch(row[7]) is not None


def _chain(rows: Iterator[Row]) -> Iterator[Row]:
    """From the first event on, as long as each continues the one before."""
    seq, head = 0, GENESIS
    for row in sorted((row for row in rows if isinstance(row[0], int)), key=lambda row: row[0]):
        if row[0] != seq + 1 or not follows(head, row):
            return
        seq, head = row[0], row[6]
        yield row


def number_anew(directory: Path, into: Connection, now_ms: int, keys: KeysToCome) -> None:
    """Let the receipt numbers go on above those of the stores that cannot be carried over just now, whatever these gave.

    `keys` gets those that their contents need.
    """
    with transaction(into):
        for folder in to_carry_over(directory):
            _raise_once(folder, into, now_ms, newest=_newest_without_mending(folder, keys))


def pass_over(connection: Connection, now_ms: int) -> None:
    """After a stop that was none: receipt numbers go on well above what is known, for the log's end may be lost with some.

    Not once more until one was given: a kiosk that breaks off at every start would use up a day's in an hour. Written into the
    database itself, not only into its log.
    """
    if Marks(connection).get(GIVEN, 1):
        with transaction(connection):
            raise_floor(connection, now_ms, 0, UNCLEAN_STEP)
            if now_ms >= EARLIEST_MS:  # else the day in which some may be lost is another
                connection.execute("INSERT OR REPLACE INTO mark VALUES (?, '0')", (GIVEN,))
    shrink_log(connection)


def mend_marks(directory: Path, connection: Connection, now_ms: int) -> None:
    """Take out the marks that say nothing any more; the receipt numbers' goes on as after so many damaged stores and one more."""
    if not Marks(connection).drop_nonsense().isdisjoint((SERIAL_FLOOR, LATER_FLOOR)):
        with transaction(connection):
            raise_floor(connection, now_ms, len(folders(directory)) + 1)


def _raise_once(folder: Path, into: Connection, now_ms: int, newest: int = 0) -> None:
    """For this folder, however often its carrying over begins: so many steps would use up the day's numbers."""
    times = len(folders(folder.parent))
    once(into, now_ms, folder.name, lambda: raise_floor(into, now_ms, times, newest=newest))
