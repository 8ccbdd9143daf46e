"""What is in the store, each table with what may be done with it; to be touched on the storage thread only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devices.values import dataclass
from offline_cache import number_floors
from offline_cache.attachments import Attachments
from offline_cache.identity import public_key_text
from offline_cache.journal import Journal
from offline_cache.journal_heads import Heads
from offline_cache.ledger_match import Matches
from offline_cache.outbox import Outbox
from offline_cache.print_jobs import PrintJobs
from offline_cache.replica import Replica
from offline_cache.review import Review
from offline_cache.small_tables import Marks, Ratings
from offline_cache.tally import Limits
from offline_cache.untold import Untold
from offline_cache.vault import Vault

if TYPE_CHECKING:
    from offline_cache.database import Connection
    from offline_cache.identity import Identity
    from offline_cache.settings import StoreSettings


@dataclass(frozen=True, slots=True)
class Tables:
    """Of one connection."""

    vault: Vault
    outbox: Outbox
    attachments: Attachments
    review: Review
    journal: Journal
    heads: Heads
    replica: Replica
    settings_replica: Replica
    ratings: Ratings
    marks: Marks
    print_jobs: PrintJobs
    matches: Matches
    untold: Untold


def tables_of(connection: Connection, vault: Vault, settings: StoreSettings, identity: Identity | None) -> Tables:
    """All of them."""
    enrolled = identity.enrolled if identity else None
    outbox = Outbox(
        connection,
        vault,
        area=enrolled.area if enrolled else "",
        kiosk=enrolled.kiosk if enrolled else "",
        limits=Limits(settings.max_records, settings.max_bytes, settings.max_record_bytes),
        floor_ids=number_floors.floor_ids(connection),
    )
    return Tables(
        vault,
        outbox,
        Attachments(connection, vault),
        outbox.review(),
        Journal(connection),
        Heads(connection, public_key_text(identity.signing_key) if identity else ""),
        Replica(connection),
        Replica(connection, "settings"),
        Ratings(connection, vault),
        Marks(connection),
        PrintJobs(connection),
        Matches(connection, enrolled.kiosk if enrolled else ""),
        Untold(connection, vault, outbox.first_waiting),
    )
