"""Contents of one length, as far as can be: no cipher hides how long a text is, and that tells which answer was given.

`lost` and `stolen` are not equally long. Pure.
"""

from __future__ import annotations

PIECE_BYTES = 2048
"""What most forms fill, whatever is answered; only one with long words takes more than one."""


def padded(content: bytes) -> bytes:
    """With blanks up to whole pieces; canonical JSON ends in none, so it is found again by itself."""
    return content.ljust(-(-len(content) // PIECE_BYTES) * PIECE_BYTES)


def unpadded(content: bytes) -> bytes:
    """As it was."""
    return content.rstrip(b" ")
