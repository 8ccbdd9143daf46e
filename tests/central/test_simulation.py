"""Twenty seeds of nine kiosks over thirty virtual days: whatever befalls them, the books of both sides agree in the end."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, delete, update

import central.attachments
import central.ledger
from central.tables import AttachmentPart, StoredSubmission
from devices.receipt_printer.jobs import PrintedJobs
from kiosk.commands.store_access import note
from kiosk.staff import queue_export, queue_review
from offline_cache.attachments import Attachments
from offline_cache.canonical import GENESIS
from offline_cache.centre import Centre, Outgoing
from offline_cache.due import Batch, Due
from offline_cache.errors import NotTheCentre, StoreFull
from offline_cache.journal import Journal
from offline_cache.opening import Opening
from offline_cache.outbox import Outbox
from offline_cache.records import CancelReason, RecordState, Settled
from offline_cache.review import Review
from offline_cache.sending_ledger import LedgerMatch
from offline_cache.store import Store
from offline_cache.tally import Counter
from offline_cache.untold import Untold
from offline_cache.wire import SubmissionAnswer, Verdict
from tests.central import simulated_kiosk, simulated_staff, simulation
from tests.central.simulated_kiosk import SimulatedKiosk
from tests.central.simulated_world import World
from tests.central.simulation import Effort, run

SEEDS = range(1, 21)
"""`make torture-simulation` takes two thousand, and more of each."""
EFFORT = Effort(steps_a_day=0.15, matching=1, days_back=5)
OF_ONE = Effort(days=6, steps_a_day=4, kiosks=1, matching=0)
"""For what is found out soon, and at one kiosk."""
SEEDS_TO_FIND_IT = range(1, 6)


@pytest.mark.parametrize("seed", SEEDS)
def test_told_is_kept_kept_arrives_once_and_the_chains_verify(seed: int) -> None:
    outcome = run(seed, EFFORT)
    assert outcome.wrong == (), EFFORT.again(seed)
    assert outcome.told > 20
    assert outcome.papers > 3


def test_staff_do_at_a_running_kiosk_whatever_can_be_done_and_the_books_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulation, "EVENTS", {"visits": 2, "line": 2, "staff": 4, "crash": 0.2})
    for module in (simulation, simulated_kiosk):
        monkeypatch.setattr(module, "LINES_OUT", ("up", "dropped receipt", "misread"))
    monkeypatch.setattr(simulated_kiosk, "STAFF_MEANWHILE", 0.1)
    missing = {"cancelled", "exported", "overtaken", "refused", "retried", "retried held", "verified"}
    for seed in SEEDS:
        outcome = run(seed, OF_ONE)
        assert outcome.wrong == (), seed
        if not (missing := missing - outcome.deeds.keys()):
            return
    pytest.fail(f"none of the seeds had {missing}")


def test_a_seed_is_replayed_to_the_byte() -> None:
    first, other = run(3, OF_ONE), run(4, OF_ONE)
    assert run(3, OF_ONE) == first
    assert other.requests != first.requests


def test_no_clock_but_the_kiosks_own_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server of another test's, which waits for a moment of a clock that stands still, would not end any more."""
    befall, before, seen = simulation.befall, time.monotonic(), []

    def looking(world: World, kiosk: SimulatedKiosk) -> None:
        seen.append(time.monotonic())
        befall(world, kiosk)

    monkeypatch.setattr(simulation, "befall", looking)
    run(1, replace(OF_ONE, days=1))
    assert seen
    assert min(seen) >= before


def test_a_failing_seed_is_told_as_the_command_that_replays_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[tuple[int, Effort]] = []

    def fails_at_six(seed: int, effort: Effort) -> tuple[str, ...]:
        asked.append((seed, effort))
        return ("K01 lost a submission",) if seed == 6 else ()

    monkeypatch.setattr(simulation, "_by_itself", fails_at_six)
    monkeypatch.setattr(simulation, "processes", ThreadPoolExecutor)
    monkeypatch.setattr(
        sys, "argv", ["", "--seeds=3", "--first=5", "--at-once=1", "--days=9", "--steps-a-day=0.25", "--kiosks=3", "--matching=2"]
    )
    assert simulation.main() == 1
    (again,) = [line.partition("again: ")[2] for line in capsys.readouterr().out.splitlines() if "again: " in line]
    failed = next(one for one in asked if one[0] == 6)
    asked.clear()
    python, dash, module, *words = shlex.split(again)
    assert (python, dash, module) == ("python", "-m", "tests.central.simulation")
    monkeypatch.setattr(sys, "argv", ["", *words])
    assert simulation.main() == 1
    assert asked == [failed]
    asked.clear()
    monkeypatch.setattr(sys, "argv", ["", "--seeds=1"])
    assert simulation.main() == 0
    assert asked == [(1, Effort())]


# --- it can fail --------------------------------------------------------------------------------------------------


