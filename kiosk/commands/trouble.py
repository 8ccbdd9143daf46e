"""Known trouble on the command line: one clear sentence, what to do about it, and an exit status."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import click

from kiosk.commands.options import Exit, print_json
from kiosk.errors import FilesBroken, KioskNotRunning, Known, SettingsBroken, StoreAbsent
from kiosk.staff.remedies import WAITS, Sentence, remedy
from offline_cache.errors import CentreUnreachable


def tell(trouble: Known, *, as_json: bool, instead_of_waiting: Sentence | None = None) -> Exit:
    """Tell people on standard error, and machines (`as_json`) on standard output; the exit status.

    `instead_of_waiting` is for what does not go on by itself once the line is back.
    """
    for sentence in sentences(trouble, instead_of_waiting):
        click.echo(sentence, err=True)
    if as_json:
        print_json(_as_json(trouble))
    return exit_status(trouble)


def sentences(trouble: Known, instead_of_waiting: Sentence | None = None) -> Iterator[str]:
    """What happened, with its code and detail, then what to do; for files, every mistake on its own line."""
    if isinstance(trouble, FilesBroken):
        for mistake in trouble.mistakes:
            yield str(mistake)
    help_ = remedy(trouble.code)
    detail = f" {trouble.detail}." if trouble.detail else ""
    yield f"{help_.says.en.rstrip('.')}.{detail} [{trouble.code}]"
    for step in help_.steps:
        told = instead_of_waiting if instead_of_waiting is not None and step.zh == WAITS[0] else step
        yield f"  → {told.en.rstrip('.')}."


def _as_json(trouble: Known) -> dict[str, Any]:
    says = remedy(trouble.code).says
    told = {"error": trouble.code, "detail": trouble.detail, "says_zh": says.zh, "says_en": says.en}
    return told | ({"mistakes": [asdict(one) for one in trouble.mistakes]} if isinstance(trouble, FilesBroken) else {})


def exit_status(trouble: Known) -> Exit:
    """The exit status that tells a script which kind of trouble it was."""
    match trouble:
        case SettingsBroken():
            return Exit.SETTINGS
        case KioskNotRunning() | StoreAbsent() | CentreUnreachable():
            return Exit.NOT_RUNNING
        case _:
            return Exit.TROUBLE
