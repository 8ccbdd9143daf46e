from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from offline_cache.errors import JournalBroken
from offline_cache.journal import Filter, Journal, rfc3339
from offline_cache.wire import GENESIS, event_hash
from tests.offline_cache.plain_event import happening

if TYPE_CHECKING:
    from offline_cache.database import Connection

NOW = 1_795_000_000_000


@pytest.fixture
def journal(connection: Connection) -> Journal:
    filled = Journal(connection)
    filled.append([happening(NOW, "kiosk-started", facts={"version": "1.0", "practice": True})])
    filled.append(
        [
            happening(NOW + 1000, "visit-began", "v1"),
            happening(NOW + 2000, "device-lost", "v1", {"device": "card-reader", "code": "device-unplugged"}),
            happening(NOW + 3000, "visit-began", "v2"),
            happening(NOW + 4000, "device-returned", "", {"device": "card-reader", "away_seconds": 7, "note": None}),
        ]
    )
    return filled


def test_an_untouched_journal_verifies_and_goes_on_after_a_restart(journal: Journal, connection: Connection) -> None:
    assert journal.verify() == 5
    again = Journal(connection)
    again.append([happening(NOW + 9000, "kiosk-started")])
    assert again.verify() == 6


def test_what_travels_hashes_as_the_wire_says(journal: Journal) -> None:
    prev = GENESIS
    for line in journal.lines(1):
        assert line.prev == prev
        assert line.hash == event_hash(line.prev, line.seq, line.body)
        prev = line.hash
    assert [line.seq for line in journal.lines(3, 2)] == [3, 4]
    assert journal.lines(3)[0].prev == journal.lines(2)[0].hash
    assert journal.lines(6) == ()


@pytest.mark.parametrize(
    ("tampering", "first_broken"),
    [
        ("UPDATE journal SET body = replace(body, 'card-reader', 'card-eater') WHERE seq = 3", 3),
        ("UPDATE journal SET event = 'nothing-happened' WHERE seq = 2", 2),
        ("UPDATE journal SET at = at + 1 WHERE seq = 4", 4),
        ("UPDATE journal SET at = CAST(x'FF' AS TEXT) WHERE seq = 4", 4),
        ("UPDATE journal SET visit = '' WHERE seq = 4", 4),
        ("UPDATE journal SET device = '' WHERE seq = 5", 5),
        ("UPDATE journal SET hash = lower(hex(randomblob(32))) WHERE seq = 1", 1),
        ("DELETE FROM journal WHERE seq = 1", 1),
        ("DELETE FROM journal WHERE seq = 3", 3),
        ("UPDATE journal SET seq = 9 WHERE seq = 5", 5),
        ("DELETE FROM journal WHERE seq = 5", 5),
    ],
)
def test_tampering_is_found_and_the_first_broken_event_named(
    journal: Journal, connection: Connection, tampering: str, first_broken: int
) -> None:
    connection.execute(tampering)
    with pytest.raises(JournalBroken) as broken:
        journal.verify(known_seq=5)
    assert broken.value.seq == first_broken


def test_two_events_that_changed_places_are_found(journal: Journal, connection: Connection) -> None:
    connection.execute("UPDATE journal SET seq = 99 WHERE seq = 3")
    connection.execute("UPDATE journal SET seq = 3 WHERE seq = 4")
    connection.execute("UPDATE journal SET seq = 4 WHERE seq = 99")
    with pytest.raises(JournalBroken) as broken:
        journal.verify()
    assert broken.value.seq == 3


@pytest.mark.parametrize(
    ("wanted", "seqs"),
    [
        (Filter(), [5, 4, 3, 2, 1]),
        (Filter(events=("visit-began",)), [4, 2]),
        (Filter(events=("visit-began", "kiosk-started")), [4, 2, 1]),
        (Filter(visit="v1"), [3, 2]),
        (Filter(device="card-reader"), [5, 3]),
        (Filter(since_ms=NOW + 2000, until_ms=NOW + 4000), [4, 3]),
        (Filter(before_seq=3), [2, 1]),
        (Filter(device="card-reader", visit="v1"), [3]),
        (Filter(device="card-eater"), []),
    ],
)
def test_events_are_found_by_filters_newest_first(journal: Journal, wanted: Filter, seqs: list[int]) -> None:
    assert [event.seq for event in journal.find(wanted)] == seqs


def test_a_page_follows_the_page_before(journal: Journal) -> None:
    first = journal.find(Filter(), limit=2)
    second = journal.find(Filter(before_seq=first[-1].seq), limit=2)
    assert [event.seq for event in (*first, *second)] == [5, 4, 3, 2]


def test_one_visit_is_told_from_its_beginning(journal: Journal) -> None:
    assert [(event.event, dict(event.facts)) for event in journal.timeline("v1")] == [
        ("visit-began", {}),
        ("device-lost", {"device": "card-reader", "code": "device-unplugged"}),
    ]
    assert journal.timeline("") == ()


@pytest.mark.parametrize("at_ms", [0, -1, 1, NOW, NOW + 999, 4_102_444_800_000])
def test_a_moment_is_written_exactly_however_wrong_the_clock(at_ms: int) -> None:
    assert round(datetime.fromisoformat(rfc3339(at_ms)).timestamp() * 1000) == at_ms
