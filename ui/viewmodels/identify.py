"""Who stands here: the ways that work now and why others do not, and whom the card or code named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from devices.reports import DeviceKind, FaceAsk, FaceHint
from kiosk.visit import events as ev
from kiosk.visit.facts import Facts
from kiosk.visit.identifying import why_no_face
from kiosk.visit.masking import mask_person
from kiosk.visit.visit import FaceStage, Factor, Visit
from ui.camera_feed import CameraFeed
from ui.parts import Parts
from ui.texts import DOCUMENTS, FACE_HINTS, sentence, word

if TYPE_CHECKING:
    from PySide6.QtQuick import QQuickWindow

QML_IMPORT_NAME = "KioskUi"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
class IdentifyModel(QObject):
    """Maps person, factors and devices to the identify screen."""

    changed = Signal()

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self._parts = parts
        self._seen: tuple[Visit, str, str, str, str] | None = None
        self._feed = CameraFeed(parts.frames, self)
        parts.session.watch(self.refresh)
        self.refresh()

    def drawIn(self, window: QQuickWindow) -> None:
        """The live picture is to be drawn in this window."""
        self._feed.window = window

    def refresh(self) -> None:
        """Look again."""
        visit, facts = self._parts.session.visit, self._parts.session.facts
        seen = (visit, self._cards, _card_trouble(facts), _code_trouble(facts), facts.why_no_face)
        self._feed_while_looking()
        if seen != self._seen:
            self._seen = seen
            self.changed.emit()

    @Property(str, notify=changed)
    def cards(self) -> str:
        """Which cards prove somebody here and now: identity, social-security or both."""
        return self._cards

    @Property(str, notify=changed)
    def cardReason(self) -> str:
        """Why no card can be read now; empty when one can."""
        trouble = "" if self._cards == "social-security" else _card_trouble(self._parts.session.facts)
        return sentence(trouble, self._visit.language).text

    @Property(str, notify=changed)
    def codeReason(self) -> str:
        """Why no code can be shown now; empty when one can."""
        return sentence(_code_trouble(self._parts.session.facts), self._visit.language).text

    @Property(str, notify=changed)
    def faceReason(self) -> str:
        """Why no face is compared now; empty when 刷脸 can be touched."""
        trouble = self._parts.session.facts.why_no_face or why_no_face(self._visit)
        return sentence(trouble, self._visit.language).text

    @Property(bool, notify=changed)
    def faceDone(self) -> bool:
        """The face was taken as a proof."""
        return Factor.FACE in self._visit.factors

    @Property(str, notify=changed)
    def faceStage(self) -> str:
        """Consent or looking; empty while no face is compared."""
        face = self._visit.face
        return "" if face is None else face.stage.value

    @Property(str, notify=changed)
    def faceAsk(self) -> str:
        """look-straight, turn-left or turn-right."""
        face = self._visit.face
        return FaceAsk.LOOK_STRAIGHT.value if face is None else face.ask.value

    @Property(str, notify=changed)
    def faceHint(self) -> str:
        """What is to be mended before the face can be seen well, in words; empty when nothing is."""
        hint = FaceHint.GOOD if self._visit.face is None else self._visit.face.hint
        return "" if hint is FaceHint.GOOD else word(FACE_HINTS[hint], self._visit.language)

    @Property(int, notify=changed)
    def faceTurns(self) -> int:
        """Turns made."""
        return 0 if self._visit.face is None else self._visit.face.done

    @Property(int, notify=changed)
    def faceTurnsAsked(self) -> int:
        """How many turns are asked for; 0 before the camera says so."""
        return 0 if self._visit.face is None else self._visit.face.of

    @Property(CameraFeed, notify=changed)
    def feed(self) -> CameraFeed:
        """The live picture."""
        return self._feed

    @Slot()
    def chooseFace(self) -> None:
        """刷脸."""
        self._parts.session.send(ev.FaceChosen())

    @Slot()
    def consentToFace(self) -> None:
        """同意，开始刷脸."""
        self._parts.session.send(ev.FaceConsented())

    @Slot()
    def leaveFace(self) -> None:
        """用其他方式."""
        self._parts.session.send(ev.FaceLeft())

    @Property(bool, notify=changed)
    def resolving(self) -> bool:
        """A shown code is at the centre."""
        return self._visit.resolving

    @Property(bool, notify=changed)
    def named(self) -> bool:
        """Somebody has been named."""
        return self._visit.person is not None

    @Property(str, notify=changed)
    def name(self) -> str:
        """The person's name, masked."""
        person = self._visit.person
        return "" if person is None else mask_person(person)[0]

    @Property(str, notify=changed)
    def number(self) -> str:
        """The document's number, masked."""
        person = self._visit.person
        return "" if person is None else mask_person(person)[1]

    @Property(str, notify=changed)
    def documentText(self) -> str:
        """What kind of document it is."""
        person = self._visit.person
        return "" if person is None else word(DOCUMENTS[person.document], self._visit.language)

    @Property(bool, notify=changed)
    def cardDone(self) -> bool:
        """The card was taken as a proof."""
        return Factor.CARD in self._visit.factors

    @Property(bool, notify=changed)
    def codeDone(self) -> bool:
        """The code was taken as a proof."""
        return Factor.CODE in self._visit.factors

    @Property(int, notify=changed)
    def factorsAsked(self) -> int:
        """How many different proofs the item asks for."""
        return 1 if self._visit.item is None else self._visit.item.identity_factors

    @Property(bool, notify=changed)
    def proved(self) -> bool:
        """Enough proofs were taken."""
        return self._visit.proved

    @Property(bool, notify=changed)
    def mayGoOn(self) -> bool:
        """Proved, and something comes next: nothing does where nothing new is taken and nothing of theirs is kept."""
        return self._visit.proved and self._visit.notice != "nothing-kept-before"

    @Slot()
    def disown(self) -> None:
        """不是我."""
        self._parts.session.send(ev.PersonDisowned())

    def _feed_while_looking(self) -> None:
        face = self._visit.face
        looking = face is not None and face.stage is FaceStage.LOOKING
        if looking and not self._feed.running:
            cameras = self._parts.session.facts.devices.values()
            self._feed.start(next((each.device for each in cameras if each.kind is DeviceKind.FACE_CAMERA), ""))
        elif not looking and self._feed.running:
            self._feed.stop()

    @property
    def _cards(self) -> str:
        item, facts = self._visit.item, self._parts.session.facts
        if item is None or not item.accepts_social_security_card or not facts.usable(DeviceKind.CHIP_CARD_READER):
            return "identity"
        return "both" if facts.usable(DeviceKind.CARD_READER) else "social-security"

    @property
    def _visit(self) -> Visit:
        return self._parts.session.visit


def _card_trouble(facts: Facts) -> str:
    if facts.usable(DeviceKind.CARD_READER):
        return ""
    return "card-reader-down" if facts.fitted(DeviceKind.CARD_READER) else "not-fitted"


def _code_trouble(facts: Facts) -> str:
    if not facts.fitted(DeviceKind.CODE_SCANNER):
        return "not-fitted"
    if not facts.usable(DeviceKind.CODE_SCANNER):
        return "scanner-down"
    return "" if facts.online else "credential-offline"
