"""The only crossing of threads: what any thread hands in is called on the GUI thread, in order, by one kind of Qt event."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QObject

from devices.reports import Listener, Report


class Bridge(QObject):
    """Lives in the GUI thread; `call` and the listeners made here may be used from every thread."""

    def __init__(self) -> None:
        super().__init__()
        self._closed = False
        self._waiting: deque[Callable[[], None]] = deque()

    def call(self, work: Callable[[], None]) -> None:
        """Have `work` called on the GUI thread soon; after `close` it is dropped."""
        if not self._closed:
            self._waiting.append(work)
            # Not a queued signal: its `Qt.ConnectionType` would build 130 enumerations before the first picture.
            QCoreApplication.postEvent(self, QEvent(QEvent.Type.User))

    def listener(self, hear: Callable[[Report], None]) -> Listener:
        """A listener for the device threads that hands each report to `hear` on the GUI thread."""
        return lambda report: self.call(lambda: hear(report))

    def close(self) -> None:
        """Let nothing through any more: the kiosk's parts are being taken down."""
        self._closed = True

    def event(self, event: QEvent) -> bool:
        """Qt hands over one event for each `call`."""
        if event.type() != QEvent.Type.User:
            return super().event(event)
        work = self._waiting.popleft()
        if not self._closed:
            work()
        return True
