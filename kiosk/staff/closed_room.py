"""The staff's room of a kiosk that cannot serve: nothing but its door, by what could be read of the settings.

Lives on the GUI thread; PINs are looked at on a thread of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk import __version__
from kiosk.errors import SettingsBroken
from kiosk.local_socket import SOCKET_NAME, LocalServer
from kiosk.settings_salvage import Salvage
from kiosk.staff.diagnostics import Diagnosis, Surroundings, diagnose
from kiosk.staff.lock_file import LockFile
from kiosk.staff.room import Means, StaffRoom
from kiosk.staff.sign_in import Lock, LockStore, SignIn
from kiosk.visit.facts import Facts
from offline_cache.errors import StoreError
from offline_cache.store_lock import alone_on

if TYPE_CHECKING:
    from devices.frame_slot import Picture
    from devices.reports import DeviceKind
    from offline_cache.tables import Tables


class NoDevices:
    """No device is opened while the kiosk is out of service."""

    def activate(self, kind: DeviceKind, active: bool) -> None:
        """Nothing to wake."""

    def test(self, name: str) -> bool:
        """Nothing to test."""
        del name
        return False

    def newest_frame(self, name: str) -> Picture | None:
        """Nothing to see."""
        del name
        return None


class LockInMemory:
    """For settings that do not tell where the store is: nothing may be written in a place nobody meant."""

    def __init__(self) -> None:
        self._lock = Lock()

    def load(self) -> Lock:
        """The lock since the start."""
        return self._lock

    def save(self, lock: Lock) -> None:
        """Keep it until the program ends."""
        self._lock = lock


class ClosedRoom:
    """The room, the one thread behind it, and the local line, which tells a shell why nothing is served."""

    def __init__(
        self,
        rest: Salvage,
        code: str,
        post: Callable[[Callable[[], None]], None],
        clock: Callable[[], datetime],
        details: Sequence[str] = (),
    ) -> None:
        """`code` and `details` tell why the kiosk is out of service; `post` has something done on the GUI thread."""
        self._rest = rest
        self._code = code
        self._details = list(details)
        self._post = post
        self._clock = clock
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="door")
        self._local = self._local_line()
        lock: LockStore = LockFile(rest.store.directory) if rest.store is not None else LockInMemory()
        self.room = StaffRoom(
            Means(
                bench=NoDevices(),
                badges={},
                sign_in=SignIn(rest.staff, rest.sign_in, lock, clock),
                sign_in_settings=rest.sign_in,
                diagnosis=self._diagnosis,
                on_storage=self._aside,
                send_now=lambda: None,
                log=lambda _event: None,  # the journal is in the store, which is not open
                clock=clock,
                exports=Path(),
            )
        )

    def stop(self) -> None:
        """End the thread; nothing is told any more."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        if self._local is not None:
            self._local.stop()

    def _local_line(self) -> LocalServer | None:
        """None for broken settings, which the command finds itself; where another program answers; without a folder for it."""
        store = self._rest.store
        if store is None or self._code == SettingsBroken.code:
            return None
        local = LocalServer(store.directory / SOCKET_NAME, self._answer)
        with suppress(StoreError, OSError):
            if store.directory.is_dir():
                with alone_on(store):
                    try:
                        local.start()
                    except OSError:  # the disk takes no file
                        local.answer_in_memory()
                    return local
        local.stop()
        return None

    def _answer(self, _question: dict[str, Any]) -> dict[str, Any]:
        return {"ok": False, "said": "out of service", "out_of_service": self._code, "details": self._details}

    def _diagnosis(self) -> Diagnosis:
        number = self._rest.kiosk.number if self._rest.kiosk is not None else ""
        return diagnose(Facts(), Surroundings(number, __version__, out_of_service=self._code), self._clock())

    def _aside(self, work: Callable[[Tables], object], then: Callable[[object], None]) -> None:
        """What the room asks of the storage thread; only the sign-in, which touches no table."""

        def perform() -> None:
            result = work(None)  # type: ignore[arg-type] # there is no store; the sign-in asks for none
            self._post(lambda: then(result))

        self._thread.submit(perform)
