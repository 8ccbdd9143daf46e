"""`central`: run the centre, enrol kiosks, look at the ledger."""

from __future__ import annotations

import json
import logging
import os
import secrets
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Concatenate, ParamSpec

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, NoSuchModuleError, OperationalError

from central import __version__
from central.accounts import accounts, days_in_doubt, entries
from central.centre import Centre, open_centre
from central.clock import system_clock
from central.database import DatabaseUnfit, embedded_file, embedded_url, is_of_the_store, migrate, open_engine
from central.enrolment import KIOSK_ID, Place, new_code, not_revoked, order_out_of_service, revoke
from central.kiosk_settings import EVERY_KIOSK, SettingsWrong, all_set, read_file, withdraw
from central.kiosk_settings import publish as publish_kiosk_settings
from central.ledger import skip_serials
from central.ledger_match import know_of
from central.people import PEOPLE
from central.sandbox import Sandbox
from central.staff import LONGEST_NAME, LONGEST_PASSWORD, SHORTEST_PASSWORD, PasswordTooShort, StaffDoor
from kiosk.catalogue.loading import load_catalogue
from kiosk.commands.output import prepare_output, says_that_it_cannot_tell
from kiosk.errors import CatalogueBroken

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from kiosk.catalogue.model import Catalogue

WHOLE = 1000
"""More characters than any sentence of the help has."""
PIPE_COLUMNS = 240
MATCH = {"agrees": "yes", "known": "yes, but for what is known", "outstanding": "outstanding", "differs": "no"}
IN_DOUBT = {
    "missing": "acknowledged at the kiosk, not here",
    "unexpected": "here, not acknowledged at the kiosk",
    "different": "another content here",
    "doubled": "one receipt number, several entries here",
}
DATA = Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share")) / "kiosk-centre"
PRACTICE = "practice"
MOST_SETTINGS_BYTES = 1 << 20
P = ParamSpec("P")


class StoreUnfit(click.ClickException):
    """There is no database that answers: another exit status than that of a difference found in one."""

    exit_code = 3


def _kiosk_id(context: click.Context, option: click.Parameter, word: str | None) -> str | None:
    """Also an empty word is refused, which a script's unset variable leaves: it must not mean every kiosk."""
    if word is not None and not KIOSK_ID.fullmatch(word):
        raise click.BadParameter("K and 2 to 6 digits, e.g. K03", context, option)
    return word


@dataclass(frozen=True, slots=True)
class Store:
    """Where the centre keeps everything; the URL may hold a password, so it is printed nowhere."""

    url: str
    data: Path

    def open(self, *, must_be_there: bool) -> Engine:
        """The database, up to date; made anew where there is none, unless it must be there."""
        if must_be_there and not self.url and not embedded_file(self.data).is_file():
            raise DatabaseUnfit(f"there is none in {self.data} (`central serve` and `central enrolment-code` make one)")
        if not self.url:
            self.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        engine = open_engine(self.url or embedded_url(self.data.resolve()))
        try:
            migrate(engine)
        except BaseException:
            engine.dispose()
            raise
        return engine


def on_the_store(command: Callable[Concatenate[Engine, P], None]) -> Callable[P, None]:
    """Options --database and --data, and the opened database as the first argument."""
    return _on_the_store(command, must_be_there=False)


def on_a_store_that_is_there(command: Callable[Concatenate[Engine, P], None]) -> Callable[P, None]:
    """The same for what only looks, or changes what is there: a mistyped folder is refused, not made."""
    return _on_the_store(command, must_be_there=True)


