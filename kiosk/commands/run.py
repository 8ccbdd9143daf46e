"""`kiosk run`: the kiosk on this machine's screen; becomes the screens' own program."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from kiosk.commands.options import settings_option

ARENAS = "2"
"""Of glibc's memory (mallopt(3)): with one for each thread, as is usual, what one thread frees another cannot use."""


@click.command(context_settings={"ignore_unknown_options": True})
@settings_option
@click.argument("screen_options", nargs=-1, type=click.UNPROCESSED)
def run(settings_path: Path, screen_options: tuple[str, ...]) -> None:
    """Start the kiosk on this machine's screen; SCREEN_OPTIONS go on to `python -m ui` (see its --help)."""
    # The process becomes the screens' program: the service manager watches it, and nothing of this one stays behind.
    arguments = [sys.executable, "-m", "ui", "--settings", str(settings_path), *screen_options]
    sys.stdout.flush()
    os.execve(sys.executable, arguments, {"MALLOC_ARENA_MAX": ARENAS, **os.environ})  # noqa: S606 - our own interpreter, no shell
