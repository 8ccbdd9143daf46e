"""`kiosk logs`: the event log with filters, one visit as a timeline, the chain's check, CSV; works while the kiosk runs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar, overload

import click
from click.core import ParameterSource

from kiosk.commands.options import Exit, Group, Time, counted, json_option, load, only_utf8, print_json, settings_option
from kiosk.errors import ActionRefused
from offline_cache.hall_time import HALL_TIME

if TYPE_CHECKING:
    from kiosk.staff.log_review import LogFilter, LogRow, Timeline
    from offline_cache.database import Connection
    from offline_cache.journal import Journal
    from offline_cache.journal_heads import Heads

AnyCommand = TypeVar("AnyCommand", bound=Callable[..., Any])


def _filters(command: AnyCommand) -> AnyCommand:
    """The filter options, handed over together as one dictionary's worth of keywords."""
    for decorate in reversed(
        (
            click.option("--since", type=Time(), help="From this time on, e.g. 2026-11-28 or 2026-11-28T22:30."),
            click.option("--until", type=Time(), help="Before this time."),
            click.option("--event", "events", multiple=True, help="Only events of this name; may be given again."),
            click.option("--device", default="", callback=only_utf8, help="Only events of this device."),
            click.option("--only-trouble", is_flag=True, help="Only what somebody should look at."),
        )
    ):
        command = decorate(command)
    return command