def _on_the_store(command: Callable[Concatenate[Engine, P], None], *, must_be_there: bool) -> Callable[P, None]:
    @click.option(
        "--database",
        metavar="URL",
        default="",
        envvar="CENTRAL_DATABASE",
        help="postgresql+psycopg://… (default: embedded SQLite in the data folder).",
    )
    @click.option(
        "--data",
        metavar="DIR",
        default=DATA,
        envvar="CENTRAL_DATA",
        type=click.Path(path_type=Path, file_okay=False),
        show_default=True,
        help="Data folder of the embedded database.",
    )
    @wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        database, data = str(kwargs.pop("database")), Path(str(kwargs.pop("data")))
        try:
            engine = Store(database, data).open(must_be_there=must_be_there)
        except (DatabaseUnfit, ArgumentError, NoSuchModuleError, OSError) as trouble:
            raise StoreUnfit(f"the database cannot be used: {trouble}") from trouble
        except OperationalError as trouble:
            raise _silent(trouble) from trouble
        except DatabaseError as trouble:  # another file in its place, or one that is damaged
            raise StoreUnfit(f"the database cannot be used: {trouble.orig}") from trouble
        try:
            command(engine, *args, **kwargs)
        except DBAPIError as trouble:
            if is_of_the_store(trouble):  # a copy that takes no writing, say
                raise _silent(trouble) from trouble
            raise
        finally:
            engine.dispose()

    return wrapped


def _silent(trouble: DBAPIError) -> StoreUnfit:
    said = next((line.strip() for line in str(trouble.orig).splitlines() if line.strip()), "it says nothing more")
    return StoreUnfit(f"the database does not answer: {said}")


class Group(click.Group):
    """A group whose help tells what each command does in a whole sentence, on as many lines as it takes."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """The list of commands."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.get_short_help_str(WHOLE)) for name, command in sorted(self.commands.items())])


class Root(Group):
    """The whole command line: an output that takes no more, as a full disk's, ends it with a sentence."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """As click does."""
        prepare_output()
        try:
            return super().main(*args, **kwargs)
        except OSError as refused:
            if not says_that_it_cannot_tell(refused):
                raise
            sys.exit(1)


@click.group(cls=Root, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="central")
def main() -> None:
    """The reference central server of the 24-hour kiosks: API, ledger, sandbox departments and managers' console."""


def _print(what: Table | str) -> None:
    """A pipe gets the whole width, and a narrow terminal more lines, so that nothing is cut off."""
    for column in what.columns if isinstance(what, Table) else ():
        column.overflow = "fold"
    Console(width=None if sys.stdout.isatty() else PIPE_COLUMNS).print(what)


def _catalogue(folder: Path | None) -> Catalogue:
    try:
        return load_catalogue(folder)
    except CatalogueBroken as broken:
        told = "\n".join(f"{mistake}\n  {mistake.in_chinese}" for mistake in broken.mistakes)
        raise click.ClickException(f"the catalogue has mistakes (`kiosk catalogue check` tells them too):\n{told}") from broken


catalogue_option = click.option(
    "--catalogue",
    "folder",
    default=None,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of zone files (default: the sample catalogue).",
)


@main.command()
@on_the_store
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8460, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free port.")
@click.option(
    "--public-url", default="", metavar="URL", help="What kiosks call, when a gateway in front ends TLS: https://centre.example"
)
@catalogue_option
@click.option("--practice", is_flag=True, help="Training: a console sign-in made anew and printed, and demo tokens.")
@click.option("--json", "as_json", is_flag=True, help="Print the ready line as JSON.")
def serve(engine: Engine, host: str, port: int, public_url: str, folder: Path | None, *, practice: bool, as_json: bool) -> None:
    """Serve kiosks and the console until stopped; prints one line when ready."""
    from central.application import create_application
    from central.serving import PortTaken, listen, make_server

    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr)
    centre = open_centre(engine, _catalogue(folder), system_clock, practice=practice, public_url=public_url)
    try:
        listening = listen(host, port)
    except PortTaken as trouble:
        raise click.ClickException(str(trouble)) from trouble
    url = f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}"
    told = {"ready": True, "url": url, "console": f"{url}/console", **_practice_sign_in(centre)}

    def announce() -> None:
        click.echo(
            json.dumps(told) if as_json else "  ".join(f"{name} {value}" for name, value in told.items() if name != "ready")
        )
        sys.stdout.flush()

    make_server(create_application(centre), announce).run(sockets=[listening])


def _practice_sign_in(centre: Centre) -> dict[str, str]:
    """A sign-in for training, with a new password at each start; it ends with the training."""
    if not centre.practice:
        centre.staff.remove(PRACTICE)
        return {}
    password = secrets.token_urlsafe(9)
    centre.staff.add(PRACTICE, password)
    return {"console_user": PRACTICE, "console_password": password}


