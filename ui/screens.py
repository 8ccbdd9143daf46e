"""The kiosk's window over its parts: view-models, engine, language; nothing of the kiosk is built here.

Lives on the GUI thread.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, QSize, QTimer, QTranslator, QUrl
from PySide6.QtGui import QFont, QGuiApplication
from PySide6.QtQml import QQmlApplicationEngine, QQmlComponent
from PySide6.QtQuick import QQuickWindow

from kiosk.visit.visit import Language
from ui.icons import IconProvider
from ui.memory_picture import MemoryPicture
from ui.parts import Parts
from ui.pinyin import Pinyin, open_pinyin
from ui.viewmodels.display import DisplayModel
from ui.viewmodels.form import FormModel
from ui.viewmodels.guide import GuideModel
from ui.viewmodels.home import HomeModel
from ui.viewmodels.identify import IdentifyModel
from ui.viewmodels.keyboard import KeyboardModel
from ui.viewmodels.materials import MaterialsModel
from ui.viewmodels.outcome import OutcomeModel
from ui.viewmodels.review import ReviewModel
from ui.viewmodels.staff_door import StaffDoor
from ui.viewmodels.visit import VisitModel

FOLDER = Path(__file__).parent
QML_FOLDER = FOLDER / "qml"
ENGLISH = FOLDER / "translations" / "kiosk_en.qm"
WINDOW, FIRST = "KioskWindow.qml", "HomeScreen.qml"
FONT = "Noto Sans CJK SC"
GONE_MS = 500
"""After a visit: by then its screen is taken down."""


def set_font(app: QGuiApplication) -> None:
    """The type of every screen; without a Simplified Chinese font some characters get Japanese forms."""
    app.setFont(QFont(FONT))


class Screens:
    """The window and all that hangs on it; `close` takes it down in the order Qt needs."""

    def __init__(self, parts: Parts, size: QSize | None = None, engine: QQmlApplicationEngine | None = None) -> None:
        """`size`: as for `show`; known beforehand, everything is laid out and its icons are drawn once.

        `engine`: one that has begun to read the first screen (`begin_reading`).
        """
        self.display = DisplayModel(parts)
        self.visit = VisitModel(parts)
        self._identify = IdentifyModel(parts)
        self._materials = MaterialsModel(parts)
        self.door = StaffDoor(parts)
        self._pinyin = open_pinyin()
        form = FormModel(parts)
        self.keyboard = KeyboardModel(parts, form, self._pinyin)
        self.models: dict[str, QObject] = {
            "display": self.display,
            "visit": self.visit,
            "home": HomeModel(parts),
            "guide": GuideModel(parts),
            "identify": self._identify,
            "form": form,
            "keyboard": self.keyboard,
            "materials": self._materials,
            "review": ReviewModel(parts),
            "outcome": OutcomeModel(parts),
            "door": self.door,
        }
        self._translator = QTranslator()
        self._engine: QQmlApplicationEngine | None = engine or new_engine()
        self._gone = QTimer(singleShot=True, interval=GONE_MS)
        self._gone.timeout.connect(self._collect)
        self._engine.addImageProvider("slip", MemoryPicture(parts.session.slip_png))
        self._engine.addImageProvider("slip-code", MemoryPicture(parts.session.slip_code_png))
        self._engine.addImageProvider("page", MemoryPicture(self._materials.page_jpeg))
        room = size or QGuiApplication.primaryScreen().size()
        self._engine.setInitialProperties({**self.models, "width": room.width(), "height": room.height()})
        self._speak(self.display.property("english"))
        self.display.languageChanged.connect(lambda language: self._speak(language == Language.ENGLISH))
        self._engine.load(_screen(WINDOW))
        self.window = root_window(self._engine)
        self._identify.drawIn(self.window)
        self._materials.drawIn(self.window)
        self.door.drawIn(self.window)

    def show(self, size: QSize | None) -> None:
        """Fill the screen, or (windowed) take this size."""
        show(self.window, size)

    def tick(self) -> None:
        """About four times a second: the clock on the wall."""
        self.display.refresh()

    def forget(self) -> None:
        """Wipe what was being typed but is no answer yet, and soon also what QML alone would keep."""
        self.keyboard.wipe()
        self._gone.start()

    def _collect(self) -> None:
        """Texts that bindings made of answers are QML's garbage, which it would leave until many visits later."""
        if self._engine is not None:
            self._engine.collectGarbage()

    def tell_mishap(self) -> None:
        """Say calmly that a fault has ended the visit."""
        self.visit.tell_mishap()

    def close(self) -> None:
        """Drop the engine before the view-models, or every binding complains."""
        QCoreApplication.removeTranslator(self._translator)
        if self._engine is not None:
            drop(self._engine, self.window)
            self._engine = None
        self.models.clear()
        if isinstance(self._pinyin, Pinyin):
            self._pinyin.close()

    def _speak(self, english: bool) -> None:
        """Chinese is the source text itself; English is a translation over it."""
        QCoreApplication.removeTranslator(self._translator)
        if english and (not self._translator.isEmpty() or self._translator.load(str(ENGLISH))):
            QCoreApplication.installTranslator(self._translator)
        if self._engine is not None:
            self._engine.retranslate()


def begin_reading() -> QQmlApplicationEngine:
    """An engine that reads and compiles the window and the first screen on a thread of Qt's, while the kiosk is being built."""
    engine = new_engine()
    for name in (WINDOW, FIRST):
        QQmlComponent(engine, _screen(name), QQmlComponent.CompilationMode.Asynchronous, engine)
    return engine


def _screen(name: str) -> QUrl:
    return QUrl.fromLocalFile(str(QML_FOLDER / "Screens" / name))


def new_engine() -> QQmlApplicationEngine:
    """An engine that knows our QML modules and our icons."""
    engine = QQmlApplicationEngine()
    engine.addImportPath(str(QML_FOLDER))
    engine.addImageProvider("icon", IconProvider())
    return engine


def root_window(engine: QQmlApplicationEngine) -> QQuickWindow:
    """The window the engine made; a QML file that does not load is a defect."""
    roots = engine.rootObjects()
    if not roots or not isinstance(roots[0], QQuickWindow):
        raise RuntimeError("the window's QML did not load")
    return roots[0]


def show(window: QQuickWindow, size: QSize | None) -> None:
    """Fill the screen, or take this size."""
    if size is None:
        window.setGeometry(window.screen().geometry())  # the first picture comes before a compositor has told its size
        window.setVisibility(QQuickWindow.Visibility.FullScreen)
    else:
        window.resize(size)
        window.setVisibility(QQuickWindow.Visibility.Windowed)


def drop(engine: QQmlApplicationEngine, window: QQuickWindow) -> None:
    """Take window and engine down now, while what they are bound to still lives."""
    import shiboken6  # only at the end

    window.close()
    shiboken6.delete(engine)
