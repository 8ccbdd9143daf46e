"""How the commands get at the kiosk's store, also while the kiosk runs: looking only, or a few writes beside it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import click

from kiosk.errors import StoreAbsent, UserNotAllowed
from kiosk.log_events import Event
from offline_cache.database import open_beside, open_read_only
from offline_cache.errors import StoreError, StoreUnwritable
from offline_cache.journal import Happening, Journal

if TYPE_CHECKING:
    from offline_cache.database import Connection
    from offline_cache.settings import StoreSettings


@contextmanager
def store_to_look_at(settings: StoreSettings) -> Iterator[Connection]:
    """The store, every write refused; raises StoreAbsent, UserNotAllowed."""
    _must_exist(settings, os.R_OK)
    with closing(open_read_only(settings.database_file)) as connection:
        yield connection


@contextmanager
def store_to_change(settings: StoreSettings) -> Iterator[Connection]:
    """The store for a few writes beside the running kiosk; raises StoreAbsent, StoreUnwritable, UserNotAllowed."""
    _must_exist(settings, os.R_OK | os.W_OK)
    with closing(open_beside(settings.database_file)) as connection:
        yield connection


def note(connection: Connection, *events: Event) -> None:
    """Append to the journal what was done at the shell."""
    at_ms = time.time_ns() // 1_000_000
    Journal(connection).append([Happening(at_ms, event) for event in events])


def note_done(connection: Connection, *events: Event) -> bool:
    """The same for what is done already; False when the log takes no entry, which is said."""
    try:
        note(connection, *events)
    except StoreError as refused:
        return _say(refused)
    return True


def note_or_say(settings: StoreSettings, event: Event) -> bool:
    """The same where nothing else is written."""
    try:
        with store_to_change(settings) as connection:
            note(connection, event)
    except (StoreError, UserNotAllowed) as refused:
        return _say(refused)
    return True


def _say(refused: StoreError | UserNotAllowed) -> bool:
    click.echo(f"The log takes no entry of it [{refused.code}].", err=True)
    return False


def _must_exist(settings: StoreSettings, wanted: int) -> None:
    file = settings.database_file
    try:
        file.stat()  # raises PermissionError in a folder that may not be entered
    except (FileNotFoundError, NotADirectoryError) as absent:
        raise StoreAbsent(str(file)) from absent
    if not os.access(file, wanted):
        if os.access(file, os.R_OK) and os.statvfs(file).f_flag & os.ST_RDONLY:
            raise StoreUnwritable(f"{file}: the disk is mounted for reading only")
        raise UserNotAllowed(str(file))
