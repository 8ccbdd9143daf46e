"""What the centre may set for this kiosk: the times of a visit, within the same limits as the settings' own file.

The centre's word comes before the file's. Devices, paths, staff and the centre's own address are never set from afar:
who holds the centre must not be able to point a kiosk elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from kiosk.log_events import Scalar
from kiosk.visit.session import Session
from kiosk.visit.settings import VisitSettings
from offline_cache.errors import CacheError, ReplicaRefused, StoreError

if TYPE_CHECKING:
    from offline_cache.identity import Enrolled
    from offline_cache.replica import Copy
    from offline_cache.store import Store
    from offline_cache.tables import Tables


class SettingsShelf:
    """The times in use: the file's, and over them what the centre sets; others are taken between visits only.

    Lives on the session's thread, but for `check` (sending) and `activate` (storage).
    """

    def __init__(
        self, store: Store, enrolled: Enrolled, own: VisitSettings, log: Callable[[str, Mapping[str, Scalar]], None]
    ) -> None:
        """Begins with the centre's as last activated; when those cannot be used the previous, and at last the file's alone."""
        self._kiosk = enrolled.kiosk
        self._server_key = enrolled.server_public_key
        self._own = own
        self._log = log
        self._next: Mapping[str, int] | None = None
        self._in_use: Mapping[str, int] = {}
        for _ in range(2):
            try:
                self._in_use = self._read(
                    store.call(lambda tables: tables.settings_replica.copy("active", self._server_key)).result()
                )
            except (ReplicaRefused, ValueError):
                log("settings-broken", {})
            else:
                break
            with suppress(StoreError):
                store.call(lambda tables: tables.settings_replica.fall_back()).result()
        if self._in_use:
            self._tell()

    @property
    def visit(self) -> VisitSettings:
        """What a visit goes by."""
        return replace(self._own, **self._in_use)

    @property
    def set_by_centre(self) -> Mapping[str, int]:
        """The values that are not the file's."""
        return self._in_use

    def check(self, content: dict[str, Any]) -> None:
        """Raises ValueError, which tells places and kinds, for what this kiosk cannot use as a whole."""
        self._checked(content)

    def _checked(self, content: dict[str, Any]) -> Mapping[str, int]:
        """By hand, for it is done at every start: pydantic alone would take longer than all the rest."""
        visit = content.get("visit", {})
        if not isinstance(visit, dict):
            raise ValueError("visit: no section")
        strange = [f"{section}: unknown" for section in content if section not in ("kiosk", "visit")]
        if wrong := "; ".join([*strange, *_wrong(visit)]):
            raise ValueError(wrong[:300])
        if content.get("kiosk") != self._kiosk:
            raise ValueError("for another kiosk")
        return visit

    def activate(self, tables: Tables) -> Mapping[str, int] | None:
        """Take what is staged into use on the disk; None when nothing is."""
        if tables.settings_replica.activate(self._server_key) is None:
            return None
        return self._read(tables.settings_replica.copy("active"))

    def activated(self, told: Mapping[str, int] | CacheError | None) -> None:
        """It was: a visit may have begun meanwhile, and ends with the times it began with."""
        if told is not None and not isinstance(told, CacheError):
            self._next = told

    def take(self, session: Session) -> None:
        """Nobody is here: whatever is newer is used from now on."""
        if self._next is not None:
            before, self._in_use, self._next = self._in_use, self._next, None
            if before != self._in_use:
                session.take_settings(self.visit)
                self._tell()

    def _read(self, copied: Copy | None) -> Mapping[str, int]:
        return {} if copied is None else self._checked(copied.content)

    def _tell(self) -> None:
        self._log("settings-from-centre", {"values": len(self._in_use)})


def _wrong(visit: Mapping[str, Any]) -> Iterator[str]:
    """Each name or number that is not allowed, with why."""
    limits = {field.name: field.metadata for field in fields(VisitSettings)}
    for name, value in visit.items():
        if name not in limits:
            yield f"visit.{name}: unknown"
        elif type(value) is not int:
            yield f"visit.{name}: no whole number"
        elif not limits[name]["ge"] <= value <= limits[name]["le"]:
            yield f"visit.{name}: not from {limits[name]['ge']} to {limits[name]['le']}"
