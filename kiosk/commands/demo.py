"""`kiosk demo`: the whole product on this machine alone: reference centre, emulated hardware and line, and the kiosk."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click

from kiosk.commands.options import Exit

PICTURES = re.compile(r"\d{2,}-(home|[a-e]-[a-z-]+)\.png|receipt-\d{2,}\.png")
"""What the walk writes: a chapter's screens, and the slips. Nothing else in its folder is the demo's."""
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@click.command()
@click.option("--landscape", is_flag=True, help="A wide screen (default: portrait).")
@click.option("--walk", is_flag=True, help="Let the scripted resident walk even where there is a screen.")
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo-output"),
    show_default=True,
    help="Where the walk writes its pictures.",
)
def demo(landscape: bool, walk: bool, output: Path) -> int:
    """The whole product on an embedded default: centre, emulated devices, kiosk.

    With a screen: the kiosk's window, moved by touch and, from another terminal, by `kiosk emulate`. Without one that can be
    opened, a scripted resident, a technician and a manager walk the same screens, and every screen and receipt is written as
    PNG. Exit status 0 when everything that was kept is acknowledged and in the centre.
    """
    from kiosk.errors import ActionRefused

    try:
        with _ending_in_order():
            return _play(output, landscape=landscape, walk=walk)
    except ActionRefused as running:
        raise click.ClickException(f"{running.detail}: close it first, or move it with `kiosk emulate`.") from running


def _play(output: Path, *, landscape: bool, walk: bool) -> int:
    from kiosk.demo.screen import why_no_screen
    from kiosk.demo.world import World

    why = "as you asked" if walk else why_no_screen(os.environ)
    with World(landscape=landscape) as world:
        for line in world.told:
            click.echo(line)
        if why:
            click.echo(f"A scripted resident walks the screens: {why}.\n")
            _make_room(output)
        sys.stdout.flush()
        status = world.run_kiosk(output.resolve() if why else None)
        match = world.ledger_match()
    click.echo(f"\n{match.sentence}" if match else "\nThe kiosk's program ended before it had kept anything.")
    if why:
        click.echo(f"pictures: {output}/")
    return Exit.FINE if status == 0 and (match is None or match.complete) else Exit.TROUBLE


def _make_room(output: Path) -> None:
    """Take an earlier walk's pictures out of the folder, and nothing else."""
    output.mkdir(parents=True, exist_ok=True)
    for old in output.iterdir():
        if PICTURES.fullmatch(old.name):
            old.unlink()


@contextmanager
def _ending_in_order() -> Iterator[None]:
    """Inside, being told to end, or losing the terminal, is what Ctrl-C is: once, for then all is being taken down."""

    def end(number: int, frame: FrameType | None) -> None:
        del number, frame
        for ending in heeded:
            signal.signal(ending, signal.SIG_IGN)
        raise KeyboardInterrupt

    # What is ignored on purpose (nohup) stays ignored.
    heeded = {ending: known for ending in ENDINGS if (known := signal.getsignal(ending)) not in (signal.SIG_IGN, None)}
    for ending in heeded:
        signal.signal(ending, end)
    try:
        yield
    finally:
        for ending, before in heeded.items():
            signal.signal(ending, before)
