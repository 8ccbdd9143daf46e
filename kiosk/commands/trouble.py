"""Known trouble on the command line: one clear sentence, what to do about it, and an exit status."""

from __future__ import annotations

from collections.abc import Iterator

from kiosk.commands.options import Exit
from kiosk.errors import FilesBroken, KioskNotRunning, Known, SettingsBroken, StoreAbsent
from kiosk.staff.remedies import remedy
from offline_cache.errors import CentreUnreachable


def sentences(trouble: Known) -> Iterator[str]:
    """What happened, with its code and detail, then what to do; for files, every mistake on its own line."""
    if isinstance(trouble, FilesBroken):
        for mistake in trouble.mistakes:
            yield str(mistake)
    help_ = remedy(trouble.code)
    detail = f" {trouble.detail}." if trouble.detail else ""
    yield f"{help_.says.en.rstrip('.')}.{detail} [{trouble.code}]"
    for step in help_.steps:
        yield f"  → {step.en.rstrip('.')}."


def exit_status(trouble: Known) -> Exit:
    """The exit status that tells a script which kind of trouble it was."""
    match trouble:
        case SettingsBroken():
            return Exit.SETTINGS
        case KioskNotRunning() | StoreAbsent() | CentreUnreachable():
            return Exit.NOT_RUNNING
        case _:
            return Exit.TROUBLE
