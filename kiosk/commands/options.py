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
    """`--json`, handed over as `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for machines.")(command)


def load(path: Path) -> Settings:
    """The settings in the file; raises SettingsBroken."""
    from kiosk.settings import load_settings

    return load_settings(path)


def print_json(value: object) -> None:
    """One JSON document on standard output; times and paths as text."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def _nearest(context: click.Context, _parameter: click.Parameter, given: Path | None) -> Path:
    root = context.find_root().params.get("settings_path")
    return given or root or DEFAULT_SETTINGS
