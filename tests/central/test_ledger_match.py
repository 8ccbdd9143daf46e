"""The daily match: a day of a kiosk held against the centre's ledger, over a real socket, on both databases."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Connection, Engine, delete, func, select, text, update

from central.__main__ import main
from central.accounts import accounts, days_in_doubt
from central.centre import Centre
from central.clock import system_clock
from central.console.shown import days_shown, in_centre
from central.database import embedded_url, open_engine
from central.enrolment import revoke
from central.ledger_match import InLedger, _keep, compare, know_of
from central.signature import Sender
from central.tables import Alarm, LedgerMatch, StoredSubmission
from offline_cache.centre import Outgoing
from offline_cache.hall_time import hall_now
from offline_cache.ledger_match import DayMatch
from offline_cache.records import CancelReason, Deferred, RecordState
from offline_cache.reports import AnswerArrived, CancelOvertaken, LedgerCompared
from offline_cache.sending_events import EVENTS_NEXT
from offline_cache.wire import LedgerDay, SubmissionAnswer, ledger_digest
from tests.central.hall import HallKiosk, open_hall
from tests.offline_cache.plain_event import plain_event

DAY = "20261123"


def entry(content: dict[str, Any], line: bytes, state: str = "acknowledged") -> dict[str, str]:
    return {"key": content["key"], "content_hash": json.loads(line)["content_hash"], "state": state}


def told(entries: list[dict[str, str]], *, whole: bool, day: str = DAY) -> str:
    hashes = {one["key"]: one["content_hash"] for one in entries if one["state"] == "acknowledged"}
    asked: dict[str, Any] = {"day": day, "acknowledged": len(hashes), "digest": ledger_digest(hashes)}
    return json.dumps(asked | ({"entries": entries} if whole else {}))


def match(kiosk: Any, entries: list[dict[str, str]], *, whole: bool, day: str = DAY) -> dict[str, Any]:
    answer = kiosk.post("/api/v1/ledger-matches", told(entries, whole=whole, day=day))
    assert answer.status_code == 200, answer.text
    matched: dict[str, Any] = answer.json()
    return matched


def lose_from(centre: Centre, *keys: str) -> None:
    """As after an older copy of its database was put back."""
    with centre.engine.begin() as connection:
        connection.execute(delete(StoredSubmission).where(StoredSubmission.key.in_(keys)))


def still_to_look_into(centre: Centre) -> int:
    with centre.engine.connect() as connection:
        return connection.execute(select(func.count()).where(Alarm.done_at.is_(None))).scalar_one()


@pytest.fixture
def sent(signing_kiosk: Any) -> list[dict[str, str]]:
    """Three submissions of the day, acknowledged on both sides."""
    contents = [signing_kiosk.submission() for _ in range(3)]
    assert {one["verdict"] for one in signing_kiosk.submit(*contents).json()["answers"]} == {"accepted"}
    return [entry(content, signing_kiosk.line(content)) for content in contents]


def test_an_equal_day_agrees_by_number_and_digest_alone(signing_kiosk: Any, sent: list[dict[str, str]], count: Any) -> None:
    matched = match(signing_kiosk, sent, whole=False)
    assert (matched["agrees"], matched["in_centre"]) == (True, 3)
    assert (count("ledger_matches"), count("alarms")) == (1, 0)


def test_what_was_sent_back_to_be_corrected_is_on_neither_side(signing_kiosk: Any, sent: list[dict[str, str]]) -> None:
    returned = signing_kiosk.submission(answers={})
    assert [one["verdict"] for one in signing_kiosk.submit(returned).json()["answers"]] == ["rejected"]
    ended = entry(returned, signing_kiosk.line(returned), "ended")
    for whole in (False, True):
        matched = match(signing_kiosk, [*sent, ended], whole=whole)
        assert (matched["agrees"], matched["in_centre"], matched["unexpected"]) == (True, 3, [])


@pytest.mark.parametrize("changed", [{"key": "01a1c2d3-0000-7000-8000-000000000000"}, {"content_hash": "0" * 64}])
def test_as_many_on_both_sides_do_not_agree_when_they_are_others(
    signing_kiosk: Any, sent: list[dict[str, str]], count: Any, changed: dict[str, str]
) -> None:
    """One lost and one that nobody knows, say: the numbers are equal, and the day is asked for whole."""
    matched = match(signing_kiosk, [*sent[:2], sent[2] | changed], whole=False)
    assert (matched["agrees"], matched["in_centre"], count("ledger_matches")) == (False, 3, 0)


def test_what_the_ledger_lost_is_named(signing_kiosk: Any, sent: list[dict[str, str]], centre: Centre, count: Any) -> None:
    lose_from(centre, sent[1]["key"])
    first = match(signing_kiosk, sent, whole=False)
    assert (first["agrees"], first["missing"], count("alarms")) == (False, [], 0)  # asked to tell the day whole, nothing yet
    matched = match(signing_kiosk, sent, whole=True)
    assert (matched["agrees"], matched["missing"], matched["in_centre"]) == (False, [sent[1]["key"]], 2)
    assert (count("ledger_matches"), count("alarms")) == (1, 1)


def test_a_day_of_long_ago_is_shown_with_its_ids_until_staff_know_of_it_and_a_month_as_known(
    signing_kiosk: Any, sent: list[dict[str, str]], centre: Centre, clock: Any
) -> None:
    """A kiosk that stood in store for a season compares it only then."""

    def shown() -> tuple[list[str], list[str]]:
        with centre.engine.connect() as connection:
            days = days_shown(connection, clock()).get("K03", ())
        named = [key for day in days_in_doubt(centre.engine) for key in day.ids["missing"]]
        assert [key for day in days for _, key in day.ids] == named
        return named, [day.state for day in days]

    lose_from(centre, sent[1]["key"])
    clock.advance(days=90)
    match(signing_kiosk, sent, whole=True)
    assert shown() == ([sent[1]["key"]], ["differs"])
    clock.advance(days=400)
    match(signing_kiosk, [], whole=False, day="20271231")
    assert shown() == ([sent[1]["key"]], ["agrees", "differs"])
    match(signing_kiosk, sent, whole=True)
    with centre.engine.begin() as connection:
        assert know_of(connection, "K03", DAY, clock(), "manager") == 1
    assert shown() == ([], ["agrees", "known"])
    clock.advance(days=32)
    assert shown() == ([], [])


def test_what_staff_know_is_lost_is_in_doubt_no_more_but_what_comes_to_differ_later_is(
    signing_kiosk: Any, sent: list[dict[str, str]], centre: Centre, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An alarm that rings for ever is heard by nobody."""
    monkeypatch.setattr("central.__main__.system_clock", centre.clock)
    place = (
        postgres_url if centre.engine.dialect.name == "postgresql" else centre.engine.url.render_as_string(hide_password=False)
    )

    def run(*words: str) -> tuple[int, str]:
        told = CliRunner().invoke(main, [*words, "--database", place])
        return told.exit_code, told.output

    def lose(one: int) -> None:
        lose_from(centre, sent[one]["key"])
        assert match(signing_kiosk, sent, whole=True)["missing"]

    def beat(kept: int, acknowledged: int) -> None:
        facts = {"version": "1", "clock": "2026-11-23T12:00:00+08:00", "devices": [], "disk_free_bytes": 1, "queue_depth": 0}
        signing_kiosk.post("/api/v1/heartbeats", json.dumps(facts | {"kept": kept, "acknowledged": acknowledged}))

    def alarms() -> int:
        with centre.engine.connect() as connection:
            return connection.execute(select(func.sum(Alarm.times))).scalar_one()

    beat(3, 3)
    known = ("ledger-known", "--kiosk", "K03", "--day", "2026-11-23")
    assert run("ledger")[0] == 0
    assert run(*known) == (1, "Error: nothing of K03 differs on 2026-11-23; `central ledger` names the days that do\n")
    lose(0)
    assert (run("ledger")[0], alarms()) == (1, 1)
    assert run(*known) == (0, "K03  2026-11-23: 1 known\n")
    match(signing_kiosk, sent, whole=True)
    status, told_then = run("ledger")
    assert (status, alarms()) == (0, 1)
    assert "yes, but for what is known" in told_then
    assert sent[0]["key"] not in told_then
    document = json.loads(run("ledger", "--json")[1])
    assert [(one["match"], one["matches"]) for one in document["kiosks"]] == [("known", True)]
    beat(4, 4)
    assert run("ledger")[0] == 1, "one more is lacking than is known"
    beat(3, 3)
    lose(1)
    status, told_then = run("ledger")
    assert (status, alarms(), sent[0]["key"] in told_then, sent[1]["key"] in told_then) == (1, 2, False, True)
    assert run(*known, "--end") == (0, "K03  2026-11-23: 2 in doubt again\n")
    assert sent[0]["key"] in run("ledger")[1]
    assert run(*known) == (0, "K03  2026-11-23: 2 known\n")
    assert run("ledger")[0] == 0
    match(signing_kiosk, [], whole=True)  # on a damaged store that nothing could be carried over from
    beat(0, 0)
    assert run("ledger")[0] == 1
    assert run(*known)[0] == 0
    assert run("ledger")[0] == 0
    with centre.engine.connect() as connection:
        assert [(day.state, day.ids) for day in days_shown(connection, centre.clock())["K03"]] == [("known", ())]


