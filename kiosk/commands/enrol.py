"""`kiosk enrol`: make this kiosk known to the centre, once."""

from __future__ import annotations

from pathlib import Path

import click

from kiosk.commands.options import json_option, load, print_json, settings_option


@click.command()
@click.argument("code")
@click.option("--again", is_flag=True, help="Replace the identity this kiosk has (its old key is gone for good).")
@settings_option
@json_option
def enrol(code: str, again: bool, settings_path: Path, as_json: bool) -> None:
    """Make this kiosk known to the centre with the one-time CODE that the centre gave for it.

    Makes the kiosk's key, sends its public half, and keeps what the centre answers: number, hall, zone, the centre's key.
    Unsent submissions of an earlier identity stay, and are sent under the new one.
    """
    from kiosk.enrolment import enrol as enrol_kiosk

    settings = load(settings_path)
    enrolled = enrol_kiosk(settings, code, again=again)
    if as_json:
        print_json({"kiosk": enrolled.kiosk, "hall": enrolled.hall, "zone": enrolled.zone, "area": enrolled.area})
    else:
        click.echo(f"Enrolled as {enrolled.kiosk} in {enrolled.hall} ({enrolled.zone or 'all zones'}).")
    if enrolled.kiosk != settings.kiosk.number:
        click.echo(f'The settings call this kiosk {settings.kiosk.number}: set kiosk.number = "{enrolled.kiosk}".', err=True)
