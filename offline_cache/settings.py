"""What can be set about keeping and sending, declared beside what it sets (sections `[store]` and `[centre]`)."""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from devices.values import NOTHING_UNKNOWN, Checked, dataclass, setting
from offline_cache.ciphers import CipherName


def _https_beyond_this_machine(url: str) -> str:
    """What a centre's address must be, without a slash at its end; raises ValueError."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise ValueError("must be the address of a server, like https://centre.example")
    if parts.scheme == "http" and not _is_this_machine(parts.hostname):
        raise ValueError("must begin with https: plain http is for this machine itself only")
    return url.rstrip("/")


NO_KEY_SEALED = b"plain"
"""What `packaging/kiosk-vault-key@.service` hands over where no key is sealed."""


def _is_handed_over(credential: Path) -> bool:
    """Unless it tells that no key is sealed; one that may not be looked at is there, and told by name when it is opened."""
    try:
        return credential.read_bytes().strip() != NO_KEY_SEALED
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """Where and how much is kept on this kiosk's own disk."""

    __pydantic_config__ = NOTHING_UNKNOWN

    directory: Path = setting(
        default=Path("/var/lib/kiosk"), description="Directory of the store, the kiosk's identity and the key"
    )
    key_file: Path | None = setting(
        default=None,
        description="Key file, mode 0600 or stricter; unset: systemd's credential `vault.key`, else that file in the directory",
    )
    cipher: CipherName = setting(
        default=CipherName.AES, description="What contents are encrypted with: `AES-256-GCM`, or `SM4-GCM` where a hall must"
    )
    max_records: int = setting(
        default=20_000,
        ge=1,
        le=1_000_000,
        description="Submissions that may wait here, for the centre or for a person, before the kiosk stops accepting",
    )
    max_bytes: int = setting(
        default=2_000_000_000,
        ge=10_000,
        le=1_000_000_000_000,
        description="Bytes of contents that may lie here before the kiosk stops accepting: of what waits, of what needs a person,"
        " and of what was answered or cancelled and is not erased yet (`acknowledged_days`, `cancelled_days`)",
    )
    max_age_days: int = setting(
        default=30,
        ge=1,
        le=3650,
        description="Days the oldest submission may wait here, for the centre or for a person, before the kiosk stops accepting;"
        " a visit under way ends well",
    )
    max_record_bytes: int = setting(default=20_000_000, ge=1_000, le=500_000_000, description="Bytes one submission may have")
    acknowledged_days: int = setting(
        default=0,
        ge=0,
        le=365,
        description="Days an acknowledged submission's content stays here; 0: none, once its resident was told. So long `kiosk"
        " queue retry` can hand it in again where the centre has lost it; one that the daily match names as missing there stays"
        " until a month after the match last did. That of somebody who was cut off and never told stays"
        " for a week from its answer on, if these are fewer days",
    )
    cancelled_days: int = setting(
        default=30, ge=0, le=365, description="Days the content of a submission that staff cancelled stays here"
    )

    damaged_days: int = setting(
        default=90,
        ge=1,
        le=3650,
        description="Days a damaged store that was set aside stays here for somebody to look at, once it was carried over; "
        "four times as long where not all could be read",
    )

    @property
    def database_file(self) -> Path:
        """The SQLite file."""
        return self.directory / "store.db"

    @property
    def vault_file(self) -> Path:
        """The key file that is really used; a credential `vault.key` that systemd handed over comes before the directory's."""
        given = Path(os.environ.get("CREDENTIALS_DIRECTORY", "/nonexistent")) / "vault.key"
        return self.key_file or (given if _is_handed_over(given) else self.plain_key_file)

    @property
    def plain_key_file(self) -> Path:
        """The directory's own key file: there as long as the key is not sealed."""
        return self.directory / "vault.key"


@dataclass(frozen=True, slots=True)
class CentreSettings:
    """How the centre is reached and how often it is tried."""

    __pydantic_config__ = NOTHING_UNKNOWN

    url: Annotated[str, Checked(_https_beyond_this_machine)] = setting(
        default="https://centre.invalid",
        max_length=300,
        description="Address of the centre, e.g. `https://centre.example`; `http` only for this machine itself",
    )
    ca_file: Path | None = setting(
        default=None, description="PEM file of the authority that signs the centre's certificate; unset: the public authorities"
    )
    pinned_key: str = setting(
        default="",
        pattern=r"^([A-Za-z0-9+/]{43}=( [A-Za-z0-9+/]{43}=)*)?$",
        description="Only this key of the centre's certificate is trusted: base64 of its SHA-256 (RFC 7469); a second one after a"
        " space, for the day the key changes; empty: any that the authority signed",
    )
    connect_timeout_seconds: float = setting(default=3.0, gt=0, le=60, description="Seconds for a connection to come about")
    read_timeout_seconds: float = setting(default=10.0, gt=0, le=120, description="Seconds without a byte of an answer")
    total_timeout_seconds: float = setting(
        default=30.0, gt=0, le=600, description="Seconds for a whole exchange, from the connection to the end of the answer"
    )
    max_answer_bytes: int = setting(default=20_000_000, ge=1_000, le=1_000_000_000, description="Bytes an answer may have")
    batch_records: int = setting(default=100, ge=1, le=100, description="Submissions in one request")
    batch_bytes: int = setting(default=8_000_000, ge=10_000, le=100_000_000, description="Bytes of submissions in one request")
    lease_seconds: float = setting(
        default=120.0, ge=5, le=3600, description="Seconds after which a submission handed to the sender counts as unsent again"
    )
    heartbeat_seconds: float = setting(default=60.0, ge=0.2, le=3600, description="Seconds between two heartbeats")
    events_seconds: float = setting(default=30.0, ge=0.2, le=3600, description="Seconds between two uploads of the event log")
    probe_seconds: float = setting(
        default=2.0, ge=0.1, le=60, description="Seconds between two knocks (bare connections) at an unreachable centre"
    )
    rejoin_spread_seconds: float = setting(
        default=3.0, ge=0, le=900, description="A healed line is used after a random share of this: not all kiosks at once"
    )
    backoff_base_seconds: float = setting(default=2.0, ge=0.05, le=60, description="Longest wait after the first failure")
    backoff_cap_seconds: float = setting(
        default=900.0, ge=0.1, le=3600, description="Longest wait after many failures of the centre or of one submission"
    )
    line_cap_seconds: float = setting(
        default=20.0, ge=0.1, le=3600, description="Longest wait after many failures of the line (hanging, cut, a portal's page)"
    )


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
