"""`kiosk settings`: check the file, print an example, hash a PIN, write the manual's generated pages."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from kiosk.commands.options import Exit, Group, counted, json_option, print_json, settings_option


@click.group(cls=Group)
def settings() -> None:
    """Check the settings file, print an example, write its manual."""


@settings.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@settings_option
@json_option
def check(file: Path | None, settings_path: Path, as_json: bool) -> int:
    """Tell every mistake in FILE (else the kiosk's own settings file) at once, each with its line."""
    from kiosk.errors import SettingsBroken
    from kiosk.settings import settings_or_mistakes

    path = file or settings_path
    found = settings_or_mistakes(path)
    mistakes = found.mistakes if isinstance(found, SettingsBroken) else ()
    if as_json:
        print_json({"file": str(path), "mistakes": [asdict(mistake) for mistake in mistakes]})
    else:
        for mistake in mistakes:
            click.echo(str(mistake))
        click.echo(f"{path}: {counted(len(mistakes), 'mistake') if mistakes else 'no mistakes'}")
    return Exit.SETTINGS if mistakes else Exit.FINE


@settings.command()
def example() -> None:
    """Print a settings file to begin with, every setting explained."""
    from kiosk.settings_example import example as text

    click.echo(text(), nl=False)


@settings.command()
def pin() -> None:
    """Ask for a PIN twice and print its hash for `pin_hash` in [[staff]]; the PIN is shown and kept nowhere."""
    import secrets

    from kiosk.staff.sign_in import PIN_RULE, hash_pin, pin_is_fit

    typed = click.prompt("PIN", hide_input=True, confirmation_prompt="Once more", err=True)
    if not pin_is_fit(typed):
        raise click.ClickException(PIN_RULE)
    click.echo(f'pin_hash = "{hash_pin(typed, secrets.token_bytes(16))}"')


@settings.command()
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("docs"),
    show_default=True,
    help="Folder of the manual.",
)
def page(folder: Path) -> None:
    """Write the manual's generated pages: settings, log events, error codes."""
    from kiosk.manual_pages import PAGES

    folder.mkdir(parents=True, exist_ok=True)
    for name, written in PAGES.items():
        (folder / name).write_text(written(), encoding="utf-8")
        click.echo(f"{folder / name}")
