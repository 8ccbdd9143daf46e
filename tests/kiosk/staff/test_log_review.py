"""The log for managers: filters, pages, one visit's timeline, CSV that no office program takes for formulas."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.log_events import Event
from kiosk.staff.log_review import (
    COLUMNS,
    FORMULA_STARTS,
    READ_AT_ONCE,
    LogFilter,
    event_names,
    export_csv,
    read_page,
    read_timeline,
    safe_cell,
)
from offline_cache.journal import Happening, Journal
from tests.offline_cache.plain_event import happening

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
VISIT = "0123456789abcdef0123456789abcdef"


def write(journal: Journal, *events: tuple[float, Event]) -> None:
    start = int(NOON.timestamp() * 1000)
    journal.append([Happening(start + int(seconds * 1000), event) for seconds, event in events])


def step(before: str, after: str) -> Event:
    return Event("visit-step", {"from": before, "to": after, "item": "GJ-001"}, VISIT)


def card(code: str = "", visit: str = "") -> Event:
    facts: dict[str, str | int | bool] = {"device": "card-reader"}
    return Event("card-failed", {**facts, "code": code}, visit) if code else Event("card-read", facts, visit)


def test_pages_go_from_the_newest_to_the_oldest_without_a_gap(journal: Journal) -> None:
    write(journal, *((second, card()) for second in range(7)))
    seen, before, pages = [], None, 0
    while True:
        page = read_page(journal, LogFilter(), before, rows=3)
        seen += [row.seq for row in page.rows]
        pages += 1
        if page.next_before_seq is None:
            break
        before = page.next_before_seq
    assert seen == [7, 6, 5, 4, 3, 2, 1]
    assert pages == 3


def test_a_full_last_page_has_no_next(journal: Journal) -> None:
    write(journal, *((second, card()) for second in range(3)))
    assert read_page(journal, LogFilter(), rows=3).next_before_seq is None


@pytest.mark.parametrize(
    ("wanted", "seqs"),
    [
        (LogFilter(), [4, 3, 2, 1]),
        (LogFilter(only_trouble=True), [3, 2]),
        (LogFilter(device="printer"), [3]),
        (LogFilter(events=("card-read",)), [1]),
        (LogFilter(events=("card-read", "line-up")), [4, 1]),
        (LogFilter(visit=VISIT), [2]),
        (LogFilter(since=NOON + timedelta(seconds=10), until=NOON + timedelta(seconds=30)), [3, 2]),
        (LogFilter(device="printer", events=("card-read",)), []),
    ],
)
def test_each_filter_lets_through_what_it_says(journal: Journal, wanted: LogFilter, seqs: list[int]) -> None:
    out = Event("device-state", {"device": "printer", "kind": "receipt-printer", "state": "user-error", "code": "paper-out"})
    write(journal, (0, card()), (10, card("card-pulled", VISIT)), (20, out), (30, Event("line-up", {"seconds": 5})))
    assert [row.seq for row in read_page(journal, wanted).rows] == seqs


def test_trouble_is_found_behind_thousands_of_other_events(journal: Journal) -> None:
    write(journal, (0, card("card-pulled")), *((second, card()) for second in range(1, 1200)))
    page = read_page(journal, LogFilter(only_trouble=True), rows=5)
    assert [row.code for row in page.rows] == ["card-pulled"]
    assert page.next_before_seq is None


def test_what_is_logged_while_the_log_is_read_pushes_none_out(journal: Journal) -> None:
    """`kiosk logs` reads beside the kiosk that writes."""

    class Beside(Journal):
        def back_from(self, before_seq: int | None, events: int) -> int | None:
            begins = super().back_from(before_seq, events)
            if before_seq is None:
                write(journal, *((2000.0, card()) for _ in range(3)))
            return begins

    write(journal, *((float(number), card()) for number in range(2 * READ_AT_ONCE)))
    stream = io.StringIO()
    export_csv(Beside(journal._connection), LogFilter(), stream)
    seqs = [int(line[0]) for line in list(csv.reader(stream.getvalue().splitlines()))[1:]]
    assert [seq for seq in seqs if seq <= 2 * READ_AT_ONCE] == list(range(2 * READ_AT_ONCE, 0, -1))


def test_one_visit_is_a_timeline_with_durations(journal: Journal) -> None:
    write(
        journal,
        (0, Event("visit-began", {"language": "zh"}, VISIT)),
        (2, step("zone", "guide")),
        (5, card("card-pulled", VISIT)),
        (6, card()),
        (9, step("guide", "consent")),
        (12.5, Event("visit-ended", {"how": "left", "step": "consent", "seconds": 12, "item": ""}, VISIT)),
    )
    timeline = read_timeline(journal, VISIT)
    assert [(one.row.event, one.after_seconds, one.lasted_seconds) for one in timeline.moments] == [
        ("visit-began", 0, 2),
        ("visit-step", 2, 3),
        ("card-failed", 5, 4),
        ("visit-step", 9, 3.5),
        ("visit-ended", 12.5, 0),
    ]
    assert timeline.steps == (("zone", 2.0), ("guide", 7.0), ("consent", 3.5))
    assert timeline.seconds == 12.5
    assert timeline.ended == "left"
    assert timeline.troubles == 1


def test_facts_are_told_in_the_order_of_their_declaration(journal: Journal) -> None:
    write(journal, (0, step("zone", "guide")))
    journal.append([happening(0, "visit-step", "", {"to": "form", "newer": 1, "from": "guide"})])
    newer, ours = read_page(journal, LogFilter()).rows
    assert list(ours.facts) == ["from", "to", "item"]
    assert list(newer.facts) == ["from", "to", "newer"]


def test_a_visit_the_log_does_not_know_is_an_empty_timeline(journal: Journal) -> None:
    timeline = read_timeline(journal, VISIT)
    assert timeline.moments == ()
    assert timeline.seconds == 0
    assert timeline.ended == ""


def test_a_clock_set_back_during_a_visit_makes_no_negative_time(journal: Journal) -> None:
    write(journal, (100, step("zone", "guide")), (40, step("guide", "consent")), (45, step("consent", "identify")))
    timeline = read_timeline(journal, VISIT)
    assert [one.after_seconds for one in timeline.moments] == [0, 0, 5]


def test_the_csv_has_a_header_and_every_row(journal: Journal) -> None:
    write(journal, (0, card()), (1, card("card-pulled", VISIT)))
    stream = io.StringIO(newline="")
    assert export_csv(journal, LogFilter(), stream) == 2
    text = stream.getvalue()
    assert text.startswith("\ufeffseq,")
    header, newest, oldest = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    assert header == list(COLUMNS)
    assert newest == [
        "2",
        "2026-11-23T20:00:01.000+08:00",
        "card-failed",
        "读卡失败 Card failed",
        VISIT,
        "card-reader",
        "card-pulled",
        "",
        "yes",
    ]
    assert oldest[:3] == ["1", "2026-11-23T20:00:00.000+08:00", "card-read"]


def test_no_cell_of_an_export_is_a_formula(journal: Journal) -> None:
    journal.append([happening(0, "=HYPERLINK(1)", "", {"device": "@SUM(A1)", "code": '+1"\n', "x": "=1"})])
    stream = io.StringIO(newline="")
    export_csv(journal, LogFilter(), stream)
    (row,) = list(csv.reader(io.StringIO(stream.getvalue(), newline="")))[1:]
    assert not [cell for cell in row if cell.startswith(FORMULA_STARTS)]


@given(st.text(max_size=20))
def test_a_safe_cell_keeps_the_text_and_never_starts_a_formula(text: str) -> None:
    safe = safe_cell(text)
    assert not safe.startswith(FORMULA_STARTS)
    assert safe.removeprefix("'") == text.removeprefix("'") or safe == text


def test_the_filters_list_names_every_declared_event() -> None:
    assert "card-failed" in event_names()
    assert len(event_names()) == len(set(event_names()))
