"""One kiosk of the simulation: the real store and its files, the real sender, the real printer's driver; residents and faults."""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from requests.structures import CaseInsensitiveDict

from central.attachments import missing
from central.people import PEOPLE
from devices.driver import PrintJob
from devices.errors import DeviceError, PrintUnconfirmed
from devices.receipt_printer.escpos import EscposPrinter
from devices.receipt_printer.jobs import PRINTED, PRINTING, PrintedJobs
from devices.reports import SlipFailed, SlipPrinted
from devices.settings import DeviceModel, DeviceSettings
from kiosk.print_notes import PrintNotes, settle_broken_off
from offline_cache.answer_reading import Answer
from offline_cache.blob import Blob
from offline_cache.centre import Centre
from offline_cache.errors import AnswerCut, CacheError, CentreHung, CentreUnreachable, StoreFull
from offline_cache.identity import Identity
from offline_cache.records import EARLIEST_MS, KeptRecord, RecordFacts, RecordState
from offline_cache.reports import (
    CancelOvertaken,
    Defect,
    JournalRefused,
    LedgerCompared,
    OrdersGiven,
    Report,
    SubmissionHeld,
    Vitals,
)
from offline_cache.sender import Sender
from offline_cache.sending import Setup
from offline_cache.sending_events import EVENTS_NEXT
from offline_cache.settings import CentreSettings, StoreSettings
from offline_cache.store import Store
from offline_cache.tables import Tables
from tests.central.hall import Hall, composed
from tests.central.simulated_printer import LINES, Crashed, SimulatedPrinter, slip_of
from tests.central.simulated_staff import Staff
from tests.central.simulated_world import CATALOGUE, ITEM, MATERIAL, START, URL, Request, World
from tests.offline_cache.plain_event import plain_event

SETTINGS = CentreSettings(url=URL, heartbeat_seconds=3600, events_seconds=3600)
LINES_OUT = (
    *("up", "up", "up", "up", "slow", "refused", "hung", "deaf", "cut upload", "dropped answer", "portal"),
    *("misread", "gateway"),
)
"""The last two make submissions need a person: a centre of another release that reads none, a gateway that lets none pass."""
HTML = CaseInsensitiveDict({"Content-Type": "text/html"})
SLOW = timedelta(seconds=2)
"""For each request of a slow line: some parts of an attachment, and the turn's time is over."""
DEATHS = 0.01
"""Of a kiosk, at each moment at which it matters most."""
STAFF_MEANWHILE = 0.02
"""That staff do something while a request is under way."""
STAFF_AT_REST = 0.3
"""That staff do something while the kiosk is stopped."""
MOST_TURNS = 12
RESIDENTS = [one.credential for one in PEOPLE.values()]
PART_BYTES, LEAST_PART_BYTES = 64, 16
"""Of an attachment in one request, in the place of the product's."""
PAGE_BYTES = (1, PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, 3 * PART_BYTES + 7)
PRINTER = DeviceSettings(name="receipt-printer", model=DeviceModel.ESCPOS, port="/dev/null")


