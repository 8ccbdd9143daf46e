"""TLS that also asks for the centre's own key: its SHA-256 must be one in the settings, whoever signed the certificate.

The pin is of the SubjectPublicKeyInfo (RFC 7469 §2.4), so that a renewed certificate over the same key still fits.
Imported with the first request, on the thread that makes it.
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

import urllib3
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

if TYPE_CHECKING:
    from urllib3.connection import HTTPSConnection


class KeyNotPinned(urllib3.exceptions.SSLError):
    """The server has another key than the pinned one."""


def pin_of(certificate: bytes) -> str:
    """Base64 of the SHA-256 of a DER certificate's public key."""
    key = x509.load_der_x509_certificate(certificate).public_key()
    return base64.b64encode(hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()).decode()


def check_pin(connection: HTTPSConnection, pins: str) -> None:
    """Close a connection just made, before anything is sent, and raise KeyNotPinned, unless its server has one of these keys."""
    shown: Any = connection.sock
    if pin_of(shown.getpeercert(binary_form=True)) not in pins.split():
        connection.close()
        raise KeyNotPinned("another key")
