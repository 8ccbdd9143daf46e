"""The papers under the document camera: which is open, how the sheet lies, and the page that was just taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from devices.reports import DeviceKind
from kiosk.catalogue.model import Material, MaterialKind
from kiosk.values import dataclass
from kiosk.visit import events as ev
from kiosk.visit.capturing import pages_of, papers, room_for_more
from kiosk.visit.visit import Page, Step, Visit
from ui.camera_feed import CameraFeed
from ui.parts import Parts
from ui.rows_model import RowsModel
from ui.texts import pages_text, sentence

if TYPE_CHECKING:
    from PySide6.QtQuick import QQuickWindow

QML_IMPORT_NAME = "KioskUi"
QML_IMPORT_MAJOR_VERSION = 1


@dataclass(frozen=True, slots=True)
class PaperTab:
    """One paper of the list."""

    place: int
    label: str
    pages: str
    """How many there are, in words."""
    captured: bool
    current: bool


@QmlElement
class MaterialsModel(QObject):
    """Maps pages and hints to the screen of papers."""

    changed = Signal()

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self._parts = parts
        self._tabs = RowsModel(PaperTab, self)
        self._feed = CameraFeed(parts.frames, self)
        self._seen = Visit()
        self._usable = False
        self._shown = 0
        parts.session.watch(self.refresh)
        self.refresh()

    def drawIn(self, window: QQuickWindow) -> None:
        """The live picture is to be drawn in this window."""
        self._feed.window = window

    def refresh(self) -> None:
        """Look again."""
        visit = self._visit
        self._feed_while_framing()
        usable = self._parts.session.facts.usable(DeviceKind.DOCUMENT_CAMERA)
        if visit == self._seen and usable == self._usable:
            return
        self._usable = usable
        if visit.pages is not self._seen.pages or visit.material != self._seen.material:
            self._shown += 1
        self._seen = visit
        self._tabs.put([self._tab(place) for place in papers(visit)] if visit.step is Step.MATERIALS else [])
        self.changed.emit()

    def page_jpeg(self) -> bytes:
        """The page taken last of the open paper; b"" when there is none."""
        pages = self._pages
        return pages[-1].jpeg if pages else b""

    @Property(QObject, notify=changed)
    def tabs(self) -> QObject:
        """Rows of PaperTab."""
        return self._tabs

    @Property(int, notify=changed)
    def shown(self) -> int:
        """Grows with each other page to be shown: part of the picture's address."""
        return self._shown

    @Property(str, notify=changed)
    def paper(self) -> str:
        """The open paper's name."""
        material = self._material
        return "" if material is None else material.name.in_language(self._visit.language)

    @Property(int, notify=changed)
    def place(self) -> int:
        """Which of the papers is open, from 1."""
        places = papers(self._visit)
        return places.index(self._visit.material) + 1 if self._visit.material in places else 0

    @Property(bool, notify=changed)
    def last(self) -> bool:
        """下一步 leads to the review."""
        return self._visit.editing or self.place == self.count

    @Property(int, notify=changed)
    def count(self) -> int:
        """How many papers there are."""
        return len(papers(self._visit))

    @Property(int, notify=changed)
    def pages(self) -> int:
        """Pages taken of the open paper."""
        return len(self._pages)

    @Property(bool, notify=changed)
    def framing(self) -> bool:
        """The camera's picture is shown; else the page taken last."""
        return self._visit.framing

    @Property(bool, notify=changed)
    def capturing(self) -> bool:
        """The camera takes the page now."""
        return self._visit.capturing

    @Property(bool, notify=changed)
    def usable(self) -> bool:
        """The document camera works."""
        return self._usable

    @Property(bool, notify=changed)
    def deferrable(self) -> bool:
        """The open paper may follow later."""
        material = self._material
        return material is not None and material.kind is MaterialKind.DEFERRABLE

    @Property(bool, notify=changed)
    def moreFit(self) -> bool:
        """Another page of the open paper may be taken."""
        return room_for_more(self._visit)

    @Property(str, notify=changed)
    def hint(self) -> str:
        """How the sheet lies: good, no-page, cut-off, covered, too-dark, glare, blurred, empty, or nothing yet."""
        return self._visit.page_hint

    @Property(str, notify=changed)
    def hintText(self) -> str:
        """What to mend, in words; empty when the sheet lies well."""
        hint = self._visit.page_hint
        return "" if hint in ("", "good") else sentence(f"page-{hint}", self._visit.language).next

    @Property(CameraFeed, notify=changed)
    def feed(self) -> CameraFeed:
        """The live picture."""
        return self._feed

    @Slot()
    def capture(self) -> None:
        """拍摄."""
        self._parts.session.send(ev.PageAsked())

    @Slot()
    def again(self) -> None:
        """重拍."""
        self._parts.session.send(ev.PageDropped())

    @Slot()
    def another(self) -> None:
        """再拍一页."""
        self._parts.session.send(ev.PageAdded())

    @Slot()
    def later(self) -> None:
        """这份以后补交."""
        self._parts.session.send(ev.PaperDeferred())

    @Slot(int)
    def open(self, place: int) -> None:
        """Another paper of the list was touched."""
        self._parts.session.send(ev.PaperOpened(place))

    def _tab(self, place: int) -> PaperTab:
        visit = self._visit
        assert visit.item is not None
        pages = len(pages_of(visit, place))
        label = visit.item.materials[place].name.in_language(visit.language)
        return PaperTab(place, label, pages_text(pages, visit.language), captured=pages > 0, current=place == visit.material)

    def _feed_while_framing(self) -> None:
        framing = self._visit.step is Step.MATERIALS and self._visit.framing
        if framing and not self._feed.running:
            cameras = self._parts.session.facts.devices.values()
            self._feed.start(next((each.device for each in cameras if each.kind is DeviceKind.DOCUMENT_CAMERA), ""))
        elif not framing and self._feed.running:
            self._feed.stop()

    @property
    def _pages(self) -> tuple[Page, ...]:
        return pages_of(self._visit, self._visit.material)

    @property
    def _material(self) -> Material | None:
        visit = self._visit
        if visit.step is not Step.MATERIALS or visit.item is None or visit.material >= len(visit.item.materials):
            return None
        return visit.item.materials[visit.material]

    @property
    def _visit(self) -> Visit:
        return self._parts.session.visit
