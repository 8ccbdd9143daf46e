"""Proving who one is: card, 亮码, both; and everything that proves nothing."""

from __future__ import annotations

from typing import Any

from devices.emulators.bench import CARD_READER, CODE_SCANNER
from devices.reports import DeviceKind, DeviceState
from kiosk.visit import events as ev
from kiosk.visit.visit import Factor, OutcomeKind, Step
from tests.stories.stand import APPLICATION, BOTH_PROOFS, Stand


def test_a_code_held_before_the_scanner_proves_who_it_is_once(stand: Stand, centre: Any, ledger: Any) -> None:
    stand.to_identify(APPLICATION)
    token = centre.token("changqi")
    stand.bench.code(token)
    stand.until(lambda: stand.visit.person)
    assert stand.visit.factors == {Factor.CODE}
    stand.answer()
    stand.submit()
    stand.until(lambda: stand.outcome() is OutcomeKind.ACCEPTED)
    assert len(ledger()) == 1
    stand.send(ev.Left(), ev.WentOn())
    stand.to_identify(APPLICATION)
    stand.bench.code(token)
    stand.until(lambda: stand.visit.notice)
    assert (stand.visit.notice, stand.visit.person) == ("code-used-or-expired", None)


def test_a_payment_code_is_refused_with_a_hint_and_never_leaves_the_kiosk(stand: Stand) -> None:
    stand.to_identify(APPLICATION)
    stand.bench.code("134567890123456789")
    stand.until(lambda: stand.visit.notice)
    assert (stand.visit.notice, stand.visit.person) == ("code-is-payment", None)
    stand.until_logged("code-scanned", **{"class": "payment"})
    stand.lay_card()
    assert stand.visit.notice == ""


def test_a_code_that_is_not_utf_8_is_asked_about_byte_by_byte_and_the_visit_goes_on(stand: Stand) -> None:
    stand.to_identify(APPLICATION)
    stand.bench.code("亮码".encode("gb18030"))
    stand.until(lambda: stand.visit.notice)
    assert (stand.visit.notice, stand.visit.resolving) == ("code-unknown", False)


def test_an_expired_card_is_refused_by_name(stand: Stand) -> None:
    stand.to_identify(APPLICATION)
    stand.bench.card("guoqi")
    stand.until(lambda: stand.visit.notice)
    assert (stand.visit.notice, stand.visit.person) == ("card-expired", None)
    stand.bench.lift_card()
    stand.lay_card("ceshi")
    assert stand.visit.notice == ""


def test_a_card_pulled_away_while_it_is_read_proves_nothing_until_it_lies_still(stand: Stand) -> None:
    stand.to_identify(APPLICATION)
    stand.bench.misbehave(CARD_READER, "card-pulled")
    stand.bench.card("ceshi")
    stand.until(lambda: stand.visit.notice)
    assert (stand.visit.notice, stand.visit.person) == ("card-pulled", None)
    stand.until_logged("card-failed", device=CARD_READER, code="card-pulled")
    stand.lay_card("ceshi")
    assert stand.visit.factors == {Factor.CARD}


def test_an_item_of_two_proofs_takes_card_and_code_of_one_person(stand: Stand, centre: Any, ledger: Any) -> None:
    stand.to_identify(BOTH_PROOFS)
    stand.lay_card("ceshi")
    stand.send(ev.WentOn())
    assert stand.visit.step is Step.IDENTIFY
    stand.bench.code(centre.token("changqi"))
    stand.until(lambda: stand.visit.notice)
    assert stand.visit.notice == "proofs-differ"
    stand.bench.code(centre.token("ceshi"))
    stand.until(lambda: stand.visit.factors == {Factor.CARD, Factor.CODE})
    stand.answer()
    stand.submit()
    stand.until(lambda: stand.outcome() is OutcomeKind.ACCEPTED)
    assert [entry.item for entry in ledger()] == [BOTH_PROOFS]


def test_a_reader_unplugged_while_identifying_is_told_and_works_again_when_plugged(stand: Stand) -> None:
    stand.to_identify(APPLICATION)
    stand.bench.unplug(CARD_READER)
    stand.until(lambda: stand.visit.notice == "card-reader-lost")
    stand.until(lambda: stand.facts.devices[CARD_READER].state is DeviceState.NO_DEVICE)
    assert stand.facts.usable(DeviceKind.CODE_SCANNER)
    stand.bench.plug(CARD_READER)
    stand.until(lambda: stand.visit.notice == "")
    stand.lay_card()
    assert stand.visit.step is Step.IDENTIFY


def test_without_the_reader_the_code_is_still_a_way(stand: Stand, centre: Any) -> None:
    stand.bench.unplug(CARD_READER)
    stand.until(lambda: not stand.facts.usable(DeviceKind.CARD_READER))
    stand.to_guide(APPLICATION)
    assert stand.visit.obstacles is not None
    assert [(one.code, one.blocking) for one in stand.visit.obstacles] == [("card-reader-down", False)]
    stand.send(ev.WentOn(), ev.ConsentTicked(ticked=True), ev.WentOn())
    stand.bench.code(centre.token("ceshi"), CODE_SCANNER)
    stand.until(lambda: stand.visit.person)


def test_the_scanner_is_lit_only_while_the_visit_waits_for_a_code(stand: Stand) -> None:
    scanner = stand.bench._scanner
    stand.to_guide(APPLICATION)
    assert not scanner.lit
    stand.to_identify(APPLICATION)
    stand.until(lambda: scanner.lit)
    stand.send(ev.Left())
    stand.until(lambda: not scanner.lit)
