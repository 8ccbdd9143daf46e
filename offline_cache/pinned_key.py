"""TLS that also asks for the centre's own key: its SHA-256 must be the one in the settings, whoever signed the certificate.

The pin is of the SubjectPublicKeyInfo (RFC 7469 §2.4), so that a renewed certificate over the same key still fits.
Imported with the first request, on the thread that makes it.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import requests.adapters
import urllib3
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool


class KeyNotPinned(urllib3.exceptions.SSLError):
    """The server has another key than the pinned one."""


def pin_of(certificate: bytes) -> str:
    """Base64 of the SHA-256 of a DER certificate's public key."""
    key = x509.load_der_x509_certificate(certificate).public_key()
    return base64.b64encode(hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()).decode()


def pinning_adapter(pin: str) -> requests.adapters.HTTPAdapter:
    """An adapter for https whose connections take no other key than the one with this pin; nothing is sent to another."""

    class Connection(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            shown: Any = self.sock
            if pin_of(shown.getpeercert(binary_form=True)) != pin:
                self.close()
                raise KeyNotPinned("another key")

    class Pool(HTTPSConnectionPool):
        ConnectionCls = Connection

    adapter = requests.adapters.HTTPAdapter(pool_connections=1, pool_maxsize=1, max_retries=0)
    adapter.poolmanager.pool_classes_by_scheme = {**adapter.poolmanager.pool_classes_by_scheme, "https": Pool}
    return adapter
