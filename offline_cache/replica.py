"""The centre's catalogue and settings copied here: checked whole, staged, used only between visits, the previous one kept.

Lives in the thread of its connection.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from devices.values import dataclass
from offline_cache.canonical import catalogue_bytes, settings_bytes
from offline_cache.database import transaction, translated
from offline_cache.errors import ReplicaRefused

if TYPE_CHECKING:
    from offline_cache.database import Connection
    from offline_cache.wire import SignedCatalogue, SignedSettings

Slot = Literal["staged", "active", "previous"]
Kind = Literal["catalogue", "settings"]
Signed: TypeAlias = "SignedCatalogue | SignedSettings"
TABLES: dict[Kind, str] = {"catalogue": "replica", "settings": "settings_replica"}
SIGNED_BYTES: dict[Kind, Callable[[dict[str, Any]], bytes]] = {"catalogue": catalogue_bytes, "settings": settings_bytes}


@dataclass(frozen=True, slots=True)
class Copy:
    """What the centre published, as it is kept here."""

    version: str
    content: dict[str, Any]


class Replica:
    """At most three catalogues, or settings: staged, active, previous."""

    def __init__(self, connection: Connection, kind: Kind = "catalogue") -> None:
        self._connection = connection
        self._kind = kind
        self._table = TABLES[kind]

    def _on(self, statement: str) -> str:
        """The statement on this replica's own table."""
        return statement.replace(" replica ", f" {self._table} ")

    def stage(
        self,
        signed: Signed,
        etag: str,
        server_public_key: str,
        now_ms: int,
        check: Callable[[dict[str, Any]], None] | None = None,
    ) -> None:
        """Take what was published in, to be activated later; raises ReplicaRefused and keeps nothing of a broken one.

        `check` may raise ValueError for what cannot be used.
        """
        self._verify(signed.version, signed.content, signed.signature, server_public_key)
        if check is not None:
            try:
                check(signed.content)
            except ValueError as mistake:
                raise ReplicaRefused(f"version {signed.version} cannot be used: {type(mistake).__name__}") from mistake
        with transaction(self._connection):
            self._connection.execute(
                self._on("INSERT OR REPLACE INTO replica VALUES ('staged', ?, ?, ?, ?)"),
                (signed.version, etag, signed.model_dump_json(), now_ms),
            )

    def activate(self, server_public_key: str = "") -> str | None:
        """Take the staged one into use, keep the one before as previous; its version, or None when nothing is staged.

        One that is in use already, published again after another was withdrawn, leaves the previous what it is. Raises
        ReplicaRefused for one that cannot be read any more, or was changed since, and drops it, so that it is fetched anew.
        """
        try:
            staged = self.copy("staged", server_public_key)
        except ReplicaRefused:
            with transaction(self._connection):
                self._connection.execute(self._on("DELETE FROM replica WHERE slot = 'staged'"))
            raise
        if staged is None:
            return None
        other = self._on("SELECT 1 FROM replica WHERE slot = 'active' AND version <> ?")
        with transaction(self._connection):
            if self._connection.execute(other, (staged.version,)).fetchone() is not None:
                self._connection.execute(self._on("DELETE FROM replica WHERE slot = 'previous'"))
                self._connection.execute(self._on("UPDATE replica SET slot = 'previous' WHERE slot = 'active'"))
            self._connection.execute(self._on("DELETE FROM replica WHERE slot = 'active'"))
            self._connection.execute(self._on("UPDATE replica SET slot = 'active' WHERE slot = 'staged'"))
        return staged.version

    def fall_back(self) -> str | None:
        """Drop the active one, which cannot be used, and take the previous into use; its version, or None when there is none.

        What the centre publishes then is fetched anew, for it is no longer here.
        """
        with transaction(self._connection):
            self._connection.execute(self._on("DELETE FROM replica WHERE slot = 'active'"))
            self._connection.execute(self._on("UPDATE replica SET slot = 'active' WHERE slot = 'previous'"))
            row = self._connection.execute(self._on("SELECT CAST(version AS BLOB) FROM replica WHERE slot = 'active'")).fetchone()
        return None if row is None else row[0].decode(errors="replace")

    def copy(self, slot: Slot, server_public_key: str = "") -> Copy | None:
        """What is in this place, if anything; raises ReplicaRefused for one that cannot be read any more.

        With the centre's key, also for one whose bytes were changed on the disk since they were fetched.
        """
        with translated():
            row = self._connection.execute(
                self._on("SELECT CAST(signed AS BLOB) FROM replica WHERE slot = ?"), (slot,)
            ).fetchone()
        if row is None:
            return None
        try:
            signed = json.loads(row[0])
            version, content, signature = str(signed["version"]), dict(signed[self._kind]), str(signed["signature"])
        except (ValueError, KeyError, TypeError, RecursionError) as damaged:
            raise ReplicaRefused(f"the {slot} copy cannot be read") from damaged
        if server_public_key:
            self._verify(version, content, signature, server_public_key)
        return Copy(version, content)

    def newest(self) -> tuple[str, str]:
        """Version and ETag of what was fetched last; empty when nothing ever was, or they cannot be read any more."""
        with translated():
            row = self._connection.execute(
                self._on(
                    "SELECT CAST(version AS BLOB), CAST(etag AS BLOB) FROM replica WHERE slot IN ('staged', 'active')"
                    " ORDER BY slot = 'staged' DESC LIMIT 1"
                )
            ).fetchone()
        try:
            return ("", "") if row is None else (row[0].decode(), row[1].decode())
        except UnicodeDecodeError:
            return "", ""

    def _verify(self, version: str, content: dict[str, Any], signature: str, server_public_key: str) -> None:
        """Check the centre's Ed25519 signature; raises ReplicaRefused, also for a content that has no bytes to be signed."""
        try:
            key = Ed25519PublicKey.from_public_bytes(base64.b64decode(server_public_key, validate=True))
            key.verify(base64.b64decode(signature, validate=True), SIGNED_BYTES[self._kind](content))
        except (InvalidSignature, ValueError) as refused:
            raise ReplicaRefused(f"the signature of version {version} does not verify") from refused
