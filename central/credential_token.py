"""The bytes of a scanned token, from their base64; pure."""

from __future__ import annotations

import base64
import binascii

from central.refusal import Refused, Why


def token_bytes(text: str) -> bytes:
    """The exact bytes the scanner told; raises CONTENT_REFUSED when it is no base64 or empty."""
    try:
        token = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        token = b""
    if not token:
        raise Refused(Why.CONTENT_REFUSED, "token must be bytes in base64")
    return token
