"""One kiosk's visits, one after the other: performs what the flow asks for, keeps its clock and logs each transition.

Lives on its owner's one thread, the GUI thread in the kiosk; every method and every callback it hands out is for that
thread. Nothing in it waits.
"""

from __future__ import annotations

import base64
import functools
import itertools
import secrets
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar, assert_never

from devices import reports as told
from devices.receipt_printer.slip import Slip
from devices.reports import DeviceKind
from kiosk.catalogue.model import Catalogue, Item, Kind
from kiosk.errors import known_code
from kiosk.log_events import Event as LogEvent
from kiosk.log_events import Scalar
from kiosk.visit import effects as do
from kiosk.visit import events as ev
from kiosk.visit.facts import Facts
from kiosk.visit.flow import advance
from kiosk.visit.identifying import IDENTIFYING, identifying
from kiosk.visit.identity import judge_card, judge_credential
from kiosk.visit.outcomes import credential_code, outcome_of_answer, outcome_of_enquiry, outcome_of_kept
from kiosk.visit.ports import Ports
from kiosk.visit.preflight import check
from kiosk.visit.scanned_code import judge_code
from kiosk.visit.settings import VisitSettings
from kiosk.visit.submission import Particulars, Place, captured_before, content_bytes, enquiry
from kiosk.visit.visit import Factor, Obstacle, Outcome, OutcomeKind, Printing, Step, Visit
from kiosk.visit.visit_clock import VisitClock
from kiosk.visit.visit_log import how_it_ended, item_code, worth_logging
from offline_cache.errors import CacheError, SubmissionTooLarge
from offline_cache.records import RecordState
from offline_cache.reports import SubmissionHeld
from offline_cache.untold import KeptBefore

if TYPE_CHECKING:
    from offline_cache.wire import Credential, EnquiryRecord, SubmissionAnswer

T = TypeVar("T")
ANSWERS_BYTES = 65_536
"""Of a submission's room, left for what is no page."""
SHOWN_MM = 80
"""Width of the slip on the screen, whatever paper it is printed on."""
random_token = functools.partial(secrets.token_urlsafe, 16)
random_visit_id = functools.partial(secrets.token_hex, 16)


