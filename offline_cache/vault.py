"""Encryption of what is at rest: AES-256-GCM a record, the key's id beside it, so that keys can be changed one by one.

The key file is JSON, mode 0600: `{"current": id, "keys": {id: {"cipher": "AES-256-GCM", "key": base64}}}`. An id is the
beginning of the key's own sha256, so a wrong file is noticed before any record is tried. Pure; lives in any thread.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from offline_cache.errors import KeyMissing, KeyWrong, RecordDamaged
from offline_cache.private_file import read_private, write_private

CIPHER = "AES-256-GCM"
TAG_BYTES = 16
NONCE_BYTES = 12
"""NIST SP 800-38D: a random 96-bit nonce is good for 2^32 records a key."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """One encrypted record; `box` is nonce ‖ ciphertext ‖ tag."""

    key_id: str
    box: bytes | bytearray


class Vault:
    """Seals with the current key, opens with any key of its file."""

    def __init__(self, keys: Mapping[str, bytes], current: str) -> None:
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self.current = current

    def __repr__(self) -> str:
        return f"Vault({self.current})"

    @property
    def key_ids(self) -> frozenset[str]:
        """The ids of all keys it can open with."""
        return frozenset(self._ciphers)

    def seal(self, plain: bytes, bound_to: bytes) -> Sealed:
        """Encrypt; `bound_to` must be given again to open, and is not stored."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        box = bytearray(NONCE_BYTES + len(plain) + TAG_BYTES)  # filled in place: joining 200 KiB costs ten times the cipher
        box[:NONCE_BYTES] = nonce
        self._ciphers[self.current].encrypt_into(nonce, plain, bound_to, memoryview(box)[NONCE_BYTES:])
        return Sealed(self.current, box)

    def open(self, sealed: Sealed, bound_to: bytes) -> bytes:
        """Decrypt; raises KeyWrong when the key is not here, RecordDamaged when the bytes or what they are bound to changed."""
        cipher = self._ciphers.get(sealed.key_id)
        if cipher is None:
            raise KeyWrong(f"a record needs key {sealed.key_id}, which is not in the key file")
        try:
            box = memoryview(sealed.box)
            return cipher.decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], bound_to)
        except (InvalidTag, ValueError) as refused:
            raise RecordDamaged("a record does not open with its own key") from refused


def open_vault(path: Path, needed: Callable[[], frozenset[str]]) -> Vault:
    """The vault of this key file, which is made when no record needs a key yet.

    `needed` tells the key ids of the records at hand. Raises KeyMissing, KeyWrong, KeyExposed.
    """
    try:
        vault = _parse(read_private(path))
    except FileNotFoundError as missing:
        if needed():
            raise KeyMissing(f"{path} is not there, but there are records that need it") from missing
        return _make(path)
    lost = needed() - vault.key_ids
    if lost:
        raise KeyWrong(f"records need {', '.join(sorted(lost))}; {path} holds {', '.join(sorted(vault.key_ids))}")
    return vault


def key_id_of(key: bytes) -> str:
    """The id a key has by its own bytes."""
    return hashlib.sha256(b"vault key " + key).hexdigest()[:12]


def bound_to(kiosk: str, key: str, schema: int) -> bytes:
    """What a content's encryption is bound to: it opens for this kiosk, key and schema only."""
    return f"{kiosk}\n{key}\n{schema}".encode()


def _make(path: Path) -> Vault:
    key = AESGCM.generate_key(bit_length=256)
    key_id = key_id_of(key)
    entry = {"cipher": CIPHER, "key": base64.b64encode(key).decode()}
    write_private(path, json.dumps({"current": key_id, "keys": {key_id: entry}}, indent=1))
    return Vault({key_id: key}, key_id)


def _parse(text: str) -> Vault:
    try:
        saved = json.loads(text)
        keys = {key_id: base64.b64decode(entry["key"], validate=True) for key_id, entry in saved["keys"].items()}
        current = str(saved["current"])
        ciphers = {entry["cipher"] for entry in saved["keys"].values()}
    except (ValueError, KeyError, TypeError, AttributeError) as broken:
        raise KeyWrong("the key file cannot be read") from broken
    if current not in keys or ciphers != {CIPHER} or any(key_id != key_id_of(key) for key_id, key in keys.items()):
        raise KeyWrong("the key file contradicts itself")
    return Vault(keys, current)
