"""`kiosk emulate`: from another terminal, play the resident and the world of a running demo."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import click

from kiosk.commands.options import Exit, json_option, print_json

WORDS = """\b
  card NAME         lay a fictional person's card on the reader (ceshi, changqi, guoqi …)
  lift              take it away
  code TEXT         hold a code before the scanner (`code token` makes a fresh 亮码)
  unplug DEVICE     pull a device's cable        plug DEVICE     put it back
  paper STATE       enough, low or out           cover STATE     open or closed
  line STATE        down, up, hang, portal or cut
  misbehave DEVICE FAULT   garbage-before, truncated, wrong-checksum, silent, slow or glued;
                           card-pulled (card-reader), runs-out (receipt-printer)
  status            what is plugged in and how the line is"""

ANSWER_SECONDS = 20.0
"""A fresh 亮码 token starts a program of the centre's."""


def control_socket() -> Path:
    """Where the demo of this user listens."""
    return Path(tempfile.gettempdir()) / f"kiosk-demo-{os.getuid()}" / "control.sock"


@click.command(epilog=f"\b\nWORDS:\n{WORDS}", context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, required=True)
@json_option
def emulate(words: tuple[str, ...], as_json: bool) -> int:
    """Play the resident and the world of a running `kiosk demo`: WORDS as below."""
    from kiosk.local_socket import ask

    answer = ask(control_socket(), {"words": list(words)}, ANSWER_SECONDS)
    if as_json:
        print_json(answer)
    else:
        click.echo(answer.get("said", ""), err=not answer.get("ok"))
    return Exit.FINE if answer.get("ok") else Exit.TROUBLE
