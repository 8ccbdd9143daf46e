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
  insert NAME       put a person's chip card into the chip card reader        take-out   take it out
  code TEXT         hold a code before the scanner (`code token` makes a fresh 亮码)
  hold DEVICE TEXT  hold a code before another scanner, or the code camera
  unplug DEVICE     pull a device's cable        plug DEVICE     put it back
  sheet HOW         laid, blurred or gone: what lies under the document camera
  paper STATE       enough, low or out           cover STATE     open or closed
  line STATE        down, up, hang, portal or cut
  misbehave DEVICE FAULT[@BYTE][*ANSWERS]   the device's coming answers: garbage-before,
                    garbage (at BYTE), truncated (cut at BYTE), wrong-checksum, silent, slow,
                    glued, unplugged (the cable goes at BYTE), or unplugged-hearing (at BYTE
                    of what the device is told); for one answer unless ANSWERS says more:
                    truncated@40, garbage@7, silent*3
  misbehave card-reader card-pulled         the card goes while it is read
  misbehave PRINTER STATE                   near-end, paper-out, cover-open, cutter-jammed,
                    offline, silent, no-end-marks, stands-still, plug-pulled (its adapter
                    stays), or runs-out (in the middle of the next slip)
  misbehave document-printer STATE          stop (its queue), hang, media-empty, cancel or fail
  misbehave CAMERA FAULT                    garbled, empty, half or tiny: what it gives; frozen
                    (the same for ever), silent (nothing) or slow (a frame in two seconds); or a
                    fault of the list above, of every picture until it is in order
  misbehave DEVICE in-order                 all of it ends
  slips FOLDER      write every printed slip there as PNG, and every document as PDF
  settings          the settings' lines by which another kiosk that practises finds all devices
  status            how the line is, how many slips came out, and which demo it is
  DEVICE            card-reader, code-scanner, plain-scanner, newland-scanner, ssi-scanner,
                    honeywell-scanner, face-camera, code-camera, document-camera or
                    receipt-printer; and, once they are told to `plug`: network-printer,
                    file-printer, usb-printer, typing-scanner and document-printer (with a cupsd
                    of its own). The chip-card-reader is pcscd's, with vsmartcard-vpcd: its cards
                    are emulated. What has no meaning for a device is refused, with what has.
                    The demo's kiosk has one of each kind; `settings` is for another one"""

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
    from kiosk.errors import DemoNotRunning, KioskNotRunning
    from kiosk.local_socket import ask

    try:
        answer = ask(control_socket(), {"words": _from_here(words)}, ANSWER_SECONDS)
    except KioskNotRunning as absent:
        raise DemoNotRunning(absent.detail) from absent
    if as_json:
        print_json(answer)
    else:
        click.echo(answer.get("said", ""), err=not answer.get("ok"))
    return Exit.FINE if answer.get("ok") else Exit.USAGE if answer.get("usage") else Exit.TROUBLE


def _from_here(words: tuple[str, ...]) -> list[str]:
    """The words with a folder as this terminal means it: the demo stands in another."""
    return ["slips", str(Path(words[1]).resolve())] if len(words) == 2 and words[0] == "slips" else list(words)
