"""Fetching what the centre publishes, the catalogue and this kiosk's settings, to be staged."""

from __future__ import annotations

from collections.abc import Callable

from offline_cache.errors import CentreError, ReplicaRefused
from offline_cache.replica import Replica, Signed
from offline_cache.reports import CatalogueRefused, CatalogueStaged, SettingsRefused, SettingsStaged
from offline_cache.sending import Check, Means, Part
from offline_cache.wire import HeartbeatAnswer

Fetch = Callable[[str], tuple[Signed, str] | None]
"""From the ETag at hand to what was published and its own; None when it is the same."""


class Published(Part):
    """What is newer than what is here."""

    def __init__(self, means: Means) -> None:
        super().__init__(means)
        self._refused: set[str] = set()
        """Versions of catalogue and settings that cannot be used."""

    def fetch_newer(self, answer: HeartbeatAnswer) -> None:
        """The catalogue, and what the centre sets for this kiosk, when the heartbeat tells of newer ones."""
        setup, centre = self._setup, self._centre
        replicas = self._store.call(lambda tables: (tables.replica, tables.settings_replica)).result()
        for told, replica, fetch, check, staged, refused in (
            (answer.catalogue_version, replicas[0], centre.catalogue, setup.check_catalogue, CatalogueStaged, CatalogueRefused),
            (answer.settings_version, replicas[1], centre.settings, setup.check_settings, SettingsStaged, SettingsRefused),
        ):
            try:
                version = self._fetch(told, replica, fetch, check)
            except (CentreError, ReplicaRefused) as broken:  # whatever it is, submissions are sent all the same
                self._listener(refused(broken.code, broken.detail))
                if isinstance(broken, ReplicaRefused):
                    self._refused.add(told)  # fetched again, it would be no better
            else:
                if version:
                    self._listener(staged(version))

    def _fetch(self, told: str, replica: Replica, fetch: Fetch, check: Check | None) -> str:
        """The version that was staged; empty when there is nothing newer, or it is known to be of no use."""
        version, etag = self._store.call(lambda _: replica.newest()).result()
        if told in ("", version) or told in self._refused:
            return ""
        fetched = fetch(etag)
        if fetched is None:
            return ""
        signed, new_etag = fetched
        server_key, now_ms = self._setup.server_public_key, self._setup.now_ms()
        self._store.call(lambda _: replica.stage(signed, new_etag, server_key, now_ms, check)).result()
        return signed.version
