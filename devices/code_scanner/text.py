"""The text in a code's bytes: phones show UTF-8, older programs GB18030; nothing is guessed beyond these two."""

from __future__ import annotations

from devices.errors import CodeUnreadable


def decode(payload: bytes) -> str:
    """Strict UTF-8, else strict GB18030; CodeUnreadable when it is neither."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return payload.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CodeUnreadable(f"{len(payload)} bytes are neither UTF-8 nor GB18030")
