"""Keeps and sends in a child that is killed -9 at random instants, again and again; run by test_kill.py as a program.

    python kill_cycles.py DIRECTORY CENTRE_URL CYCLES SEED

One process imports everything once and forks a child a cycle. A child prints each key to the pipe as soon as the store
has told it of the kept record: what the resident would hold a receipt for.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path

import requests  # noqa: F401 - imported before the forks, or the children die while they import it
import sqlite_utils  # noqa: F401 - imported before the forks, for the first child's migration

import offline_cache.signing  # noqa: F401 - as requests
from offline_cache.blob import Blob
from offline_cache.centre import Centre
from offline_cache.errors import CacheError
from offline_cache.key import new_key
from offline_cache.records import KeptRecord
from offline_cache.reports import AnswerArrived, Vitals
from offline_cache.sender import Sender
from offline_cache.sending import Setup
from offline_cache.settings import CentreSettings, StoreSettings
from offline_cache.store import Store
from offline_cache.wire import Wire
from tests.offline_cache.kept_by_children import DAY, composed, identity
from tests.offline_cache.plain_event import plain_event


def centre_settings(url: str) -> CentreSettings:
    return CentreSettings(
        url=url,
        backoff_base_seconds=0.05,
        line_cap_seconds=0.1,
        backoff_cap_seconds=0.1,
        rejoin_spread_seconds=0,
        probe_seconds=0.1,
        events_seconds=0.2,
        lease_seconds=5,
    )


def live(directory: Path, url: str, told: int) -> None:
    """One life of a kiosk: keep as fast as the disk allows, send what is there, until killed."""
    settings = StoreSettings(directory=directory)
    store = Store(settings, identity())
    sender = Sender(
        store,
        Centre(centre_settings(url), identity()),
        Setup(settings, centre_settings(url), "AAAA", lambda: Vitals("1")),
        lambda report: isinstance(report, AnswerArrived) and os.write(told, b"sent\n"),
    )
    os.write(told, b"open\n")
    sender.start()

    def keep_next() -> None:
        key = new_key()
        store.log(plain_event("submission-asked", "visit", {"key": key}))

        def kept(heard: KeptRecord | CacheError) -> None:
            if isinstance(heard, KeptRecord):
                os.write(told, f"{heard.key} {heard.receipt_number} {heard.content_hash}\n".encode())
            keep_next()

        pages = [os.urandom(20_000) for _ in range(2)] if os.urandom(1)[0] < 20 else []
        store.keep(key, DAY, lambda serial: composed(key, serial, pages), kept, attachments=[Blob.of(page) for page in pages])

    keep_next()
    signal.pause()


def main(directory: Path, url: str, cycles: int, seed: int) -> None:
    dice = random.Random(seed)
    for message in Wire.__subclasses__():  # once, and not in every life anew
        message.model_rebuild()
    for number in range(cycles):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            live(directory, url, writing)
        os.close(writing)
        heard, lines = b"", dice.randrange(1, 6)
        at_work, sending = dice.random() < 0.85, number % 10 == 0
        # However busy the machine is: most are killed at work, every tenth once it was answered, the others while they open.
        while (at_work and heard.count(b"\n") < lines) or (sending and b"sent\n" not in heard):
            piece = os.read(reading, 65_536)
            assert piece, "it has ended by itself"
            heard += piece
        time.sleep(dice.uniform(0.0, 0.07))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        while piece := os.read(reading, 65_536):
            heard += piece
        os.close(reading)
        sys.stdout.write(heard.decode().replace("open\n", "").replace("sent\n", ""))
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