@main.command(name="enrolment-code")
@on_the_store
@click.option("--kiosk", callback=_kiosk_id, required=True, metavar="K03", help="The kiosk's id: K and 2 to 6 digits.")
@click.option("--zone", required=True, metavar="ID", help="Its zone in the catalogue, e.g. social-insurance.")
@click.option("--hall", default="示例县政务服务中心", show_default=True, help="The hall's name, on receipts.")
@click.option("--hall-en", default="Example County Service Hall", show_default=True, help="The same in English.")
@click.option("--area", default="369999", show_default=True, help="Six-digit area code, in receipt and acceptance numbers.")
@click.option(
    "--valid-hours", default=24.0, show_default=True, type=click.FloatRange(0.01, 24 * 30), help="How long the code can be used."
)
@catalogue_option
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def enrolment_code(
    engine: Engine,
    kiosk: str,
    zone: str,
    hall: str,
    hall_en: str,
    area: str,
    valid_hours: float,
    folder: Path | None,
    *,
    as_json: bool,
) -> None:
    """Make a one-time code for one kiosk. A kiosk enrolled anew revokes its earlier key, and with it a machine still at work."""
    zones = [known.id for known in _catalogue(folder).zones]
    if zone not in zones:
        raise click.BadParameter(f"one of {', '.join(zones)}; a hall's own zones with --catalogue", param_hint="--zone")
    if not (area.isascii() and area.isdigit() and len(area) == 6):
        raise click.BadParameter("six digits", param_hint="--area")
    if kiosk in not_revoked(engine):
        told = f"{kiosk} is enrolled: whichever machine uses this code takes its place, and the one that is {kiosk} now ends"
        click.echo(told, err=True)
    code = new_code(engine, Place(kiosk, zone, hall, hall_en, area), timedelta(hours=valid_hours), system_clock)
    click.echo(json.dumps({"code": code, "kiosk": kiosk, "zone": zone, "valid_hours": valid_hours}) if as_json else code)


@main.command(name="revoke")
@on_a_store_that_is_there
@click.option("--kiosk", callback=_kiosk_id, required=True, metavar="K03", help="The kiosk's id.")
def revoke_kiosk(engine: Engine, kiosk: str) -> None:
    """Take a kiosk's right to speak; its next heartbeat tells it to wipe its key and stop."""
    if not revoke(engine, kiosk, system_clock):
        raise click.ClickException(f"no kiosk {kiosk} is enrolled")
    click.echo(f"{kiosk} is revoked")


@main.command()
@on_a_store_that_is_there
@click.option("--kiosk", callback=_kiosk_id, required=True, metavar="K03", help="The kiosk's id.")
@click.option("--end", is_flag=True, help="Serve again.")
def out_of_service(engine: Engine, kiosk: str, *, end: bool) -> None:
    """Have a kiosk serve nobody new, or again with --end; its next heartbeat tells it.

    Who stands before it ends the visit first; then the screen says 暂停服务, and where to go. What it has kept it goes on
    sending.
    """
    if not order_out_of_service(engine, kiosk, out=not end):
        raise click.ClickException(f"no kiosk {kiosk} is enrolled")
    click.echo(f"{kiosk} is to {'serve again' if end else 'serve nobody new'} from its next heartbeat on")


