"""The only crossing of threads: what any thread hands in is called on the GUI thread, in order, by one Qt signal."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal

from devices.reports import Listener, Report


class Bridge(QObject):
    """Lives in the GUI thread; `call` and the listeners made here may be used from every thread."""

    _handed_over = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._closed = False
        self._handed_over.connect(self._run, Qt.ConnectionType.QueuedConnection)

    def call(self, work: Callable[[], None]) -> None:
        """Have `work` called on the GUI thread soon; after `close` it is dropped."""
        if not self._closed:
            self._handed_over.emit(work)

    def listener(self, hear: Callable[[Report], None]) -> Listener:
        """A listener for the device threads that hands each report to `hear` on the GUI thread."""
        return lambda report: self.call(lambda: hear(report))

    def close(self) -> None:
        """Let nothing through any more: the kiosk's parts are being taken down."""
        self._closed = True

    def _run(self, work: Callable[[], None]) -> None:
        if not self._closed:
            work()
