"""Opening the store at a start: sound, or begun anew beside a damaged one, or only to look where the disk takes no writing.

On the storage thread.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING

from offline_cache import damage, number_floors
from offline_cache.bad_sectors import cannot_be_read
from offline_cache.database import leave_to_newer, open_store, open_to_look
from offline_cache.errors import CacheError, StoreDamaged, StoreError, StoreFull, StoreUnwritable
from offline_cache.file_kind import check_file
from offline_cache.index_check import make_indexes_agree
from offline_cache.keys_to_come import KeysToCome
from offline_cache.outbox import key_ids_needed, opens_with_another
from offline_cache.tables import Tables, tables_of
from offline_cache.vault import Vault, is_credential, open_vault, take_away_copy
from offline_cache.write_ahead_log import passed_over

if TYPE_CHECKING:
    from offline_cache.carrying import Carrying
    from offline_cache.database import Connection
    from offline_cache.identity import Identity
    from offline_cache.refusals import Refusals
    from offline_cache.reserve import Reserve
    from offline_cache.settings import StoreSettings

READ_AGAIN_SECONDS = 0.5
"""Until a store that could not be read, or looks damaged, is opened once more: a read may fail and then succeed."""


class Opening:
    """How the store of these settings was opened."""

    def __init__(
        self, settings: StoreSettings, now_ms: Callable[[], int], carrying: Carrying, reserve: Reserve, refusals: Refusals
    ) -> None:
        self._settings = settings
        self._now_ms = now_ms
        self._carrying = carrying
        self._reserve = reserve
        self._refusals = refusals
        self._last_receipt_number = ""
        """Of the day of the enrolment, as the centre told it then."""
        self.refused = ""
        """Code of why the disk takes no writing."""
        self.key_copy_erased: bool | None = None
        """A plain key file lay here beside a sealed key: it is erased, or (False) it is still there."""
        self.indexes_made_anew: tuple[str, ...] = ()
        """Tables whose indexes did not agree with them."""

    @property
    def looking(self) -> bool:
        """The disk takes no writing: what waits is sent by looking, until the store can be opened for good."""
        return self.refused != ""

    def open(self, identity: Identity | None) -> tuple[Connection, Tables]:
        """The store with its vault; again, once the disk may take writing. Raises as `Store` does."""
        self._last_receipt_number = identity.enrolled.last_receipt_number if identity is not None else ""
        connection = self._open_whole_or_look()
        try:
            tables = tables_of(connection, self._vault(connection), self._settings, identity)
            if not self.looking:
                with contextlib.suppress(StoreError):  # with the next start: none of them keeps a kiosk from serving
                    tables.ratings.seal_earlier()
            return connection, tables
        except BaseException:
            self._carrying.close()
            connection.close()
            raise

    def look_on(self, refused: CacheError, vault: Vault, identity: Identity | None) -> tuple[Connection, Tables]:
        """Only to look, as before, after `open` was refused; with the vault known, whatever its file has become."""
        connection = self._look(refused)
        try:
            return connection, tables_of(connection, vault, self._settings, identity)
        except BaseException:
            connection.close()
            raise

    def keys_to_keep(self, connection: Connection, vault: Vault) -> Collection[str]:
        """Of the old keys those that something here needs; all, while a damaged store lies here that may need them."""
        return vault.key_ids if damage.folders(self._settings.directory) else key_ids_needed(connection)

    def _vault(self, connection: Connection) -> Vault:
        to_come = self._carrying.keys if self._carrying.going_on else KeysToCome()

        def is_damaged(vault: Vault, key_id: str) -> bool:
            return opens_with_another(connection, vault, key_id) and to_come.open_with_another(vault, key_id)

        try:
            vault = open_vault(
                self._settings.vault_file,
                lambda: to_come.ids | key_ids_needed(connection, cancelled=False),
                self._settings.cipher,
                functools.partial(self.keys_to_keep, connection),
                is_damaged,
            )
        except OSError as refused:  # the key file could not be written
            kind = StoreFull if refused.errno == errno.ENOSPC else StoreUnwritable
            raise kind(f"{self._settings.vault_file.name}: {refused.strerror}") from refused
        if is_credential(self._settings.vault_file):
            keep = functools.partial(self.keys_to_keep, connection)
            self.key_copy_erased = take_away_copy(self._settings.plain_key_file, vault, keep)
        return vault

    def _open_whole_or_look(self) -> Connection:
        """On a disk that takes no writing what is there is looked at only: it is sent, and nothing new is kept."""
        self.refused = ""
        try:
            try:
                return self._open_whole()
            except (StoreFull, StoreUnwritable) as refused:
                if not self._reserve.is_wanted:
                    raise
                if self._reserve.give_up():
                    return self._open_whole()
                raise StoreFull(refused.detail) from refused
        except (StoreFull, StoreUnwritable) as refused:
            return self._look(refused)

    def _look(self, refused: CacheError) -> Connection:
        """Where it cannot be opened for good; raises `refused` where it cannot even be looked at."""
        self.refused = refused.code
        try:
            connection = open_to_look(self._settings.database_file)
            if self._refusals.are_in(connection):
                connection.close()
                raise refused  # what cannot be taken out would be sent
        except (StoreError, OSError):
            raise refused from None
        return connection

    def _open_whole(self) -> Connection:
        """The store; a damaged one is set aside first, and what an interrupted setting aside left is finished."""
        try:
            return self._set_aside_what_is_damaged()
        except OSError as refused:
            kind = StoreFull if refused.errno == errno.ENOSPC else StoreUnwritable
            raise kind(f"{refused.filename or self._settings.directory}: {refused.strerror}") from refused

    def _set_aside_what_is_damaged(self) -> Connection:
        directory = self._settings.directory
        check_file(self._settings.database_file)
        interrupted = damage.clear(directory)
        log = Path(f"{self._settings.database_file}-wal")
        unclean = log.exists() and log.stat().st_size > 0
        try:
            if not interrupted and damage.is_gone(directory):
                raise StoreDamaged("the database is gone")
            connection = self._open_if_sound(log if unclean else None)
        except StoreDamaged:
            damage.set_aside(directory, self._now_ms())
            connection = open_store(self._settings.database_file)
        try:
            self._refusals.take_out(connection)
            damage.mend_marks(directory, connection, self._now_ms())
            number_floors.number_above_an_older_store(directory, connection, self._now_ms())
            number_floors.number_above_what_the_centre_has(connection, self._last_receipt_number, self._now_ms())
            self._carrying.begin(connection)
            if not self._carrying.going_on:
                self._refusals.forget_all()
            if unclean:
                with contextlib.suppress(StoreFull, StoreUnwritable):  # a start on a full disk is a start
                    damage.pass_over(connection, self._now_ms())
        except BaseException:
            connection.close()
            raise
        return connection

    def _open_if_sound(self, log: Path | None) -> Connection:
        """Tried again before damage is believed, for a read may fail and then succeed; sectors that stay unreadable are."""
        with contextlib.suppress(StoreDamaged, StoreUnwritable):
            return self._open_once(log)
        time.sleep(READ_AGAIN_SECONDS)
        try:
            return self._open_once(log)
        except StoreUnwritable as refused:
            if any(map(cannot_be_read, (self._settings.database_file, *([log] if log else [])))):
                raise StoreDamaged("sectors that cannot be read") from refused
            raise

    def _open_once(self, log: Path | None) -> Connection:
        if log is not None and passed_over(log):
            leave_to_newer(self._settings.database_file)
            raise StoreDamaged("transactions behind a broken frame of the log")
        connection = open_store(self._settings.database_file)
        try:
            self.indexes_made_anew = make_indexes_agree(connection)
        except BaseException:
            connection.close()
            raise
        return connection
