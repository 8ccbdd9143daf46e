"""Bytes that travel beside a submission, with the name they have everywhere: their sha256."""

from __future__ import annotations

import hashlib
from typing import NamedTuple


class Blob(NamedTuple):
    """Hashed when they are made, not when they are kept: a page while its resident still looks at it, so 提交 need not wait."""

    content: bytes
    sha256: str

    @classmethod
    def of(cls, content: bytes) -> Blob:
        """In any thread; 200 KiB take a tenth of a millisecond."""
        return cls(content, hashlib.sha256(content).hexdigest())

    def __repr__(self) -> str:
        return "Blob(…)"
