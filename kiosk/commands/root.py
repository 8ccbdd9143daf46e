"""The root of the command line: `kiosk COMMAND`, its commands imported only when they are called."""

from __future__ import annotations

import difflib
import importlib
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from kiosk import __version__
from kiosk.commands.options import DEFAULT_SETTINGS, SETTINGS_VARIABLE, Exit
from kiosk.commands.output import prepare_output, says_that_it_cannot_tell
from kiosk.commands.registry import COMMANDS, Entry

EPILOG = """\b
Exit status: 0 fine · 1 trouble found, or not done · 2 wrong command line
             3 the kiosk, the centre or the store is not there · 4 the settings file has mistakes
             130 broken off: Ctrl-C, a closed terminal, or no to a question"""


BROKEN_OFF = 128 + signal.SIGINT
"""As a shell tells of Ctrl-C."""


class LazyGroup(click.Group):
    """A group that knows its commands from the registry and imports each when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """All names, in the registry's order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """The command, imported now; None when there is none of this name."""
        entry = COMMANDS.get(cmd_name)
        return None if entry is None else import_command(cmd_name, entry)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with the nearest name for one that is mistyped."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            close = difflib.get_close_matches(name, COMMANDS, n=1, cutoff=0.5)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            raise click.UsageError(f"There is no command {name!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """The list of commands from the registry alone: `--help` imports none of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in COMMANDS.items()])


def import_command(name: str, entry: Entry) -> click.Command:
    """The `click.Command` the entry names; a module that is not part of this installation is told in a sentence."""
    module_name, _, attribute = entry.target.partition(":")
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as missing:
        detail = f"`kiosk {name}` is not part of this installation: {missing.name} is missing."
        raise click.ClickException(detail) from missing
    command = getattr(module, attribute)
    assert isinstance(command, click.Command), f"{entry.target} is no command"
    return command


@click.group(cls=LazyGroup, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="kiosk")
@click.option(
    "--settings",
    "settings_path",
    type=click.Path(path_type=Path),
    envvar=SETTINGS_VARIABLE,
    default=DEFAULT_SETTINGS,
    show_default=True,
    show_envvar=True,
    help="The settings file.",
)
def root(settings_path: Path) -> None:
    """The 24-hour kiosk: run it, look after it, try it."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit status; known trouble is told in sentences, never as a traceback.

    With --json it is told in JSON too, as `{"error": code, …}` on standard output.
    """
    prepare_output()
    try:
        status = _run(arguments)
    except KeyboardInterrupt:
        status = BROKEN_OFF
    except OSError as refused:
        if not says_that_it_cannot_tell(refused):
            raise
        status = Exit.TROUBLE
    sys.exit(status)


def _run(arguments: Sequence[str] | None) -> int:
    from kiosk.commands.trouble import tell
    from kiosk.errors import KNOWN, UserNotAllowed

    as_json = "--json" in (sys.argv[1:] if arguments is None else arguments)
    try:
        status = root.main(args=arguments, prog_name="kiosk", standalone_mode=False)
    except click.ClickException as wrong:
        wrong.show()
        return wrong.exit_code
    except click.Abort:
        click.echo("Stopped.", err=True)
        return BROKEN_OFF
    except KNOWN as trouble:
        return tell(trouble, as_json=as_json)
    except PermissionError as refused:
        return tell(UserNotAllowed(str(refused.filename or refused.strerror)), as_json=as_json)
    return status if isinstance(status, int) else Exit.FINE