def believes_a_portal(patch: pytest.MonkeyPatch) -> None:
    """A kiosk that takes a portal's page for an answer."""
    right = Centre.submit

    def gullible(centre: Centre, batch: Sequence[Outgoing]) -> dict[str, SubmissionAnswer]:
        try:
            return right(centre, batch)
        except NotTheCentre:
            return {
                one.key: SubmissionAnswer(key=one.key, content_hash=one.content_hash, verdict=Verdict.ACCEPTED) for one in batch
            }

    patch.setattr(Centre, "submit", gullible)
    patch.setattr("tests.central.simulated_kiosk.LINES_OUT", ("up", "portal"))
    patch.setattr(simulation, "LINES_OUT", ("up", "portal"))
    patch.setattr("offline_cache.sender.Sender._try_line", lambda sender, asked: True)


def acknowledges_without_the_papers(patch: pytest.MonkeyPatch) -> None:
    """A kiosk that forgets to send a paper, at a centre that does not look whether it has come."""
    patch.setattr(Centre, "send_blob", lambda *_: True)
    patch.setattr(central.ledger.attachments, "missing", lambda *_, **__: set())


def spoils_papers(patch: pytest.MonkeyPatch) -> None:
    """A centre whose papers have come whole, and are not what was sent any more."""
    right = central.attachments.want

    def spoiling(connection: Connection, kiosk: str, names: Iterable[str]) -> None:
        right(connection, kiosk, names)
        connection.execute(update(AttachmentPart).values(content=b"spoilt"))

    patch.setattr(central.attachments, "want", spoiling)


def erases_papers_early(patch: pytest.MonkeyPatch) -> None:
    """A kiosk that erases a submission's papers with the first that the centre has."""
    right = Attachments.mark_sent

    def erasing(attachments: Attachments, key: str, number: int) -> None:
        right(attachments, key, number)
        attachments._connection.execute(
            "DELETE FROM attachment WHERE submission = (SELECT id FROM outbox WHERE key = ?) AND number > ?", (key, number)
        )

    patch.setattr(Attachments, "mark_sent", erasing)


def forgets_keys(patch: pytest.MonkeyPatch) -> None:
    """A centre that takes what it has for new: a second acceptance number for the same submission."""
    right = central.ledger._insert

    def forgetting(connection: Connection, sender: Any, keep: Sequence[Any], now: Any) -> set[str]:
        connection.execute(delete(StoredSubmission).where(StoredSubmission.key.in_([line.key for line, _ in keep])))
        return right(connection, sender, keep, now)

    patch.setattr(central.ledger, "_insert", forgetting)
    patch.setattr(central.ledger.Ledger, "_known", lambda *_: set())
    patch.setitem(simulation.EVENTS, "again", 50)


def forgets_the_vaults_keys(patch: pytest.MonkeyPatch) -> None:
    """A kiosk that drops a key with which something waiting is sealed."""
    patch.setattr(Opening, "keys_to_keep", lambda *_: ())
    patch.setattr(simulation, "EVENTS", {"visits": 2, "line": 1, "key": 1})
    patch.setattr(simulation, "LINES_OUT", ("hung",))


def forgets_the_unheard(patch: pytest.MonkeyPatch) -> None:
    """A kiosk that tells nobody of what was kept when it died, so that it is entered twice."""
    patch.setattr(Untold, "find", lambda *_: None)
    patch.setattr("tests.central.simulated_kiosk.DEATHS", 0.05)


def forgets_whom_it_told(patch: pytest.MonkeyPatch) -> None:
    """A kiosk that tells a resident of an old application when another is to be entered."""
    patch.setattr(Store, "tell", lambda *_: None)


def prints_again(patch: pytest.MonkeyPatch) -> None:
    """A printer's driver that remembers no job."""
    patch.setattr(PrintedJobs, "end_of", lambda *_: None)


def only_staff(patch: pytest.MonkeyPatch, deed: str, *lines: str) -> None:
    """Residents, a bad line, and staff who do one thing."""
    patch.setattr(simulation, "EVENTS", {"visits": 2, "line": 2, "staff": 4})
    patch.setattr(simulated_staff, "DEEDS", {deed: 1})
    patch.setattr(simulated_kiosk, "LINES_OUT", lines)
    patch.setattr(simulation, "LINES_OUT", lines)


def sends_what_was_cancelled(patch: pytest.MonkeyPatch) -> None:
    """A kiosk whose sender takes what staff cancelled for something that waits."""
    only_staff(patch, "cancel", "up", "refused")
    right = Review.cancel

    def waits_all_the_same(review: Review, key: str, reason: CancelReason, now_ms: int) -> bool:
        done = right(review, key, reason, now_ms)
        if done:
            review._connection.execute("UPDATE outbox SET state = 'queued' WHERE key = ?", (key,))
        return done

    patch.setattr(Review, "cancel", waits_all_the_same)
    patch.setattr(simulated_staff.Staff, "_must_be", lambda *_: None)


