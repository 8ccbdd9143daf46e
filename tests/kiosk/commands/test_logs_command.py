"""`kiosk logs` beside a running kiosk: filters, timeline, the chain, CSV."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from kiosk.commands.options import Exit
from kiosk.commands.tables import local
from kiosk.log_events import Event
from offline_cache.errors import StoreFull
from offline_cache.hall_time import HALL_TIME
from offline_cache.journal import Happening, Journal
from offline_cache.journal_heads import TAKEN_FILE, Reached
from offline_cache.outbox import Outbox
from offline_cache.sending_events import EVENTS_NEXT
from offline_cache.small_tables import Marks
from offline_cache.wire import GENESIS

Run = Callable[..., Any]
VISIT = "0123456789abcdef0123456789abcdef"
NOON_MS = int(datetime(2026, 11, 23, 12, tzinfo=HALL_TIME).timestamp() * 1000)


@pytest.fixture
def journal(outbox: Outbox) -> Journal:
    """The running kiosk's journal, in the same store as its outbox."""
    journal = Journal(outbox._connection)
    happened = [
        Event("visit-began", {"language": "zh"}, VISIT),
        Event("visit-step", {"from": "zone", "to": "guide", "item": "GJ-001"}, VISIT),
        Event("card-failed", {"device": "card-reader", "code": "card-pulled"}, VISIT),
        Event("visit-ended", {"how": "left", "step": "guide", "seconds": 6, "item": "GJ-001"}, VISIT),
        Event("line-down", {"code": "centre-unreachable"}),
    ]
    journal.append([Happening(NOON_MS + 2000 * count, event) for count, event in enumerate(happened)])
    return journal


def seqs(said: Any) -> list[int]:
    return [event["seq"] for event in said.json["events"]]


def test_the_log_is_shown_newest_first_in_words(run: Run, settings_file: Path, journal: Journal) -> None:
    said = run("logs", "--settings", settings_file)
    assert said.status == Exit.FINE
    words = ["Line down", "Visit ended", "Card failed", "Next step", "Visit began"]
    assert [next(i for i, line in enumerate(said.out.splitlines()) if word in line) for word in words] == sorted(
        next(i for i, line in enumerate(said.out.splitlines()) if word in line) for word in words
    )
    assert "code=card-pulled" in said.out


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], [5, 4, 3, 2, 1]),
        (["--limit", "2"], [5, 4]),
        (["--before", "4"], [3, 2, 1]),
        (["--only-trouble"], [5, 3]),
        (["--event", "card-failed", "--event", "line-down"], [5, 3]),
        (["--device", "card-reader"], [3]),
        (["--since", "2026-11-23 12:00:04"], [5, 4, 3]),
        (["--until", "2026-11-23T12:00:04"], [2, 1]),
        (["--since", "2026-11-24"], []),
    ],
)
def test_each_filter_lets_through_what_it_says(
    run: Run, settings_file: Path, journal: Journal, options: list[str], expected: list[int]
) -> None:
    assert seqs(run("logs", "--json", *options, "--settings", settings_file)) == expected


def test_the_next_page_is_named(run: Run, settings_file: Path, journal: Journal) -> None:
    assert run("logs", "--json", "--limit", "2", "--settings", settings_file).json["next_before"] == 4
    assert "--before 4" in run("logs", "--limit", "2", "--settings", settings_file).out


def test_a_mistyped_event_is_answered_with_the_nearest(run: Run, settings_file: Path, journal: Journal) -> None:
    said = run("logs", "--event", "card-faild", "--settings", settings_file)
    assert said.status == Exit.USAGE
    assert "card-failed" in said.err


def test_one_visit_is_a_timeline(run: Run, settings_file: Path, journal: Journal) -> None:
    told = run("logs", "--visit", VISIT, "--json", "--settings", settings_file).json
    assert (told["seconds"], told["ended"], told["troubles"]) == (6.0, "left", 1)
    assert [event["after_seconds"] for event in told["events"]] == [0, 2, 4, 6]
    said = run("logs", "--visit", VISIT, "--settings", settings_file)
    assert "Lasted 6.0 s; ended: left; troubles: 1." in said.out
    assert "Steps: Choosing 2.0 s, Guide 4.0 s." in said.out


