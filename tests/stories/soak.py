"""One kiosk's program lives through thousands of visits, and must weigh at the end what it weighed when it was warm.

    python -m tests.stories.soak [--visits 10000] [--seed 1]

The kiosk is the real one, in a process of its own: its window and QML (drawn without a screen), flow, store, sender and
device adapters. Around it, in this process: the reference centre on a socket, the line, and devices emulated on
pseudo-terminals. A hand touches the screens as in the demo's walk. Among the visits are whatever a hall brings: two proofs,
faces, papers under the document camera, English, 大字, a line that is cut, a reader unplugged, a roll that runs out, residents
who turn back or walk away, staff. Visits begin as soon as the one before has ended, and devices are asked as much more often
as residents come faster, so a soak holds what a kiosk meets in months. Ctrl-C ends it after the visit under way, with the
result until then; a second one at once.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import itertools
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from central.enrolment import Place, new_code
from central.people import PEOPLE
from central.sandbox import Sandbox
from devices.card_reader import sdt_reader
from devices.emulators.bench import CARD_READER, DOCUMENT_CAMERA, FACE_CAMERA, Bench
from devices.emulators.sdt_reader import Delays
from devices.receipt_printer import escpos
from devices.reports import DeviceKind, FaceAsk
from kiosk import assembly
from kiosk.commands.run import MEMORY
from kiosk.emulation import Emulation
from kiosk.enrolment import enrol
from kiosk.errors import KioskError
from kiosk.local_socket import LocalServer, ask
from kiosk.settings import load_settings
from kiosk.visit import events as ev
from kiosk.visit.visit import FaceStage, Factor, Printing, Step
from offline_cache.database import open_read_only
from offline_cache.emulated_line import EmulatedLine
from offline_cache.records import RecordState
from offline_cache.review import Review
from tests.central.hall import Hall, open_hall
from tests.devices.face_camera.pictures import YUNET_FILE, portrait, stand_in_net, turned
from tests.stories.faces import GCC, photo_library
from tests.stories.stand import APPLICATION, BOTH_PROOFS, MANAGER, MANAGER_PIN, PRINT, USUAL, ZONE, settings_text

if TYPE_CHECKING:
    from devices.frame_slot import Frame
    from kiosk.assembly import Kiosk
    from ui.walk.hand import Hand

ROOT = Path(__file__).parents[2]
KIOSK = "K100"
WIDTH, HEIGHT = 540, 960
MOST_GROWTH = 0.05
WARM_PART, WARM_ROUNDS = 10, 3
"""One visit in so many of the first warms the kiosk up, or so many of each kind, at most half of them: caches are filled once."""
SAMPLES = 100
LEVEL_PART = 5
"""Held against each other are the middles of the first and of the last fifth: one look may come at a camera's large picture."""
LONG = 500
"""From so many visits on there is time for a long rest before the warm sample, and for memory to be given back before each."""
REST_SECONDS = 40.0
"""Within this the sending is over, and what was opened for it is closed."""
PHARMACY, PHARMACY_ZONE = "SA-013", "self-application"
PERSON = "changqi"
FACE = "has a face compared"
POSES = {FaceAsk.LOOK_STRAIGHT: 0.0, FaceAsk.TURN_LEFT: 45.0, FaceAsk.TURN_RIGHT: -45.0}
NET = "net.onnx"
HOLD_SECONDS = 3.4
HURRIED = (
    (sdt_reader, "POLL_SECONDS", 0.03),
    (sdt_reader, "PROBE_SECONDS", 0.1),
    (escpos, "POLL_SECONDS", 0.3),
    (assembly, "LOOK_SECONDS", 3.0),
)
"""How long the kiosk waits between two looks: a tenth of what it does in life, as its residents follow each other faster."""
STRANGE_CODE = "https://example.com/not-for-us"


@dataclass(frozen=True, slots=True)
class Sample:
    """What the kiosk's process holds, at rest after so many visits."""

    visits: int
    rss_bytes: int
    descriptors: int
    threads: int
    blocks: int
    """Of memory that Python's own objects have."""
    heap_bytes: int = 0
    """That glibc has given out and not got back, Qt's and the libraries'; told, not judged."""