def test_what_was_known_and_came_back_is_in_doubt_when_it_is_lost_once_more(
    signing_kiosk: Any, sent: list[dict[str, str]], centre: Centre
) -> None:
    """Handed in again after all, and then the centre was set back: staff know nothing of that."""
    known = StoredSubmission.__table__
    with centre.engine.begin() as connection:
        row = connection.execute(select(known).where(known.c.key == sent[0]["key"])).mappings().one()

    def lose_and_compare() -> tuple[int, int]:
        lose_from(centre, sent[0]["key"])
        assert match(signing_kiosk, sent, whole=True)["missing"] == [sent[0]["key"]]
        return len(days_in_doubt(centre.engine)), still_to_look_into(centre)

    assert lose_and_compare() == (1, 1)
    with centre.engine.begin() as connection:
        assert know_of(connection, "K03", DAY, centre.clock(), "manager") == 1
    assert lose_and_compare() == (0, 0)
    with centre.engine.begin() as connection:
        connection.execute(known.insert().values(row))
    assert match(signing_kiosk, sent, whole=False)["agrees"]
    assert lose_and_compare() == (1, 1)


def test_an_alarm_ends_once_all_that_still_differs_is_known(
    signing_kiosk: Any, sent: list[dict[str, str]], centre: Centre
) -> None:
    """What came to differ beside what is known was handed in again: nothing is in doubt, and nobody need look."""
    known = StoredSubmission.__table__
    with centre.engine.begin() as connection:
        again = connection.execute(select(known).where(known.c.key == sent[1]["key"])).mappings().one()

    def lose_and_compare(one: int) -> None:
        lose_from(centre, sent[one]["key"])
        assert sent[one]["key"] in match(signing_kiosk, sent, whole=True)["missing"]

    lose_and_compare(0)
    with centre.engine.begin() as connection:
        assert know_of(connection, "K03", DAY, centre.clock(), "manager") == 1
    lose_and_compare(1)
    assert (len(days_in_doubt(centre.engine)), still_to_look_into(centre)) == (1, 1)
    with centre.engine.begin() as connection:
        connection.execute(known.insert().values(again))
    assert match(signing_kiosk, sent, whole=True)["missing"] == [sent[0]["key"]]
    assert (days_in_doubt(centre.engine), still_to_look_into(centre)) == ([], 0)


