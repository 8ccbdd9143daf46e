"""Who this kiosk is: the facts of its enrolment and its Ed25519 key, which never leaves `identity.json` (mode 0600)."""

from __future__ import annotations

import base64
import contextlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, field, fields
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from devices.values import dataclass
from offline_cache.errors import CacheError, NotEnrolled, StoreUnwritable
from offline_cache.private_file import read_private, write_private

FILE_NAME = "identity.json"
SIGNERS_FILE = "earlier-signers.json"
"""Public halves only."""
AREA = re.compile(r"\d{6}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What the centre told when this kiosk was enrolled, as `wire.Enrolled` has it; every start reads it, without pydantic."""

    kiosk: str
    key_id: str
    hall: str
    hall_en: str
    area: str
    zone: str
    clock_offset_ms: int
    server_public_key: str
    last_receipt_number: str = ""

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Enrolled:
        """What a newer program noted beside it is passed over; raises TypeError or ValueError for anything else."""
        enrolled = cls(**_known(cls, told))
        whole = type(enrolled.clock_offset_ms) is int
        texts = all(isinstance(getattr(enrolled, one.name), str) for one in fields(cls) if one.name != "clock_offset_ms")
        if not (whole and texts and AREA.fullmatch(enrolled.area)):
            raise ValueError("not what a centre tells")
        return enrolled


@dataclass(frozen=True, slots=True)
class Signer:
    """Under which number and keys the journal's heads are signed and countersigned; public keys are raw Ed25519 in base64."""

    kiosk: str
    public_key: str
    server_public_key: str

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Signer:
        """As `Enrolled.of`; raises TypeError for anything else."""
        return cls(**_known(cls, told))


@dataclass(frozen=True, slots=True)
class Identity:
    """The enrolled kiosk; the signing key has no place in any repr."""

    enrolled: Enrolled
    signing_key: Ed25519PrivateKey = field(repr=False)
    retired: tuple[Signer, ...] = ()
    """Of earlier enrolments, oldest first: what was signed then still verifies."""

    @property
    def signers(self) -> tuple[Signer, ...]:
        """The earlier ones and, last, this one."""
        now = Signer(self.enrolled.kiosk, public_key_text(self.signing_key), self.enrolled.server_public_key)
        return (*self.retired, now)

    @classmethod
    def load(cls, directory: Path) -> Identity:
        """Read it from the state directory.

        Raises NotEnrolled, KeyExposed when others may read it, StoreUnwritable when the disk does not let us, and PermissionError
        when its owner does not: at a shell that is somebody else's fault than at a start.
        """
        try:
            saved = json.loads(read_private(directory / FILE_NAME))
            enrolled = Enrolled.of(saved["enrolled"])
            key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(saved["signing_key"]))
            retired = tuple(map(Signer.of, saved.get("retired", ())))
        except FileNotFoundError as missing:
            raise NotEnrolled("this kiosk has no identity: run `kiosk enrol`") from missing
        except PermissionError:
            raise
        except OSError as refused:  # it may be there: nobody is to enrol over it
            raise StoreUnwritable(f"{directory / FILE_NAME}: {refused.strerror}") from refused
        except (ValueError, KeyError, TypeError, RecursionError) as broken:
            raise NotEnrolled(f"{FILE_NAME} cannot be read: run `kiosk enrol` again") from broken
        return cls(enrolled, key, retired)

    def save(self, directory: Path) -> None:
        """Write it durably into the state directory, mode 0600."""
        key = base64.b64encode(self.signing_key.private_bytes_raw()).decode()
        facts = {
            "enrolled": asdict(self.enrolled),
            "signing_key": key,
            "retired": list(map(asdict, self.retired)),
        }
        write_private(directory / FILE_NAME, json.dumps(facts, ensure_ascii=False, indent=1))


def withdraw(directory: Path) -> None:
    """Take the signing key away for good; public halves stay, so that what it signed still verifies, whoever this is next."""
    with contextlib.suppress(CacheError, OSError):
        signers = Identity.load(directory).signers
        write_private(directory / SIGNERS_FILE, json.dumps(list(map(asdict, signers))))
    (directory / FILE_NAME).unlink(missing_ok=True)


def withdrawn_signers(directory: Path) -> tuple[Signer, ...]:
    """Those of the identity that was withdrawn last, oldest first; none where none was."""
    try:
        return tuple(map(Signer.of, json.loads(read_private(directory / SIGNERS_FILE))))
    except (CacheError, OSError, ValueError, TypeError, RecursionError):
        return ()


def _known(cls: type[Enrolled | Signer], told: Mapping[str, Any]) -> dict[str, Any]:
    """Of what was told, that for which this program has a field."""
    return {one.name: told[one.name] for one in fields(cls) if one.name in told}


def public_key_text(key: Ed25519PrivateKey) -> str:
    """The public half as the wire carries it: 32 raw bytes in base64."""
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()