@main.command()
@on_a_store_that_is_there
@click.option("--json", "as_json", is_flag=True, help="Kiosks and every submission, as JSON.")
def ledger(engine: Engine, *, as_json: bool) -> None:
    """What every kiosk kept and heard acknowledged, and what is here.

    Exit status 1 when a kiosk's counts differ, or a day that it held against what is here, submission by submission: then every
    id in doubt is told. 3 when there is no database that answers.

    What is returned to correct, or was taken out of the queue by the kiosk's staff, is to be in neither count. What can be
    mended no more is told until `central ledger-known` says that it is known.
    """
    now = system_clock()
    told, days = accounts(engine, now), days_in_doubt(engine)
    if as_json:
        document = {
            "kiosks": [asdict(account) for account in told],
            "days_in_doubt": [asdict(day) for day in days],
            "submissions": [asdict(entry) for entry in entries(engine)],
        }
        click.echo(json.dumps(document, ensure_ascii=False, default=str))
    else:
        table = Table("kiosk", "kept", "undelivered", "returned or cancelled", "acknowledged", "in the centre", "match")
        for account in told:
            counts = (account.kept, account.waiting, account.ended, account.acknowledged, account.in_centre)
            table.add_row(account.kiosk, *map(str, counts), MATCH[account.match])
        _print(table if told else "no kiosk is enrolled yet")
        for day in days:
            click.echo(f"{day.kiosk}  {day.day}  {day.acknowledged} ≠ {day.in_centre}")
            for kind, keys in day.ids.items():
                for key in keys:
                    click.echo(f"  {key}  {IN_DOUBT[kind]}")
    sys.exit(1 if days or any(account.match == "differs" for account in told) else 0)


@main.command()
@on_a_store_that_is_there
@click.option("--kiosk", callback=_kiosk_id, required=True, metavar="K03", help="The kiosk's id.")
@click.option("--day", required=True, type=click.DateTime(["%Y-%m-%d"]), help="As `central ledger` tells it.")
@click.option("--end", is_flag=True, help="Have it told again.")
def ledger_known(engine: Engine, kiosk: str, day: datetime, *, end: bool) -> None:
    """Say that what differs on a day of a kiosk is known and can be mended no more, or with --end that it is in doubt again.

    It raises no alarm from then on, and `central ledger` ends with 0 again; whatever else comes to differ on that day is told
    as ever. Hand in again first what the kiosk still has: `kiosk queue match` and `kiosk queue retry` there.
    """
    with engine.begin() as connection:
        many = know_of(connection, kiosk, f"{day:%Y%m%d}", system_clock(), "central ledger-known", known=not end)
    if not many:
        raise click.ClickException(f"nothing of {kiosk} differs on {day:%Y-%m-%d}; `central ledger` names the days that do")
    click.echo(f"{kiosk}  {day:%Y-%m-%d}: {many} {'in doubt again' if end else 'known'}")


@main.command(name="after-restore")
@on_a_store_that_is_there
@click.option(
    "--skip",
    default=100_000,
    show_default=True,
    type=click.IntRange(1, 100_000_000),
    help="More than were given today since the copy was made.",
)
def after_restore(engine: Engine, skip: int) -> None:
    """To be run once an older copy of the database was put back, before it is served.

    Today's acceptance numbers go on well above those that the copy knows, so that none is given to two people. What the copy
    lacks is named by each kiosk (`kiosk queue match`), and here by `central ledger`. What was revoked since is not revoked in
    the copy: it tells which kiosks may speak.
    """
    last = skip_serials(engine, skip, system_clock)
    click.echo(f"today's acceptance numbers go on after {last:06d}")
    if speaking := not_revoked(engine):
        click.echo(f"these kiosks may speak; revoke again whichever was revoked since the copy was made: {', '.join(speaking)}")


@main.command(name="migrate")
@on_the_store
def migrate_command(engine: Engine) -> None:
    """Create the database, or bring it to this version; safe to repeat."""
    click.echo(f"{engine.dialect.name} is up to date")


@main.command()
@click.option(
    "--output", default="-", type=click.File("w", encoding="utf-8", lazy=True), help="File to write (default: standard output)."
)
def openapi(output: IO[str]) -> None:
    """Write the OpenAPI description of the contract, as JSON."""
    from central.application import create_application

    output.write(json.dumps(create_application(None).openapi(), ensure_ascii=False, indent=1, sort_keys=True) + "\n")


@main.command(name="demo-token")
@on_a_store_that_is_there
@click.argument("person", type=click.Choice(sorted(PEOPLE)))
def demo_token(engine: Engine, person: str) -> None:
    """Print a 亮码 token of a fictional PERSON, for one use within a day."""
    click.echo(Sandbox(engine).new_token(PEOPLE[person], system_clock()))


@main.group(cls=Group)
def settings() -> None:
    """What is set from here for kiosks: the times of a visit (section [visit] of their settings), for all or for one."""


