"""The visit as a whole: which screen, which notice, the idle warning, and the touches every screen has."""

from __future__ import annotations

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from kiosk.visit import events as ev
from kiosk.visit.forms import card_answer
from kiosk.visit.visit import Step, Visit
from ui.parts import Parts
from ui.texts import next_step, sentence

QML_IMPORT_NAME = "KioskUi"
QML_IMPORT_MAJOR_VERSION = 1

PROGRESS = {
    Step.GUIDE: 0,
    Step.CONSENT: 0,
    Step.IDENTIFY: 1,
    Step.FORM: 2,
    Step.MATERIALS: 2,
    Step.REVIEW: 3,
    Step.SUBMIT: 3,
    Step.OUTCOME: 4,
    Step.RECEIPT: 4,
}
"""Place on the five-step line; other steps do not show it."""

FILLED_IN = frozenset({Step.FORM, Step.MATERIALS, Step.REVIEW})


@QmlElement
class VisitModel(QObject):
    """Maps the visit to the frame around the screens."""

    changed = Signal()
    countdownChanged = Signal()
    screenChanged = Signal()
    mishapChanged = Signal()
    leaveAskedChanged = Signal()
    pageTurned = Signal()
    """What can be touched is another thing than before, in the same place."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self._parts = parts
        self._screen = parts.session.visit.step
        self._countdown = 0
        self._visit = parts.session.visit
        self._mishap = False
        self._leave_asked = False
        parts.session.watch(self.refresh)

    def refresh(self) -> None:
        """Look again; only what differs is told."""
        countdown = self._parts.session.countdown_seconds or 0
        if countdown != self._countdown:
            self._countdown = countdown
            self.countdownChanged.emit()
        before, self._visit = self._visit, self._parts.session.visit
        if before != self._visit:
            self.changed.emit()
            if _page(before) != _page(self._visit) or (before.idle_warning and not self._visit.idle_warning):
                self.pageTurned.emit()
        if before.step is not self._visit.step:
            self.screenChanged.emit()
            self._ask_leave(asked=False)
            if self._mishap and self._visit.step is not Step.ATTRACT:
                self.mishapSeen()

    def tell_mishap(self) -> None:
        """A fault of the program has just ended the visit."""
        self._mishap = True
        self.mishapChanged.emit()

    @Property(bool, notify=mishapChanged)
    def mishap(self) -> bool:
        """A fault of the program has ended the visit, and nobody has touched the sentence about it yet."""
        return self._mishap

    @Property(str, notify=mishapChanged)
    def mishapText(self) -> str:
        """What happened, in words."""
        return sentence("defect", self._visit.language).text

    @Property(str, notify=mishapChanged)
    def mishapNext(self) -> str:
        """What to do."""
        return sentence("defect", self._visit.language).next

    @Slot()
    def mishapSeen(self) -> None:
        """知道了 was touched, or it stood long enough."""
        self._mishap = False
        self.mishapChanged.emit()

    @Property(str, notify=screenChanged)
    def screen(self) -> str:
        """The step's name: attract, zone, guide …"""
        return self._visit.step.value

    @Property(int, notify=screenChanged)
    def progress(self) -> int:
        """Place on the line of five steps; -1 hides it."""
        return PROGRESS.get(self._visit.step, -1)

    @Property(str, notify=changed)
    def notice(self) -> str:
        """What went wrong last, in words."""
        return sentence(self._visit.notice, self._visit.language).text

    @Property(str, notify=changed)
    def noticeNext(self) -> str:
        """What to do about it."""
        proofs = self._visit.item.identity_factors if self._visit.item is not None else 1
        return next_step(self._visit.notice, self._visit.language, proofs)

    @Property(bool, notify=changed)
    def idleWarning(self) -> bool:
        """您还在吗?"""
        return self._visit.idle_warning

    @Property(int, notify=countdownChanged)
    def countdown(self) -> int:
        """Seconds left of what is counting down now."""
        return self._countdown

    @Property(bool, notify=changed)
    def endingSoon(self) -> bool:
        """The longest visit is nearly over."""
        return self._visit.ending_soon

    @Property(bool, notify=changed)
    def signedIn(self) -> bool:
        """Something of a person is held."""
        return self._visit.signed_in

    @Slot()
    def touched(self) -> None:
        """Any touch at all."""
        self._parts.session.send(ev.Touched())

    @Slot()
    def goOn(self) -> None:
        """The screen's one main action."""
        self._parts.session.send(ev.WentOn())

    @Slot()
    def goBack(self) -> None:
        """上一步."""
        self._parts.session.send(ev.WentBack())

    @Property(bool, notify=leaveAskedChanged)
    def leaveAsked(self) -> bool:
        """结束办理 was touched while something typed would be lost: was that meant?"""
        return self._leave_asked

    @Slot()
    def leave(self) -> None:
        """结束办理 or 返回首页; asked once more where something that was typed or captured would be lost."""
        if _would_lose_something(self._visit):
            self._parts.session.send(ev.Touched())
            self._ask_leave(asked=True)
        else:
            self.leaveForGood()

    @Slot()
    def leaveForGood(self) -> None:
        """It was meant."""
        self._ask_leave(asked=False)
        self._parts.session.send(ev.Left())

    @Slot()
    def stay(self) -> None:
        """It was not."""
        self._ask_leave(asked=False)
        self._parts.session.send(ev.Touched())

    def _ask_leave(self, *, asked: bool) -> None:
        if self._leave_asked != asked:
            self._leave_asked = asked
            self.leaveAskedChanged.emit()

    @Slot()
    def submit(self) -> None:
        """提交."""
        self._parts.session.submit()


def _page(visit: Visit) -> tuple[object, ...]:
    """What of the visit makes another page: buttons in the same place with another meaning."""
    place = visit.step, visit.zone, visit.group, visit.material
    return *place, visit.framing, visit.face is None, visit.outcome, visit.printing


def _would_lose_something(visit: Visit) -> bool:
    """True before 提交, once the resident has typed an answer or captured a page."""
    if visit.step not in FILLED_IN or visit.item is None:
        return False
    fields = (field for group in visit.item.form for field in group.fields)
    return bool(visit.pages) or any(visit.answers.get(one.name) and not card_answer(one, visit.person) for one in fields)