@dataclass(frozen=True, slots=True)
class Growth:
    """Of one figure, from the first samples, taken warm, to the last."""

    what: str
    before: float
    after: float
    visits: float
    """Between the two."""

    @property
    def part(self) -> float:
        """0.05 is 5 %."""
        return self.after / self.before - 1 if self.before else 0.0

    @property
    def per_visit(self) -> float:
        """What one visit leaves behind, caches that are still filling included."""
        return (self.after - self.before) / self.visits if self.visits else 0.0


def growths(samples: Sequence[Sample]) -> tuple[Growth, Growth, Growth]:
    """Of RSS, Python's blocks and the heap."""
    count = max(1, len(samples) // LEVEL_PART)

    def grown(what: str, of: Callable[[Sample], int]) -> Growth:
        (before, began), (after, ended) = (
            (statistics.median(map(of, some)), statistics.median(one.visits for one in some))
            for some in (samples[:count], samples[-count:])
        )
        return Growth(what, before, after, ended - began)

    return (
        grown("RSS", lambda one: one.rss_bytes),
        grown("Python's blocks", lambda one: one.blocks),
        grown("the heap", lambda one: one.heap_bytes),
    )


def amiss(samples: Sequence[Sample]) -> list[str]:
    """What grew between the first samples, taken warm, and the last; empty when nothing did."""
    first, last = samples[0], samples[-1]
    rss, blocks, _ = growths(samples)
    wrong = [
        f"{one.what} grew by {100 * one.part:.1f} %, from {one.before:,.0f} to {one.after:,.0f}"
        for one in (rss, blocks)
        if one.part > MOST_GROWTH
    ]
    if _holds_more(last, first):
        when_warm = f"{first.descriptors} and {first.threads} when warm"
        wrong.append(f"{last.descriptors} descriptors and {last.threads} threads at the end, {when_warm}")
    return wrong


def _holds_more(now: Sample, before: Sample) -> bool:
    return now.descriptors > before.descriptors or now.threads > before.threads


# --- the kiosk's process ------------------------------------------------------------------------------------------------


class Resident:
    """Everybody who comes: residents with every kind of luck, now and then staff. On a thread of its own."""

    def __init__(self, kiosk: Kiosk, hand: Hand, control: Path, dice: random.Random, kinds: Sequence[str] = ()) -> None:
        """`kinds`: of these only; all when none is named."""
        self._kiosk, self._hand, self._control, self._dice = kiosk, hand, control, dice
        self._turnings = itertools.cycle((self._at_zone, self._at_guide, self._at_identify, self._at_form, self._at_review))
        every: dict[str, tuple[Callable[[], None], int]] = {
            "applies": (self._applies, 40),
            "prints a record": (self._prints_record, 10),
            "gives two proofs": (self._gives_two_proofs, 6),
            FACE: (self._has_a_face_compared, 1),
            "walks away": (self._walks_away, 6),
            "turns back": (self._turns_back, 6),
            "sets the screen": (self._sets_the_screen, 4),
            "shows a strange code": (self._shows_a_strange_code, 4),
            "has a paper captured": (self._has_a_paper_captured, 4),
            "finds the line down": (self._finds_the_line_down, 6),
            "finds the reader gone": (self._finds_the_reader_gone, 5),
            "finds the roll empty": (self._finds_the_roll_empty, 2),
            "speaks English": (self._speaks_english, 4),
            "is of the staff": (self._is_of_the_staff, 1),
        }
        if not has_faces():
            del every[FACE]
        self.doing = "nothing yet"
        self.kinds = {name: kind for name, kind in every.items() if not kinds or name in kinds}

    def comes(self, number: int) -> str:
        """One visit, from the first screen to the first screen: each kind once, then as it falls; its kind."""
        kinds = list(self.kinds)
        weights = [weight for _, weight in self.kinds.values()]
        kind = kinds[number - 1] if number <= len(kinds) else self._dice.choices(kinds, weights)[0]
        self.doing = f"visit {number:,} ({kind})"
        self.kinds[kind][0]()
        self._hand.step(Step.ATTRACT)
        return kind

    def until_ready(self) -> None:
        """Every device works, and the centre is there."""
        self._hand.until("all is ready", self._is_ready, REST_SECONDS)

    def until_drained(self) -> None:
        self._hand.until("all is sent", lambda: self._kiosk.session.facts.queue.depth == 0, REST_SECONDS)

    def until_given_back(self) -> None:
        """What visits have freed is the system's again, as soon as nobody has been here for a while."""
        self._hand.until("memory is given back", lambda: not self._kiosk._looked.visited, REST_SECONDS)

    def _is_ready(self) -> bool:
        facts = self._kiosk.session.facts
        return facts.online and bool(facts.devices) and all(one.usable for one in facts.devices.values())

    # --- kinds ------------------------------------------------------------------------------------------------------

    def _applies(self) -> None:
        self._to_review()
        self._submits()
        self._prints()
        self._leaves(self._dice.randrange(6))

    def _prints_record(self) -> None:
        self._to_identify(PRINT)
        self._lays_card()
        self._hand.step(Step.OUTCOME)
        self._prints()
        self._leaves()

    def _gives_two_proofs(self) -> None:
        self._to_identify(BOTH_PROOFS)
        self._world("card", PERSON)
        self._hand.until("the card is read", lambda: self._kiosk.session.visit.person is not None)
        self._world("lift")
        self._world("code", "token")
        self._hand.until("the code is taken too", lambda: len(self._kiosk.session.visit.factors) == 2)
        self._hand.touch("main")
        self._answers({"service": "activate", "phone": "13800138000"})
        self._submits()
        self._leaves()

    def _has_a_face_compared(self) -> None:
        self._to_identify(BOTH_PROOFS)
        self._world("card", PERSON)
        self._hand.until("the card is read", lambda: self._kiosk.session.visit.person is not None)
        self._world("lift")
        self._world("face", FaceAsk.LOOK_STRAIGHT.value)
        self._tell(ev.FaceChosen(), ev.FaceConsented())
        shown: FaceAsk | None = None

        def asks_anew_or_is_over() -> bool:
            face = self._kiosk.session.visit.face
            return face is None or (face.stage is FaceStage.LOOKING and face.ask not in (shown, None))

        while True:
            self._hand.until("the camera asks", asks_anew_or_is_over, REST_SECONDS)
            face = self._kiosk.session.visit.face
            if face is None or face.ask is None:
                break
            shown = face.ask
            self._world("face", shown.value)
        self._world("face", "gone")
        assert Factor.FACE in self._kiosk.session.visit.factors, self._kiosk.session.visit.notice
        self._walks_off()

    def _turns_back(self) -> None:
        """At each step in turn."""
        next(self._turnings)()
        if self._kiosk.session.visit.step is Step.ZONE:
            self._hand.touch("back")
        else:
            self._walks_off()

    def _at_zone(self) -> None:
        self._hand.touch(f"zone-{ZONE}")
        self._hand.step(Step.ZONE)

    def _at_guide(self) -> None:
        self._at_zone()
        self._hand.touch(f"item-{APPLICATION}")
        self._hand.step(Step.GUIDE)

    def _at_identify(self) -> None:
        self._to_identify(APPLICATION)

    def _at_form(self) -> None:
        self._to_identify(APPLICATION)
        self._lays_card()
        self._hand.step(Step.FORM)
        self._hand.touch("field-town")

    def _at_review(self) -> None:
        self._to_review()

    def _sets_the_screen(self) -> None:
        """大字, high contrast and English, and back again where everything on the screen must change."""
        looks = ("large-text", "high-contrast", "language")
        for name in looks:
            self._hand.touch(name)
        self._at_guide()
        for name in looks:
            self._hand.touch(name)
        self._walks_off()

    def _walks_away(self) -> None:
        self._to_identify(APPLICATION)
        if self._dice.random() < 0.7:
            self._lays_card()
            self._hand.step(Step.FORM)
        self._walks_off()
        self._world("lift")

    def _shows_a_strange_code(self) -> None:
        self._to_identify(BOTH_PROOFS)
        self._world("code", STRANGE_CODE)
        self._hand.until("it is refused", lambda: self._kiosk.session.visit.notice != "")
        self._hand.touch("leave")

    def _has_a_paper_captured(self) -> None:
        self._world("sheet", "laid")
        self._to_identify(PHARMACY, PHARMACY_ZONE)
        self._lays_card()
        self._answers(TYPED)
        self._hand.step(Step.MATERIALS)
        self._hand.until("the sheet is seen", lambda: self._kiosk.session.visit.page_hint == "good", REST_SECONDS)
        self._hand.touch("main")
        self._hand.until("the page is taken", lambda: len(self._kiosk.session.visit.pages) == 1, REST_SECONDS)
        if self._dice.random() < 0.3:
            self._hand.touch("page-again")
            self._hand.until("the sheet is seen again", lambda: self._kiosk.session.visit.page_hint == "good", REST_SECONDS)
            self._hand.touch("main")
            self._hand.until("the page is taken again", lambda: len(self._kiosk.session.visit.pages) == 1, REST_SECONDS)
        if self._dice.random() < 0.5:
            self._walks_off()
        else:
            self._tell(ev.WentOn(), ev.PaperDeferred())
            self._submits()
            self._leaves()
        self._world("sheet", "gone")

    def _finds_the_line_down(self) -> None:
        self._to_review()
        self._world("line", self._dice.choice(("down", "portal", "cut")))
        self._submits()
        self._prints()
        self._world("line", "up")
        self._leaves()
        self._hand.until("the line is up", lambda: self._kiosk.session.facts.online, REST_SECONDS)

    def _finds_the_reader_gone(self) -> None:
        self._to_identify(APPLICATION)
        self._world("unplug", CARD_READER)
        self._hand.until("it is seen to be gone", lambda: not self._usable(DeviceKind.CARD_READER))
        self._world("plug", CARD_READER)
        self._hand.until("it is back", lambda: self._usable(DeviceKind.CARD_READER), REST_SECONDS)
        self._hand.touch("leave")

    def _finds_the_roll_empty(self) -> None:
        self._to_review()
        self._submits()
        self._world("paper", "out")
        self._hand.until("it is seen", lambda: not self._usable(DeviceKind.RECEIPT_PRINTER), REST_SECONDS)
        self._world("paper", "enough")
        self._hand.until("a new roll is seen", lambda: self._usable(DeviceKind.RECEIPT_PRINTER), REST_SECONDS)
        self._prints()
        self._leaves()

    def _speaks_english(self) -> None:
        self._hand.touch("language")
        self._to_review()
        self._submits()
        self._prints()
        self._leaves(5)

    def _is_of_the_staff(self) -> None:
        self._hand.hold("emblem", HOLD_SECONDS)
        for field, digits in (("field-number", MANAGER), ("field-pin", MANAGER_PIN)):
            self._hand.touch(field)
            for digit in digits:
                self._hand.touch(f"pin-{digit}")
        self._hand.touch("main")
        self._hand.until("somebody is signed in", lambda: self._kiosk.staff.signed_in is not None)
        for tab in ("tab-queue", "tab-log", "tab-devices"):
            self._hand.touch(tab)
        self._hand.touch("leave")
        self._hand.until("nobody is signed in", lambda: self._kiosk.staff.signed_in is None)

    # --- what recurs ------------------------------------------------------------------------------------------------

    def _to_identify(self, item: str, zone: str = ZONE) -> None:
        self._hand.touch(f"zone-{zone}")
        self._hand.touch(f"item-{item}")
        self._hand.step(Step.GUIDE)
        self._hand.touch("main")
        self._hand.touch("consent")
        self._hand.touch("main")
        self._hand.step(Step.IDENTIFY)

    def _lays_card(self) -> None:
        self._world("card", PERSON)
        self._hand.until("the card is read", lambda: self._kiosk.session.visit.person is not None)
        self._world("lift")
        self._hand.touch("main")

    def _to_review(self) -> None:
        self._to_identify(APPLICATION)
        self._lays_card()
        self._hand.step(Step.FORM)
        for name in ("town", "group"):
            self._hand.touch(f"field-{name}")
            self._hand.touch(self._first_choice(name))
        while not self._hand.sees("field-phone"):
            self._hand.touch("main")
        self._hand.touch("field-phone")
        self._hand.type("13800138000")
        self._hand.touch("main")
        self._hand.step(Step.REVIEW)

    def _first_choice(self, name: str) -> str:
        item = self._kiosk.session.visit.item
        assert item is not None
        return f"choice-{next(field for field in item.fields() if field.name == name).choices[0].value}"

    def _answers(self, given: dict[str, str]) -> None:
        """Without the keyboard."""
        self._hand.step(Step.FORM)
        item = self._kiosk.session.visit.item
        assert item is not None
        for group in item.form:
            self._tell(*(ev.Answered(field.name, given[field.name]) for field in group.fields if field.name in given))
            self._tell(ev.WentOn())

    def _submits(self) -> None:
        self._hand.step(Step.REVIEW)
        if self._hand.sees("promise"):
            self._hand.touch("promise")
        self._hand.touch("main")
        self._hand.until("it is said how it went", lambda: self._kiosk.session.visit.step is Step.OUTCOME, REST_SECONDS)

    def _prints(self) -> None:
        self._hand.touch("main")
        self._hand.until("the slip is printed", lambda: self._kiosk.session.visit.printing is Printing.PRINTED, REST_SECONDS)

    def _leaves(self, stars: int = 0) -> None:
        """From the outcome or the receipt on; an outcome without a printed slip goes by the receipt's step."""
        if self._kiosk.session.visit.step is Step.OUTCOME:
            self._prints()
        self._hand.touch("main")
        self._hand.step(Step.RATING)
        self._hand.touch(f"rate-{stars}" if stars else "main")
        self._hand.step(Step.FAREWELL)
        self._hand.touch("main")

    def _walks_off(self) -> None:
        """One who is known is told goodbye."""
        self._hand.touch("leave")
        if self._hand.sees("leave-for-good"):  # something would be lost: it is asked whether that is meant
            self._hand.touch("leave-for-good")
        self._hand.until("the visit is over", lambda: self._kiosk.session.visit.step in (Step.FAREWELL, Step.ATTRACT))
        if self._kiosk.session.visit.step is Step.FAREWELL:
            self._hand.touch("main")

    def _usable(self, kind: DeviceKind) -> bool:
        return self._kiosk.session.facts.usable(kind)

    def _tell(self, *events: ev.Event) -> None:
        for event in events:
            self._hand.on_gui(lambda event=event: self._kiosk.session.send(event))

    def _world(self, *words: str) -> None:
        answer = ask(self._control, {"words": list(words)}, 20.0)
        assert answer["ok"], answer


TYPED = {
    "company_name": "示例药店",
    "credit_code": "91369999MA00000000",
    "premises": "示例路12号",
    "phone": "13800138000",
    "quality_officer": "李样",
    "pharmacist": "王样",
    "pharmacist_number": "369999000001",
    "prescription": "yes",
    "insurance": "no",
    "devices": "no",
}


def has_faces() -> bool:
    """Whether a face can be looked for here, and a card's photograph be made."""
    return YUNET_FILE.exists() and GCC is not None


class Mallinfo2(ctypes.Structure):
    """mallinfo(3)."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in ("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost")
    )


def heap_bytes() -> int:
    """What glibc has given out and not got back; 0 with another library."""
    mallinfo2 = getattr(ctypes.CDLL(None), "mallinfo2", None)
    if mallinfo2 is None:
        return 0
    mallinfo2.restype = Mallinfo2
    info = mallinfo2()
    return int(info.uordblks + info.hblkhd)


def weigh(visits: int) -> Sample:
    """This process, now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    descriptors, threads = (sum(1 for _ in Path("/proc/self", of).iterdir()) for of in ("fd", "task"))
    held = heap_bytes()
    return Sample(visits, pages * os.sysconf("SC_PAGE_SIZE"), descriptors, threads, sys.getallocatedblocks(), held)


def weigh_at_rest(visits: int, warm: Sample | None, seconds: float) -> Sample:
    """The first: what is held least within these seconds; later: as soon as no more is held than then, or when they are over.

    A request or a reopening may be under way, and Qt's idle threads live on for half a minute.
    """
    until = time.monotonic() + seconds
    found = weigh(visits)
    while time.monotonic() < until and (warm is None or _holds_more(found, warm)):
        time.sleep(0.1)
        now = weigh(visits)
        if warm is not None or _holds_more(found, now):
            found = now
    return found


def live(settings: Path, control: Path, visits: int, seed: int, kinds: Sequence[str]) -> int:
    """Be the kiosk; tells each sample on a line of its own. SIGINT lets the visit under way be the last."""
    os.environ.setdefault("QT_QUICK_BACKEND", "software")
    from PySide6.QtCore import QSize
    from PySide6.QtGui import QGuiApplication

    from ui.application import Application, Wanted
    from ui.screens import set_font
    from ui.walk.hand import Hand, WalkFailed

    if has_faces():
        from devices.face_camera import camera as face_camera

        face_camera.SFACE = stand_in_net(settings.parent / NET)  # type: ignore[misc]
    for module, name, seconds in HURRIED:
        assert hasattr(module, name)
        setattr(module, name, seconds)
    enough = threading.Event()

    class Soaked(Application):
        """The kiosk's program, with somebody before it."""

        def _stop_asked(self, number: int, frame: FrameType | None) -> None:
            if number == signal.SIGINT:
                enough.set()
            else:
                super()._stop_asked(number, frame)

        def _first_picture_drawn(self) -> None:
            super()._first_picture_drawn()
            threading.Thread(target=self._soak, name="residents", daemon=True).start()

        def _soak(self) -> None:
            kiosk, screens = self._kiosk, self._screens
            assert kiosk is not None
            assert screens is not None
            status = 1
            resident: Resident | None = None
            try:
                hand = Hand(screens.window, lambda: kiosk.session.visit, self._bridge.call, Path())
                resident = Resident(kiosk, hand, control, random.Random(seed), kinds)
                resident.until_ready()
                soak(resident, visits, enough, lambda: hand.on_gui(gc.collect))
                status = 0
            except (WalkFailed, TimeoutError, AssertionError, KioskError) as failed:
                where = f"{resident.doing}: " if resident is not None else ""
                tell({"failed": f"{where}{type(failed).__name__}: {failed}"})
            finally:
                self._bridge.call(lambda: self._app.exit(status))

    app = QGuiApplication(sys.argv[:1])
    set_font(app)
    return Soaked(app, Wanted(settings, QSize(WIDTH, HEIGHT))).run()


def soak(resident: Resident, visits: int, enough: threading.Event, collect: Callable[[], object]) -> None:
    """All the visits, or until it is enough; once the kiosk is warm, a look at what the process holds again and again."""
    kinds_known = len(resident.kinds)
    warm_after = max(visits // WARM_PART, min(WARM_ROUNDS * kinds_known, visits // 2), kinds_known)
    every = max(1, visits // SAMPLES)
    rest = REST_SECONDS if visits >= LONG else 0.0
    kinds: Counter[str] = Counter()
    warm: Sample | None = None
    for number in range(1, visits + 1):
        kinds[resident.comes(number)] += 1
        at_the_end = number == visits or enough.is_set()
        if not at_the_end and (number < warm_after or (number - warm_after) % every):
            continue
        resident.until_ready()
        resident.until_drained()
        collect()
        if visits >= LONG:
            resident.until_given_back()
        sample = weigh_at_rest(number, warm, REST_SECONDS if at_the_end else rest if warm is None else 0.0)
        warm = warm or sample
        tell({"sample": astuple(sample)})
        if at_the_end:
            break
    tell({"kinds": kinds})


def tell(what: dict[str, object]) -> None:
    print(json.dumps(what, ensure_ascii=False), flush=True)


# --- the world around it ------------------------------------------------------------------------------------------------


@contextmanager
def world(directory: Path) -> Iterator[tuple[Hall, Path, Path]]:
    """Centre, line and devices; the kiosk's settings file and the socket that moves the devices."""
    with open_hall(directory) as hall:
        line = EmulatedLine("127.0.0.1", int(hall.url.rpartition(":")[2]))
        bench = Bench(directory / "ports", Delays())
        emulation = Emulation(bench, line, lambda: _token(hall))
        faces = {pose.value: turned(portrait(), degrees) for pose, degrees in POSES.items()} if has_faces() else {}
        control = LocalServer(directory / "world.sock", lambda question: answer(question, emulation, bench, faces))
        try:
            file = directory / "kiosk.toml"
            often = {"heartbeat_seconds": 5.0, "events_seconds": 5.0, "read_timeout_seconds": 5.0}
            devices = (*USUAL, DOCUMENT_CAMERA, *((FACE_CAMERA,) if has_faces() else ()))
            text = settings_text(directory, KIOSK, line.url, bench, devices, often)
            file.write_text(with_faces(text, directory) if has_faces() else text, encoding="utf-8")
            place = Place(KIOSK, ZONE, "示例县政务服务中心", "Example County Service Hall", "369999")
            enrol(load_settings(file), new_code(hall.engine, place, timedelta(hours=1), hall.centre.clock))
            control.start()
            yield hall, file, directory / "world.sock"
        finally:
            control.stop()
            bench.stop()
            line.stop()


def with_faces(text: str, directory: Path) -> str:
    """The settings, with what the face camera compares by: a net in SFace's place, and a card's photograph."""
    stand_in_net(directory / NET)
    own = 'model = "camera-face"\n'
    assert own in text
    models = f'detector_model = "{YUNET_FILE}"\nrecogniser_model = "{directory / NET}"\n'
    return text.replace(own, f'{own}{models}photo_library = "{photo_library(directory)}"\nface_threshold = 0.8\n')


def answer(question: dict[str, Any], emulation: Emulation, bench: Bench, faces: dict[str, Frame]) -> dict[str, Any]:
    """What the emulated world answers, and besides `face POSE` or `face gone`: who stands before the camera."""
    match question["words"]:
        case ["face", str(pose)]:
            bench.show_face(faces.get(pose))
            return {"ok": True, "said": pose}
        case _:
            return emulation.answer(question)


def _token(hall: Hall) -> str:
    return Sandbox(hall.engine).new_token(PEOPLE[PERSON], hall.centre.clock())


@dataclass(frozen=True, slots=True)
class Soaking:
    """What a soak came to."""

    samples: tuple[Sample, ...]
    kinds: dict[str, int]
    wrong: tuple[str, ...]
    seconds: float
    stopped: bool = False
    """By Ctrl-C."""

    @property
    def visits(self) -> int:
        """How many there were."""
        return sum(self.kinds.values())


def run(visits: int, seed: int, say: Callable[[str], None] = lambda _: None, kinds: Sequence[str] = ()) -> Soaking:
    """The whole soak; `kinds`: of visits, all when none is named."""
    samples: list[Sample] = []
    counts: dict[str, int] = {}
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as name, world(Path(name)) as (hall, settings, control):
        began = time.monotonic()
        screen = Path(name) / "screen.json"
        screen.write_text(json.dumps({"screens": [{"name": "soak", "x": 0, "y": 0, "width": WIDTH, "height": HEIGHT}]}))
        environment = {**os.environ, **MEMORY, "QT_QPA_PLATFORM": f"offscreen:configfile={screen}"}
        command = [sys.executable, "-m", "tests.stories.soak", "--kiosk", str(settings), "--control", str(control)]
        command += ["--visits", str(visits), "--seed", str(seed), *(word for kind in kinds for word in ("--kind", kind))]
        with (
            subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as kiosk,
            enough(kiosk) as stops,
        ):
            assert kiosk.stdout is not None
            for line in kiosk.stdout:
                match json.loads(line):
                    case {"sample": numbers}:
                        samples.append(Sample(*numbers))
                        say(_words(samples[-1], time.monotonic() - began, visits))
                    case {"kinds": counted}:
                        counts = counted
                    case {"failed": why}:
                        wrong.append(why)
        if kiosk.returncode != 0:
            wrong.append(f"the kiosk ended with {kiosk.returncode}")
        wrong += _books(hall, settings)
        seconds = time.monotonic() - began
    if samples and kiosk.returncode == 0:  # else the last look was not taken at rest
        wrong += amiss(samples)
    return Soaking(tuple(samples), counts, tuple(wrong), seconds, bool(stops))


@contextmanager
def enough(kiosk: subprocess.Popen[str]) -> Iterator[list[int]]:
    """Meanwhile Ctrl-C lets the visit under way be the last, and a second one ends the kiosk at once; the signals that came."""
    came: list[int] = []

    def asked(number: int, _frame: FrameType | None) -> None:
        came.append(number)
        kiosk.send_signal(signal.SIGINT if len(came) == 1 else signal.SIGKILL)

    before = signal.signal(signal.SIGINT, asked) if threading.current_thread() is threading.main_thread() else None
    try:
        yield came
    finally:
        if before is not None:
            signal.signal(signal.SIGINT, before)


def _books(hall: Hall, settings: Path) -> list[str]:
    """Kept = acknowledged = in the centre, by their keys."""
    with closing(open_read_only(load_settings(settings).store.database_file)) as connection:
        rows = Review(connection).rows(limit=10**6)
    kept = {row.key for row in rows}
    answered = {row.key for row in rows if row.state in (RecordState.ACKNOWLEDGED, RecordState.REJECTED)}
    centre = hall.ledger().keys()
    return [] if kept == answered == centre else [f"kept {len(kept)}, answered {len(answered)}, in the centre {len(centre)}"]


def _words(sample: Sample, seconds: float, visits: int) -> str:
    a_minute = 60 * sample.visits / seconds
    held = f"{sample.rss_bytes / 1e6:.1f} MB RSS, {sample.heap_bytes / 1e6:.1f} MB heap, {sample.blocks:,} blocks"
    held += f", {sample.descriptors} descriptors, {sample.threads} threads"
    left = f"{a_minute:.0f} visits a minute, {(visits - sample.visits) / a_minute:.0f} minutes left"
    return f"after {sample.visits:,} of {visits:,} visits: {held}; {left}"


def _report(soaking: Soaking) -> Iterator[str]:
    yield ", ".join(f"{count} x {kind}" for kind, count in sorted(soaking.kinds.items(), key=lambda one: -one[1]))
    if len(soaking.samples) > 1:
        first, last = soaking.samples[0], soaking.samples[-1]
        yield f"from visit {first.visits:,} to {last.visits:,}, the middle of each end's fifth of {len(soaking.samples)} looks:"
        for one in growths(soaking.samples):
            yield f"  {one.what}: {one.before:,.0f} -> {one.after:,.0f}, {100 * one.part:+.2f} %, {one.per_visit:+,.1f} a visit"
        yield f"  descriptors {first.descriptors} -> {last.descriptors}, threads {first.threads} -> {last.threads}"
    result = f"{'FAILED' if soaking.wrong else 'PASSED'} after {soaking.visits:,} visits in {soaking.seconds / 60:.0f} minutes"
    result += " (stopped by Ctrl-C)" if soaking.stopped else ""
    yield f"{result}: {'; '.join(soaking.wrong) or 'nothing grew, and the books agree'}"


def main() -> int:
    parser = argparse.ArgumentParser(description="Thousands of visits at one kiosk, which must not grow by them.")
    parser.add_argument("--visits", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", action="append", default=[], help="of visits, can be given again; default: all")
    parser.add_argument("--kiosk", type=Path, help="be the kiosk of these settings")
    parser.add_argument("--control", type=Path, help="the socket that moves its devices (with --kiosk)")
    chosen = parser.parse_args()
    if chosen.kiosk:
        return live(chosen.kiosk, chosen.control, chosen.visits, chosen.seed, chosen.kind)
    soaking = run(chosen.visits, chosen.seed, lambda line: print(line, flush=True), chosen.kind)
    for line in _report(soaking):
        print(line)
    return 1 if soaking.wrong else 128 + signal.SIGINT if soaking.stopped else 0


if __name__ == "__main__":
    sys.exit(main())
