"""Who stands here: the ways that work now and why others do not, and whom the card or code named."""

from __future__ import annotations

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from devices.reports import DeviceKind
from kiosk.visit import events as ev
from kiosk.visit.facts import Facts
from kiosk.visit.masking import mask_person
from kiosk.visit.visit import Factor, Visit
from ui.parts import Parts
from ui.texts import DOCUMENTS, sentence, word

QML_IMPORT_NAME = "KioskUi"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
class IdentifyModel(QObject):
    """Maps person, factors and devices to the identify screen."""

    changed = Signal()

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self._parts = parts
        self._seen: tuple[Visit, str, str, str] | None = None
        parts.session.watch(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Look again."""
        visit, facts = self._parts.session.visit, self._parts.session.facts
        seen = (visit, self._cards, _card_trouble(facts), _code_trouble(facts))
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
        """Why faces are not compared: without a comparison model nobody is identified by a face."""
        return sentence("model-missing", self._visit.language).text

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

    @Slot()
    def disown(self) -> None:
        """不是我."""
        self._parts.session.send(ev.PersonDisowned())

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
