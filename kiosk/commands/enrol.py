"""`kiosk enrol`: make this kiosk known to the centre, once."""

from __future__ import annotations

from pathlib import Path

import click

from kiosk.commands.options import Exit, json_option, load, print_json, settings_option
from kiosk.staff.remedies import Sentence

ENROL_AGAIN = Sentence(
    "恢复后再次运行 kiosk enrol；若提示注册码已使用，请向中心索取新码",
    "Nothing was changed here: run `kiosk enrol` again; if the code is said to be used, ask the centre for a new one",
)


@click.command()
@click.argument("code")
@click.option(
    "--again",
    is_flag=True,
    help="Replace the identity this kiosk has (of its old key only the public half stays, for what it signed).",
)
@settings_option
@json_option
def enrol(code: str, again: bool, settings_path: Path, as_json: bool) -> int:
    """Make this kiosk known to the centre with the one-time CODE that the centre gave for it.

    Makes the kiosk's key, sends its public half, and keeps what the centre answers: number, hall, zone, the centre's key.
    With --again the kiosk must be stopped first. Unsent submissions stay, and are sent under the new identity; where they
    were kept under another number than the code is for, the centre would refuse them, and nothing is changed.
    """
    from kiosk.commands.trouble import tell
    from kiosk.enrolment import enrol as enrol_kiosk
    from offline_cache.errors import CentreError

    settings = load(settings_path)
    try:
        enrolled = enrol_kiosk(settings, code, again=again)
    except CentreError as away:
        return tell(away, as_json=as_json, instead_of_waiting=ENROL_AGAIN)
    if as_json:
        print_json({"kiosk": enrolled.kiosk, "hall": enrolled.hall, "zone": enrolled.zone, "area": enrolled.area})
    else:
        click.echo(f"Enrolled as {enrolled.kiosk} in {enrolled.hall} ({enrolled.zone or 'all zones'}).")
    if enrolled.kiosk != settings.kiosk.number:
        click.echo(f'The settings call this kiosk {settings.kiosk.number}: set kiosk.number = "{enrolled.kiosk}".', err=True)
    return Exit.FINE
