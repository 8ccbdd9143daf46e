"""What the demo's people do: residents (a) to (d), then a technician and a manager (e). Runs on the walk's own thread."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from devices.reports import DeviceKind
from kiosk.assembly import Kiosk
from kiosk.demo.settings import MANAGER, TECHNICIAN, Practising
from kiosk.local_socket import ask
from kiosk.visit.masking import mask_name
from kiosk.visit.visit import OutcomeKind, Printing, Step
from ui.walk.hand import Hand, WalkFailed

PHONE = "13800000000"
HOLD_SECONDS = 3.4
WORLD_SECONDS = 20.0
"""A fresh 亮码 token starts a program of the centre's."""


class Walk:
    """The whole walk; `walk()` raises WalkFailed with a sentence when something did not come as it should."""

    def __init__(self, hand: Hand, kiosk: Kiosk, control: Path, pictures: Path, say: Callable[[str], None]) -> None:
        self._hand = hand
        self._kiosk = kiosk
        self._control = control
        self._pictures = pictures
        self._print = say
        self._began = time.monotonic()

    def walk(self) -> None:
        """All of it, in order."""
        self._until("the centre is reached and all devices are ready", self._all_is_well)
        self._hand.picture("home")
        self._online()
        self._offline()
        self._print_item()
        self._reader_unplugged()
        self._technician()
        self._manager()
        self._until("everything kept is acknowledged", lambda: self._kiosk.session.facts.queue.depth == 0)
        self._world("slips", str(self._pictures))
        self._hand.finish_pictures()

    # --- (a) … (d): residents -----------------------------------------------------------------------------------------

    def _online(self) -> None:
        self._chapter("(a) an application, the line up")
        self._to_identify("social-insurance", "SI-113", "a")
        self._lay_card("ceshi", "a")
        self._form("a", [("town", None), ("group", None), ("phone", PHONE)])
        self._hand.picture("a-review")
        self._hand.touch("main")
        self._outcome(OutcomeKind.ACCEPTED)
        self._say("the centre has acknowledged it: 已受理, with its number")
        self._hand.picture("a-accepted")
        self._receipt("a")
        self._rate_and_leave("a", level=5)

    def _offline(self) -> None:
        self._chapter("(b) an application in large text, the line cut before 提交")
        self._hand.touch("large-text")
        self._to_identify("social-insurance", "SI-106", "b")
        self._lay_card("qianju", "b")
        self._form("b", [("bank", None), ("pickup", None), ("phone", PHONE)])
        self._world("line", "down")
        self._until("the kiosk notices that the line is down", lambda: not self._kiosk.session.facts.online)
        self._say("the line is cut")
        self._hand.picture("b-review-line-down")
        self._hand.touch("main")
        self._outcome(OutcomeKind.KEPT)
        depth = self._kiosk.session.facts.queue.depth
        self._say(f"kept on this kiosk, not yet 受理; queue depth {depth}")
        self._hand.picture("b-kept")
        self._receipt("b-kept")
        self._world("line", "up")
        self._say("the line heals")
        self._outcome(OutcomeKind.ACCEPTED)
        self._until("the queue is drained", lambda: self._kiosk.session.facts.queue.depth == 0)
        self._say("the queue is drained, the 受理 number has come; the receipt is printed again")
        self._hand.picture("b-number-arrived")
        self._hand.touch("print-again")
        self._until("the 受理回执 to be printed", self._printed(OutcomeKind.ACCEPTED))
        self._hand.picture("b-receipt-again")
        self._rate_and_leave("b", level=4)

    def _print_item(self) -> None:
        self._chapter("(c) a document to print: with the line up by 亮码, then refused while it is down")
        self._to_identify("social-insurance", "SI-101", "c")
        self._world("code", "token")
        self._until("the code to be resolved", lambda: self._kiosk.session.visit.person is not None)
        self._hand.picture("c-identified-by-code")
        self._hand.touch("main")
        self._form("c", [("insurance", None), ("months", None)])
        self._outcome(OutcomeKind.RECORD)
        self._say("the department's record is here")
        self._hand.picture("c-record")
        self._receipt("c")
        self._rate_and_leave("c", level=0)
        self._world("line", "down")
        self._until("the kiosk notices that the line is down", lambda: not self._kiosk.session.facts.online)
        self._hand.picture("c-home-line-down")
        self._hand.touch("zone-social-insurance")
        self._hand.step(Step.ZONE)
        self._hand.touch("item-SI-101")
        self._hand.step(Step.GUIDE)
        self._until("the refusal on the guide page", lambda: self._kiosk.session.visit.blocked)
        self._say("refused at its guide page, before anything is asked")
        self._hand.picture("c-refused-offline")
        self._world("line", "up")
        self._hand.touch("leave")
        self._hand.step(Step.ATTRACT)
        self._until("the line to be up again", lambda: self._kiosk.session.facts.online)

    def _reader_unplugged(self) -> None:
        self._chapter("(d) in English: the card reader is unplugged while identifying, and plugged again")
        self._hand.touch("language")
        self._to_identify("social-insurance", "SI-104", "d")
        self._world("unplug", "card-reader")
        self._until("the screen says so", lambda: not self._usable(DeviceKind.CARD_READER))
        self._say("the reader is gone; the screen says so and offers the other way")
        self._hand.picture("d-reader-lost")
        self._world("plug", "card-reader")
        self._until("the reader to be back", lambda: self._usable(DeviceKind.CARD_READER))
        self._say("the reader is back by itself")
        self._lay_card("changqi", "d")
        self._form("d", [("benefit", None), ("in_person", "choice-yes"), ("abroad", "choice-no"), ("phone", PHONE)])
        self._hand.picture("d-review")
        self._hand.touch("main")
        self._outcome(OutcomeKind.DECIDED)
        self._say("decided at once (秒批), with the rules that decided")
        self._hand.picture("d-decided")
        self._receipt("d")
        self._rate_and_leave("d", level=5)

    # --- (e): staff -------------------------------------------------------------------------------------------------

    def _technician(self) -> None:
        self._chapter("(e) a technician finds the incident in the diagnostics")
        self._sign_in(TECHNICIAN)
        self._hand.picture("e-technician-devices")
        reader = next(row for row in self._kiosk.diagnosis().devices if row.status.kind is DeviceKind.CARD_READER)
        if not reader.status.last_trouble:
            raise WalkFailed("the diagnostics do not tell the reader's trouble")
        self._say(f"card reader: {reader.state_in_words.en}; last trouble: {reader.status.last_trouble}")
        self._hand.touch("test-card-reader")
        self._until("the reader's test to end", lambda: not self._kiosk.staff.tests["card-reader"].running)
        self._hand.picture("e-technician-test")
        self._hand.touch("tab-queue")
        self._hand.picture("e-technician-queue")
        self._sign_out()

    def _manager(self) -> None:
        self._chapter("    a manager finds it in the log")
        self._sign_in(MANAGER)
        self._hand.touch("tab-log")
        self._hand.picture("e-manager-log")
        self._hand.touch("filter-device")
        self._hand.touch("option-card-reader")
        self._hand.sees_soon("entry")
        self._say("the log, filtered to the card reader, shows when it went and came back")
        self._hand.picture("e-manager-log-of-the-reader")
        self._sign_out()

    def _sign_in(self, who: Practising) -> None:
        self._hand.step(Step.ATTRACT)
        self._hand.hold("emblem", HOLD_SECONDS)
        self._hand.picture(f"e-{who.role.value}-sign-in")
        self._hand.touch("field-number")
        self._type_pin(who.number)
        self._hand.touch("field-pin")
        self._type_pin(who.pin)
        self._hand.touch("main")
        self._until(f"the {who.role.value} to be signed in", lambda: self._kiosk.staff.signed_in is not None)

    def _sign_out(self) -> None:
        self._hand.touch("leave")
        self._until("nobody is signed in", lambda: self._kiosk.staff.signed_in is None)

    def _type_pin(self, digits: str) -> None:
        for digit in digits:
            self._hand.touch(f"pin-{digit}")

    # --- what recurs ------------------------------------------------------------------------------------------------

    def _to_identify(self, zone: str, item: str, chapter: str) -> None:
        self._hand.touch(f"zone-{zone}")
        self._hand.step(Step.ZONE)
        self._hand.picture(f"{chapter}-zone")
        self._hand.touch(f"item-{item}")
        self._hand.step(Step.GUIDE)
        self._hand.picture(f"{chapter}-guide")
        self._hand.touch("main")
        self._hand.step(Step.CONSENT)
        self._hand.touch("consent")
        self._hand.picture(f"{chapter}-consent")
        self._hand.touch("main")
        self._hand.step(Step.IDENTIFY)
        self._hand.picture(f"{chapter}-identify")

    def _lay_card(self, name: str, chapter: str) -> None:
        self._world("card", name)
        self._until("the card to be read", lambda: self._kiosk.session.visit.person is not None)
        person = self._kiosk.session.visit.person
        self._say(f"the card is read: {mask_name(person.name) if person else ''}")
        self._hand.picture(f"{chapter}-identified")
        self._world("lift")
        self._hand.touch("main")

    def _form(self, chapter: str, answers: Sequence[tuple[str, str | None]]) -> None:
        """Answer each question: by the choice named, the first choice, or digit by digit."""
        self._hand.step(Step.FORM)
        for name, answer in answers:
            while not self._hand.sees(f"field-{name}"):
                self._hand.touch("main")
            self._hand.touch(f"field-{name}")
            if answer is None or answer.startswith("choice-"):
                self._hand.touch(answer or self._first_choice(name))
            else:
                self._hand.type(answer)
        self._hand.picture(f"{chapter}-form")
        self._hand.touch("main")

    def _first_choice(self, name: str) -> str:
        item = self._kiosk.session.visit.item
        fields = item.fields() if item is not None else ()
        return f"choice-{next(field for field in fields if field.name == name).choices[0].value}"

    def _outcome(self, kind: OutcomeKind) -> None:
        def is_it() -> bool:
            outcome = self._kiosk.session.visit.outcome
            return outcome is not None and outcome.kind is kind

        self._until(f"the outcome {kind.value}", is_it)

    def _receipt(self, chapter: str) -> None:
        self._hand.touch("main")
        self._until("the slip to be printed", lambda: self._kiosk.session.visit.printing is Printing.PRINTED)
        self._hand.picture(f"{chapter}-receipt")

    def _printed(self, kind: OutcomeKind) -> Callable[[], bool]:
        visit = self._kiosk.session

        def is_it() -> bool:
            return visit.visit.printing is Printing.PRINTED and visit.visit.printed_state == kind.value

        return is_it

    def _rate_and_leave(self, chapter: str, level: int) -> None:
        self._hand.touch("main")
        self._hand.step(Step.RATING)
        if chapter == "a":
            self._hand.picture("a-rating")
        self._hand.touch(f"rate-{level}" if level else "main")
        self._hand.step(Step.FAREWELL)
        self._hand.picture(f"{chapter}-farewell")
        self._hand.touch("main")
        self._hand.step(Step.ATTRACT)

    def _all_is_well(self) -> bool:
        facts = self._kiosk.session.facts
        return facts.online and bool(facts.devices) and all(status.usable for status in facts.devices.values())

    def _usable(self, kind: DeviceKind) -> bool:
        return self._kiosk.session.facts.usable(kind)

    def _until(self, what: str, true: Callable[[], bool]) -> None:
        self._hand.until(what, true)

    def _world(self, *words: str) -> str:
        answer: dict[str, Any] = ask(self._control, {"words": list(words)}, WORLD_SECONDS)
        if not answer.get("ok"):
            raise WalkFailed(f"{' '.join(words)}: {answer.get('said')}")
        return str(answer["said"])

    def _chapter(self, title: str) -> None:
        self._print(f"{self._clock()} {title}")

    def _say(self, sentence: str) -> None:
        self._print(f"{self._clock()}       {sentence}")

    def _clock(self) -> str:
        return f"[{time.monotonic() - self._began:5.1f} s]"
