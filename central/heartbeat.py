"""What kiosks say of themselves, and the orders they get for it; and 好差评, which says nothing of anyone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, case, delete, update

from central.attachments import forget_unwanted
from central.clock import Clock, hall_day
from central.database import insert_new, upsert
from central.kiosk_settings import content_for
from central.refusal import Refused, Why
from central.signature import Sender, forget_old_nonces
from central.tables import DeviceState, Kiosk, StoredRating
from kiosk.catalogue.model import Catalogue
from offline_cache.wire import DeviceBeat, Heartbeat, HeartbeatAnswer, Rating, content_hash


@dataclass(frozen=True, slots=True)
class Pulse:
    """Takes heartbeats and ratings; safe from any thread."""

    engine: Engine
    catalogue: Catalogue
    clock: Clock

    def take(self, sender: Sender, beat: Heartbeat) -> HeartbeatAnswer:
        """Remember how the kiosk is; the answer carries its orders."""
        now = self.clock()
        if beat.clock.tzinfo is None:
            raise Refused(Why.CONTENT_REFUSED, "clock must have an offset")
        with self.engine.begin() as connection:
            row = update(Kiosk).where(Kiosk.id == sender.kiosk).values(heard_at=now, **_told(beat, now))
            out_of_service = connection.execute(row.returning(Kiosk.out_of_service)).scalar_one()
            _keep_devices(connection, sender.kiosk, beat.devices, now)
        forget_old_nonces(self.engine, now)
        forget_unwanted(self.engine, now)
        return HeartbeatAnswer(
            clock=now,
            catalogue_version=self.catalogue.version,
            settings_version=content_hash(content_for(self.engine, sender.kiosk)),
            out_of_service=out_of_service,
        )

    def orders_for_a_revoked_kiosk(self) -> HeartbeatAnswer:
        """Nothing but: wipe the key and stop."""
        return HeartbeatAnswer(clock=self.clock(), out_of_service=True, revoked=True)

    def rate(self, rating: Rating) -> None:
        """Keep a rating once; not whose it is, nor where, nor at which minute."""
        if self.catalogue.item(rating.item) is None:
            raise Refused(Why.ITEM_UNKNOWN)
        day = hall_day(self.clock())
        with self.engine.begin() as connection:
            insert_new(
                connection,
                StoredRating,
                token=rating.token,
                item=rating.item,
                level=rating.level,
                day=day,
                practice=rating.practice,
            )


def _told(beat: Heartbeat, now: datetime) -> dict[str, object]:
    return {
        "version": beat.version,
        "clock_offset_ms": int((now - beat.clock) / timedelta(milliseconds=1)),
        "queue_depth": beat.queue_depth,
        "queue_oldest_seconds": beat.queue_oldest_seconds,
        "kept": beat.kept,
        "acknowledged": beat.acknowledged,
        "disk_free_bytes": beat.disk_free_bytes,
        "practice": beat.practice,
    }


def _keep_devices(connection: Connection, kiosk: str, devices: Sequence[DeviceBeat], now: datetime) -> None:
    """`since` moves only when what is said changes; a device no longer named is gone."""
    told = {beat.device: beat for beat in devices}
    connection.execute(delete(DeviceState).where(DeviceState.kiosk == kiosk, DeviceState.device.not_in(told)))
    for beat in sorted(told.values(), key=lambda beat: beat.device):
        said = {"kind": beat.kind, "state": beat.state, "trouble": beat.trouble}
        statement = upsert(connection, DeviceState).values(kiosk=kiosk, device=beat.device, since=now, **said)
        same = (DeviceState.state == beat.state) & (DeviceState.trouble == beat.trouble)
        since = case((same, DeviceState.since), else_=statement.excluded.since)
        connection.execute(statement.on_conflict_do_update(index_elements=["kiosk", "device"], set_={**said, "since": since}))
