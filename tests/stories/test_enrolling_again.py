"""Another identity for a kiosk with submissions that wait: what the centre would refuse is not left behind."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import delete

from central.accounts import accounts
from central.clock import system_clock
from central.tables import StoredSubmission
from kiosk.enrolment import enrol
from kiosk.errors import UnsentUnderOldNumber
from kiosk.visit.visit import OutcomeKind
from offline_cache.database import open_read_only
from offline_cache.emulated_line import EmulatedLine
from offline_cache.errors import StoreInUse
from offline_cache.identity import FILE_NAME, SIGNERS_FILE, Identity
from offline_cache.journal_heads import REACHED_FILE, Heads
from offline_cache.records import CancelReason
from offline_cache.sending_events import EVENTS_NEXT
from tests.stories.stand import Stand


@pytest.fixture
def waiting(stand: Stand, line: EmulatedLine) -> str:
    """One that could not be sent, in the store of a kiosk that was stopped; its key."""
    stand.to_review()
    line.down()
    key = stand.submit()
    stand.until(lambda: stand.outcome() is OutcomeKind.KEPT)
    stand.stop()
    line.up()
    return key


def test_under_another_number_nothing_is_changed_while_something_waits(
    build: Any, stand: Stand, centre: Any, waiting: str, ledger: Any
) -> None:
    number, other = stand.settings.kiosk.number, centre.new_number()
    identity = stand.settings.store.directory / FILE_NAME
    before = identity.read_bytes()
    with pytest.raises(UnsentUnderOldNumber, match=f"1 under {number}; the code was for {other}"):
        enrol(stand.settings, centre.code(other), again=True)
    assert identity.read_bytes() == before
    again: Stand = build.again().start(ready=False)
    again.until(lambda: [entry.key for entry in ledger()] == [waiting])


def test_under_another_number_nothing_is_changed_after_the_identity_was_lost(stand: Stand, centre: Any, waiting: str) -> None:
    assert waiting
    identity = stand.settings.store.directory / FILE_NAME
    identity.unlink()
    with pytest.raises(UnsentUnderOldNumber):
        enrol(stand.settings, centre.code(centre.new_number()))
    assert not identity.exists()


def test_under_the_same_number_what_waits_arrives(build: Any, stand: Stand, centre: Any, waiting: str, ledger: Any) -> None:
    assert enrol(stand.settings, centre.code(stand.settings.kiosk.number), again=True).kiosk == stand.settings.kiosk.number
    again: Stand = build.again().start(ready=False)
    again.until(lambda: [entry.key for entry in ledger()] == [waiting])
    assert again.facts.closed == ""


def test_under_another_number_once_nothing_waits(build: Any, stand: Stand, centre: Any, waiting: str) -> None:
    again: Stand = build.again()
    assert again.kiosk._store.call(lambda tables: tables.review.cancel(waiting, CancelReason.HANDED_IN, 1)).result(60)
    again.stop()
    other = centre.new_number()
    assert enrol(stand.settings, centre.code(other), again=True).kiosk == other


def test_a_running_kiosk_keeps_its_identity(stand: Stand, centre: Any) -> None:
    identity = stand.settings.store.directory / FILE_NAME
    before, code = identity.read_bytes(), centre.code(stand.settings.kiosk.number)
    with pytest.raises(StoreInUse):
        enrol(stand.settings, code, again=True)
    assert identity.read_bytes() == before
    stand.stop()
    enrol(stand.settings, code, again=True)  # the code was not used up
    assert identity.read_bytes() != before


def test_a_revoked_kiosk_with_another_number_still_has_a_whole_log(build: Any, centre: Any) -> None:
    stand: Stand = build(heartbeat_seconds=0.3, events_seconds=0.3).start()
    directory = stand.settings.store.directory
    stand.until(lambda: (directory / REACHED_FILE).exists())
    centre.revoke(stand.settings.kiosk.number)
    stand.until(lambda: stand.facts.closed == "kiosk-revoked")
    stand.stop()
    assert not (directory / FILE_NAME).exists()
    enrol(stand.settings, centre.code(centre.new_number()))
    identity = Identity.load(directory)
    with closing(open_read_only(stand.settings.store.database_file)) as connection:
        assert Heads(connection).verify(identity.signers) > 0
    assert "signing_key" not in (directory / SIGNERS_FILE).read_text(encoding="utf-8")


def test_the_log_is_taken_at_once_though_its_last_head_was_signed_with_the_key_before(
    build: Any, centre: Any, line: EmulatedLine
) -> None:
    stand: Stand = build()
    line.down()
    stand.start(ready=False)
    stand.until(lambda: stand.kiosk._store.call(lambda tables: tables.heads.count()).result(60))
    stand.stop()
    line.up()
    enrol(stand.settings, centre.code(stand.settings.kiosk.number), again=True)
    again: Stand = build.again().start()
    sender, store = again.kiosk._sender, again.kiosk._store
    assert sender is not None
    again.until(lambda: sender.progress().refused or store.call(lambda tables: tables.marks.get(EVENTS_NEXT, 1)).result(60) > 1)
    assert sender.progress().refused == {}


def test_the_ledger_agrees_under_either_number_and_still_says_what_is_missing(build: Any, centre: Any) -> None:
    stand: Stand = build(heartbeat_seconds=0.3).start()
    number, other = stand.settings.kiosk.number, centre.new_number()
    for _ in range(2):
        accept(stand)
    stand.until(lambda: told(centre, number) == ("agrees", 2, 2))
    stand.stop()
    enrol(stand.settings, centre.code(other), again=True)
    renumbered: Stand = build.again().start()
    renumbered.until(lambda: told(centre, other)[0] == "agrees")
    accept(renumbered)
    renumbered.until(lambda: told(centre, other) == ("agrees", 1, 1))
    lose(centre, other)
    assert told(centre, other) == ("differs", 1, 0)
    assert told(centre, number) == ("agrees", 2, 2)
    lose(centre, number)
    assert told(centre, number) == ("differs", 2, 0)


def test_a_number_that_ends_agrees_though_its_last_answer_came_after_its_last_heartbeat(build: Any, centre: Any) -> None:
    stand: Stand = build().start()
    number = stand.settings.kiosk.number
    accept(stand)
    stand.stop()
    assert told(centre, number) == ("outstanding", 0, 1)
    enrol(stand.settings, centre.code(centre.new_number()), again=True)
    assert told(centre, number) == ("agrees", 1, 1)


def told(centre: Any, number: str) -> tuple[str, int, int]:
    """What `central ledger` says of this number: whether it agrees, what the kiosk said, what is here."""
    found = [one for one in accounts(centre.engine, system_clock()) if one.kiosk == number]
    return found[0].match, found[0].acknowledged, found[0].in_centre


def lose(centre: Any, number: str) -> None:
    """The centre loses all that it has of this number."""
    with centre.engine.begin() as connection:
        connection.execute(delete(StoredSubmission).where(StoredSubmission.kiosk == number))


def accept(stand: Stand) -> None:
    """One more visit that the centre has answered."""
    stand.to_review()
    stand.submit()
    stand.until(lambda: stand.outcome() is OutcomeKind.ACCEPTED)
    stand.take_receipt()
    stand.leave()