def never_asks_for_the_cancelled(patch: pytest.MonkeyPatch) -> None:
    """A kiosk that believes staff, though the centre had it already."""
    only_staff(patch, "cancel", "dropped receipt")
    patch.setattr(LedgerMatch, "_ask_for_cancelled", lambda *_: None)


def cancels_by_itself(patch: pytest.MonkeyPatch) -> None:
    """A kiosk that gives up what is refused, in the place of a person."""
    only_staff(patch, "look", "up", "misread")
    right = Outbox.settle

    def giving_up(outbox: Outbox, settled: Sequence[Settled], *given: Any, **more: Any) -> tuple[str, ...]:
        cancelled = RecordState.CANCELLED
        return right(
            outbox,
            [one._replace(state=cancelled) if one.state is RecordState.NEEDS_PERSON else one for one in settled],
            *given,
            **more,
        )

    patch.setattr(Outbox, "settle", giving_up)


def says_it_retried(patch: pytest.MonkeyPatch) -> None:
    """A command that tells of a retry, and leaves it to the person."""
    only_staff(patch, "retry all", "up", "misread")
    patch.setattr(Review, "retry", lambda *_: True)


def passes_over_the_retried(patch: pytest.MonkeyPatch) -> None:
    """A kiosk whose sender does not find again what staff put back."""
    only_staff(patch, "retry", "up", "misread")
    retried: set[str] = set()
    retry, batch = Review.retry, Due.batch

    def noted(review: Review, key: str, now_ms: int) -> bool:
        retried.add(key)
        return retry(review, key, now_ms)

    def others(due: Due, count: int, max_bytes: int, now_ms: int) -> Batch:
        found = batch(due, count, max_bytes, now_ms)
        return found._replace(found=tuple(one for one in found.found if one.key not in retried))

    patch.setattr(Review, "retry", noted)
    patch.setattr(Due, "batch", others)


def fails_after_it_was_done(patch: pytest.MonkeyPatch) -> None:
    """A command that a full disk stops between what it does and the log's entry of it."""
    only_staff(patch, "retry", "up", "misread")

    def full(journal: Journal, happenings: object) -> None:
        raise StoreFull

    patch.setattr("kiosk.commands.store_access.note_done", note)
    patch.setattr("kiosk.commands.store_access.Journal", type("FullJournal", (Journal,), {"append": full}))
    patch.setattr(simulated_staff.Staff, "_must_be_of_the_disk", lambda *_: None)


def counts_for_itself(patch: pytest.MonkeyPatch) -> None:
    """A kiosk that does not see what another program wrote to its store."""
    only_staff(patch, "cancel", "refused")
    patch.setattr(Counter, "_data_version", lambda _: 0)


def forgets_the_chain(patch: pytest.MonkeyPatch) -> None:
    """A command whose entry does not follow the last one of the log."""
    only_staff(patch, "retry", "up", "refused")
    patch.setitem(simulated_staff.DEEDS, "verify", 1)

    class Forgetting(Journal):
        def _newest(self) -> tuple[int, str]:
            return super()._newest()[0], GENESIS

    patch.setattr("kiosk.commands.store_access.Journal", Forgetting)


def exports_without_the_papers(patch: pytest.MonkeyPatch) -> None:
    """An export that leaves out what is attached."""
    only_staff(patch, "export", "up", "refused")
    patch.setattr(queue_export, "_attachments", lambda *_: ())


def exports_without_the_held(patch: pytest.MonkeyPatch) -> None:
    """An export that leaves out what needs a person."""
    only_staff(patch, "export", "up", "misread")
    patch.setattr(queue_review, "UNDELIVERED", (RecordState.QUEUED, RecordState.LEASED))


FAULTS = {
    believes_a_portal: "believes",
    acknowledges_without_the_papers: "not whole at the centre",
    spoils_papers: "not whole at the centre",
    erases_papers_early: "lost papers",
    forgets_keys: "effects for",
    forgets_the_vaults_keys: "key-",
    forgets_the_unheard: "tells nobody of",
    forgets_whom_it_told: "forgets that it told",
    prints_again: "times",
    sends_what_was_cancelled: "sends what staff cancelled",
    never_asks_for_the_cancelled: "is cancelled, and at the centre",
    cancels_by_itself: "nobody cancelled",
    says_it_retried: "told staff that",
    passes_over_the_retried: "is queued",
    fails_after_it_was_done: "moved",
    counts_for_itself: "counts",
    forgets_the_chain: "does not verify",
    exports_without_the_papers: "did not export",
    exports_without_the_held: "exported",
}


@pytest.mark.parametrize(("fault", "found"), FAULTS.items(), ids=lambda one: getattr(one, "__name__", None))
def test_a_fault_is_found_out(fault: Callable[[pytest.MonkeyPatch], None], found: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fault(monkeypatch)
    wrong: list[str] = []
    for seed in SEEDS_TO_FIND_IT:
        wrong += simulation._by_itself(seed, replace(OF_ONE, until=found))
        if any(found in one for one in wrong):
            break
    assert any(found in one for one in wrong), wrong