def test_an_unknown_visit_is_told(run: Run, settings_file: Path, journal: Journal) -> None:
    said = run("logs", "--visit", "0" * 32, "--settings", settings_file)
    assert said.status == Exit.TROUBLE
    assert "no visit" in said.err
    told = run("logs", "--visit", "0" * 32, "--json", "--settings", settings_file)
    assert (told.status, told.json["events"]) == (Exit.TROUBLE, [])


NO_IDENTITY = "The heads were not checked: this kiosk has no identity.\n"


def test_a_whole_chain_is_verified(run: Run, settings_file: Path, journal: Journal) -> None:
    said = run("logs", "verify", "--settings", settings_file)
    assert (said.status, said.out) == (
        Exit.FINE,
        "The chain of 5 events is whole; 0 of 0 signed heads are countersigned.\n" + NO_IDENTITY,
    )


def test_a_log_that_is_shorter_than_what_was_sent_was_cut(run: Run, settings_file: Path, journal: Journal) -> None:
    Marks(journal._connection).set(EVENTS_NEXT, 6)
    assert run("logs", "verify", "--settings", settings_file).status == Exit.FINE
    journal._connection.execute("DELETE FROM journal WHERE seq > 3")
    journal._connection.execute("DELETE FROM journal_head")  # and nothing signed tells of them any more
    said = run("logs", "verify", "--settings", settings_file)
    assert said.status == Exit.TROUBLE
    assert "event 4 is missing: the journal was cut" in said.out


def test_a_changed_event_is_named(run: Run, settings_file: Path, journal: Journal) -> None:
    journal._connection.execute("UPDATE journal SET body = replace(body, 'card-pulled', 'card-unread') WHERE seq = 3")
    said = run("logs", "verify", "--settings", settings_file)
    assert said.status == Exit.TROUBLE
    assert "event 3" in said.out
    assert run("logs", "verify", "--json", "--settings", settings_file).json == {
        "events": 5,
        "whole": False,
        "broken_at": 3,
        "detail": "event 3 is not what was written",
        "heads_checked": False,
        "signed_heads": 0,
        "countersigned_heads": 0,
        "refused_at": None,
    }


