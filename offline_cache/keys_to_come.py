"""Which keys the contents of damaged stores need that are not carried over yet: a start must not begin with another one.

On the storage thread.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from offline_cache.database import Unreadable
from offline_cache.errors import RecordDamaged
from offline_cache.vault import KEY_ID, Vault, bound_to

if TYPE_CHECKING:
    from offline_cache.database import Connection

NEWEST = 10_000
"""So many rows are looked at: what waits is among the newest, and all would keep back a start."""


class KeysToCome:
    """By one content each, for a key's name may be what has changed bits."""

    def __init__(self) -> None:
        self._contents: dict[str, tuple[bytes, bytes]] = {}

    @property
    def ids(self) -> dict[str, int]:
        """The keys' ids, each with the one content that is known."""
        return dict.fromkeys(self._contents, 1)

    def look(self, damaged: Connection) -> None:
        """Add those of this store, as far as it can be read from its end."""
        with suppress(*Unreadable):
            for key_id, box, kiosk, key, schema in damaged.execute(
                "SELECT key_id, box, kiosk, key, schema FROM (SELECT * FROM outbox NOT INDEXED ORDER BY id DESC LIMIT ?)"
                " WHERE key_id IS NOT NULL AND state <> 'cancelled' AND NOT (state = 'needs-person' AND trouble = ?)",
                (NEWEST, RecordDamaged.code),
            ):
                if isinstance(box, bytes) and isinstance(key_id, str) and KEY_ID.fullmatch(key_id) and isinstance(schema, int):
                    self._contents.setdefault(key_id, (box, bound_to(str(kiosk), str(key), schema)))

    def open_with_another(self, vault: Vault, key_id: str) -> bool:
        """Whether what names this key, which is not in the vault, opens with one that is; also where nothing names it."""
        known = self._contents.get(key_id)
        return known is None or vault.opens(*known)
