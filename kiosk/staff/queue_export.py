"""Kept submissions written to a file, still encrypted, one JSON object a line: for whoever looks into a kiosk.

The lines open with this kiosk's key file only; what opens is padded with blanks (`offline_cache/padding.py`), the hash is of what
stands before them. In the thread of the connection that is read.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.staff.whole_file import whole_file
from offline_cache.errors import StoreDamaged
from offline_cache.records import EARLIEST_MS

if TYPE_CHECKING:
    from offline_cache.attachments import Attachments
    from offline_cache.records import RecordFacts
    from offline_cache.review import Review


SECONDS_A_DAY = 24 * 3600
EXPORT_DAYS = 7
"""So long an export stays in the kiosk's own folder: what the centre has acknowledged since is to be gone from this disk."""
NAME = "queue-{:%Y%m%d-%H%M%S}.jsonl"


def export_in(folder: Path, now: datetime) -> SealedExport:
    """A new one in the kiosk's own folder."""
    return SealedExport(folder / NAME.format(now))


def take_away_exports(folder: Path, now: datetime) -> None:
    """Delete those that have stayed long enough, and what is left of one that broke off, the log's too.

    The days of what a clock wrote that was wrong begin with this look.

    Not by a clock that has lost its own time: to it all is dated wrong.
    """
    seconds, earliest = now.timestamp(), EARLIEST_MS / 1000
    if seconds < earliest:
        return
    for file in (*folder.glob("queue-*"), *folder.glob("log-*.part")):
        with suppress(OSError):  # tried again with the next look
            written = file.stat().st_mtime
            if not earliest <= written <= seconds + SECONDS_A_DAY:
                os.utime(file, (seconds, seconds))
            elif seconds - written > EXPORT_DAYS * SECONDS_A_DAY:
                file.unlink()


class SealedExport:
    """One export into a file of mode 0600, which is whole and on the disk, or not there; it takes the place of one before.

    Until it is whole it has `.part` behind its name.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows = 0
        """Submissions written so far."""
        self.unread = 0
        """Such that cannot be read any more: they keep back none of the others."""

    def write(self, chosen: Iterable[RecordFacts], review: Review, attachments: Attachments) -> Iterator[None]:
        """Write one after the other; what is being written can be left at each, and is then taken away. Raises OSError."""
        with whole_file(self.path, mode=0o600) as stream:
            for facts in chosen:
                try:
                    line = _line(facts, review, attachments)
                except (StoreDamaged, TypeError, ValueError):  # bits have changed: anything may stand in the row
                    self.unread += 1
                    continue
                if line:
                    stream.write(line)
                    self.rows += 1
                yield


def _line(facts: RecordFacts, review: Review, attachments: Attachments) -> str:
    """Empty for one whose content is gone: the centre has answered just now."""
    stored = review.sealed(facts.key)
    if stored is None:
        return ""
    box, schema, kiosk = stored
    line = {
        "kiosk": kiosk,
        "key": facts.key,
        "receipt_number": facts.receipt_number,
        "item": facts.item,
        "kept_at_ms": facts.kept_at_ms,
        "content_hash": facts.content_hash,
        "schema": schema,
        "key_id": box.key_id,
        "box": base64.b64encode(box.box).decode(),
        "attachments": list(_attachments(attachments, facts.key)),
    }
    return json.dumps(line, ensure_ascii=False) + "\n"


def _attachments(attachments: Attachments, key: str) -> Iterator[dict[str, Any]]:
    for one in attachments.of(key):
        stored = attachments.sealed(key, one.number)
        if stored is not None:  # else the centre has answered just now
            box, schema = stored
            facts = {"number": one.number, "sha256": one.sha256, "schema": schema, "key_id": box.key_id}
            yield facts | {"box": base64.b64encode(box.box).decode()}