@settings.command(name="publish")
@on_a_store_that_is_there
@click.argument("file", type=click.File("rb"))
@click.option("--kiosk", callback=_kiosk_id, metavar="K03", help="For this kiosk only, before what is set for all.")
def publish_settings(engine: Engine, file: IO[bytes], kiosk: str | None) -> None:
    """Set what FILE (TOML, section [visit]) says, in place of what was set before; each kiosk takes it between two visits."""
    content = file.read(MOST_SETTINGS_BYTES + 1)
    if len(content) > MOST_SETTINGS_BYTES:
        raise click.ClickException(f"nothing was published; {file.name} has more than {MOST_SETTINGS_BYTES >> 10} KiB")
    try:
        visit = read_file(content, file.name)
    except SettingsWrong as wrong:
        raise click.ClickException(f"nothing was published; {file.name} has mistakes:\n{wrong}") from wrong
    publish_kiosk_settings(engine, kiosk or EVERY_KIOSK, visit, system_clock)
    click.echo(f"{kiosk or 'every kiosk'}: {len(visit)} {'value' if len(visit) == 1 else 'values'}")


@settings.command(name="withdraw")
@on_a_store_that_is_there
@click.option("--kiosk", callback=_kiosk_id, metavar="K03", help="Of this kiosk; without it, what is set for all.")
def withdraw_settings(engine: Engine, kiosk: str | None) -> None:
    """Set nothing any more: the kiosks go by their own files again."""
    if not withdraw(engine, kiosk or EVERY_KIOSK):
        raise click.ClickException(f"nothing is set for {kiosk or 'all kiosks together'}; `central settings show` tells what is")
    click.echo(f"{kiosk or 'every kiosk'}: nothing is set any more")


@settings.command(name="show")
@on_a_store_that_is_there
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def show_settings(engine: Engine, *, as_json: bool) -> None:
    """What is set, for all kiosks and for each."""
    told = {kiosk or "every kiosk": visit for kiosk, visit in all_set(engine).items()}
    if as_json:
        click.echo(json.dumps(told))
        return
    table = Table("kiosk", "setting", "value")
    for kiosk, visit in told.items():
        for name, value in visit.items():
            table.add_row(kiosk, f"visit.{name}", str(value))
    _print(table if told else "nothing is set: every kiosk goes by its own file")


@main.group(cls=Group)
def staff() -> None:
    """Who may open the console."""


@staff.command(name="add")
@on_the_store
@click.argument("name")
@click.option(
    "--password-file", type=click.File(encoding="utf-8-sig"), help="First line of this file, - for standard input (default: ask)."
)
def add_staff(engine: Engine, name: str, password_file: IO[str] | None) -> None:
    """Add NAME, or give them a new password; never taken from the command line, where others could read it."""
    if name == PRACTICE:
        raise click.ClickException(f"{PRACTICE} is the training's own sign-in, and ends with it")
    if not (0 < len(name) <= LONGEST_NAME and name.isprintable()):
        raise click.ClickException(f"a name has 1 to {LONGEST_NAME} printable characters")
    if password_file is None:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        try:
            password = password_file.readline().rstrip("\r\n")
        except UnicodeDecodeError as wrong:
            raise click.ClickException("the password is no UTF-8 text") from wrong
    if not (len(password) <= LONGEST_PASSWORD and password.isprintable()):
        raise click.ClickException(f"a password has at most {LONGEST_PASSWORD} printable characters")
    try:
        StaffDoor(engine, system_clock).add(name, password)
    except PasswordTooShort as trouble:
        raise click.ClickException(f"the password needs at least {SHORTEST_PASSWORD} characters") from trouble
    click.echo(f"{name} may sign in")


@staff.command(name="remove")
@on_a_store_that_is_there
@click.argument("name")
def remove_staff(engine: Engine, name: str) -> None:
    """Let NAME open the console no more, who has left; what they have open ends at once."""
    if not StaffDoor(engine, system_clock).remove(name):
        raise click.ClickException(f"nobody is called {name}")
    click.echo(f"{name} may sign in no more")


if __name__ == "__main__":
    main()
