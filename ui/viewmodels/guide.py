"""办事指南 and consent: who may apply, what it needs, what stands in the way, and what is taken from the card."""

from __future__ import annotations

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from kiosk.catalogue.model import Item, Kind, MaterialKind
from kiosk.values import dataclass
from kiosk.visit import events as ev
from kiosk.visit.visit import Obstacle, Visit
from ui.parts import Parts
from ui.rows_model import RowsModel
from ui.texts import CARD_FIELDS, DELIVERIES, MATERIAL_KINDS, fee, listed, opening_hours, sentence, word, working_days

QML_IMPORT_NAME = "KioskUi"
QML_IMPORT_MAJOR_VERSION = 1


@dataclass(frozen=True, slots=True)
class MaterialRow:
    """One material; `tone` is good (nothing to bring), warn (may follow) or info."""

    name: str
    tag: str
    tone: str


@dataclass(frozen=True, slots=True)
class ObstacleRow:
    """What stands in the way, and what can be done instead."""

    text: str
    next: str
    blocking: bool


TONES = {MaterialKind.E_CERTIFICATE: "good", MaterialKind.DEFERRABLE: "warn", MaterialKind.REQUIRED: "info"}


@QmlElement
class GuideModel(QObject):
    """Maps the chosen item to the guide's and the consent's words."""

    changed = Signal()

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self._parts = parts
        self._materials = RowsModel(MaterialRow, self)
        self._obstacles = RowsModel(ObstacleRow, self)
        self._seen: Visit | None = None
        parts.session.watch(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Look again."""
        visit = self._parts.session.visit
        if visit == self._seen:
            return
        self._seen = visit
        item, language = visit.item, visit.language
        materials = item.materials if item is not None else ()
        self._materials.put(
            [MaterialRow(m.name.in_language(language), word(MATERIAL_KINDS[m.kind], language), TONES[m.kind]) for m in materials]
        )
        self._obstacles.put([self._obstacle(obstacle, item) for obstacle in visit.obstacles or ()])
        self.changed.emit()

    def _obstacle(self, obstacle: Obstacle, item: Item | None) -> ObstacleRow:
        language = self._parts.session.visit.language
        words = sentence(obstacle.code, language)
        where = item.dedicated_machine if item is not None and obstacle.code == "needs-dedicated-machine" else None
        hours = opening_hours(obstacle.detail, language) if obstacle.code == "data-source-closed" and obstacle.detail else ""
        extra = where.in_language(language) if where is not None else hours
        return ObstacleRow(words.text, f"{words.next}  {extra}".strip(), obstacle.blocking)

    @Property(QObject, notify=changed)
    def materials(self) -> QObject:
        """Rows of MaterialRow."""
        return self._materials

    @Property(QObject, notify=changed)
    def obstacles(self) -> QObject:
        """Rows of ObstacleRow, blocking ones first."""
        return self._obstacles

    @Property(bool, notify=changed)
    def checking(self) -> bool:
        """The pre-flight is under way."""
        return self._parts.session.visit.obstacles is None

    @Property(bool, notify=changed)
    def blocked(self) -> bool:
        """It is pointless to begin."""
        return self._parts.session.visit.blocked

    @Property(bool, notify=changed)
    def onlyReceipt(self) -> bool:
        """Nothing new is taken: one can only go on to a receipt that is missing."""
        return self._parts.session.visit.only_kept_before

    @Property(str, notify=changed)
    def name(self) -> str:
        """The item's name."""
        item = self._item
        return "" if item is None else item.name.in_language(self._language)

    @Property(str, notify=changed)
    def department(self) -> str:
        """Who receives and decides it."""
        item = self._item
        return "" if item is None else item.department.in_language(self._language)

    @Property(str, notify=changed)
    def whoMayApply(self) -> str:
        """Who may apply."""
        item = self._item
        return "" if item is None else item.who_may_apply.in_language(self._language)

    @Property("QStringList", notify=changed)  # type: ignore[arg-type]  # Qt knows it by this name only
    def conditions(self) -> list[str]:
        """The conditions, one sentence each."""
        item = self._item
        return [] if item is None else [condition.in_language(self._language) for condition in item.conditions]

    @Property("QStringList", notify=changed)  # type: ignore[arg-type]  # Qt knows it by this name only
    def bundle(self) -> list[str]:
        """一件事: what is done with this one form."""
        item = self._item
        return [] if item is None else [part.in_language(self._language) for part in item.bundle]

    @Property(str, notify=changed)
    def feeText(self) -> str:
        """The fee."""
        item = self._item
        if item is None:
            return ""
        return fee(item.fee_yuan, item.fee_note.in_language(self._language) if item.fee_note is not None else "", self._language)

    @Property(str, notify=changed)
    def daysText(self) -> str:
        """The promised working days."""
        item = self._item
        return "" if item is None else working_days(item.working_days, self._language)

    @Property(str, notify=changed)
    def deliveryText(self) -> str:
        """How the result reaches the resident."""
        item = self._item
        return "" if item is None else listed((DELIVERIES[each] for each in item.delivery), self._language)

    @Property(str, notify=changed)
    def hoursText(self) -> str:
        """When the department's data source answers."""
        item = self._item
        return "" if item is None else opening_hours(item.hours, self._language)

    @Property(int, notify=changed)
    def factors(self) -> int:
        """How many different proofs of identity it asks for."""
        item = self._item
        return 1 if item is None else item.identity_factors

    @Property(bool, notify=changed)
    def kept(self) -> bool:
        """It is an application, so it is stored on this kiosk until the centre has it."""
        item = self._item
        return item is not None and item.kind is Kind.APPLICATION

    @Property(str, notify=changed)
    def cardFields(self) -> str:
        """What is taken from the card, by name."""
        item = self._item
        return "" if item is None else listed((CARD_FIELDS[field] for field in item.card_fields), self._language)

    @Property(bool, notify=changed)
    def consented(self) -> bool:
        """The box is ticked."""
        return self._parts.session.visit.consented

    @Slot(bool)
    def tick(self, ticked: bool) -> None:
        """The consent box was touched."""
        self._parts.session.send(ev.ConsentTicked(ticked))

    @property
    def _item(self) -> Item | None:
        return self._parts.session.visit.item

    @property
    def _language(self) -> str:
        return self._parts.session.visit.language
