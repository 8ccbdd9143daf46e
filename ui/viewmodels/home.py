"""The nine zones, one zone's items, and the search over all of them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from kiosk.catalogue.model import Item, Zone
from kiosk.values import dataclass
from kiosk.visit import events as ev
from kiosk.visit.facts import Facts
from kiosk.visit.visit import Language, Step, Visit
from ui.parts import Parts
from ui.rows_model import RowsModel
from ui.texts import KINDS, short_reason, word

QML_IMPORT_NAME = "KioskUi"
QML_IMPORT_MAJOR_VERSION = 1

MOST_USED = 8
"""So many items are shown before anything is typed into the search."""


@dataclass(frozen=True, slots=True)
class ZoneRow:
    """One zone's tile; `reason` says why it cannot be served now."""

    zoneId: str
    name: str
    summary: str
    symbol: str
    colour: str
    reason: str


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item's tile; `reason` says why it cannot be done now (its guide can be read all the same)."""

    code: str
    name: str
    summary: str
    kindText: str
    instant: bool
    deferrable: bool
    crossRegion: bool
    bundle: bool
    reason: str


@QmlElement
class HomeModel(QObject):
    """Maps catalogue and facts to tiles."""

    changed = Signal()

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self._parts = parts
        self._zones = RowsModel(ZoneRow, self)
        self._items = RowsModel(ItemRow, self)
        self._seen: tuple[object, ...] = ()
        parts.session.watch(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Look again at visit, facts and catalogue."""
        visit, facts = self._parts.session.visit, self._parts.session.facts
        if visit.step not in (Step.ATTRACT, Step.ZONE):
            return
        seen = (visit.step, visit.zone, visit.query)
        whole = (*seen, visit.language, _of_moment(facts), self._parts.catalogue().version, f"{self._parts.now():%H%M}")
        if whole != self._seen:
            self._seen = whole
            self._show(visit)

    def _show(self, visit: Visit) -> None:
        if visit.step is Step.ATTRACT:
            self._zones.put([self._zone_row(zone, visit.language) for zone in self._ordered()])
            self._items.put([])
        else:
            self._items.put([self._item_row(item, visit.language) for item in self._found(visit)])
        self.changed.emit()

    def _ordered(self) -> Sequence[Zone]:
        """The zone this kiosk stands in first, the others in their order."""
        return sorted(self._parts.catalogue().zones, key=lambda zone: (zone.id != self._parts.first_zone, zone.order))

    def _found(self, visit: Visit) -> Sequence[Item]:
        catalogue = self._parts.catalogue()
        zone = catalogue.zone(visit.zone)
        if zone is None and visit.query:
            return self._parts.search(visit.query)
        items = zone.items if zone is not None else tuple(item for each in catalogue.zones for item in each.items)
        used = sorted(items, key=lambda item: -item.popular)
        return used if zone is not None else used[:MOST_USED]

    def _reason(self, item: Item, language: Language) -> str:
        blocking = next((o for o in self._parts.obstacles(item) if o.blocking), None)
        return short_reason(blocking.code, language) if blocking is not None else ""

    def _zone_row(self, zone: Zone, language: Language) -> ZoneRow:
        reasons = [self._reason(item, language) for item in zone.items]
        # Greyed only when nothing in it can be done; the commonest reason is told, of several the first.
        reason = max(reasons, key=reasons.count) if all(reasons) else ""
        texts = zone.name.in_language(language), zone.summary.in_language(language)
        return ZoneRow(zone.id, *texts, zone.icon, zone.colour, reason)

    def _item_row(self, item: Item, language: Language) -> ItemRow:
        return ItemRow(
            code=item.code,
            name=item.name.in_language(language),
            summary=item.summary.in_language(language),
            kindText=word(KINDS[item.kind], language),
            instant=item.instant_approval,
            deferrable=item.deferrable_materials,
            crossRegion=item.cross_region,
            bundle=item.one_thing_bundle,
            reason=self._reason(item, language),
        )

    @Property(QObject, notify=changed)
    def zones(self) -> QObject:
        """Rows of ZoneRow."""
        return self._zones

    @Property(QObject, notify=changed)
    def items(self) -> QObject:
        """Rows of ItemRow, the most used or the best hits first."""
        return self._items

    @Property(bool, notify=changed)
    def serving(self) -> bool:
        """At least one zone can be served now."""
        return any(not row.reason for row in self._zones.rows)

    @Property(bool, notify=changed)
    def onlyReceipts(self) -> bool:
        """No new application is taken: what is left to do is to print a missing receipt."""
        return self._parts.session.facts.why_nothing_new != ""

    @Property(bool, notify=changed)
    def closed(self) -> bool:
        """暂停服务: the centre has ordered that nobody new is served, or has withdrawn the kiosk's identity."""
        return self._parts.session.facts.closed != ""

    @Property(str, notify=changed)
    def zoneName(self) -> str:
        """The open zone; empty in the search."""
        visit = self._parts.session.visit
        zone = self._parts.catalogue().zone(visit.zone)
        return "" if zone is None else zone.name.in_language(visit.language)

    @Property(bool, notify=changed)
    def searching(self) -> bool:
        """All zones are searched."""
        return self._parts.session.visit.zone == ""

    @Property(str, notify=changed)
    def query(self) -> str:
        """The search text as it stands."""
        return self._parts.session.visit.query

    @Property(int, notify=changed)
    def found(self) -> int:
        """How many items are shown."""
        return self._items.rowCount()

    @Property(bool, notify=changed)
    def sample(self) -> bool:
        """示例目录: the catalogue says of itself that it is a sample."""
        return self._parts.catalogue().sample

    @Slot(str)
    def openZone(self, zone_id: str) -> None:
        """A zone's tile, or "" for the search, was touched."""
        self._parts.session.send(ev.ZoneChosen(zone_id))

    @Slot(str)
    def chooseItem(self, code: str) -> None:
        """An item's tile was touched."""
        item = self._parts.catalogue().item(code)
        if item is not None:
            self._parts.session.send(ev.ItemChosen(item))

    @Slot(str)
    def typed(self, text: str) -> None:
        """A key of the search's keypad."""
        self._parts.session.send(ev.QueryTyped(self._parts.session.visit.query + text))

    @Slot()
    def erased(self) -> None:
        """The key that takes the last character away."""
        self._parts.session.send(ev.QueryTyped(self._parts.session.visit.query[:-1]))

    @Slot()
    def cleared(self) -> None:
        """The key that takes everything away."""
        self._parts.session.send(ev.QueryTyped(""))


def _of_moment(facts: Facts) -> tuple[object, ...]:
    """What of the facts can change a tile."""
    devices = tuple((s.kind, s.usable, s.paper, s.cover) for s in facts.devices.values())
    queue = facts.queue.closed, facts.queue.untold
    return facts.online, devices, facts.can_keep, queue, facts.clock_astray, facts.closed
