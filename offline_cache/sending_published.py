"""Fetching what the centre publishes, the catalogue and this kiosk's settings, to be staged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from offline_cache import sync
from offline_cache.errors import CentreError, NotTheCentre, ReplicaRefused, StoreError
from offline_cache.replica import Replica, Signed
from offline_cache.reports import CatalogueRefused, CatalogueStaged, SettingsRefused, SettingsStaged
from offline_cache.sending import Check, Means, Part
from offline_cache.wire import HeartbeatAnswer

Fetch = Callable[[str], tuple[Signed, str] | None]
"""From the ETag at hand to what was published and its own; None when it is the same."""
VERSIONS = 4
"""Whose tries are borne in mind."""


@dataclass(slots=True)
class _Wanted:
    """A version that could not be had so far: garbled on the way perhaps, or mended by the centre under the same name."""

    version: str = ""
    tries: int = 0
    due: float = 0.0
    """On the monotonic clock."""
    told: set[str] = field(default_factory=set)
    """Codes of the refusals that were reported."""
    refused: str = ""
    """Why this kiosk could not take it so far."""


class _Tried:
    """The latest versions of one kind, the one that is published now the last: two may take turns while a centre is renewed."""

    def __init__(self) -> None:
        self.now = _Wanted()
        self._versions: dict[str, _Wanted] = {}

    def turn_to(self, version: str) -> _Wanted:
        """Take this one as published now."""
        self.now = self._versions.pop(version) if version in self._versions else _Wanted(version)
        self._versions[version] = self.now
        while len(self._versions) > VERSIONS:
            del self._versions[next(iter(self._versions))]
        return self.now


class Published(Part):
    """What is newer than what is here."""

    def __init__(self, means: Means) -> None:
        super().__init__(means)
        self._catalogue, self._settings = _Tried(), _Tried()

    @property
    def refused(self) -> dict[str, str]:
        """Why the `catalogue` or `settings` that the centre publishes now could not be taken."""
        both = {"catalogue": self._catalogue.now.refused, "settings": self._settings.now.refused}
        return {name: why for name, why in both.items() if why}

    def fetch_newer(self, answer: HeartbeatAnswer) -> None:
        """The catalogue, and what the centre sets for this kiosk, when the heartbeat tells of newer ones."""
        setup, centre = self._setup, self._centre
        replicas = self._store.call(lambda tables: (tables.replica, tables.settings_replica)).result()
        catalogue = self._catalogue.turn_to(answer.catalogue_version)
        settings = self._settings.turn_to(answer.settings_version)
        for wanted, replica, fetch, check, staged, refused in (
            (catalogue, replicas[0], centre.catalogue, setup.check_catalogue, CatalogueStaged, CatalogueRefused),
            (settings, replicas[1], centre.settings, setup.check_settings, SettingsStaged, SettingsRefused),
        ):
            try:
                version = self._fetch(wanted, replica, fetch, check)
            except (CentreError, ReplicaRefused) as broken:  # whatever it is, submissions are sent all the same
                self._put_off(wanted)
                if isinstance(broken, ReplicaRefused) or wanted.tries > 1:  # once, the line may have broken off just then
                    wanted.refused = broken.detail or broken.code
                if broken.code not in wanted.told:
                    wanted.told.add(broken.code)
                    self._listener(refused(broken.code, broken.detail))
            except StoreError:  # the store has noted it; each minute anew it would only cost the line
                self._put_off(wanted)
            else:
                if version:
                    wanted.refused = ""
                    self._listener(staged(version))

    def _fetch(self, wanted: _Wanted, replica: Replica, fetch: Fetch, check: Check | None) -> str:
        """The version that was staged; empty when there is nothing newer, or it is not to be tried again yet."""
        version, etag = self._store.call(lambda _: replica.newest()).result()
        if wanted.version in ("", version) or self._setup.monotonic() < wanted.due:
            return ""
        fetched = fetch(etag)
        if fetched is None or fetched[0].version != wanted.version:  # an older one, say, from something that keeps answers
            raise NotTheCentre("another version than is published")
        signed, new_etag = fetched
        if signed.content.get("version", signed.version) != signed.version:
            raise ReplicaRefused(f"version {signed.version} is not its content's own")
        server_key, now_ms = self._setup.server_public_key, self._setup.now_ms()
        self._store.call(lambda _: replica.stage(signed, new_etag, server_key, now_ms, check)).result()
        return signed.version

    def _put_off(self, wanted: _Wanted) -> None:
        """To the next heartbeat at first, then for longer each time, an hour at most."""
        base = self._setup.centre.heartbeat_seconds
        pause = sync.backoff_seconds(wanted.tries, self._setup.jitter(), base, sync.LONGEST_WAIT_SECONDS)
        wanted.due = self._setup.monotonic() + pause
        wanted.tries += 1