@pytest.mark.parametrize(("seen", "known", "in_doubt"), [(1, 0, 2), (None, 2, 0)])
def test_nothing_is_known_of_what_a_kiosk_tells_just_then_unless_it_is_counted_in(
    signing_kiosk: Any, sent: list[dict[str, str]], centre: Centre, seen: int | None, known: int, in_doubt: int
) -> None:
    """On the console with what its page had `seen`; `central ledger-known` tells how many it was."""
    sender = Sender("K03", signing_kiosk.enrolled.key_id, 1, "369999", revoked=False)

    def lose(connection: Connection, many: int) -> None:
        day = LedgerDay.model_validate_json(told(sent, whole=True))
        there = [InLedger(one["key"], one["content_hash"], one["key"]) for one in sent[many:]]
        _keep(connection, sender, day, compare(DAY, day.entries or (), there), (), centre.clock())

    def say() -> int:
        with centre.engine.begin() as connection:
            return know_of(connection, "K03", DAY, centre.clock(), "manager", seen=seen)

    with centre.engine.begin() as connection:
        lose(connection, 1)
    with ThreadPoolExecutor(1) as staff:
        with centre.engine.begin() as connection:
            connection.execute(select(LedgerMatch.day).with_for_update())  # the kiosk's is the first
            said = staff.submit(say)
            while centre.engine.dialect.name == "postgresql" and not waits(connection):
                time.sleep(0.01)
            lose(connection, 2)
        assert said.result(60) == known
    with centre.engine.connect() as connection:
        still = connection.execute(select(func.count()).where(Alarm.done_at.is_(None))).scalar_one()
    days = days_in_doubt(centre.engine)
    assert (still, [len(day.ids["missing"]) for day in days]) == ((1, [in_doubt]) if in_doubt else (0, []))


def waits(connection: Connection) -> bool:
    """Whether another of PostgreSQL's connections waits for one."""
    return bool(connection.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar_one())


def test_what_was_known_of_an_earlier_disk_is_of_no_account_for_what_is_known_of_this_one(
    signing_kiosk: Any, sent: list[dict[str, str]], new_kiosk: Any, centre: Centre
) -> None:
    facts = {"version": "1", "clock": "2026-11-23T12:00:00+08:00", "devices": [], "disk_free_bytes": 1, "queue_depth": 0}

    def lose(kiosk: Any, entries: list[dict[str, str]], day: str) -> None:
        lose_from(centre, entries[0]["key"])
        assert match(kiosk, entries, whole=True, day=day)["missing"] == [entries[0]["key"]]
        kiosk.post("/api/v1/heartbeats", json.dumps(facts | {"kept": len(entries), "acknowledged": len(entries)}))
        with centre.engine.begin() as connection:
            assert know_of(connection, "K03", day, centre.clock(), "manager") == 1

    lose(signing_kiosk, sent, DAY)
    assert accounts(centre.engine, centre.clock())[0].match == "known"
    with new_kiosk("K03", "social-insurance") as again:
        contents = [again.submission() | {"receipt_number": f"369999-K03-20261124-{one:06d}-7"} for one in range(7)]
        again.submit(*contents)
        lose(again, [entry(content, again.line(content)) for content in contents], "20261124")
    assert accounts(centre.engine, centre.clock())[0].match == "known"


def test_what_is_known_of_an_old_disk_covers_nothing_that_a_new_one_lacks_of_later_days(
    signing_kiosk: Any, sent: list[dict[str, str]], new_kiosk: Any, centre: Centre, clock: Any
) -> None:
    """Each day is its disk's alone, but for the one on which they changed."""
    facts = {"version": "1", "clock": "2026-11-23T12:00:00+08:00", "devices": [], "disk_free_bytes": 1, "queue_depth": 0}

    lose_from(centre, *(one["key"] for one in sent))
    match(signing_kiosk, sent, whole=True)
    with centre.engine.begin() as connection:
        assert know_of(connection, "K03", DAY, clock(), "manager") == 3
    clock.advance(days=2)
    with new_kiosk("K03", "social-insurance") as again:
        contents = [again.submission() | {"receipt_number": f"369999-K03-20261125-{one:06d}-7"} for one in range(7)]
        again.submit(*contents)
        lose_from(centre, *(content["key"] for content in contents[:2]))
        again.post("/api/v1/heartbeats", json.dumps(facts | {"kept": 7, "acknowledged": 7, "clock": clock().isoformat()}))
    assert accounts(centre.engine, clock())[0].match == "differs"


