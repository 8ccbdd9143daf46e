"""Twenty seeds of nine kiosks over thirty virtual days: whatever befalls them, the books of both sides agree in the end."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Connection, delete, update

import central.attachments
import central.ledger
from central.tables import AttachmentPart, StoredSubmission
from devices.receipt_printer.jobs import PrintedJobs
from offline_cache.attachments import Attachments
from offline_cache.centre import Centre, Outgoing
from offline_cache.errors import NotTheCentre
from offline_cache.opening import Opening
from offline_cache.store import Store
from offline_cache.untold import Untold
from offline_cache.wire import SubmissionAnswer, Verdict
from tests.central import simulation
from tests.central.simulation import Effort, run

SEEDS = range(1, 21)
"""`make torture-simulation` takes two thousand, and more of each."""
EFFORT = Effort(steps_a_day=0.15, matching=1, days_back=5)
SHORT = Effort(days=6, steps_a_day=0.5, matching=0)
"""For what is found out soon."""


@pytest.mark.parametrize("seed", SEEDS)
def test_told_is_kept_kept_arrives_once_and_the_chains_verify(seed: int) -> None:
    outcome = run(seed, EFFORT)
    assert outcome.wrong == (), EFFORT.again(seed)
    assert outcome.told > 30
    assert outcome.papers > 3


def test_a_seed_is_replayed_to_the_byte() -> None:
    first, other = run(3, SHORT), run(4, SHORT)
    assert run(3, SHORT) == first
    assert other.requests != first.requests


def test_a_failing_seed_is_told_as_the_command_that_replays_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[tuple[int, Effort]] = []

    def fails_at_six(seed: int, effort: Effort) -> tuple[str, ...]:
        asked.append((seed, effort))
        return ("K01 lost a submission",) if seed == 6 else ()

    monkeypatch.setattr(simulation, "_by_itself", fails_at_six)
    monkeypatch.setattr(simulation, "_processes", ThreadPoolExecutor)
    monkeypatch.setattr(
        sys, "argv", ["", "--seeds=3", "--first=5", "--at-once=1", "--days=9", "--steps-a-day=0.25", "--matching=2"]
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
}


@pytest.mark.parametrize(("fault", "found"), FAULTS.items(), ids=lambda one: getattr(one, "__name__", None))
def test_a_fault_is_found_out(fault: Callable[[pytest.MonkeyPatch], None], found: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fault(monkeypatch)
    wrong = simulation._by_itself(1, SHORT)
    assert any(found in one for one in wrong), wrong