class Session:
    """The visit under way, and the only one who changes it."""

    def __init__(
        self,
        ports: Ports,
        settings: VisitSettings,
        catalogue: Callable[[], Catalogue],
        clock: Callable[[], datetime],
        monotonic: Callable[[], float],
        new_key: Callable[[], str],
        place: Place,
        new_token: Callable[[], str] = random_token,
        new_visit_id: Callable[[], str] = random_visit_id,
    ) -> None:
        """`clock` gives local time with its offset, `new_key` a fresh UUIDv7, `new_token` 22 opaque characters."""
        self._ports = ports
        self._place = place
        self._catalogue = catalogue
        self._now = clock
        self._monotonic = monotonic
        self._new_key = new_key
        self._new_token = new_token
        self._new_visit_id = new_visit_id
        self._visit = Visit()
        self._facts = Facts()
        self._clock = VisitClock(settings, monotonic())
        self._listeners: list[Callable[[], None]] = []
        self._waiting: deque[ev.Event] = deque()
        self._advancing = False
        self._tickets = itertools.count(1)
        self._awaited: dict[str, int] = {}
        self._visit_id = ""
        self._job = ""
        self._photo = b""
        """Of the card that was read, as long as a face may be compared with it; never in the visit itself."""
        self._face_job = ""
        self._face_given_up = threading.Event()
        self._slip_given_up = threading.Event()
        self._page_job = ""
        self._progress_token = ""
        self._catalogue_version = ""
        self._recalling: KeptBefore | None = None
        """Kept before and answered: the centre is asked how."""
        self._countdown = 0

    @property
    def visit(self) -> Visit:
        """The visit as it now is."""
        return self._visit

    @property
    def facts(self) -> Facts:
        """The kiosk around it as it now is."""
        return self._facts

    @property
    def visit_id(self) -> str:
        """Random, of this visit only; "" while nobody is here."""
        return self._visit_id

    @property
    def countdown_seconds(self) -> int:
        """Seconds left of what is counting down: the idle warning, the rating, the farewell; 0 when nothing is."""
        return self._clock.countdown(self._visit, self._monotonic())

    @property
    def visit_seconds_left(self) -> int:
        """Seconds left of the longest visit."""
        return self._clock.visit_seconds_left(self._visit, self._monotonic())

    def watch(self, listener: Callable[[], None]) -> None:
        """Call `listener` after each change of visit, facts or countdown."""
        self._listeners.append(listener)

    def obstacles(self, item: Item) -> tuple[Obstacle, ...]:
        """What stands in this item's way now, by the facts."""
        return check(item, self._facts, self._now())

    def _preflight(self, item: Item) -> ev.PreflightDone:
        return ev.PreflightDone(self.obstacles(item), self._facts.usable(DeviceKind.DOCUMENT_CAMERA))

    def slip(self) -> Slip | None:
        """The slip of what the visit now tells; None when there is nothing to print."""
        from kiosk.visit.receipt import Around, make_slip  # not before the first screen is drawn

        return make_slip(self._visit, Around(self._place, self._now(), self._facts.practice, self._progress_token))

    def slip_png(self) -> bytes:
        """The same as a picture for the screen; b"" when there is none."""
        from devices.receipt_printer.picture import render_png  # pictures need Pillow, visits without a screen do not

        slip = self.slip()
        return render_png(slip, SHOWN_MM) if slip is not None else b""

    def slip_code_png(self) -> bytes:
        """The slip's code alone, large, for a phone; b"" when there is none."""
        from devices.receipt_printer.picture import code_png  # as above

        slip = self.slip()
        return code_png(slip) if slip is not None else b""

    # --- what happens ---------------------------------------------------------------------------------------------

    def send(self, event: ev.Event) -> None:
        """Tell what happened; what an effect tells in turn is taken in order, never inside another event."""
        self._waiting.append(event)
        self._advance()

    def _advance(self) -> None:
        """Take what waits; before it, what a kiosk that stood still has to say."""
        if self._advancing:
            return
        self._advancing = True
        if (overslept := self._clock.overslept(self._visit, self._monotonic())) is not None:
            self._waiting.appendleft(overslept)
        try:
            while self._waiting:
                self._take(self._waiting.popleft())
        finally:
            self._advancing = False
        self._tell()

    def submit(self) -> None:
        """提交 was touched: its key and time are fixed here; the key is another one only for another submission."""
        self.send(ev.Submitted(self._visit.key or self._new_key(), self._now()))

    def take_settings(self, settings: VisitSettings) -> None:
        """Go by these times from now on; only while nobody is here."""
        assert self._visit.step is Step.ATTRACT
        self._clock = VisitClock(settings, self._monotonic())

    def tick(self) -> None:
        """Let the clock speak; called about four times a second."""
        item = self._visit.item
        if self._visit.step is Step.GUIDE and item is not None and self._visit.obstacles != self.obstacles(item):
            self.send(self._preflight(item))  # e.g. the data source has closed meanwhile
        now = self._monotonic()
        if self._clock.overslept(self._visit, now) is not None:
            self._advance()
        elif (due := self._clock.due(self._visit, now)) is not None:
            self.send(due)
        elif self.countdown_seconds != self._countdown:
            self._tell()

    def facts_changed(self, facts: Facts) -> None:
        """The kiosk around the visit is another than before: the pre-flight is made anew, lost devices are told."""
        if facts == self._facts:
            return
        before, self._facts = self._facts, facts
        for kind in DeviceKind:
            if before.usable(kind) and not facts.usable(kind):
                self.send(ev.DeviceLost(kind))
            elif facts.usable(kind) and not before.usable(kind):
                self.send(ev.DeviceReturned(kind))
        if self._visit.step is Step.GUIDE and self._visit.item is not None:
            self.send(self._preflight(self._visit.item))
        if self._visit.step is Step.SUBMIT and self._visit.receipt_number and not facts.online:
            self.send(ev.AnswerSlow(self._visit.key))
        self._tell()

    def hear(self, report: told.Report) -> None:
        """Take a device's report; what a card or code says beyond the item's needs is dropped here."""
        match report:
            case told.CardRead() | told.CardFailed():
                self._hear_card(report)
            case told.CodeScanned():
                self._hear_code(report)
            case told.SlipPrinted() | told.SlipFailed():
                self._hear_printer(report)
            case told.StatusChanged(status):
                self._hear_status(status)
            case told.FaceAsked() | told.FaceCompared():
                self._hear_face(report)
            case told.FaceSeen(_, hint):
                if self._face_job:  # else staff look at the camera
                    self.send(ev.FaceSeen(hint))
            case told.PageSeen(_, hint):
                self.send(ev.PageSeen(hint.value))
            case told.PageCaptured():
                self._hear_page(report)
            case told.CardLifted() | told.BadgeShown() | told.FrameReady() | told.TestFinished():
                return
            case _ as never:
                assert_never(never)

    def end(self, how: str) -> None:
        """End the visit from outside the flow, whatever its step: `defect` after a fault of the program, or `stopped`."""
        self._waiting.clear()
        before, self._visit = self._visit, Visit()
        if before.step is not Step.ATTRACT:
            self._log_end(before, how)
        for effect in (do.StopIdentifying(), do.Wipe()):
            self._perform(effect)
        self._visit_id = ""
        self._tell()

    # --- inside ---------------------------------------------------------------------------------------------------

    def _take(self, event: ev.Event) -> None:
        before = self._visit
        after, effects = advance(before, event)
        if isinstance(event, ev.ItemChosen) and after.item is not before.item:
            self._catalogue_version = self._catalogue().version
        self._visit = after
        self._clock.follow(before, event, after, self._monotonic())
        if before.step is Step.ATTRACT and after.step is not Step.ATTRACT:
            self._visit_id = self._new_visit_id()
            self._log("visit-began", {"language": after.language.value})
        for name, facts in worth_logging(before, event, after):
            self._log(name, facts, visit_id="" if name.startswith("rating-") else self._visit_id)
        if after.step is Step.ATTRACT and before.step is not Step.ATTRACT:
            self._log_end(before, how_it_ended(before, event))
            self._visit_id = ""
        # Told is who has the slip or has left: who was interrupted before, as by a kiosk that stood still, finds it again, and
        # enters nothing twice.
        left = after.step is Step.FAREWELL and before.step is not Step.FAREWELL
        printed = after.printing is Printing.PRINTED and before.printing is not Printing.PRINTED
        let_go = after.key != before.key and not isinstance(event, ev.StoodStill)
        if before.receipt_number and (left or printed or let_go):
            self._ports.store.tell(before.key)
        for effect in effects:
            self._perform(effect)
        if self._recalling is not None and (
            after.step in (Step.FORM, Step.MATERIALS, Step.REVIEW) or after.notice == "nothing-kept-before"
        ):
            # Nothing is entered twice while the centre is slow to say how: what the disk knows is told now.
            self._tell_kept(self._recalling, outcome_of_kept(self._recalling))

    def _hear_status(self, status: told.DeviceStatus) -> None:
        old = self._facts.devices.get(status.device)
        # At work or waiting for work is all one to the log, which would else tell every slip.
        other = old is None or old.trouble != status.trouble
        if other or (old is not None and old.state is not status.state and not (old.usable and status.usable)):
            code = known_code(status.trouble) if status.trouble else ""
            facts = {"device": status.device, "kind": status.kind.value, "state": status.state.value, "code": code}
            self._log("device-state", facts, visit_id="")
        self.facts_changed(replace(self._facts, devices={**self._facts.devices, status.device: status}))

    def _tell(self) -> None:
        self._countdown = self.countdown_seconds
        for listener in self._listeners:
            listener()

    def _log(self, name: str, facts: Mapping[str, Scalar], visit_id: str | None = None) -> None:
        self._ports.store.log(LogEvent(name, facts, self._visit_id if visit_id is None else visit_id))

    def _log_end(self, before: Visit, how: str) -> None:
        seconds = self._clock.seconds(self._monotonic())
        self._log("visit-ended", {"how": how, "step": before.step.value, "seconds": seconds, "item": item_code(before)})

    def _perform(self, effect: do.Effect) -> None:
        match effect:
            case do.CheckPreflight(item):
                self.send(self._preflight(item))
            case do.StartIdentifying() | do.StopIdentifying():
                self._identify(isinstance(effect, do.StartIdentifying))
            case do.CompareFace():
                self._compare_face()
            case do.StopComparing():
                self._stop_comparing()
            case do.StartCapturing() | do.StopCapturing():
                self._capture(isinstance(effect, do.StartCapturing))
            case do.CapturePage():
                self._take_page()
            case do.ResolveCredential(token, symbology):
                from offline_cache.wire import CredentialRequest

                request = CredentialRequest(token=base64.b64encode(token).decode(), symbology=symbology[:16])
                self._ports.centre.resolve(request, self._once("credential", self._resolved))
            case do.LookForKept(item, person):
                tell = self._once("kept before", self._kept_before)
                self._ports.store.kept_before(item.code, person.number, tell)
            case do.KeepSubmission():
                self._keep(effect)
            case do.AskCentre():
                self._ask(effect)
            case do.AwaitAnswer(key):
                self._await(key)
            case do.PrintSlip():
                self._print()
            case do.KeepRating(level, code):
                self._ports.store.keep_rating(code, level)
            case do.Wipe():
                self._wipe()
            case _ as never:
                assert_never(never)

    def _wipe(self) -> None:
        self._stop_comparing()
        self._slip_given_up.set()  # not yet begun, it would come out to whoever is next
        self._awaited.clear()
        self._recalling = None
        self._job = self._progress_token = ""
        self._page_job = ""
        for kind in (*IDENTIFYING, DeviceKind.DOCUMENT_CAMERA):
            self._ports.devices.activate(kind, active=False)
        self._ports.wipe()

    def _once(self, what: str, handle: Callable[[T], None]) -> Callable[[T], None]:
        """A callback that reaches `handle` only while its visit, and no newer request for the same, is under way."""
        ticket = self._awaited[what] = next(self._tickets)

        def deliver(result: T) -> None:
            if self._awaited.get(what) == ticket:
                handle(result)

        return deliver

    # --- who is it ------------------------------------------------------------------------------------------------

    def _identify(self, active: bool) -> None:
        # Begun anew or ended: a card that was read before gives nothing any more.
        self._stop_comparing()
        self._photo = b""
        item = self._visit.item
        wanted = identifying(item) if active and item is not None else ()
        for kind in IDENTIFYING:
            self._ports.devices.activate(kind, active=kind in wanted)
            if kind in wanted and self._facts.fitted(kind) and not self._facts.usable(kind):
                self.send(ev.DeviceLost(kind))

    def _hear_card(self, report: told.CardRead | told.CardFailed) -> None:
        if self._visit.step is not Step.IDENTIFY or self._visit.item is None:
            return
        if isinstance(report, told.CardFailed):
            self._log("card-failed", {"device": report.device, "code": known_code(report.code)})
            self.send(ev.CardRefused(report.code))
            return
        self._log("card-read", {"device": report.device})
        judged = judge_card(report.card, self._visit.item, self._now().date())
        self.send(judged)
        if isinstance(judged, ev.CardAccepted) and self._visit.person is not None:
            same = self._visit.person.number == judged.person.number
            self._photo = report.card.photo if same and not judged.face_hindrance else b""

    def _compare_face(self) -> None:
        self._stop_comparing()
        self._face_given_up = threading.Event()
        self._face_job = f"face-{next(self._tickets)}"
        if not self._ports.devices.compare_face(self._face_job, self._photo, self._face_given_up):
            self.send(ev.FaceRefused("not-fitted"))

    def _stop_comparing(self) -> None:
        self._face_given_up.set()
        self._face_job = ""

    def _hear_face(self, report: told.FaceAsked | told.FaceCompared) -> None:
        if not self._face_job or report.job != self._face_job:
            return
        if isinstance(report, told.FaceAsked):
            self.send(ev.FaceAskedTo(report.ask, report.done, report.of))
            return
        self._face_job = ""
        self.send(ev.FaceRefused(known_code(report.code)) if report.code else ev.FaceMatched())

    def _hear_code(self, report: told.CodeScanned) -> None:
        if self._visit.step is not Step.IDENTIFY or self._visit.resolving or Factor.CODE in self._visit.factors:
            return
        judged, kind = judge_code(report.payload, report.symbology)
        self._log("code-scanned", {"device": report.device, "class": kind, "bytes": len(report.payload)})
        if isinstance(judged, ev.CodeShown) and not self._facts.online:
            judged = ev.CodeRefused("credential-offline")
        self.send(judged)

    def _resolved(self, answer: Credential | CacheError) -> None:
        if self._visit.item is None:
            return
        if isinstance(answer, CacheError):
            self.send(ev.CodeRefused(credential_code(answer)))
        else:
            self.send(judge_credential(answer, self._visit.item))

    # --- papers ---------------------------------------------------------------------------------------------------

    def _capture(self, active: bool) -> None:
        self._page_job = ""
        self._ports.devices.activate(DeviceKind.DOCUMENT_CAMERA, active=active)
        if active and not self._facts.usable(DeviceKind.DOCUMENT_CAMERA):
            self.send(ev.DeviceLost(DeviceKind.DOCUMENT_CAMERA))

    def _take_page(self) -> None:
        self._page_job = f"page-{next(self._tickets)}"
        if not self._ports.devices.capture_page(self._page_job):
            self._page_job = ""
            self.send(ev.PageRefused("not-fitted"))

    def _hear_page(self, report: told.PageCaptured) -> None:
        if not self._page_job or report.job != self._page_job:
            return
        self._page_job = ""
        captured = sum(len(page.jpeg) for page in self._visit.pages) + len(report.jpeg)
        if report.code:
            self.send(ev.PageRefused(known_code(report.code)))
        elif report.hint is not told.PageHint.GOOD:
            self.send(ev.PageRefused(f"page-{report.hint.value}"))
        elif captured > self._facts.queue.submission_bytes - ANSWERS_BYTES:  # told now, not at 提交 when all is done
            self.send(ev.PageRefused(SubmissionTooLarge.code))
        else:
            self.send(ev.PageTaken(report.jpeg))

    # --- disk and centre --------------------------------------------------------------------------------------------

    def _keep(self, keep: do.KeepSubmission) -> None:
        self._progress_token = self._new_token()
        particulars = Particulars(self._place, self._catalogue_version, self._progress_token, self._facts.practice)
        compose = functools.partial(content_bytes, keep, particulars=particulars)
        tell = self._once("disk", functools.partial(self._kept, keep.key))
        visit_id = self._visit_id

        def done(result: str | CacheError) -> None:
            # Logged by its key even when the visit that waited for it is over.
            facts = {"key": keep.key, "item": keep.item.code}
            if isinstance(result, CacheError):
                self._log("submission-not-kept", {**facts, "code": known_code(result.code)}, visit_id)
            else:
                self._log("submission-kept", facts, visit_id)
            tell(result)

        self._ports.store.keep(keep.key, keep.item.code, compose, done, [page.picture for page in keep.pages])

    def _kept_before(self, kept: KeptBefore | None) -> None:
        if kept is None:
            return
        if kept.state is RecordState.ACKNOWLEDGED:  # the disk knows that it was answered, the centre knows how
            self._recalling = kept
            recalled = functools.partial(self._recalled, kept)
            self._ports.centre.recall(kept.submission.key, self._once("recalled", recalled))
        else:
            self._tell_kept(kept, outcome_of_kept(kept))

    def _recalled(self, kept: KeptBefore, answer: SubmissionAnswer | CacheError) -> None:
        outcome = None if isinstance(answer, CacheError) else outcome_of_answer(answer)
        if self._recalling is kept:
            self._tell_kept(kept, outcome or outcome_of_kept(kept))
        elif outcome is not None:  # it was told as the disk knows it
            self.send(ev.CentreAnswered(kept.submission.key, outcome))

    def _tell_kept(self, kept: KeptBefore, outcome: Outcome) -> None:
        self._recalling = None
        told = kept.submission
        item, person = self._visit.item, self._visit.person
        if item is None or item.code != told.item or person is None or person.number != told.applicant.number:
            return  # somebody else stands here by now
        self._progress_token = told.progress_token
        promised, pages = bool(told.promises), captured_before(item, told.attachments)
        self.send(ev.KeptBefore(told.key, told.receipt_number, told.submitted_at, told.answers, promised, outcome, pages))

    def _kept(self, key: str, result: str | CacheError) -> None:
        self.send(ev.NotKept(key, result.code) if isinstance(result, CacheError) else ev.Kept(key, result))

    def _await(self, key: str) -> None:
        self._ports.store.await_answer(key, self._once("answer", functools.partial(self._answered, key)))
        if not self._facts.online:
            self.send(ev.AnswerSlow(key))

    def _answered(self, key: str, answer: SubmissionAnswer | SubmissionHeld) -> None:
        outcome = outcome_of_answer(answer)
        if outcome is not None:
            self.send(ev.CentreAnswered(key, outcome))

    def _ask(self, ask: do.AskCentre) -> None:
        tell = self._once("enquiry", functools.partial(self._asked, ask.item.code))
        self._ports.centre.ask(ask.item.code, enquiry(ask), tell)

    def _asked(self, code: str, answer: EnquiryRecord | CacheError) -> None:
        outcome = outcome_of_enquiry(answer)
        if outcome.kind is OutcomeKind.UNANSWERED:
            self._log("enquiry-unanswered", {"item": code, "code": known_code(outcome.code)})
        else:
            self._log("enquiry-answered", {"item": code, "outcome": outcome.kind.value})
        self.send(ev.CentreAnswered("", outcome))

    # --- paper ------------------------------------------------------------------------------------------------------

    def _print(self) -> None:
        slip = self.slip()
        assert slip is not None
        # A fresh id for each asking: the printer prints no id twice, and no report of an older one is taken for ours.
        self._job = f"{self._visit_id}-{next(self._tickets)}"
        self._slip_given_up.set()
        self._slip_given_up = threading.Event()
        if not self._order_printing()(self._job, slip, self._slip_given_up):
            self._job = ""
            self.send(ev.SlipStuck("not-fitted"))

    def _order_printing(self) -> Callable[[str, Slip, threading.Event], bool]:
        """A document goes to the A4 printer where one is ready; receipts never do."""
        item = self._visit.item
        on_a4 = item is not None and item.kind is Kind.PRINT and self._facts.usable(DeviceKind.DOCUMENT_PRINTER)
        return self._ports.devices.print_document if on_a4 else self._ports.devices.print_slip

    def _hear_printer(self, report: told.SlipPrinted | told.SlipFailed) -> None:
        if not self._job or report.job != self._job:
            return
        self._job = ""
        if isinstance(report, told.SlipFailed):
            self._log("slip-failed", {"device": report.device, "code": known_code(report.code)})
            self.send(ev.SlipStuck(report.code))
        else:
            self._log("slip-printed", {"device": report.device, "outcome": self._visit.printed_state})
            self.send(ev.SlipCameOut())
