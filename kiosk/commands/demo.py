"""`kiosk demo`: the whole product on this machine alone: reference centre, emulated hardware and line, and the kiosk."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from kiosk.commands.options import Exit


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

    With a screen: the kiosk's window, moved by touch and, from another terminal, by `kiosk emulate`. Without one a
    scripted resident, a technician and a manager walk the same screens, and every screen and receipt is written as PNG.
    Exit status 0 when everything that was kept is acknowledged and in the centre.
    """
    from kiosk.errors import ActionRefused

    try:
        return _play(output, landscape=landscape, walk=walk)
    except ActionRefused as running:
        raise click.ClickException(f"{running.detail}: close it first, or move it with `kiosk emulate`.") from running


def _play(output: Path, *, landscape: bool, walk: bool) -> int:
    from kiosk.demo.world import World

    scripted = walk or not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    with World(landscape=landscape) as world:
        for line in world.told:
            click.echo(line)
        if scripted:
            why = "as you asked" if walk else "there is no screen here (neither DISPLAY nor WAYLAND_DISPLAY is set)"
            click.echo(f"A scripted resident walks the screens: {why}.\n")
            output.mkdir(parents=True, exist_ok=True)
            for old in output.glob("*.png"):
                old.unlink()
        sys.stdout.flush()
        status = world.run_kiosk(output.resolve() if scripted else None)
        match = world.ledger_match()
    click.echo(f"\n{match.sentence}")
    if scripted:
        click.echo(f"pictures: {output}/")
    return Exit.FINE if status == 0 and match.complete else Exit.TROUBLE