def test_what_is_known_of_a_disk_in_between_is_of_no_account_once_the_earlier_one_is_back(
    signing_kiosk: Any, new_kiosk: Any, centre: Centre
) -> None:
    facts = {"version": "1", "clock": "2026-11-23T12:00:00+08:00", "devices": [], "disk_free_bytes": 1, "queue_depth": 0}

    def hand_in(kiosk: Any, many: int, lost: int, day: str) -> None:
        contents = [kiosk.submission() | {"receipt_number": f"369999-K03-{day}-{one:06d}-7"} for one in range(many)]
        kiosk.submit(*contents)
        entries = [entry(content, kiosk.line(content)) for content in contents]
        with centre.engine.begin() as connection:
            gone = [one["key"] for one in entries[:lost]]
            connection.execute(delete(StoredSubmission).where(StoredSubmission.key.in_(gone)))
        match(kiosk, entries, whole=True, day=day)
        with centre.engine.begin() as connection:
            assert know_of(connection, "K03", day, centre.clock(), "manager") == lost

    hand_in(signing_kiosk, 10, 1, "20261122")
    with new_kiosk("K03", "social-insurance") as again:
        hand_in(again, 7, 2, DAY)
    with new_kiosk("K03", "social-insurance") as back:
        back.post("/api/v1/heartbeats", json.dumps(facts | {"kept": 10, "acknowledged": 10}))
    assert accounts(centre.engine, centre.clock())[0].match == "known"


def test_what_is_known_to_be_lost_there_stays_so_when_the_kiosk_is_enrolled_again(
    signing_kiosk: Any, sent: list[dict[str, str]], new_kiosk: Any, centre: Centre, clock: Any
) -> None:
    """Its counts differ by just that."""
    facts = {"version": "1", "clock": "2026-11-23T12:00:00+08:00", "devices": [], "disk_free_bytes": 1, "queue_depth": 0}
    match(signing_kiosk, sent[1:], whole=True)
    with centre.engine.begin() as connection:
        assert know_of(connection, "K03", DAY, centre.clock(), "manager") == 1
    clock.advance(minutes=10)
    with new_kiosk("K03", "social-insurance") as again:
        match(again, sent[1:], whole=True)
        again.post("/api/v1/heartbeats", json.dumps(facts | {"kept": 2, "acknowledged": 2}))
    assert accounts(centre.engine, centre.clock())[0].match == "known"


