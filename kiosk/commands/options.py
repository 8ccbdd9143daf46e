"""What the commands share: the settings file they go by, how they answer machines, and their exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from kiosk.settings import Settings

DEFAULT_SETTINGS = Path("/etc/kiosk/kiosk.toml")
SETTINGS_VARIABLE = "KIOSK_SETTINGS"

AnyCommand = TypeVar("AnyCommand", bound=Callable[..., Any])


class Exit(IntEnum):
    """What a command's exit status tells a script."""

    FINE = 0
    TROUBLE = 1
    """The command worked and found trouble, or what was asked could not be done."""
    USAGE = 2
    """The command line itself was wrong."""
    NOT_RUNNING = 3
    """The kiosk, the centre or the store that was to be asked is not there."""
    SETTINGS = 4
    """The settings file has mistakes."""


def settings_option(command: AnyCommand) -> AnyCommand:
    """`--settings FILE` on a command too, handed over as `settings_path`; what stands nearest to the command wins."""
    return click.option(
        "--settings",
        "settings_path",
        type=click.Path(path_type=Path, dir_okay=False),
        default=None,
        callback=_nearest,
        help=f"The settings file (else of `kiosk --settings`, ${SETTINGS_VARIABLE}, {DEFAULT_SETTINGS}).",
    )(command)


def json_option(command: AnyCommand) -> AnyCommand:
    """`--json`, handed over as `as_json`; before a group's command it means the command."""
    return click.option("--json", "as_json", is_flag=True, callback=_of_the_group_too, help="Answer in JSON, for machines.")(
        command
    )


def only_utf8(_context: click.Context, _parameter: click.Parameter, given: str) -> str:
    """A callback for what the store is searched for: bytes of the shell that are no text end as a wrong command line."""
    try:
        given.encode()
    except UnicodeEncodeError as strange:
        raise click.BadParameter("it is no UTF-8 text.") from strange
    return given


def load(path: Path) -> Settings:
    """The settings in the file; raises SettingsBroken."""
    from kiosk.settings import load_settings

    return load_settings(path)


def print_json(value: object) -> None:
    """One JSON document on standard output; times and paths as text."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def _nearest(context: click.Context, _parameter: click.Parameter, given: Path | None) -> Path:
    above = context.parent
    while given is None and above is not None:
        given, above = above.params.get("settings_path"), above.parent
    return given or DEFAULT_SETTINGS


def _of_the_group_too(context: click.Context, _parameter: click.Parameter, given: bool) -> bool:
    return given or (context.parent is not None and context.parent.params.get("as_json") is True)
