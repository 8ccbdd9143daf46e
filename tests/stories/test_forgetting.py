"""When a visit is over nothing of the person is left: not in memory, not on the disk, not in the log."""

from __future__ import annotations

import contextlib
import gc
import sys
import threading
import types
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from devices.emulators.bench import Bench
from devices.emulators.people import find_person
from kiosk.assembly import LOOK_SECONDS
from kiosk.visit import events as ev
from kiosk.visit.visit import OutcomeKind, Step, Visit
from offline_cache.emulated_line import EmulatedLine
from offline_cache.errors import StoreUnwritable
from tests.stories.stand import APPLICATION, Stand

if TYPE_CHECKING:
    import pytest

CARD = find_person("ceshi").card
PHONE = "13800138000"
ENCODINGS = ("utf-8", "utf-16-le", "gb18030")
TRACES = {text.encode(encoding) for text in (CARD.name, CARD.number, CARD.address, PHONE) for encoding in ENCODINGS}
NOT_THE_KIOSKS = (type, types.ModuleType, types.CodeType, types.BuiltinFunctionType, Bench)
"""The program itself, whose modules lead to the emulators' people, and the bench, on which a card may lie."""
KIOSKS_THREADS = ("device ", "store", "sender", "asker", "local ")


def below(thing: object) -> list[object]:
    """What an object refers to; of a function only what it carries itself."""
    if isinstance(thing, NOT_THE_KIOSKS):
        return []
    if isinstance(thing, types.FunctionType):
        return [thing.__closure__, thing.__defaults__, thing.__kwdefaults__]
    return gc.get_referents(thing)


def reachable(*roots: object) -> Iterator[object]:
    """Everything that can be come to from the roots, once."""
    seen: dict[int, object] = {}
    waiting = list(roots)
    while waiting:
        thing = waiting.pop()
        if id(thing) in seen or isinstance(thing, threading.Thread):
            continue
        seen[id(thing)] = thing
        yield thing
        waiting.extend(below(thing))


def frames_of_the_kiosks_threads() -> list[dict[str, object]]:
    """The variables of every frame on the kiosk's own threads; the emulators and the centre are other people's."""
    threads = {thread.ident: thread.name for thread in threading.enumerate()}
    found = []
    for ident, top in sys._current_frames().items():
        frame: types.FrameType | None = top if threads.get(ident, "").startswith(KIOSKS_THREADS) else None
        while frame is not None:
            found.append(dict(frame.f_locals))
            frame = frame.f_back
    return found


def told_of_the_person(thing: object) -> bool:
    if isinstance(thing, str):
        said = thing.encode("utf-8", "surrogatepass")
    elif isinstance(thing, bytes | bytearray):
        said = bytes(thing)
    else:
        return False
    return any(trace in said for trace in TRACES)


def kept_in_memory(stand: Stand) -> list[str]:
    """Kinds of the objects of the kiosk that tell something of the person."""
    with contextlib.suppress(StoreUnwritable):  # what was asked of the storage thread in this moment is done then
        stand.kiosk._store.call(lambda _: None).result(60)
    gc.collect()
    return [
        type(thing).__name__ for thing in reachable(stand.kiosk, *frames_of_the_kiosks_threads()) if told_of_the_person(thing)
    ]


def kept_in_files(directory: Path) -> list[str]:
    return [file.name for file in directory.rglob("*") if file.is_file() and any(trace in file.read_bytes() for trace in TRACES)]


def test_timed_out_everything_is_wiped_and_nobody_can_tell_who_it_was(stand: Stand) -> None:
    stand.to_review()
    assert kept_in_memory(stand)  # the search does find what is there
    stand.time.ahead += 200
    stand.until(lambda: stand.visit.idle_warning)
    stand.time.ahead += 50
    stand.until(lambda: stand.visit == Visit())
    assert stand.wiped == 1
    stand.bench.lift_card()
    stand.until_logged("visit-ended", how="timed-out")
    assert kept_in_memory(stand) == []
    assert kept_in_files(stand.settings.store.directory) == []
    assert stand.rows() == ()


def test_kept_offline_and_left_nobody_can_tell_from_memory_files_or_log_who_it_was(
    stand: Stand, line: EmulatedLine, ledger: Any
) -> None:
    stand.to_review()
    line.down()
    stand.submit()
    stand.take_receipt()
    stand.leave()
    stand.until_logged("visit-ended", how="finished")
    assert kept_in_memory(stand) == []
    assert kept_in_files(stand.settings.store.directory) == []
    line.up()
    stand.until(lambda: stand.facts.queue.acknowledged == 1)
    assert len(ledger()) == 1
    assert kept_in_memory(stand) == []
    assert kept_in_files(stand.settings.store.directory) == []
    told = str(stand.log())
    assert stand.log("submission-acknowledged")
    assert not any(trace in told.encode() for trace in TRACES)
    assert not any(code in told for code in ("chengguan", "369999"))


def test_a_card_left_lying_is_nobodys_in_the_next_visit(stand: Stand) -> None:
    stand.to_identify(APPLICATION)
    stand.lay_card()
    stand.send(ev.PersonDisowned(), ev.Left())
    assert stand.visit == Visit()
    assert kept_in_memory(stand) == []
    stand.to_identify(APPLICATION)
    stand.bench.lift_card()
    stand.lay_card("changqi")
    assert stand.visit.person is not None
    assert stand.visit.person.number != CARD.number
    assert kept_in_memory(stand) == []


def test_stopped_in_the_middle_of_a_visit_it_leaves_nothing_behind(stand: Stand) -> None:
    stand.to_review()
    stand.stop()
    assert stand.visit == Visit()
    assert kept_in_memory(stand) == []
    assert kept_in_files(stand.settings.store.directory) == []
    assert stand.log()[-1]["event"] == "kiosk-stopped"
    stand.stop()


def test_an_answer_that_comes_after_the_visit_is_nobodys(stand: Stand, line: EmulatedLine) -> None:
    stand.to_review()
    line.down()
    key = stand.submit()
    stand.send(ev.Left(), ev.WentOn())
    assert stand.visit == Visit()
    stand.to_guide(APPLICATION)
    line.up()
    stand.until(lambda: stand.facts.queue.acknowledged == 1)
    stand.until_logged("submission-acknowledged", key=key, outcome=OutcomeKind.ACCEPTED.value)
    assert (stand.visit.step, stand.visit.outcome) == (Step.GUIDE, None)


def test_memory_goes_back_to_the_system_once_somebody_has_been_here_and_left(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[Step] = []
    monkeypatch.setattr("kiosk.spare_memory.give_back", lambda: given.append(stand.visit.step))

    def half_a_minute_passes() -> None:
        stand.time.ahead += LOOK_SECONDS + 1
        for _ in range(2):
            stand.kiosk.tick()
        stand.kiosk._store.call(lambda _: None).result(60)

    half_a_minute_passes()
    assert given == []
    stand.to_identify(APPLICATION)
    half_a_minute_passes()
    assert given == []
    stand.send(ev.Left())
    half_a_minute_passes()
    half_a_minute_passes()
    assert given == [Step.ATTRACT]
