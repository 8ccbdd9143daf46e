"""`kiosk run`: the kiosk on this machine's screen; becomes the screens' own program."""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

import click

from kiosk.commands.options import settings_option

MEMORY = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": str(256 << 10)}
"""For glibc (mallopt(3)), which makes neither good once a visit is over: of an arena for each thread, as is usual, what one
thread frees another cannot use; and without a threshold that stays, pictures come to lie between small things (some 15 MB).
"""


@click.command(context_settings={"ignore_unknown_options": True})
@settings_option
@click.argument("screen_options", nargs=-1, type=click.UNPROCESSED)
def run(settings_path: Path, screen_options: tuple[str, ...]) -> None:
    """Start the kiosk on this machine's screen; SCREEN_OPTIONS go on to `python -m ui` (see its --help)."""
    leave_no_core()
    # The process becomes the screens' program: the service manager watches it, and nothing of this one stays behind.
    arguments = [sys.executable, "-m", "ui", "--settings", str(settings_path), *screen_options]
    sys.stdout.flush()
    os.execve(sys.executable, arguments, {**MEMORY, **os.environ})  # noqa: S606 - our own interpreter, no shell


def leave_no_core() -> None:
    """A core dump would hold names and the vault's key.

    Not 0: the kernel gives a core to a program that collects them whatever the limit, but for a limit of 1.
    """
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    least = 0 if most == 0 else 1  # it cannot be raised again
    resource.setrlimit(resource.RLIMIT_CORE, (least, least))
