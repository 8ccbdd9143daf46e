"""Two small tables beside the outbox: ratings waiting for the centre, and marks (how far something has come).

Lives in the thread of its connection.
"""

from __future__ import annotations

import re
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

from offline_cache.database import transaction, translated, unsynced_transaction
from offline_cache.errors import StoreDamaged, VaultError
from offline_cache.vault import Sealed

if TYPE_CHECKING:
    from offline_cache.database import Connection
    from offline_cache.vault import Vault
    from offline_cache.wire import Rating

IS_NUMBER = re.compile(rb"-?[0-9]{1,18}")


class Ratings:
    """好差评 until they are sent; no time, no order, nothing that joins one to a person or a submission.

    Each is sealed: a page of the file has its rows as they came, one after the other, and the log says after which visits one
    was given.
    """

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def keep(self, item: str, level: int, *, practice: bool = False) -> None:
        """Keep one, under a random token of its own."""
        from offline_cache.wire import Rating

        rating = Rating.model_validate({"token": secrets.token_urlsafe(16), "item": item, "level": level, "practice": practice})
        with transaction(self._connection):
            self._seal(rating)

    def seal_earlier(self) -> None:
        """Those that a program kept in plain which knew no other way; one whose bits have changed is dropped."""
        from offline_cache.wire import Rating

        columns = "CAST(token AS BLOB), CAST(item AS BLOB), iif(typeof(level) = 'integer', level, 0), CAST(practice AS BLOB)"
        with translated():
            rows = self._connection.execute(f"SELECT {columns} FROM rating").fetchall()  # noqa: S608 - constants
        if not rows:
            return
        with transaction(self._connection):
            for token, item, level, practice in rows:
                with suppress(ValueError):
                    told = {"token": token.decode(), "item": item.decode(), "level": level, "practice": practice.decode()}
                    self._seal(Rating.model_validate(told))
            self._connection.execute("DELETE FROM rating")

    def _seal(self, rating: Rating) -> None:
        key_id, box = self._vault.seal(rating.model_dump_json().encode(), _bound_to(rating.token))
        self._connection.execute("INSERT OR REPLACE INTO sealed_rating VALUES (?, ?, ?)", (rating.token, key_id, box))

    def waiting(self, limit: int = 20) -> tuple[Rating, ...]:
        """Any that are not sent yet, so that refused ones keep back no others; one that does not open any more is dropped."""
        from offline_cache.wire import Rating

        with translated():
            columns = "CAST(token AS BLOB), CAST(key_id AS BLOB), CAST(box AS BLOB)"
            rows = self._connection.execute(
                f"SELECT {columns} FROM sealed_rating ORDER BY random() LIMIT ?",  # noqa: S608 - constants
                (limit,),
            ).fetchall()
        ratings: list[Rating] = []
        for token, key_id, box in rows:
            try:
                opened = self._vault.open(Sealed(key_id.decode(), box), _bound_to(token.decode()))
                ratings.append(Rating.model_validate_json(opened))
            except (ValueError, VaultError):
                with transaction(self._connection):
                    self._connection.execute("DELETE FROM sealed_rating WHERE CAST(token AS BLOB) = ?", (token,))
        return tuple(ratings)

    def drop(self, token: str) -> None:
        """The centre has it."""
        with transaction(self._connection):
            self._connection.execute("DELETE FROM sealed_rating WHERE token = ?", (token,))


def _bound_to(token: str) -> bytes:
    """It opens as the rating of this token only."""
    return f"rating\n{token}".encode()


class Marks:
    """Whole numbers by name."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def drop_nonsense(self) -> frozenset[str]:
        """Take out what is no number any more, as a changed bit leaves it: as one never set it stops nothing. Their names."""
        with translated():
            rows = self._connection.execute("SELECT CAST(name AS BLOB), CAST(value AS BLOB) FROM mark").fetchall()
            strange = [name for name, value in rows if not IS_NUMBER.fullmatch(value)]
            self._connection.executemany("DELETE FROM mark WHERE CAST(name AS BLOB) = ?", [(name,) for name in strange])
        return frozenset(name.decode(errors="replace") for name in strange)

    def get(self, name: str, default: int) -> int:
        """The number, or the default when it was never set; raises StoreDamaged for what is none."""
        with translated():
            row = self._connection.execute("SELECT value FROM mark WHERE name = ?", (name,)).fetchone()
        try:
            return default if row is None else int(row[0])
        except ValueError as strange:
            raise StoreDamaged(f"the mark {name} is no number") from strange

    def set(self, name: str, value: int, *, lasting: bool = True) -> None:
        """Remember it; not `lasting`: without an fsync of its own, so that a power cut may bring back what it was before."""
        with transaction(self._connection) if lasting else unsynced_transaction(self._connection):
            self._connection.execute("INSERT OR REPLACE INTO mark VALUES (?, ?)", (name, str(value)))