def test_a_log_that_the_centre_refused_is_not_called_whole_and_no_more(run: Run, settings_file: Path, journal: Journal) -> None:
    journal.append([Happening(9, Event("journal-refused", {"code": "chain-broken"}))])
    said = run("logs", "verify", "--settings", settings_file)
    assert said.status == Exit.TROUBLE
    assert "But the centre refused it (event 6): what it holds is another." in said.out
    assert run("logs", "verify", "--json", "--settings", settings_file).json["refused_at"] == 6
    row = (7, "0" * 64, 1, "2026-11-23T04:00:00.000+00:00", "s", "k", "2026-11-23T04:00:00.000+00:00", "c")
    journal.append([Happening(9, Event("kiosk-stopped"))])
    journal._connection.execute("INSERT INTO journal_head VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)  # it takes it again
    assert run("logs", "verify", "--settings", settings_file).status == Exit.FINE


def test_a_log_that_was_refused_is_so_whatever_else_was_met_until_the_centre_has_taken_it(
    run: Run, settings_file: Path, journal: Journal
) -> None:
    """A gateway may refuse it meanwhile; and until the next head, or where that is countersigned with another key, none tells."""
    for code in ("chain-broken", "content-refused"):
        journal.append([Happening(9, Event("journal-refused", {"code": code}))])
    assert run("logs", "verify", "--json", "--settings", settings_file).json["refused_at"] == 6
    Marks(journal._connection).set(EVENTS_NEXT, 7)
    assert run("logs", "verify", "--settings", settings_file).status == Exit.FINE


def test_another_trouble_of_the_centres_with_the_log_is_no_doubt_of_it(run: Run, settings_file: Path, journal: Journal) -> None:
    journal.append([Happening(9, Event("journal-refused", {"code": "replica-refused"}))])
    assert run("logs", "verify", "--settings", settings_file).status == Exit.FINE


def chained_anew(connection: Any) -> None:
    """As whoever can write the file does it: every hash fits again."""
    head = GENESIS
    for seq, body in connection.execute("SELECT seq, body FROM journal ORDER BY seq").fetchall():
        head = hashlib.sha256(bytes.fromhex(head) + seq.to_bytes(8, "big") + body.encode()).hexdigest()
        connection.execute("UPDATE journal SET hash = ? WHERE seq = ?", (head, seq))


NONSENSE = {
    "one character": ("UPDATE journal SET body = replace(body, '}', ']') WHERE seq = 3", False),
    "no facts": ("UPDATE journal SET body = '{}' WHERE seq = 3", True),
    "no JSON": ("UPDATE journal SET body = 'nonsense' WHERE seq = 3", True),
    "a list": ("UPDATE journal SET body = '[1]' WHERE seq = 3", True),
    "no date": ("UPDATE journal SET body = replace(body, '2026-', '2026x') WHERE seq = 3", True),
    "bytes": ("UPDATE journal SET body = CAST(body AS BLOB) WHERE seq = 3", False),
    "no UTF-8": ("UPDATE journal SET body = CAST(x'7b22ff7d' AS TEXT) WHERE seq = 3", False),
    "no time": ("UPDATE journal SET at = 'x' WHERE seq = 3", False),
    "no calendar's time": ("UPDATE journal SET at = 99999999999999999 WHERE seq = 3", False),
}


@pytest.mark.parametrize(("harm", "chained"), NONSENSE.values(), ids=NONSENSE)
def test_an_entry_that_cannot_be_read_is_named_and_hides_no_other(
    run: Run, settings_file: Path, journal: Journal, tmp_path: Path, harm: str, chained: bool
) -> None:
    journal._connection.execute(harm)
    if chained:
        chained_anew(journal._connection)
    said = run("logs", "verify", "--json", "--settings", settings_file)
    assert (said.status, said.json["whole"], said.json["broken_at"]) == (Exit.TROUBLE, False, 3)
    told = run("logs", "--json", "--settings", settings_file).json["events"]
    assert [(one["seq"], one["event"]) for one in told][1:4] == [(4, "visit-ended"), (3, "unreadable"), (2, "visit-step")]
    assert "This entry cannot be read" in run("logs", "--settings", settings_file).out
    assert run("logs", "export", "--csv", tmp_path / "log.csv", "--settings", settings_file).out.endswith(": 5 events\n")
    assert "3," in next(line for line in (tmp_path / "log.csv").read_text("utf-8").splitlines() if "这条记录读不出来" in line)


@pytest.mark.parametrize("digest", ["'zz'", "CAST(x'ff' AS TEXT)", "x'00'"])
def test_a_newest_hash_that_is_none_stops_no_log_and_is_named(
    run: Run, settings_file: Path, journal: Journal, tmp_path: Path, digest: str
) -> None:
    journal._connection.execute(f"UPDATE journal SET hash = {digest} WHERE seq = 5")
    assert run("logs", "export", "--csv", tmp_path / "log.csv", "--settings", settings_file).status == Exit.FINE
    assert seqs(run("logs", "--json", "--settings", settings_file))[0] == 6
    assert run("logs", "verify", "--json", "--settings", settings_file).json["broken_at"] == 5


def test_a_log_written_anew_is_held_against_what_is_known_outside_it(
    run: Run, settings_file: Path, journal: Journal, tmp_path: Path
) -> None:
    (digest,) = journal._connection.execute("SELECT hash FROM journal WHERE seq = 4").fetchone()
    Reached(4, digest).save(tmp_path / "store")
    assert "head of event 4 is missing" in run("logs", "verify", "--settings", settings_file).out
    journal._connection.execute("UPDATE journal SET body = replace(body, 'card-pulled', 'card-unread') WHERE seq = 3")
    chained_anew(journal._connection)
    said = run("logs", "verify", "--settings", settings_file)
    assert said.status == Exit.TROUBLE
    assert "event 4 is not the one that was countersigned: the journal was rewritten" in said.out


@pytest.mark.parametrize(
    ("later", "told"),
    [
        (0, "event 5 is missing, and event 5 was taken by the centre: the journal was cut"),
        (1, "event 5 is not the one that was taken by the centre: the journal was rewritten"),
        (9, "event 5 is not the one that was taken by the centre: the journal was rewritten"),
    ],
)
def test_a_log_that_lost_its_end_and_went_on_is_held_against_what_the_centre_has(
    run: Run, settings_file: Path, journal: Journal, tmp_path: Path, later: int, told: str
) -> None:
    (digest,) = journal._connection.execute("SELECT hash FROM journal WHERE seq = 5").fetchone()
    Reached(5, digest).save(tmp_path / "store", TAKEN_FILE)
    assert run("logs", "verify", "--settings", settings_file).status == Exit.FINE
    journal._connection.execute("DELETE FROM journal WHERE seq = 5")  # as a write-ahead log cut between two frames leaves it
    journal.append([Happening(9, Event("kiosk-stopped"))] * later)
    said = run("logs", "verify", "--json", "--settings", settings_file)
    assert (said.status, said.json["whole"], said.json["broken_at"]) == (Exit.TROUBLE, False, 5)
    assert told in run("logs", "verify", "--settings", settings_file).out


def test_how_far_the_centre_has_the_log_is_told_when_it_cannot_be_read(run: Run, settings_file: Path, journal: Journal) -> None:
    journal._connection.execute("INSERT INTO mark VALUES (?, 'abc')", (EVENTS_NEXT,))
    said = run("logs", "verify", "--settings", settings_file)
    assert said.status == Exit.TROUBLE
    assert "the mark events-next is no number" in said.out


def test_the_export_is_written_and_logged_while_the_kiosk_goes_on(
    run: Run, settings_file: Path, journal: Journal, tmp_path: Path
) -> None:
    target = tmp_path / "log.csv"
    said = run("logs", "export", "--csv", target, "--only-trouble", "--settings", settings_file)
    assert said.out == f"{target}: 2 events\n"
    assert len(target.read_text(encoding="utf-8-sig").splitlines()) == 3
    journal.append([Happening(NOON_MS + 20_000, Event("line-up", {"seconds": 3}))])
    assert [line.body["event"] for line in journal.lines(6)] == ["log-exported", "line-up"]
    assert journal.verify() == 7


def test_filters_before_a_command_are_refused_and_not_lost(
    run: Run, settings_file: Path, journal: Journal, tmp_path: Path
) -> None:
    target = tmp_path / "log.csv"
    said = run("logs", "--only-trouble", "export", "--to", target, "--settings", settings_file)
    assert said.status == Exit.USAGE
    assert "behind the command: `kiosk logs export …`" in said.err
    assert not target.exists()
    assert run("logs", "export", "--to", target, "--only-trouble", "--settings", settings_file).status == Exit.FINE


def test_nothing_found_and_an_empty_log_are_sentences(run: Run, settings_file: Path, outbox: Outbox) -> None:
    assert run("logs", "--settings", settings_file).out == "The log is empty.\n"
    assert "Nothing in the log fits" in run("logs", "--device", "nowhere", "--settings", settings_file).out


def test_a_wrong_time_or_event_says_how_it_is_written(run: Run, settings_file: Path, journal: Journal) -> None:
    wrong = run("logs", "--since", "yesterday", "--settings", settings_file)
    assert wrong.status == Exit.USAGE
    assert "'yesterday' is no time: write it as 2026-11-28 or 2026-11-28T22:30." in wrong.err
    backwards = run("logs", "--since", "2026-11-28", "--until", "2026-11-27", "--settings", settings_file)
    assert "--since is not before --until" in backwards.err
    assert "One of: kiosk-started," in run("logs", "--event", "xyzzy", "--settings", settings_file).err
    assert "%Y" not in run("logs", "--help").out


def test_an_export_to_nowhere_is_told(run: Run, settings_file: Path, journal: Journal, tmp_path: Path) -> None:
    said = run("logs", "export", "--csv", tmp_path / "absent" / "log.csv", "--settings", settings_file)
    assert said.status == Exit.TROUBLE
    assert "cannot be written" in said.err


def test_no_time_is_no_text() -> None:
    assert local(None) == ""


def test_an_export_writes_over_a_file_only_when_told_so(run: Run, settings_file: Path, journal: Journal, tmp_path: Path) -> None:
    target = tmp_path / "log.csv"
    target.write_text("of last year")
    refused = run("logs", "export", "--csv", target, "--settings", settings_file)
    assert (refused.status, refused.out) == (Exit.TROUBLE, "")
    assert f"{target} cannot be written: it is there already" in refused.err
    assert "[action-refused]" in refused.err
    assert target.read_text() == "of last year"
    assert journal.last_seq == 5
    said = run("logs", "export", "--csv", target, "--replace", "--json", "--settings", settings_file)
    assert (said.status, said.json) == (Exit.FINE, {"file": str(target), "events": 5, "logged": True})
    assert "of last year" not in target.read_text(encoding="utf-8")


def test_an_export_that_breaks_off_leaves_no_file_and_tells_machines_why(
    run: Run, settings_file: Path, journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("kiosk.staff.log_review.export_csv", fails)
    said = run("logs", "export", "--csv", tmp_path / "log.csv", "--json", "--settings", settings_file)
    assert (said.status, said.json["error"]) == (Exit.TROUBLE, "action-refused")
    assert not (tmp_path / "log.csv").exists()
    (tmp_path / "log.csv").write_text("of last year")
    said = run("logs", "export", "--csv", tmp_path / "log.csv", "--replace", "--json", "--settings", settings_file)
    assert said.status == Exit.TROUBLE
    assert (tmp_path / "log.csv").read_text() == "of last year"
    assert list(tmp_path.glob("log.csv*")) == [tmp_path / "log.csv"]


def test_the_log_can_be_exported_from_a_store_that_takes_no_writing(
    run: Run, settings_file: Path, journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> None:
        raise StoreFull("SQLITE_FULL")

    monkeypatch.setattr("kiosk.commands.store_access.open_beside", refuse)
    said = run("logs", "export", "--csv", tmp_path / "log.csv", "--settings", settings_file)
    assert (said.status, said.err) == (Exit.FINE, "The log takes no entry of it [store-full].\n")
    assert said.out.endswith(": 5 events\n")


@pytest.mark.parametrize("options", [(), ("--replace",)])
def test_an_export_has_its_name_only_when_it_is_whole_and_begins_anew_after_one_that_was_killed(
    run: Run, settings_file: Path, journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    target = tmp_path / "log.csv"
    words = ("logs", "export", "--csv", target, *options, "--settings", settings_file)
    while_written: list[bool] = []

    def look(*_: object) -> int:
        while_written.append(target.exists())
        return 0

    with monkeypatch.context() as half_way:
        half_way.setattr("kiosk.staff.log_review.export_csv", look)
        assert run(*words).status == Exit.FINE
    assert while_written == [False]
    target.rename(tmp_path / "log.csv.part")  # of one that was killed
    assert run(*words).status == Exit.FINE
    assert len(target.read_text(encoding="utf-8-sig").splitlines()) == 1 + 5 + 1  # the first export is an event too
    assert list(tmp_path.glob("log.csv*")) == [target]


def test_an_export_into_a_pipe_or_device_is_written_there(
    run: Run, settings_file: Path, journal: Journal, tmp_path: Path
) -> None:
    said = run("logs", "export", "--csv", "/dev/null", "--replace", "--settings", settings_file)
    assert (said.status, said.out) == (Exit.FINE, "/dev/null: 5 events\n")
    assert Path("/dev/null").is_char_device()