@click.group(cls=Group, invoke_without_command=True)
@_filters
@click.option("--visit", default="", callback=only_utf8, help="One visit as a timeline, by the random id that its events carry.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, help="At most so many, newest first.")
@click.option("--before", type=click.IntRange(1), help="Only events before this sequence number: the next page.")
@settings_option
@json_option
@click.pass_context
def logs(
    context: click.Context, /, visit: str, limit: int, before: int | None, settings_path: Path, as_json: bool, **filters: Any
) -> int | None:
    """The event log, newest first; it holds no name, no number of a document, no picture and no answer."""
    if context.invoked_subcommand is not None:
        _refuse_filters_before(context)
        return None
    if visit:
        return _timeline(settings_path, visit, as_json)
    return _page(settings_path, _wanted(**filters), limit, before, as_json)


def _refuse_filters_before(context: click.Context) -> None:
    """A filter before a command would be lost, and more told than was asked for."""
    given = [name for name in context.params if name not in ("settings_path", "as_json")]
    if any(context.get_parameter_source(name) is ParameterSource.COMMANDLINE for name in given):
        raise click.UsageError(f"Write filters behind the command: `kiosk logs {context.invoked_subcommand} …`.")


@logs.command()
@settings_option
@json_option
def verify(settings_path: Path, as_json: bool) -> int:
    """Check the whole hash chain, and the heads that this kiosk signed and the centre countersigned.

    Exit status 1 when an event was changed, taken out or put in, or when the log was cut or written anew after the centre had
    taken it, or countersigned a head; and when the centre has refused it since: it holds another than this.
    """
    from kiosk.commands.store_access import store_to_look_at
    from offline_cache.errors import JournalBroken, NotEnrolled
    from offline_cache.identity import Identity
    from offline_cache.journal import Journal
    from offline_cache.journal_heads import TAKEN_FILE, Heads, Reached

    store = load(settings_path).store
    try:
        identity = Identity.load(store.directory)
    except NotEnrolled:  # without the keys the chain can be checked, and how far it must come
        identity = None
    with store_to_look_at(store) as connection:
        journal, heads, countersigned, refused_at = Journal(connection), Heads(connection), 0, None
        try:
            sent = _sent(connection)
            count, broken = journal.verify(known_seq=sent), None
            if identity is not None:
                countersigned = heads.verify(identity.signers)
            if (reached := Reached.load(store.directory)) is not None:
                heads.hold_against(reached)
            if (taken := Reached.load(store.directory, TAKEN_FILE)) is not None:
                heads.hold(taken, "taken by the centre")
            refused_at = _refused_at(journal, heads, sent)
        except JournalBroken as found:
            count, broken = journal.last_seq, found
        signed = heads.count()
    if as_json:
        told: dict[str, Any] = {"events": count, "whole": broken is None, "broken_at": (broken.seq or None) if broken else None}
        told |= {"detail": broken.detail if broken else "", "heads_checked": identity is not None}
        told |= {"signed_heads": signed, "countersigned_heads": countersigned, "refused_at": refused_at}
        print_json(told)
    elif broken is None:
        click.echo(
            f"The chain of {counted(count, 'event')} is whole; {countersigned} of {signed} signed heads are countersigned."
        )
        if identity is None:
            click.echo("The heads were not checked: this kiosk has no identity.")
        if refused_at is not None:
            click.echo(
                f"But the centre refused it (event {refused_at}): what it holds is another. A folder put back from a copy, or a"
                " log written anew with all that lies beside it, looks whole here."
            )
    else:
        click.echo(f"The chain is broken: {broken.detail}. Leave everything as it is and report it.")
    return Exit.FINE if broken is None and refused_at is None else Exit.TROUBLE


def _refused_at(journal: Journal, heads: Heads, sent: int) -> int | None:
    """The newest event that tells of the centre's refusal, unless it has taken that one, or countersigned a later head."""
    from offline_cache.journal import Filter

    since = max(sent, *(kept.head.seq for kept in heads.all() if kept.countersign is not None), 0)
    told = journal.find(Filter(events=("journal-refused",), from_seq=since + 1), None)
    return next((one.seq for one in told if one.facts.get("code") == "chain-broken"), None)


def _sent(connection: Connection) -> int:
    """The last event that the centre has; raises JournalBroken when that cannot be read any more."""
    from offline_cache.errors import JournalBroken, StoreDamaged
    from offline_cache.sending_events import EVENTS_NEXT
    from offline_cache.small_tables import Marks

    try:
        return Marks(connection).get(EVENTS_NEXT, 1) - 1
    except StoreDamaged as unreadable:
        raise JournalBroken(unreadable.detail) from unreadable


@logs.command()
@_filters
@click.option(
    "--csv",
    "--to",
    "target",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write; a new one.",
)
@click.option("--replace", is_flag=True, help="Write over a file that is there already.")
@settings_option
@json_option
def export(target: Path, replace: bool, settings_path: Path, as_json: bool, **filters: Any) -> None:
    """Write the events as CSV for office programs, newest first; the export itself is logged.

    It is a copy to read: nothing in it shows that somebody changed it since. What `verify` checks is the log itself.
    """
    from kiosk.commands.store_access import note_or_say, store_to_look_at
    from kiosk.log_events import Event
    from kiosk.staff.log_review import export_csv
    from offline_cache.journal import Journal

    wanted, store = _wanted(**filters), load(settings_path).store
    with store_to_look_at(store) as connection, _file_to_write(target, replace=replace) as stream:
        rows = export_csv(Journal(connection), wanted, stream)
    logged = note_or_say(store, Event("log-exported", {"staff": "shell", "rows": rows}))
    if as_json:
        print_json({"file": str(target), "events": rows, "logged": logged})
    else:
        click.echo(f"{target}: {counted(rows, 'event')}")


@contextmanager
def _file_to_write(target: Path, *, replace: bool) -> Iterator[TextIO]:
    """Raises ActionRefused; of a file that could not be written whole nothing stays, and the one that was there does."""
    from kiosk.staff.whole_file import whole_file

    if os.path.lexists(target) and not replace:
        raise ActionRefused(f"{target} cannot be written: it is there already (--replace writes over it)")
    try:
        if target.is_file() or not target.exists():
            with whole_file(target, newline="") as stream:
                yield stream
        else:  # a pipe or a device
            with target.open("w", encoding="utf-8", newline="") as stream:
                yield stream
    except OSError as trouble:
        raise ActionRefused(f"{target} cannot be written: {trouble.strerror}") from trouble


def _wanted(
    since: datetime | None, until: datetime | None, events: tuple[str, ...], device: str, only_trouble: bool
) -> LogFilter:
    from difflib import get_close_matches

    from kiosk.log_events import EVENTS
    from kiosk.staff.log_review import LogFilter

    for name in events:
        if name not in EVENTS:
            close = get_close_matches(name, EVENTS, n=1)
            known = f"Did you mean {close[0]!r}?" if close else f"One of: {', '.join(EVENTS)}."
            raise click.UsageError(f"There is no event {name!r}. {known}")
    if since is not None and until is not None and _aware(since) >= _aware(until):
        raise click.UsageError("--since is not before --until: nothing can lie between them.")
    return LogFilter(_aware(since), _aware(until), events, device, only_trouble=only_trouble)


def _page(settings_path: Path, wanted: LogFilter, limit: int, before: int | None, as_json: bool) -> int:
    from kiosk.commands.store_access import store_to_look_at
    from kiosk.commands.tables import local, print_table
    from kiosk.staff.log_review import LogFilter, read_page
    from kiosk.staff.wording import event_in_words
    from offline_cache.journal import Journal

    with store_to_look_at(load(settings_path).store) as connection:
        page = read_page(Journal(connection), wanted, before, limit)
    if as_json:
        print_json({"events": [_row_json(row) for row in page.rows], "next_before": page.next_before_seq})
        return Exit.FINE
    rows = [
        (str(row.seq), local(row.at), "●" if row.trouble else "", event_in_words(row.event).en, _facts(row), row.visit)
        for row in page.rows
    ]
    if not rows:
        empty = wanted == LogFilter() and before is None
        click.echo("The log is empty." if empty else "Nothing in the log fits; `kiosk logs` alone shows the latest events.")
        return Exit.FINE
    print_table(("seq", "time", "", "event", "facts", "visit"), rows)
    if page.next_before_seq is not None:
        click.echo(f"Older events: --before {page.next_before_seq}")
    return Exit.FINE


def _timeline(settings_path: Path, visit: str, as_json: bool) -> int:
    from kiosk.commands.store_access import store_to_look_at
    from kiosk.staff.log_review import read_timeline
    from offline_cache.journal import Journal

    with store_to_look_at(load(settings_path).store) as connection:
        timeline = read_timeline(Journal(connection), visit)
    if not timeline.moments:
        click.echo("The log has no visit with this id.", err=True)
    if as_json:
        print_json(_timeline_json(timeline))
    elif timeline.moments:
        _print_timeline(timeline)
    return Exit.FINE if timeline.moments else Exit.TROUBLE


def _print_timeline(timeline: Timeline) -> None:
    from kiosk.commands.tables import local, print_table
    from kiosk.staff.wording import STEPS, event_in_words

    rows = [
        (
            f"+{one.after_seconds:.1f} s",
            local(one.row.at),
            "●" if one.row.trouble else "",
            event_in_words(one.row.event).en,
            _facts(one.row),
            f"{one.lasted_seconds:.1f} s",
        )
        for one in timeline.moments
    ]
    print_table(("after", "time", "", "event", "facts", "until next"), rows, title=f"Visit {timeline.visit}")
    steps = ", ".join(f"{STEPS[step].en if step in STEPS else step} {seconds:.1f} s" for step, seconds in timeline.steps)
    click.echo(f"Lasted {timeline.seconds:.1f} s; ended: {timeline.ended or 'not yet'}; troubles: {timeline.troubles}.")
    if steps:
        click.echo(f"Steps: {steps}.")


def _timeline_json(timeline: Timeline) -> dict[str, Any]:
    return {
        "visit": timeline.visit,
        "seconds": round(timeline.seconds, 3),
        "ended": timeline.ended,
        "troubles": timeline.troubles,
        "steps": [{"step": step, "seconds": round(seconds, 3)} for step, seconds in timeline.steps],
        "events": [
            {**_row_json(one.row), "after_seconds": round(one.after_seconds, 3), "lasted_seconds": round(one.lasted_seconds, 3)}
            for one in timeline.moments
        ],
    }


def _row_json(row: LogRow) -> dict[str, Any]:
    return {
        "seq": row.seq,
        "at": row.at.isoformat(timespec="milliseconds"),
        "event": row.event,
        "visit": row.visit,
        "trouble": row.trouble,
        "facts": dict(row.facts),
    }


def _facts(row: LogRow) -> str:
    return "  ".join(f"{name}={value}" for name, value in row.facts.items())


@overload
def _aware(moment: datetime) -> datetime: ...
@overload
def _aware(moment: None) -> None: ...
def _aware(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=HALL_TIME) if moment is not None and moment.tzinfo is None else moment