def test_what_a_kiosk_tells_while_its_account_is_read_makes_no_difference(
    signing_kiosk: Any, sent: list[dict[str, str]], centre: Centre, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = {"version": "1", "clock": "2026-11-23T12:00:00+08:00", "devices": [], "disk_free_bytes": 1, "queue_depth": 0}

    def beat(many: int) -> None:
        signing_kiosk.post("/api/v1/heartbeats", json.dumps(facts | {"kept": many, "acknowledged": many}))

    def meanwhile(connection: Connection) -> dict[str, dict[int, tuple[int, int]]]:
        signing_kiosk.submit(signing_kiosk.submission())
        clock.advance(seconds=1)
        beat(4)
        return in_centre(connection)

    beat(len(sent))
    monkeypatch.setattr("central.console.shown.in_centre", meanwhile)
    (told,) = accounts(centre.engine, clock())
    assert (told.match, told.acknowledged, told.in_centre) == ("agrees", 3, 3)


def test_what_the_kiosk_lost_or_cancelled_is_named_and_what_is_on_its_way_is_not(
    signing_kiosk: Any, sent: list[dict[str, str]]
) -> None:
    lost, cancelled, waiting = sent
    matched = match(signing_kiosk, [cancelled | {"state": "ended"}, waiting | {"state": "waiting"}], whole=True)
    assert sorted(matched["unexpected"]) == sorted([lost["key"], cancelled["key"]])
    assert (matched["in_centre"], matched["missing"], matched["different"]) == (2, [], [])


def test_another_content_and_a_receipt_number_given_twice_are_named(
    signing_kiosk: Any, sent: list[dict[str, str]], centre: Centre
) -> None:
    with centre.engine.begin() as connection:
        connection.execute(update(StoredSubmission).where(StoredSubmission.key == sent[0]["key"]).values(content_hash="0" * 64))
        connection.execute(
            update(StoredSubmission)
            .where(StoredSubmission.key == sent[1]["key"])
            .values(receipt_number=f"369999-K03-{DAY}-000003-7")
        )
    matched = match(signing_kiosk, sent, whole=True)
    assert matched["different"] == [sent[0]["key"]]
    assert matched["doubled"] == sorted([sent[1]["key"], sent[2]["key"]])


def test_another_kiosks_and_another_days_submissions_do_not_count(
    signing_kiosk: Any, another_kiosk: Any, sent: list[dict[str, str]]
) -> None:
    foreign = another_kiosk.submission()
    assert another_kiosk.submit(foreign).status_code == 200
    assert match(signing_kiosk, sent, whole=False)["agrees"]
    assert match(signing_kiosk, [], whole=False, day="20261122")["agrees"]
    stranger = entry(foreign, another_kiosk.line(foreign))
    assert match(signing_kiosk, [*sent, stranger], whole=True)["missing"] == [foreign["key"]]


def test_what_was_handed_in_before_a_new_enrolment_still_counts(
    signing_kiosk: Any, sent: list[dict[str, str]], new_kiosk: Callable[..., Any]
) -> None:
    with new_kiosk("K03", "social-insurance") as again:
        assert match(again, sent, whole=False)["agrees"] is False
        matched = match(again, sent, whole=True)
        assert (matched["agrees"], matched["in_centre"]) == (True, 3)
        assert match(again, [], whole=False)["agrees"]  # and a kiosk on a new disk is not blamed for what the old one sent


def test_a_receipt_number_given_again_on_another_disk_is_named_with_both(
    signing_kiosk: Any, sent: list[dict[str, str]], new_kiosk: Callable[..., Any], count: Any
) -> None:
    with new_kiosk("K03", "social-insurance") as again:
        content = again.submission()
        assert content["receipt_number"] == f"369999-K03-{DAY}-000001-7"
        again.submit(content)
        mine = [entry(content, again.line(content))]
        assert match(again, mine, whole=False)["agrees"] is False
        matched = match(again, mine, whole=True)
        assert (matched["agrees"], matched["in_centre"], matched["missing"], matched["unexpected"]) == (False, 1, [], [])
        assert matched["doubled"] == sorted([sent[0]["key"], content["key"]])
        assert count("alarms") == 1


@pytest.mark.parametrize("has_more", [False, True])
def test_a_new_disk_does_not_mend_what_differed_on_the_very_day_of_its_enrolment(
    signing_kiosk: Any, sent: list[dict[str, str]], new_kiosk: Callable[..., Any], centre: Centre, clock: Any, has_more: bool
) -> None:
    """After the centre was set back the same day is compared at once."""
    lose_from(centre, sent[1]["key"])
    assert match(signing_kiosk, sent, whole=True)["missing"] == [sent[1]["key"]]
    clock.advance(minutes=10)
    with new_kiosk("K03", "social-insurance") as again:
        contents = [again.submission() | {"receipt_number": f"369999-K03-{DAY}-000009-7"}] if has_more else []
        again.submit(*contents)
        assert match(again, [entry(content, again.line(content)) for content in contents], whole=False)["agrees"]
    assert [day.ids["missing"] for day in days_in_doubt(centre.engine)] == [[sent[1]["key"]]]
    assert still_to_look_into(centre) == 1


def test_what_a_new_disk_differs_in_takes_nothing_away_of_what_the_old_one_told_of_the_same_day(
    signing_kiosk: Any, sent: list[dict[str, str]], new_kiosk: Callable[..., Any], centre: Centre, clock: Any
) -> None:
    facts = {"version": "1", "clock": "2026-11-23T12:00:00+08:00", "devices": [], "disk_free_bytes": 1, "queue_depth": 0}
    stored = StoredSubmission.__table__

    def lose(key: str) -> dict[str, Any]:
        with centre.engine.begin() as connection:
            row = connection.execute(select(stored).where(stored.c.key == key)).mappings().one()
            connection.execute(delete(stored).where(stored.c.key == key))
        return dict(row)

    def missing() -> list[list[str]]:
        days = days_in_doubt(centre.engine)
        for day in days:
            assert day.acknowledged - day.in_centre == len(day.ids["missing"]), "the numbers say the same as the ids"
        return [sorted(day.ids["missing"]) for day in days]

    old = sent[1]["key"]
    lose(old)
    match(signing_kiosk, sent, whole=True)
    clock.advance(minutes=10)
    with new_kiosk("K03", "social-insurance") as again:
        contents = [again.submission() | {"receipt_number": f"369999-K03-{DAY}-00000{one}-7"} for one in (8, 9)]
        again.submit(*contents)
        entries = [entry(content, again.line(content)) for content in contents]
        new = entries[0]["key"]
        row = lose(new)
        match(again, entries, whole=True)
        assert missing() == [sorted([old, new])]
        clock.advance(minutes=10)
        match(again, entries, whole=True)
        assert (missing(), still_to_look_into(centre)) == ([sorted([old, new])], 1)
        with centre.engine.begin() as connection:
            connection.execute(stored.insert().values(row))
        assert match(again, entries, whole=False)["agrees"]
        assert (missing(), still_to_look_into(centre)) == ([[old]], 1), "handed in again, and so was none of the old disk's"
        lose(new)
        match(again, entries, whole=True)
        again.post("/api/v1/heartbeats", json.dumps(facts | {"kept": 2, "acknowledged": 2}))
        with centre.engine.begin() as connection:
            assert know_of(connection, "K03", DAY, clock(), "manager") == 2
        match(again, entries, whole=True)
    assert (missing(), still_to_look_into(centre)) == ([], 0)
    assert accounts(centre.engine, clock())[0].match == "known", "this disk lacks one of the two"


def test_a_new_enrolment_alone_does_not_mend_what_the_kiosk_has_lost_but_handing_in_again_does(
    signing_kiosk: Any, sent: list[dict[str, str]], new_kiosk: Callable[..., Any], centre: Centre, clock: Any
) -> None:
    assert match(signing_kiosk, sent[1:], whole=True)["unexpected"] == [sent[0]["key"]]
    clock.advance(minutes=10)
    with new_kiosk("K03", "social-insurance") as again:
        assert match(again, sent[1:], whole=True)["agrees"]
        assert [day.ids["unexpected"] for day in days_in_doubt(centre.engine)] == [[sent[0]["key"]]]
        assert match(again, sent, whole=True)["agrees"]
    assert (days_in_doubt(centre.engine), still_to_look_into(centre)) == ([], 0)


def test_what_was_known_as_a_number_given_twice_is_in_doubt_once_it_is_lost(
    signing_kiosk: Any, sent: list[dict[str, str]], centre: Centre
) -> None:
    this = StoredSubmission.key == sent[0]["key"]
    with centre.engine.begin() as connection:
        connection.execute(update(StoredSubmission).where(this).values(receipt_number=f"369999-K03-{DAY}-000003-7"))
    assert match(signing_kiosk, sent, whole=True)["doubled"] == sorted([sent[0]["key"], sent[2]["key"]])
    with centre.engine.begin() as connection:
        assert know_of(connection, "K03", DAY, centre.clock(), "manager") == 2
        connection.execute(delete(StoredSubmission).where(this))
    assert match(signing_kiosk, sent, whole=True)["missing"] == [sent[0]["key"]]
    assert [day.ids["missing"] for day in days_in_doubt(centre.engine)] == [[sent[0]["key"]]]
    assert still_to_look_into(centre) == 1


def test_a_kiosk_on_a_new_disk_does_not_take_away_how_the_days_of_the_old_one_came_out(
    signing_kiosk: Any, sent: list[dict[str, str]], new_kiosk: Callable[..., Any], centre: Centre, clock: Any
) -> None:
    def shown() -> tuple[int, int, bool, list[str]]:
        with centre.engine.connect() as connection:
            row = connection.execute(select(LedgerMatch.__table__).where(LedgerMatch.day == DAY)).mappings().one()
        return row["acknowledged"], row["in_centre"], row["agrees"], json.loads(row["ids"])["missing"]

    lose_from(centre, sent[1]["key"])
    clock.advance(hours=24)
    match(signing_kiosk, sent, whole=True)
    assert shown() == (3, 2, False, [sent[1]["key"]])
    with new_kiosk("K03", "social-insurance") as again:
        assert match(again, [], whole=False)["agrees"]
        assert shown() == (3, 2, False, [sent[1]["key"]])
        taken_out = sent[1] | {"state": "ended"}  # it had the old one's store after all, and staff handed it in and took it out
        match(again, [taken_out if one == sent[1] else one for one in sent], whole=True)
        assert shown() == (2, 2, True, [])


@pytest.mark.parametrize("day", ["20261340", "2026-11-2", "00000000", "00010101", "99991231"])
def test_a_day_that_is_none_is_refused(signing_kiosk: Any, day: str) -> None:
    answer = signing_kiosk.post("/api/v1/ledger-matches", told([], whole=False, day=day))
    assert (answer.status_code, answer.json()["code"]) == (400, "content-refused")


@pytest.fixture(autouse=True)
def _settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Yesterday is over also where the tests run just after midnight."""
    monkeypatch.setattr("offline_cache.sending_ledger.DAY_SETTLES_MS", 0)


def compared(kiosk: HallKiosk, day: date) -> DayMatch:
    """Until the kiosk tells how this day came out."""
    report = kiosk.hear(lambda report: isinstance(report, LedgerCompared) and report.match.day == day)
    assert isinstance(report, LedgerCompared)
    return report.match


def compared_first(kiosk: HallKiosk) -> DayMatch:
    """The next day of which the kiosk tells how it came out."""
    report = kiosk.hear(lambda report: isinstance(report, LedgerCompared))
    assert isinstance(report, LedgerCompared)
    return report.match


def test_a_kiosk_holds_each_day_that_is_over_against_the_ledger_and_names_what_is_gone(tmp_path: Path) -> None:
    (tmp_path / "centre").mkdir()
    with open_hall(tmp_path / "centre") as hall:
        kiosk = HallKiosk(hall, "K05", tmp_path / "kiosk", start=False, acknowledged_days=3)
        try:
            yesterday = hall_now() - timedelta(days=1)
            keys = kiosk.keep(4, yesterday)
            ledger = kiosk.sender._ledger
            assert ledger.due > time.monotonic(), "not right at the start"
            ledger.due = 0.0
            kiosk.sender.start()
            match = compared(kiosk, yesterday.date())
            assert (match.acknowledged, match.in_centre, match.waiting, match.agrees) == (4, 4, 0, True)
            compared(kiosk, yesterday.date() - timedelta(days=30))  # the last of this look
            while ledger.due == 0.0:
                time.sleep(0.01)
            with hall.engine.begin() as connection:
                connection.execute(delete(StoredSubmission).where(StoredSubmission.key == keys[2]))
            # A day that agreed is closed. One with a submission still waiting is compared again: so is this one now.
            kiosk.store.call(lambda tables: tables.matches.note(replace(match, waiting=1))).result()
            ledger.due = 0.0
            kiosk.sender.wake()
            match = compared(kiosk, yesterday.date())
            assert (match.acknowledged, match.in_centre, match.missing) == (4, 3, (keys[2],))
            days = kiosk.store.call(lambda tables: tables.matches.since(date.min)).result()
            assert len(days) == 31  # quiet days too: 0 = 0
            assert [one.day for one in days if not one.agrees] == [yesterday.date()]
        finally:
            kiosk.stop()
        kiosk = HallKiosk(hall, "K05", tmp_path / "kiosk", start=False, acknowledged_days=3)
        try:
            ledger = kiosk.sender._ledger
            ledger.due = math.inf
            kiosk.sender.start()
            while not kiosk.sender.progress().differing:  # known again after a restart, before anything is compared
                time.sleep(0.01)
            assert kiosk.sender.progress().differing == (yesterday.date(),)
            assert kiosk.store.call(lambda tables: tables.review.retry(keys[2], 1)).result()
            kiosk.sender.line_may_be_back()
            kiosk.hear(lambda report: isinstance(report, AnswerArrived) and report.answer.key == keys[2])
            while kiosk.sender.progress().differing:
                time.sleep(0.01)
        finally:
            kiosk.stop()


def copied(source: Engine, into: Engine) -> None:
    """One database over the other, as a backup is made and put back."""
    with closing(source.raw_connection()) as here, closing(into.raw_connection()) as there:
        here.driver_connection.backup(there.driver_connection)  # type: ignore[union-attr] # sqlite's own


def test_a_centre_that_was_set_back_is_told_of_days_that_had_agreed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("offline_cache.ledger_match.DAYS_BACK", 2)
    (tmp_path / "centre").mkdir()
    backup = open_engine(embedded_url(tmp_path))
    with open_hall(tmp_path / "centre") as hall:
        kiosk = HallKiosk(hall, "K05", tmp_path / "kiosk", start=False, events_seconds=0.2)
        try:
            copied(hall.engine, backup)
            yesterday = hall_now() - timedelta(days=1)
            keys = kiosk.keep(2, yesterday)
            kiosk.store.log(plain_event("page-shown"))
            kiosk.sender._ledger.due = 0.0
            kiosk.sender.start()
            assert compared(kiosk, yesterday.date()).agrees
            while kiosk.store.call(lambda tables: tables.marks.get(EVENTS_NEXT, 1)).result() < 2:
                time.sleep(0.01)
            copied(backup, hall.engine)
            kiosk.store.log(plain_event("page-shown"))
            kiosk.sender.wake()
            match = compared(kiosk, yesterday.date())
            assert (match.acknowledged, match.in_centre, set(match.missing)) == (2, 0, set(keys))
        finally:
            kiosk.stop()
            backup.dispose()


def test_what_a_centre_that_was_set_back_lost_today_is_named_at_once_and_can_be_handed_in_again(tmp_path: Path) -> None:
    (tmp_path / "centre").mkdir()
    backup = open_engine(embedded_url(tmp_path))
    with open_hall(tmp_path / "centre") as hall:
        kiosk = HallKiosk(hall, "K05", tmp_path / "kiosk", start=False, acknowledged_days=3, events_seconds=0.2)
        try:
            copied(hall.engine, backup)
            kiosk.sender._ledger.due = math.inf  # until the centre is seen to be an older one
            kiosk.store.log(plain_event("page-shown"))
            kiosk.sender.start()
            first, second = kiosk.keep(2)
            kiosk.drained()
            while kiosk.store.call(lambda tables: tables.marks.get(EVENTS_NEXT, 1)).result() < 2:
                time.sleep(0.01)
            today = hall_now().date()
            assert not kiosk.store.call(lambda tables: tables.review.retry(first, 1)).result(), "the centre has it"
            copied(backup, hall.engine)
            kiosk.store.log(plain_event("page-shown"))
            kiosk.sender.wake()
            match = compared_first(kiosk)
            assert (match.day, match.acknowledged, match.in_centre, set(match.missing)) == (today, 2, 0, {first, second})
            assert kiosk.store.call(lambda tables: tables.review.retry(first, 1)).result()
            kiosk.sender.line_may_be_back()
            kiosk.hear(lambda report: isinstance(report, AnswerArrived) and report.answer.key == first)
            match = compared(kiosk, today)
            assert (match.acknowledged, match.in_centre, match.missing) == (2, 1, (second,))
            assert set(hall.ledger()) == {first}
            assert kiosk.store.call(lambda tables: tables.review.retry(second, 1)).result()
            kiosk.sender.line_may_be_back()
            match = compared(kiosk, today)
            assert (match.acknowledged, match.in_centre, match.agrees) == (2, 2, True), "today too, not only tomorrow"
        finally:
            kiosk.stop()
            backup.dispose()


def test_a_day_is_compared_once_all_that_staff_hand_in_again_is_sent(tmp_path: Path) -> None:
    """Else it came out as waiting in part, today until tomorrow."""
    (tmp_path / "centre").mkdir()
    backup = open_engine(embedded_url(tmp_path))
    with open_hall(tmp_path / "centre") as hall:
        kiosk = HallKiosk(hall, "K05", tmp_path / "kiosk", start=False, acknowledged_days=3, events_seconds=0.2, batch_records=1)
        try:
            copied(hall.engine, backup)
            kiosk.sender._ledger.due = math.inf  # until the centre is seen to be an older one
            kiosk.store.log(plain_event("page-shown"))
            kiosk.sender.start()
            keys = kiosk.keep(3)
            kiosk.drained()
            while kiosk.store.call(lambda tables: tables.marks.get(EVENTS_NEXT, 1)).result() < 2:
                time.sleep(0.01)
            copied(backup, hall.engine)
            kiosk.store.log(plain_event("page-shown"))
            kiosk.sender.wake()
            today = hall_now().date()
            assert set(compared(kiosk, today).missing) == set(keys)
            assert all(kiosk.store.call(lambda tables: [tables.review.retry(key, 1) for key in keys]).result())
            kiosk.sender.line_may_be_back()
            match = compared(kiosk, today)
            assert (match.acknowledged, match.in_centre, match.waiting, match.agrees) == (3, 3, 0, True)
        finally:
            kiosk.stop()
            backup.dispose()


def test_no_acceptance_number_is_given_twice_after_a_copy_was_put_back(tmp_path: Path) -> None:
    (tmp_path / "centre").mkdir()
    backup = open_engine(embedded_url(tmp_path))
    with open_hall(tmp_path / "centre") as hall:
        kiosk = HallKiosk(hall, "K05", tmp_path / "kiosk")
        try:
            copied(hall.engine, backup)
            kiosk.keep(2)
            kiosk.drained()
            given = {number for _, number in hall.ledger().values()}
            copied(backup, hall.engine)
            told = CliRunner().invoke(main, ["after-restore", "--data", str(tmp_path / "centre")])
            assert (told.exit_code, told.output.splitlines()[0]) == (0, "today's acceptance numbers go on after 100000")
            kiosk.keep(2)
            kiosk.drained()
            assert len(given | {number for _, number in hall.ledger().values()}) == 4
        finally:
            kiosk.stop()
            backup.dispose()


def test_an_old_disk_put_back_to_send_what_it_held_agrees_and_so_does_the_new_one_after_it(tmp_path: Path) -> None:
    """Each disk's count goes back over its own enrolments, with the other's between them."""
    (tmp_path / "centre").mkdir()

    def match(kiosk: HallKiosk) -> str:
        kiosk.drained()
        kiosk.sender._due.beat = 0.0
        kiosk.sender.wake()
        deadline = time.monotonic() + 60
        while (told := accounts(hall.engine, system_clock())[0].match) == "outstanding" and time.monotonic() < deadline:
            time.sleep(0.01)
        return told

    with open_hall(tmp_path / "centre") as hall:
        matches = []
        for disk, sent in (("old", 5), ("new", 3), ("old", 2), ("new", 1)):
            kiosk = HallKiosk(hall, "K05", tmp_path / disk)
            try:
                kiosk.keep(sent)
                matches.append(match(kiosk))
                if (disk, sent) == ("new", 1):
                    with hall.engine.begin() as connection:
                        lost = select(StoredSubmission.key).where(StoredSubmission.generation == 2).limit(1)
                        connection.execute(delete(StoredSubmission).where(StoredSubmission.key.in_(lost)))
                    matches.append(accounts(hall.engine, system_clock())[0].match)
            finally:
                kiosk.stop()
    assert matches == ["agrees"] * 4 + ["differs"]


def test_a_stolen_kiosk_that_a_copy_knows_nothing_of_is_not_forgotten(tmp_path: Path) -> None:
    """Revoked after the copy was made: once it is put back, the thief's would be heard again."""
    (tmp_path / "centre").mkdir()
    backup = open_engine(embedded_url(tmp_path))
    with open_hall(tmp_path / "centre") as hall:
        for kiosk in ("K05", "K06", "K07"):
            HallKiosk(hall, kiosk, tmp_path / kiosk, start=False).stop()
        assert revoke(hall.engine, "K07", system_clock)
        copied(hall.engine, backup)
        assert revoke(hall.engine, "K06", system_clock)
        copied(backup, hall.engine)
        told = CliRunner().invoke(main, ["after-restore", "--data", str(tmp_path / "centre")])
    backup.dispose()
    assert (told.exit_code, told.output.splitlines()[1].rpartition(": ")[2]) == (0, "K05, K06")


def test_what_staff_cancel_while_the_centre_is_asked_about_a_day_is_asked_about_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "centre").mkdir()
    with open_hall(tmp_path / "centre") as hall:
        kiosk = HallKiosk(hall, "K05", tmp_path / "kiosk", start=False)

        def cancel(key: str) -> None:
            kiosk.store.call(lambda tables: tables.review.cancel(key, CancelReason.OTHER, 1 << 42)).result()

        try:
            yesterday = hall_now() - timedelta(days=1)
            before, meanwhile = kiosk.keep(2, yesterday)
            leased = kiosk.store.call(lambda tables: tables.outbox.lease(2, 1 << 20, 1 << 41, (1 << 41) + 1)).result()
            contents = kiosk.store.call(lambda tables: tables.outbox.contents(leased)).result()
            kiosk.centre.submit([Outgoing(key, one.content_hash, one.open()) for key, one in contents.items()])
            soon = int(time.time() * 1000) + 3_600_000
            kiosk.store.call(lambda tables: tables.outbox.defer([Deferred(meanwhile, soon, "answer-cut", 0)])).result()
            cancel(before)
            asks = kiosk.centre.submission
            asked: list[str] = []

            def submission(key: str) -> SubmissionAnswer:
                if not asked:
                    cancel(meanwhile)
                asked.append(key)
                return asks(key)

            monkeypatch.setattr(kiosk.centre, "submission", submission)
            kiosk.sender._ledger.due = 0.0
            kiosk.sender.start()
            match = compared(kiosk, yesterday.date())
            assert (match.acknowledged, match.in_centre, match.agrees) == (2, 2, True)
            assert asked == [before, meanwhile]
        finally:
            kiosk.stop()


