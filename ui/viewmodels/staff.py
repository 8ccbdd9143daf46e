"""The staff's door: the emblem was held, a number and a PIN are typed, a role opens pages; idling closes all of it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Property, QObject, QTimer, Signal, Slot
from PySide6.QtQml import QmlElement

from kiosk.errors import SignInLocked, StaffError
from kiosk.staff.room import StaffRoom
from kiosk.staff.settings import Role
from kiosk.staff.sign_in import SignedIn
from kiosk.visit.visit import Step
from ui.parts import Parts
from ui.texts import Sentence, sentence

QML_IMPORT_NAME = "KioskUi"
QML_IMPORT_MAJOR_VERSION = 1

TICK_MS = 250
DOOR_SECONDS = 60.0
"""Untouched for a minute, the sign-in page closes itself."""
MOST_DIGITS = {"number": 6, "pin": 12}
PAGES = ("devices", "queue", "log")


@QmlElement
class StaffModel(QObject):
    """Holds the PIN while it is typed and no longer; QML sees only how long it is."""

    changed = Signal()
    openChanged = Signal()
    signedInChanged = Signal()
    pageChanged = Signal()

    def __init__(self, parts: Parts, room: StaffRoom) -> None:
        super().__init__()
        self._parts = parts
        self._room = room
        self._open = False
        self._known: str = ""
        self._page = PAGES[0]
        self._typed = {"number": "", "pin": ""}
        self._field = "number"
        self._asking = False
        self._code = ""
        self._touched_at = self._room.seconds
        self._opened = 0
        """How often: what was typed at an earlier door opens no later one."""
        self._told_wait = 0
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self.tick)
        room.watch(self.refresh)
        room.watch_badges(self.badgeShown)
        parts.session.watch(self.changed.emit)

    def refresh(self) -> None:
        """Look who is signed in; when they are signed out the whole room closes."""
        number = self._room.signed_in.number if self._room.signed_in is not None else ""
        if number == self._known:
            return
        self._known = number
        self._forget()
        self._page = PAGES[0]
        self.signedInChanged.emit()
        self.changed.emit()
        if not number:
            self._shut()

    @Slot()
    def tick(self) -> None:
        """Four times a second while open: the idle clock and the lock's countdown."""
        self._room.tick()
        self._close_untouched_door()
        if self._told_wait != self._room.wait_seconds:
            self._told_wait = self._room.wait_seconds
            if self._told_wait == 0 and self._code == SignInLocked.code:
                self._code = ""
            self.changed.emit()

    # --- the door -------------------------------------------------------------------------------------------------

    @Slot()
    def knock(self) -> None:
        """The emblem was held; only from the first screen, where nobody's visit can be looked at."""
        if self._parts.session.visit.step is Step.ATTRACT and not self._open:
            self._forget()
            self._open = True
            self._opened += 1
            self._timer.start()
            self.openChanged.emit()

    def badgeShown(self, number: str) -> None:
        """A staff badge: the door opens with the number typed, and the PIN is asked as ever."""
        if not self._open:
            self.knock()
        if self._open and not self._known and not self._asking:
            self._typed = {"number": number, "pin": ""}
            self._field, self._touched_at = "pin", self._room.seconds
            self.changed.emit()

    @Slot()
    def leave(self) -> None:
        """Back to the first screen, signed out."""
        self._room.sign_out()
        self._forget()
        self._shut()

    @Slot(str)
    def openField(self, field: str) -> None:
        """The number's or the PIN's field was touched."""
        self._field = field if field in MOST_DIGITS else "number"
        self.changed.emit()

    @Slot(str)
    def digit(self, digit: str) -> None:
        """A key of the PIN pad."""
        if not self._asking and len(self._typed[self._field]) < MOST_DIGITS[self._field]:
            self._typed[self._field] += digit
            self._code = "" if self._told_wait == 0 else self._code
            self.changed.emit()

    @Slot()
    def erase(self) -> None:
        """One digit back."""
        self._typed[self._field] = self._typed[self._field][:-1]
        self.changed.emit()

    @Slot()
    def enter(self) -> None:
        """确定: on from the number to the PIN, then in."""
        if self._field == "number" and self._typed["number"] and not self._typed["pin"]:
            self.openField("pin")
        elif self._typed["number"] and self._typed["pin"] and not self._asking and self._room.wait_seconds == 0:
            self._asking = True
            number, pin = self._typed["number"], self._typed["pin"]
            self._typed["pin"] = ""
            self.changed.emit()
            self._room.sign_in(number, pin, partial(self._answered, self._opened))

    def _answered(self, opened: int, answer: SignedIn | StaffError) -> None:
        if not self._open or opened != self._opened:
            if isinstance(answer, SignedIn):
                self._room.sign_out()  # the door was closed while the PIN was looked at: whoever opened it again is another
            return
        self._asking = False
        self._code = answer.code if isinstance(answer, StaffError) else ""
        self._told_wait = self._room.wait_seconds
        self.refresh()
        self.changed.emit()

    @Slot()
    def touched(self) -> None:
        """Any touch at all; not of whoever typed before, where the kiosk stood still for longer than the door stays open."""
        self._close_untouched_door()
        self._touched_at = self._room.seconds
        self._room.touched()

    @Slot(str)
    def openPage(self, page: str) -> None:
        """A tab: devices, queue or log."""
        if page in PAGES and (page != "log" or self._manages) and page != self._page:
            self._page = page
            self.pageChanged.emit()
            self.changed.emit()

    def _close_untouched_door(self) -> None:
        if self._open and self._room.signed_in is None and self._room.seconds - self._touched_at >= DOOR_SECONDS:
            self.leave()

    def _forget(self) -> None:
        self._typed = {"number": "", "pin": ""}
        self._field, self._asking, self._code = "number", False, ""
        self._told_wait, self._touched_at = self._room.wait_seconds, self._room.seconds
        self.changed.emit()

    def _shut(self) -> None:
        if self._open:
            self._open = False
            self._timer.stop()
            self.openChanged.emit()

    @property
    def _manages(self) -> bool:
        return self._room.signed_in is not None and self._room.signed_in.role is Role.MANAGER

    @property
    def _sentence(self) -> Sentence:
        return sentence(self._code, self._parts.session.visit.language)

    # --- what QML sees --------------------------------------------------------------------------------------------

    @Property(bool, notify=openChanged)
    def open(self) -> bool:
        """The staff's room covers the first screen."""
        return self._open

    @Property(bool, notify=signedInChanged)
    def signedIn(self) -> bool:
        """Somebody is in."""
        return self._known != ""

    @Property(bool, notify=signedInChanged)
    def manager(self) -> bool:
        """A manager is in."""
        return self._manages

    @Property(str, notify=signedInChanged)
    def who(self) -> str:
        """The staff number of who is in."""
        return self._known

    @Property(str, notify=pageChanged)
    def page(self) -> str:
        """devices, queue or log."""
        return self._page

    @Property(str, notify=changed)
    def field(self) -> str:
        """Which field is typed in: number or pin."""
        return self._field

    @Property(str, notify=changed)
    def number(self) -> str:
        """The staff number as typed."""
        return self._typed["number"]

    @Property(int, notify=changed)
    def pinLength(self) -> int:
        """How many digits of the PIN are typed."""
        return len(self._typed["pin"])

    @Property(bool, notify=changed)
    def asking(self) -> bool:
        """The PIN is being looked at."""
        return self._asking

    @Property(int, notify=changed)
    def waitSeconds(self) -> int:
        """Seconds until the next try is looked at."""
        return self._told_wait

    @Property(str, notify=changed)
    def message(self) -> str:
        """Why the door stays shut."""
        return self._sentence.text

    @Property(str, notify=changed)
    def messageNext(self) -> str:
        """What to do about it."""
        return self._sentence.next