class SimulatedCentre(Centre):
    """The kiosk's own client, over the simulated network."""

    def __init__(self, kiosk: SimulatedKiosk) -> None:
        super().__init__(SETTINGS, kiosk.identity, kiosk.clock)
        self.kiosk = kiosk

    def knock(self) -> bool:
        return self.kiosk.line != "refused"

    def _send(self, method: str, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        kiosk, request = self.kiosk, Request(method, url, body, headers)
        world, submissions = kiosk.world, request.submissions
        if not kiosk.full and (cancelled := submissions & kiosk.staff.cancelled.keys()):
            kiosk.wrong.append(f"{kiosk.name} sends what staff cancelled: {sorted(cancelled)}")
        self._meanwhile(attaches="/blobs/" in url)
        line = kiosk.line
        if (answered := self._stopped_by(line, request)) is not None:
            return answered
        if line == "slow":
            world.now += SLOW
        if line == "misread":
            kiosk.refused |= submissions
        if kiosk.dies():
            raise Crashed("before the request went out")
        world.sent.append(request)
        answer = world.deliver(request, misread=line == "misread")
        if kiosk.dies():
            raise Crashed("the centre has it, the kiosk does not know")
        if line == "deaf":
            raise CentreHung
        if line == "dropped answer" or (line == "dropped receipt" and submissions):
            raise AnswerCut
        return answer

    def _meanwhile(self, *, attaches: bool) -> None:
        """What befalls centre and line between two requests, and what staff do; most of it between two parts."""
        kiosk, dice = self.kiosk, self.kiosk.world.dice
        if not kiosk.in_danger:
            return
        if attaches and dice.random() < 0.08:
            kiosk.world.start_centre()
        if dice.random() < (0.12 if attaches else 0.03):
            kiosk.line = dice.choice(LINES_OUT)
        if dice.random() < STAFF_MEANWHILE:
            kiosk.staff.act()

    def _stopped_by(self, line: str, request: Request) -> Answer | None:
        """What is heard of a request that does not reach the centre whole; None for one that does."""
        match line:
            case "refused":
                raise CentreUnreachable
            case "hung":
                raise CentreHung
            case "cut upload":
                if request.body:
                    self.kiosk.world.deliver(request, self.kiosk.world.dice.randrange(len(request.body)))
                raise AnswerCut
            case "portal":
                return Answer(200, HTML, b"<html>Sign in</html>")
            case "gateway" if request.submissions:
                self.kiosk.refused |= request.submissions
                return Answer(413, HTML, b"<html>Too large</html>")
        return None


class SimulatedNotes(PrintNotes):
    """The kiosk's own, watched: what is on the disk as under way must be found broken off after a crash, and nothing else."""

    def __init__(self, kiosk: SimulatedKiosk) -> None:
        super().__init__(kiosk.store, kiosk.now_ms)
        self.kiosk = kiosk

    def note(self, device: str, job: str, code: str) -> None:
        super().note(device, job, code)
        kiosk = self.kiosk
        if dict(self.remembered(device)).get(job) == code:
            (kiosk.under_way.add if code == PRINTING else kiosk.under_way.discard)(job)
        elif not kiosk.full:
            kiosk.wrong.append(f"{kiosk.name} did not note {job} as {code!r}")


@dataclass
class SimulatedKiosk:
    """Store, sender and printer of one kiosk; its threads' turns are taken by the simulation."""

    world: World
    name: str
    lives: int = 0
    line: str = "up"
    in_danger: bool = True
    """Dies at bad moments, and its line may change at any; false in the peace at the end."""
    ahead: timedelta = timedelta()
    """Of its clock to the true time."""
    orders_at: datetime = START
    """When the centre answered a heartbeat last."""
    full: bool = False
    running: bool = False
    reader_plugged: bool = True
    matching: bool = True
    """Holds its days against the ledger."""
    under_way: set[str] = field(default_factory=set)
    """Slips whose beginning is on the disk and whose end is not."""
    clock_set: int = 0
    """So many times."""
    unheard: dict[str, tuple[str, datetime, int]] = field(default_factory=dict)
    """By resident: the key of the submission before whose slip the kiosk died, when that was kept, and `clock_set` then."""
    too_late: set[str] = field(default_factory=set)
    """The keys of those whose resident came again only after the day on which they are told."""
    told: dict[str, tuple[str, str]] = field(default_factory=dict)
    papers: dict[str, tuple[bytes, ...]] = field(default_factory=dict)
    """What is attached, by key."""
    slips: Counter[str] = field(default_factory=Counter)
    """Asked for, by key."""
    refused: set[str] = field(default_factory=set)
    """Submissions that were refused on their way, and may need a person."""
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        seed = self.world.dice.randbytes(32)
        self.identity: Identity = Hall(self.world.centre, URL).identity(self.name, Ed25519PrivateKey.from_private_bytes(seed))
        self.printer = SimulatedPrinter()
        self.staff = Staff(self)
        self.open()

    def clock(self) -> datetime:
        return self.world.now + self.ahead

    def now_ms(self) -> int:
        return (self.clock() - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)

    def dies(self) -> bool:
        return self.in_danger and self.world.dice.random() < DEATHS

    def open(self) -> None:
        settings = StoreSettings(directory=self.world.directory / f"{self.name}-{self.lives}")
        self.store = Store(settings, self.identity, now_ms=self.now_ms)
        self.settings, self.directory, self.full, self.running = settings, settings.directory, False, True
        self.identity.save(self.directory)
        broken_off = {job for _, job in self.store.call(settle_broken_off).result()}
        if broken_off != self.under_way:
            self.wrong.append(f"{self.name}: slips {broken_off} were broken off, not {self.under_way}")
        self.under_way = set()
        self.store.call(lambda tables: (tables.replica.activate(), tables.settings_replica.activate())).result()
        setup = Setup(
            settings,
            SETTINGS,
            self.identity.enrolled.server_public_key,
            lambda: Vitals("1", practice=True),
            now_ms=self.now_ms,
            monotonic=lambda: (self.world.now - START).total_seconds(),
            jitter=self.world.dice.random,
        )
        self.sender = Sender(self.store, SimulatedCentre(self), setup, self.hear)
        if not self.matching:
            self.sender._ledger.due = float("inf")
        self.jobs, self.driver = PrintedJobs(PRINTER.name, SimulatedNotes(self)), None
        for job in sorted(broken_off):
            self._must_not_print_again(job)

    def hear(self, report: Report) -> None:
        if isinstance(report, Defect | JournalRefused) or (isinstance(report, SubmissionHeld) and report.key not in self.refused):
            self.wrong.append(f"{self.name} heard {report}")
        if isinstance(report, CancelOvertaken):
            self.staff.done["overtaken"] += 1
            if report.key not in self.staff.cancelled:
                self.wrong.append(f"{self.name} heard {report}, which nobody cancelled")
        if isinstance(report, OrdersGiven):
            self.orders_at = self.world.now
        if isinstance(report, LedgerCompared) and not report.match.agrees:
            self.wrong.append(f"{self.name} differs from the ledger: {report.match}")

    # --- a visit ----------------------------------------------------------------------------------------------------

    def visit(self) -> None:
        """A resident submits; sometimes the kiosk dies after the commit and before anyone hears of it."""
        dice = self.world.dice
        who = dice.choice(RESIDENTS)
        if self.in_danger and dice.random() < 0.02:
            self.reader_plugged = False  # while the card lies on it
        if not self.reader_plugged:
            self.log("visit-ended")  # nobody can say who they are: nothing is kept
            return
        if self._finds_what_was_kept(who.number):
            return
        key = str(UUID(int=dice.getrandbits(128) & ~(0xF << 76 | 0x3 << 62) | 0x7 << 76 | 0x2 << 62))
        self.papers[key] = papers = self._papers()
        heard: list[KeptRecord | CacheError] = []
        self.store.keep(
            key,
            self.clock().date(),
            self._composed(key, who.number, papers),
            heard.append,
            item=ITEM.code,
            attachments=[Blob.of(paper) for paper in papers],
        )
        self.log("submission-asked", key[:8])
        if self.dies():
            self.crash()
            if key in self.rows():
                self.unheard[who.number] = (key, self.world.now, self.clock_set)
                self._stands_there_still(who.number)
            return
        match heard[0]:
            case KeptRecord() as record:
                self.told[key] = (record.receipt_number, record.content_hash)
                self._give_slip(who.number, key, self.world.now)
            case StoreFull() if self.full:
                pass
            case trouble:
                self.wrong.append(f"{self.name} could not keep: {trouble}")

    def _papers(self) -> tuple[bytes, ...]:
        """Pages as they are captured: mostly none, some brought before by somebody, some twice in the same visit."""
        dice, known = self.world.dice, self.world.papers
        if dice.random() < 0.8:
            return ()
        for _ in range(dice.choice((0, 1, 1, 2))):
            known.append(dice.randbytes(dice.choice(PAGE_BYTES)))
        return tuple(dice.choices(known[-4:], k=dice.choice((1, 1, 2, 3)))) if known else ()

    def _composed(self, key: str, number: str, papers: Sequence[bytes]) -> Callable[[int], bytes]:
        now = self.clock()
        attached = [
            {
                "material": MATERIAL,
                "page": page,
                "sha256": hashlib.sha256(paper).hexdigest(),
                "size": len(paper),
                "media_type": "image/jpeg",
            }
            for page, paper in enumerate(papers, 1)
        ]
        return composed(
            CATALOGUE,
            self.name,
            key,
            now.date(),
            now,
            ITEM.code,
            applicant={"proof": "card", "name": "虚构", "number": number, "document": "resident"},
            attachments=attached,
            promises=[] if attached else [{"material": MATERIAL, "due": "2027-01-31"}],
            progress_token=self.world.dice.randbytes(16).hex(),
        )

    def _finds_what_was_kept(self, who: str) -> bool:
        """Whom the kiosk died under is shown what was kept and offered its slip, and enters nothing twice; nobody else is."""
        found = self.store.call(lambda tables: tables.untold.find(ITEM.code, who, self.now_ms())).result()
        key, kept_at, clock_set = self.unheard.pop(who, ("", START, 0))
        if found is None:
            lately = clock_set == self.clock_set and self.world.now - kept_at < timedelta(hours=24)
            if key and lately and key not in self.staff.cancelled:
                self.wrong.append(f"{self.name} tells nobody of {key}")
            self.too_late.add(key)
            return False
        if self.now_ms() < EARLIEST_MS and found.submission.key in self.too_late:
            key = found.submission.key  # with such a clock nobody knows that it is old, and it is still not told
        if found.submission.key != key:
            self.wrong.append(f"{self.name} tells again of {found.submission.key}")
            return False
        number, hash_, _ = self.rows()[key]
        self.told[key] = (number, hash_)
        self._give_slip(who, key, kept_at)
        return True

    def _stands_there_still(self, who: str) -> None:
        """As most do when the kiosk has started again."""
        if self.world.dice.random() < 0.7 and self.reader_plugged:
            self._finds_what_was_kept(who)

    def _give_slip(self, who: str, key: str, kept_at: datetime) -> None:
        """Until it comes out, or nobody mends the printer; then the resident leaves, and has been told."""
        try:
            while not self._prints(key) and self.world.dice.random() < 0.4:
                self.printer.mend()
        except Crashed:
            self.crash()
            self.unheard[who] = (key, kept_at, self.clock_set)
            self._stands_there_still(who)
            return
        self.store.tell(key)
        found = self.store.call(lambda tables: tables.untold.find(ITEM.code, who, self.now_ms())).result()
        if found is not None and found.submission.key == key:
            if not self.full:
                self.wrong.append(f"{self.name} forgets that it told of {key}")
            self.unheard[who] = (key, kept_at, self.clock_set)

    # --- paper ------------------------------------------------------------------------------------------------------

    def _prints(self, key: str) -> bool:
        """A slip under a job of its own, as each asking has."""
        dice = self.world.dice
        if self.in_danger and dice.random() < 0.08:
            self.printer.fail(dice)
        self.printer.kiosk_dies_in = dice.randint(1, LINES) if self.in_danger and dice.random() < 0.03 else None
        self.slips[key] += 1
        job = f"{key}-{self.slips[key]}"
        report = self._order(job)
        if report is None or isinstance(report, SlipFailed):
            return False
        if not self.full:
            self.store.call(lambda tables: tables.review.mark_printed(key, self.now_ms())).result()
        if dice.random() < 0.05:
            self._order(job)  # whoever asks for the same again hears that it is printed
        return True

    def _order(self, job: str) -> SlipPrinted | SlipFailed | None:
        """As the printer's worker does it: a driver is made when it is plugged, and goes with its line."""
        try:
            if self.driver is None:
                driver = EscposPrinter(PRINTER, self.jobs, self.printer.clock, self.printer)
                driver.open()
                self.driver = driver
            (report,) = self.driver.perform(PrintJob(job, slip_of(job)))
        except DeviceError:
            self.driver = None
            return None
        assert isinstance(report, SlipPrinted | SlipFailed)
        return report

    def _must_not_print_again(self, job: str) -> None:
        """Nobody knows how much of it came out: it is unconfirmed, and only another asking prints."""
        report = self._order(job)
        if report is not None and not (isinstance(report, SlipFailed) and report.code == PrintUnconfirmed.code):
            self.wrong.append(f"{self.name}: the broken off slip {job} is {report}")

    def slips_amiss(self) -> list[str]:
        """No job came out twice, and what is noted as printed has come out."""
        out = self.printer.slips()
        noted = self.store.call(lambda tables: tables.print_jobs.remembered(PRINTER.name)).result()
        wrong = [f"{self.name} printed {job} {count} times" for job, count in out.items() if count > 1]
        return wrong + [f"{self.name} never printed {job}" for job, code in noted if code == PRINTED and not out[job]]

    # --- what happens to it ---------------------------------------------------------------------------------------

    def log(self, event: str, visit: str = "") -> None:
        self.store.log(plain_event(event, visit, {"n": len(self.told)}))
        self.store.call(lambda _: None).result()  # the storage thread has done all that was asked: the same in every run

    def send(self) -> None:
        """The sending thread's turns at this moment, until it wants to wait."""
        for _ in range(MOST_TURNS):
            try:
                if self.sender._turn() > 0.02:
                    return
            except StoreFull:
                return
            except Crashed:
                self.crash()

    def crash(self) -> None:
        """Only what is in the files lives on: they are copied as they stand, as after kill -9."""
        before = self.directory
        self.lives += 1
        shutil.copytree(before, self.world.directory / f"{self.name}-{self.lives}")
        (self.world.directory / f"{self.name}-{self.lives}" / "store.db-shm").unlink(missing_ok=True)
        self.store.stop()
        shutil.rmtree(before)
        self.open()
        self.check_kept()

    def set_clock(self, ahead: timedelta) -> None:
        """Of the true time."""
        self.ahead, self.clock_set = ahead, self.clock_set + 1

    def restart(self) -> None:
        """Stopped as it should be; nothing is printed just then."""
        self.store.stop()
        self.running = False
        if self.world.dice.random() < STAFF_AT_REST:
            self.staff.act()
        self.open()

    def fill_disk(self, *, full: bool) -> None:
        """SQLite gets no page more than it has."""
        self.full = full
        pages = 1 if full else 2**30
        self.store.call(lambda _: self.store._connection.execute(f"PRAGMA max_page_count={pages}")).result()

    # --- what must hold -------------------------------------------------------------------------------------------

    def facts(self) -> tuple[RecordFacts, ...]:
        return tuple(self.store.call(lambda tables: tables.review.rows(limit=10**6)).result())

    def cancelled_too_late(self) -> list[str]:
        """What staff cancelled, and the centre has all the same: the next match with its ledger finds that out."""
        ledger = Hall(self.world.centre, URL).ledger()
        return [key for key, (*_, state) in self.rows().items() if state is RecordState.CANCELLED and key in ledger]

    def rows(self) -> dict[str, tuple[str, str, RecordState]]:
        return {row.key: (row.receipt_number, row.content_hash, row.state) for row in self.facts()}

    def nothing_waits(self) -> bool:
        def all_sent(tables: Tables) -> bool:
            newest, _ = tables.journal._newest()  # what staff did beside it is an event, too
            return tables.outbox.tally().depth == 0 and tables.marks.get(EVENTS_NEXT, 1) > newest

        return self.store.call(all_sent).result()

    def check_kept(self) -> None:
        """Told ⊆ kept, acknowledged ⊆ the centre's ledger, and every paper here or, once its submission is gone, there."""
        rows = self.rows()
        if lost := [key for key, told in self.told.items() if rows.get(key, ())[:2] != told]:
            self.wrong.append(f"{self.name} lost {lost}")
        ledger = Hall(self.world.centre, URL).ledger()
        for facts in self.facts():
            if facts.state is RecordState.ACKNOWLEDGED and facts.key not in ledger:
                self.wrong.append(f"{self.name} believes {facts.key} is at the centre")
            if facts.state is RecordState.CANCELLED and facts.key not in self.staff.cancelled:
                self.wrong.append(f"{self.name}: nobody cancelled {facts.key}")
            if facts.state is RecordState.CANCELLED and facts.erased:
                continue
            if facts.state is RecordState.ACKNOWLEDGED or facts.erased:
                self._check_papers_there(facts.key)
            else:
                self._check_papers_here(facts.key)

    def _check_papers_there(self, key: str) -> None:
        names = {hashlib.sha256(paper).hexdigest() for paper in self.papers[key]}
        with self.world.engine.connect().execution_options(reading=True) as connection:
            if lacking := missing(connection, self.name, names):
                self.wrong.append(f"the centre has not all papers of {key}: {sorted(lacking)}")

    def _check_papers_here(self, key: str) -> None:
        def opened(tables: Tables) -> tuple[bytes, ...]:
            return tuple(tables.attachments.open(key, one.number) for one in tables.attachments.of(key))

        if self.store.call(opened).result() != self.papers[key]:
            self.wrong.append(f"{self.name} lost papers of {key}")
