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

TIME_FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"]
WHOLE = 1000
"""More characters than any sentence has."""

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


class Group(click.Group):
    """A group whose help tells what each command does in a whole sentence, on as many lines as it takes."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands."""
        told = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.get_short_help_str(WHOLE)) for name, command in told if command is not None])


class Time(click.DateTime):
    """A time as people type it; the hall's where it names no zone."""

    name = "time"

    def __init__(self) -> None:
        super().__init__(TIME_FORMATS)

    def get_metavar(self, *_: object, **__: object) -> str:
        """One word in the help instead of all formats."""
        return "TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """A datetime."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"{value!r} is no time: write it as 2026-11-28 or 2026-11-28T22:30.", param, ctx)


def settings_option(command: AnyCommand) -> AnyCommand:
    """`--settings FILE` on a command too, handed over as `settings_path`; what stands nearest to the command wins."""
    return click.option(
        "--settings",
        "settings_path",
        type=click.Path(path_type=Path),
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


def counted(count: int, what: str) -> str:
    """`1 event`, `2 events`."""
    return f"{count} {what}{'' if count == 1 else 's'}"


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
