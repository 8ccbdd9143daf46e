"""The two ciphers a vault's key can be of; both authenticate, both with a 96-bit nonce and a 128-bit tag. Pure.

AES-256-GCM: NIST SP 800-38D. SM4-GCM: GB/T 32907-2016 in the same mode (RFC 8998 §2), for halls that must use it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

TAG_BYTES = 16
NONCE_BYTES = 12
"""A random nonce of this length is good for 2^32 records a key."""


class CipherName(StrEnum):
    """As it stands in the settings and in the key file."""

    AES = "AES-256-GCM"
    SM4 = "SM4-GCM"


class Cipher(Protocol):
    """One key at work."""

    def seal_into(self, nonce: bytes, plain: bytes, bound_to: bytes, box: memoryview, /) -> object:
        """Write ciphertext ‖ tag into `box`, which has just their length."""

    def open(self, nonce: bytes | memoryview, box: memoryview, bound_to: bytes, /) -> bytes:
        """The plain bytes; raises InvalidTag or ValueError."""


class _Aes:
    def __init__(self, key: bytes) -> None:
        aead = AESGCM(key)
        self.seal_into: Callable[[bytes, bytes, bytes, memoryview], object] = aead.encrypt_into
        self.open: Callable[[bytes | memoryview, memoryview, bytes], bytes] = aead.decrypt


class _Sm4:
    def __init__(self, key: bytes) -> None:
        from cryptography.hazmat.primitives.ciphers import algorithms  # where it is not chosen it is not loaded

        self._algorithm = algorithms.SM4(key)

    def seal_into(self, nonce: bytes, plain: bytes, bound_to: bytes, box: memoryview) -> None:
        from cryptography.hazmat.primitives.ciphers import Cipher as Mode
        from cryptography.hazmat.primitives.ciphers import modes

        sealing = Mode(self._algorithm, modes.GCM(nonce)).encryptor()
        sealing.authenticate_additional_data(bound_to)
        box[: len(plain)] = sealing.update(plain) + sealing.finalize()
        box[len(plain) :] = sealing.tag

    def open(self, nonce: bytes | memoryview, box: memoryview, bound_to: bytes) -> bytes:
        from cryptography.hazmat.primitives.ciphers import Cipher as Mode
        from cryptography.hazmat.primitives.ciphers import modes

        if len(box) < TAG_BYTES:
            raise InvalidTag
        opening = Mode(self._algorithm, modes.GCM(bytes(nonce), bytes(box[-TAG_BYTES:]))).decryptor()
        opening.authenticate_additional_data(bound_to)
        return opening.update(box[:-TAG_BYTES]) + opening.finalize()


def cipher_of(name: CipherName, key: bytes) -> Cipher:
    """The cipher at work with this key; raises ValueError for a key of another length."""
    if len(key) != key_bytes(name):
        raise ValueError(f"a key of {name} has {key_bytes(name)} bytes")
    return _Aes(key) if name is CipherName.AES else _Sm4(key)


def new_key_bytes(name: CipherName) -> bytes:
    """A fresh random key for it."""
    return secrets.token_bytes(key_bytes(name))


def key_bytes(name: CipherName) -> int:
    """Bytes of its key."""
    return 32 if name is CipherName.AES else 16
