"""Whether every index has just the rows that it should, and making anew those that do not; and no row without a state.

SQLite's quick_check walks an index without asking whose rows are in it: a page that the disk never wrote, or wrote in
another's place, hides submissions that nobody would then send. integrity_check finds it, and takes 10 s for a million
rows; comparing sums takes one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from offline_cache.database import UniqueBroken, transaction, translated
from offline_cache.errors import RecordDamaged, StoreDamaged, StoreFull, StoreUnwritable
from offline_cache.records import STATES
from offline_cache.tally import IS_APART, IS_PUT_BACK

if TYPE_CHECKING:
    from offline_cache.database import Connection

T = TypeVar("T")
NO_STATE = "state NOT IN ({})".format(", ".join(f"'{state}'" for state in sorted(STATES)))
EVERY = "1"


class Index(NamedTuple):
    """One index of a table."""

    name: str
    rows: str = EVERY
    """Its condition, word for word, or SQLite does not walk it alone."""


INDEXES: dict[str, tuple[Index, ...]] = {
    "outbox": (
        Index("sqlite_autoindex_outbox_1"),
        Index("outbox_put_back", IS_PUT_BACK),
        Index("outbox_apart", IS_APART),
        Index("outbox_to_erase", "settled_at IS NOT NULL AND key_id IS NOT NULL"),
    ),
    "journal": (Index("journal_visit", "visit <> ''"),),
    "print_job": (Index("sqlite_autoindex_print_job_1"),),
    "attachment": (Index("sqlite_autoindex_attachment_1"),),
}
"""Of every table that is ordered by its row ids."""
SUM = "coalesce(sum(rowid & 0xFFFFFFFF) FILTER (WHERE {}), 0)"
"""Of so much of each row id that no number of rows is too many to be added."""
HIDDEN = f"count(*) FILTER (WHERE {IS_APART} AND {NO_STATE})"
"""A row without a state may well be in the index of what is apart, as it was before: then nobody would find it either."""


def make_indexes_agree(connection: Connection) -> tuple[str, ...]:
    """Make anew what does not agree with its table, or has a row without a state; which tables' it was.

    Raises StoreDamaged where that does not help. A disk without room leaves them as they are.
    """
    strange = tuple(table for table in INDEXES if not _agree(connection, table))
    try:
        for table in strange:
            _make_anew(connection, table)
    except (StoreFull, StoreUnwritable):
        return ()
    return strange


def _agree(connection: Connection, table: str) -> bool:
    indexes = INDEXES[table]
    wanted = ", ".join(SUM.format(one.rows) for one in indexes)
    wanted += f", {HIDDEN if table == 'outbox' else 0}"
    try:
        with translated():
            *right, hidden = connection.execute(f"SELECT {wanted} FROM {table} NOT INDEXED").fetchone()  # noqa: S608 - constants
            return not hidden and all(
                connection.execute(
                    f"SELECT {SUM.format(EVERY)} FROM {table} INDEXED BY {one.name} WHERE {one.rows}"  # noqa: S608 - constants
                ).fetchone()[0]
                == number
                for one, number in zip(indexes, right, strict=True)
            )
    except StoreDamaged:
        return False


def _make_anew(connection: Connection, table: str) -> None:
    try:
        with transaction(connection):
            if table == "outbox":
                make_outboxs_anew(connection)
            else:
                connection.execute(f"REINDEX {table}")
    except UniqueBroken as twice:
        raise StoreDamaged(f"{table} holds a row twice") from twice
    if not _agree(connection, table):
        raise StoreDamaged(f"the indexes of {table} do not agree with it")


def make_outboxs_anew(connection: Connection) -> None:
    """The outbox's indexes, from its rows; to be called inside a transaction.

    In an index a row may have been what it is no more: once that is made anew, nobody would find one without a state.
    """
    connection.execute("REINDEX outbox")  # before the rows: of one that an index should have and has not, none can be changed
    connection.execute(
        "UPDATE outbox SET state = iif(box IS NULL AND settled_at IS NOT NULL, 'acknowledged', 'needs-person'),"  # noqa: S608 - constants
        f" trouble = '{RecordDamaged.code}' WHERE {NO_STATE}"
    )


def with_sound_indexes(connection: Connection, work: Callable[[], T]) -> T:
    """Do it; when an index does not agree with its row any more, make the outbox's anew from the rows and do it again."""
    try:
        return work()
    except StoreDamaged:
        with transaction(connection):
            make_outboxs_anew(connection)
        return work()
