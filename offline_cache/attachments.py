"""What travels beside a submission: captured pages, each encrypted, in the submission's own transaction, named by its sha256.

Lives in the thread of its connection. A row goes with its submission's content: the table's own trigger erases it, whoever
erases that.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from offline_cache.database import transaction, translated, unsynced_transaction
from offline_cache.errors import AttachmentLost
from offline_cache.records import Attached
from offline_cache.vault import Sealed, Vault, bound_to

if TYPE_CHECKING:
    from offline_cache.blob import Blob
    from offline_cache.database import Connection

MOST = 99
"""Attachments one submission may have."""


def insert(
    connection: Connection, vault: Vault, kiosk: str, key: str, row_id: int, attachments: Sequence[Blob], schema: int
) -> None:
    """Write them under the submission's row id; to be called inside its transaction."""
    for number, (plain, sha256) in enumerate(attachments):
        key_id, box = vault.seal(plain, _bound_to(kiosk, key, number, schema))
        connection.execute(
            "INSERT INTO attachment (submission, number, sha256, size, schema, key_id, box) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (row_id, number, sha256, len(plain), schema, key_id, box),
        )


class Attachments:
    """The table of attachments; one instance a connection."""

    def __init__(self, connection: Connection, vault: Vault | None = None) -> None:
        """Without a vault none can be opened."""
        self._connection = connection
        self._vault = vault

    def of(self, key: str) -> tuple[Attached, ...]:
        """What is attached to this submission and still here, in order."""
        with translated():
            rows = self._connection.execute(
                "SELECT a.number, a.sha256, a.size, a.sent FROM outbox JOIN attachment AS a ON a.submission = outbox.id"
                " WHERE outbox.key = ? ORDER BY a.number",
                (key,),
            ).fetchall()
        return tuple(Attached(number, sha256, size, bool(sent)) for number, sha256, size, sent in rows)

    def open(self, key: str, number: int) -> bytes:
        """One attachment, decrypted. Raises AttachmentLost, KeyWrong, RecordDamaged."""
        found = self._row(key, number)
        if found is None or self._vault is None:
            raise AttachmentLost("an attachment is not here any more")
        kiosk, schema, sealed = found
        return self._vault.open(sealed, _bound_to(kiosk, key, number, schema))

    def sealed(self, key: str, number: int) -> tuple[Sealed, int] | None:
        """The same as it is stored, still encrypted, and its schema; None when it is not here (any more)."""
        found = self._row(key, number)
        return None if found is None else (found[2], found[1])

    def mark_sent(self, key: str, number: int) -> None:
        """The centre has it whole. Costs no fsync: one that a power cut forgets is offered again, and the centre says so."""
        with unsynced_transaction(self._connection):
            self._connection.execute(
                "UPDATE attachment SET sent = 1 WHERE submission = (SELECT id FROM outbox WHERE key = ?) AND number = ?",
                (key, number),
            )

    def send_again(self, key: str, content: bytes) -> None:
        """The centre misses some: offer all of them anew. Raises AttachmentLost when one that the content names is gone."""
        with transaction(self._connection):
            self._connection.execute(
                "UPDATE attachment SET sent = 0 WHERE submission = (SELECT id FROM outbox WHERE key = ?)", (key,)
            )
        here = {one.sha256 for one in self.of(key)}
        if any(one["sha256"] not in here for one in json.loads(content).get("attachments", ())):
            raise AttachmentLost("an attachment that the submission names is not here any more")

    def _row(self, key: str, number: int) -> tuple[str, int, Sealed] | None:
        with translated():
            row = self._connection.execute(
                "SELECT kiosk, a.schema, a.key_id, a.box FROM outbox JOIN attachment AS a ON a.submission = outbox.id"
                " WHERE outbox.key = ? AND a.number = ?",
                (key, number),
            ).fetchone()
        return None if row is None else (row[0], row[1], Sealed(row[2], row[3]))


def _bound_to(kiosk: str, key: str, number: int, schema: int) -> bytes:
    """It opens as this attachment of this submission only."""
    return bound_to(kiosk, f"{key}/{number}", schema)