def test_what_was_cancelled_when_the_centre_had_it_already_counts_and_nobody_is_alarmed(tmp_path: Path) -> None:
    (tmp_path / "centre").mkdir()
    with open_hall(tmp_path / "centre") as hall:
        kiosk = HallKiosk(hall, "K05", tmp_path / "kiosk", start=False)
        try:
            yesterday = hall_now() - timedelta(days=1)
            late, never = kiosk.keep(2, yesterday)
            leased = kiosk.store.call(lambda tables: tables.outbox.lease(1, 1 << 20, 1 << 41, (1 << 41) + 1)).result()
            assert [one.key for one in leased] == [late]
            contents = kiosk.store.call(lambda tables: tables.outbox.contents(leased)).result()
            kiosk.centre.submit(
                [Outgoing(key, one.content_hash, one.open()) for key, one in contents.items()]
            )  # the answer is lost
            for key in (late, never):
                kiosk.store.call(lambda tables, key=key: tables.review.cancel(key, CancelReason.OTHER, 1 << 42)).result()
            kiosk.sender._ledger.due = 0.0
            kiosk.sender.start()
            assert kiosk.hear(lambda report: isinstance(report, CancelOvertaken)) == CancelOvertaken(late)
            match = compared(kiosk, yesterday.date())
            assert (match.acknowledged, match.in_centre, match.agrees) == (1, 1, True)
            facts = [kiosk.store.call(lambda tables, key=key: tables.review.facts(key)).result() for key in (late, never)]
            assert [one.state for one in facts if one] == [RecordState.ACKNOWLEDGED, RecordState.CANCELLED]
            assert [one.was_sent for one in facts if one] == [True, False]
            assert facts[0] is not None
            assert facts[0].acceptance_number == hall.ledger()[late][1]
            with hall.engine.connect() as connection:
                assert connection.execute(select(func.count()).select_from(Alarm)).scalar_one() == 0
        finally:
            kiosk.stop()
