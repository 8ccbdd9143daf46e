"""`kiosk queue`: what is kept here and not yet acknowledged; works while the kiosk runs, and opens no submission."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kiosk.commands.options import Exit, Group, counted, json_option, load, print_json, settings_option
from kiosk.errors import ActionRefused, RecordUnknown
from offline_cache.hall_time import hall_now

if TYPE_CHECKING:
    from kiosk.staff.queue_review import MatchRow, QueueRow, QueueSummary
    from offline_cache.records import RecordFacts
    from offline_cache.review import Review
    from offline_cache.settings import StoreSettings

T = TypeVar("T")
WRITING_SECONDS, PAUSE_SECONDS = 0.25, 0.15
"""Of many writes beside a running kiosk: while it waits to write, SQLite lets it look every tenth of a second only."""
SHELL = "shell"
"""Who the log says it was: at the shell nobody is signed in with a staff number."""
REASONS = ("handed-in", "entered-twice", "withdrawn", "refused-for-good", "trial", "other")
STATES = ("queued", "leased", "needs-person", "acknowledged", "rejected", "cancelled")


@click.group(cls=Group, invoke_without_command=True)
@settings_option
@json_option
@click.pass_context
def queue(context: click.Context, settings_path: Path, as_json: bool) -> int | None:
    """What is kept here and not yet acknowledged by the centre (the same as `kiosk queue list`)."""
    if context.invoked_subcommand is not None:
        return None
    return _show(settings_path, as_json, (), 100)


@queue.command("list")
@settings_option
@json_option
@click.option("--state", "states", multiple=True, type=click.Choice(STATES), help="Only these states; may be given again.")
@click.option("--all", "everything", is_flag=True, help="What was answered or cancelled too.")
@click.option(
    "--limit",
    type=click.IntRange(1, 100_000),
    default=100,
    show_default=True,
    help="At most so many rows, newest first; without --state and --all what needs a person before what waits, and the last is"
    " the oldest.",
)
def list_(settings_path: Path, as_json: bool, states: tuple[str, ...], everything: bool, limit: int) -> int:
    """The queue's rows and numbers. Exit status 1 when something needs a person, or no more is taken.

    No more is taken when the queue is full or too old, or the running kiosk's disk takes nothing.
    """
    return _show(settings_path, as_json, STATES if everything else states, limit)


@queue.command()
@click.argument("record", metavar="KEY_OR_RECEIPT_NUMBER")
@settings_option
@json_option
def show(record: str, settings_path: Path, as_json: bool) -> None:
    """Everything about one submission but its content."""
    from kiosk.commands.store_access import store_to_look_at
    from kiosk.commands.tables import local, print_table
    from kiosk.staff.queue_review import queue_rows, row_as_json
    from kiosk.staff.wording import duration
    from offline_cache.attachments import Attachments
    from offline_cache.review import Review

    with store_to_look_at(load(settings_path).store) as connection:
        facts = _find(Review(connection), record)
        (row,) = queue_rows([facts], hall_now(), Attachments(connection))
    shown = row_as_json(row)
    if as_json:
        print_json(shown)
        return
    told = shown | {
        "kept_at": local(row.kept_at),
        "next_try_at": _next_try(row),
        "settled_at": local(row.settled_at),
    }
    told |= {"age_seconds": duration(row.age_seconds), "size_bytes": f"{row.size_bytes} bytes"}
    told |= {"state": row.state_in_words.en, "reason": row.reason_in_words.en}
    print_table(("fact", "value"), ((_label(name), _cell(value)) for name, value in told.items()))
    for step in row.remedy.steps if row.remedy is not None else ():
        click.echo(f"  → {step.en}.")


@queue.command()
@click.argument("records", metavar="[KEY_OR_RECEIPT_NUMBER...]", nargs=-1)
@click.option("--held", is_flag=True, help="All that need a person.")
@settings_option
@json_option
def retry(records: tuple[str, ...], held: bool, settings_path: Path, as_json: bool) -> int:
    """Try submissions again now, also such that need a person, or that `kiosk queue match` names as not in the ledger.

    Exit status 1 when one of them has nothing to send or is being sent just now; the others are tried all the same.
    """
    from kiosk.commands.store_access import note_done, store_to_change
    from kiosk.log_events import Event
    from offline_cache.records import RecordState
    from offline_cache.review import Review

    if held == bool(records):
        raise click.UsageError("Give submissions, or --held for all that need a person.")
    store = load(settings_path).store
    with store_to_change(store) as connection:
        review = Review(connection)
        chosen = review.rows(RecordState.NEEDS_PERSON, limit=100_000) if held else _find_each(review, records)
        retried: list[RecordFacts] = []
        refused: list[RecordFacts] = []
        try:
            for facts in _giving_way(chosen):
                (retried if review.retry(facts.key, int(hall_now().timestamp() * 1000)) else refused).append(facts)
        finally:
            events = [Event("queue-retried", {"key": facts.key, "staff": SHELL}) for facts in retried]
            logged = note_done(connection, *events) if events else True
    at_once = _send_now(store) if retried else False
    if as_json:
        done = {one.key for one in retried}
        rows = ({"key": one.key, "receipt_number": one.receipt_number, "retried": one.key in done} for one in chosen)
        print_json({"submissions": list(rows), "at_once": at_once, "logged": logged})
        return Exit.TROUBLE if refused else Exit.FINE
    for facts in retried:
        click.echo(f"{facts.receipt_number}: will be tried {'now' if at_once else 'when the kiosk runs'}")
    if refused:
        named = ", ".join(f"{facts.receipt_number} is {facts.state.value}" for facts in refused)
        raise ActionRefused(f"{named}: there is nothing to send, or it is being sent")
    if not chosen:
        click.echo("Nothing needs a person.")
    return Exit.FINE


def _giving_way(each: Iterable[T]) -> Iterator[T]:
    """One after the other; between some a pause, in which a resident's submission is kept that waits for these writes."""
    until = time.monotonic() + WRITING_SECONDS
    for one in each:
        if time.monotonic() >= until:
            time.sleep(PAUSE_SECONDS)
            until = time.monotonic() + WRITING_SECONDS
        yield one


def _send_now(store: StoreSettings) -> bool:
    """Have the running kiosk look at the store and try the line, however long to be left alone; False when none serves."""
    from kiosk.errors import KioskNotRunning
    from kiosk.local_socket import SOCKET_NAME, ask

    try:
        return bool(ask(store.directory / SOCKET_NAME, {"do": "send"})["ok"])
    except KioskNotRunning:
        return False


@queue.command("match")
@click.option(
    "--days",
    type=click.IntRange(1, 366),
    default=31,
    show_default=True,
    help="So many days back; and what differs of older ones that were compared since.",
)
@settings_option
@json_option
def match_(days: int, settings_path: Path, as_json: bool) -> int:
    """How each day compared with the centre's ledger: `214 = 214`, or the ids that are missing, unexpected, different or doubled.

    The running kiosk compares each day once it is over and the line is up. Exit status 1 when a day differs.
    """
    from kiosk.commands.store_access import store_to_look_at
    from kiosk.staff.queue_review import match_as_json, match_row
    from offline_cache.ledger_match import Matches

    with store_to_look_at(load(settings_path).store) as connection:
        matches = tuple(map(match_row, Matches(connection).shown(hall_now().date(), days)))
    if as_json:
        print_json([match_as_json(match) for match in matches])
    else:
        _print_matches(matches)
    return Exit.FINE if all(match.agrees for match in matches) else Exit.TROUBLE


@queue.command("rotate-key")
@settings_option
@json_option
def rotate_key(settings_path: Path, as_json: bool) -> None:
    """Encrypt with another key from now on; what is kept stays readable until it is answered.

    The running kiosk does it within a minute, with the line down too, a stopped one at its next start.
    Back up the key file afterwards. A sealed key is changed by packaging/seal-vault-key --rotate.
    """
    from kiosk.commands.store_access import note_done, store_to_change
    from kiosk.log_events import Event
    from offline_cache.errors import KeyFixed
    from offline_cache.small_tables import Marks
    from offline_cache.store import ROTATION_ASKED

    store = load(settings_path).store
    with store_to_change(store) as connection:
        if not store.vault_file.exists():
            raise KeyFixed(f"{store.vault_file} is not there: the key is sealed, or lost")
        Marks(connection).set(ROTATION_ASKED, 1)
        logged = note_done(connection, Event("key-change-asked", {"staff": SHELL}))
    if as_json:
        print_json({"asked": True, "logged": logged})
    else:
        click.echo("Asked: the log tells `key-rotated` when it is done.")


@queue.command()
@click.argument("record", metavar="KEY_OR_RECEIPT_NUMBER")
@click.option("--reason", required=True, type=click.Choice(REASONS), help="Why, for whoever reads the queue later.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@settings_option
@json_option
def cancel(record: str, reason: str, yes: bool, settings_path: Path, as_json: bool) -> None:
    """Take a submission out of the queue for good: it is not sent any more.

    One that was sent before may be at the centre all the same: the daily match asks, and then it counts as acknowledged. Exit
    status 1 when it is settled already, or being sent just now.
    """
    from kiosk.commands.store_access import note_done, store_to_change
    from kiosk.log_events import Event
    from offline_cache.records import CancelReason
    from offline_cache.review import Review

    if as_json and not yes:
        raise click.UsageError("With --json nobody is there to be asked: give --yes too.")
    store = load(settings_path).store
    with store_to_change(store) as connection:
        review = Review(connection)
        facts = _find(review, record)
        if not yes:
            click.confirm(f"Cancel {facts.receipt_number}? {_sent_before(facts)}", abort=True, err=True)
        if not review.cancel(facts.key, CancelReason(reason), int(hall_now().timestamp() * 1000)):
            facts = _find(review, record)  # it may have been answered, or cancelled elsewhere, while the question stood here
            raise ActionRefused(f"{facts.receipt_number} is {facts.state.value}: it is settled already, or being sent")
        logged = note_done(connection, Event("queue-cancelled", {"key": facts.key, "staff": SHELL}))
        facts = _find(review, record)
    _send_now(store)  # it looks at its store anew: what closed the queue may be gone
    if as_json:
        told = {"key": facts.key, "receipt_number": facts.receipt_number, "state": facts.state.value, "reason": facts.reason}
        print_json(told | {"was_sent": facts.was_sent, "logged": logged})
    else:
        click.echo(f"{facts.receipt_number}: cancelled. {_sent_before(facts)}")


@queue.command()
@click.argument("records", metavar="[KEY_OR_RECEIPT_NUMBER...]", nargs=-1)
@click.option("--to", "target", required=True, type=click.Path(path_type=Path, dir_okay=False), help="A new file; mode 0600.")
@settings_option
@json_option
def export(records: tuple[str, ...], target: Path, settings_path: Path, as_json: bool) -> int:
    """Write submissions, still encrypted, one JSON object a line: for whoever looks into a kiosk.

    Without any named, all that the centre has not answered. The lines open only with this kiosk's key file. Exit status 1 when
    one of them cannot be read any more; the others are written all the same.
    """
    from kiosk.commands.store_access import note_or_say, store_to_look_at
    from kiosk.log_events import Event
    from kiosk.staff.queue_export import SealedExport
    from kiosk.staff.queue_review import UNDELIVERED
    from offline_cache.attachments import Attachments
    from offline_cache.review import Review

    if os.path.lexists(target):
        raise ActionRefused(f"{target} cannot be written: it is there already")
    store, written = load(settings_path).store, SealedExport(target)
    with store_to_look_at(store) as connection:  # a disk that takes no writing any more keeps nothing back
        review = Review(connection)
        chosen = _find_each(review, records) or review.rows(*UNDELIVERED, limit=1_000_000)
        for facts in chosen if records else ():
            if facts.erased:
                raise ActionRefused(f"{facts.receipt_number} is {facts.state.value}: its content is erased")
        try:
            for _ in written.write(chosen, review, Attachments(connection)):
                pass
        except OSError as refused:
            raise ActionRefused(f"{target} cannot be written: {refused.strerror}") from refused
    logged = note_or_say(store, Event("queue-exported", {"staff": SHELL, "rows": written.rows}))
    if as_json:
        print_json({"file": str(target), "submissions": written.rows, "unreadable": written.unread, "logged": logged})
    else:
        click.echo(f"{target}: {counted(written.rows, 'submission')}, encrypted")
    if written.unread:
        click.echo(f"{written.unread} cannot be read any more.", err=True)
    return Exit.TROUBLE if written.unread else Exit.FINE


def _sent_before(facts: RecordFacts) -> str:
    from kiosk.staff.wording import cancelling_in_words

    return f"{cancelling_in_words(was_sent=facts.was_sent).en}."


def _show(settings_path: Path, as_json: bool, states: tuple[str, ...], limit: int) -> int:
    from kiosk.commands.store_access import store_to_look_at
    from kiosk.staff.queue_review import queue_rows, queue_summary, row_as_json, summary_as_json
    from kiosk.staff.remedies import remedy
    from offline_cache.attachments import Attachments
    from offline_cache.records import RecordState
    from offline_cache.review import Review
    from offline_cache.tally import Counter, Limits

    store = load(settings_path).store
    with store_to_look_at(store) as connection:
        review = Review(connection)
        found = review.rows(*map(RecordState, states), limit=limit) if states else review.undelivered(limit)
        rows = queue_rows(found, hall_now(), Attachments(connection))
        counter = Counter(connection, Limits(store.max_records, store.max_bytes, store.max_record_bytes))
        summary = queue_summary(counter.tally(), hall_now())
    too_old = summary.oldest_seconds > timedelta(days=store.max_age_days).total_seconds()
    running = _running(store)
    sending, can_keep = (running["line"], running["queue"]["can_keep"]) if running else (None, True)
    if running:  # by the limits of its own start: the file may have others since
        summary, too_old = replace(summary, full=running["queue"]["full"]), running["queue"]["too_old"]
    if as_json:
        print_json(
            {
                **summary_as_json(summary),
                "too_old": too_old,
                "can_keep": can_keep,
                "sending": sending,
                "rows": [row_as_json(row) for row in rows],
            }
        )
    else:
        _print(rows, summary)
        if not states and len(rows) < summary.depth:
            click.echo(f"{summary.depth - len(rows)} more are not shown: `kiosk queue list --limit {summary.depth}` shows all.")
        _print_sending(sending, hall_now())
        if too_old:
            click.echo("The oldest has waited too long (`max_age_days`): nothing more is taken until it is gone.")
        if not can_keep:
            click.echo(f"{remedy('cannot-keep').says.en}: nothing more can be kept.")
        closed = "cannot-keep" if not can_keep else "queue-full" if summary.full else "queue-too-old" if too_old else ""
        for step in remedy(closed).steps if closed else ():
            click.echo(f"  → {step.en}.")
    return Exit.TROUBLE if summary.needs_person or summary.full or too_old or not can_keep else Exit.FINE


def _running(store: StoreSettings) -> dict[str, Any] | None:
    """How the running kiosk is, as it tells; None when none runs that serves."""
    from kiosk.errors import KioskNotRunning
    from kiosk.local_socket import SOCKET_NAME, ask

    try:
        told = ask(store.directory / SOCKET_NAME, {"do": "diagnose"})
    except KioskNotRunning:
        return None
    return told["diagnosis"] if told["ok"] else None


def _print_sending(sending: dict[str, Any] | None, now: datetime) -> None:
    from kiosk.staff.sending import sending_in_words

    if sending is None:
        click.echo("No kiosk serves on this store: nothing is being sent.")
        return
    last, following = (sending[name] and datetime.fromisoformat(sending[name]) for name in ("last_success_at", "next_try_at"))
    words = sending_in_words(
        online=sending["online"], trouble=sending["trouble"], last_success_at=last, next_try_at=following, now=now
    )
    click.echo(f"{words.en}.")


def _print(rows: Iterable[QueueRow], summary: QueueSummary) -> None:
    from kiosk.commands.tables import local, print_table
    from kiosk.staff.wording import duration

    lines = [
        (
            row.receipt_number,
            row.item,
            row.state_in_words.en,
            local(row.kept_at),
            duration(row.age_seconds) if row.waits else "",
            str(row.tries),
            _next_try(row),
            row.trouble,
        )
        for row in rows
    ]
    if lines:
        print_table(("receipt", "item", "state", "kept", "age", "tries", "next try", "last trouble"), lines)
    oldest = f", the oldest for {duration(summary.oldest_seconds)}" if summary.oldest_at else ""
    click.echo(
        f"In the queue: {summary.depth}{oldest}. Kept {summary.kept} = acknowledged {summary.acknowledged}"
        f" + waiting {summary.waiting} + needs a person {summary.needs_person} + rejected {summary.rejected}"
        f" + cancelled {summary.cancelled}."
    )
    if summary.full:
        click.echo("The queue is full: nothing more can be kept.")


def _next_try(row: QueueRow) -> str:
    """When; one that is due goes with the next request, whenever the line lets it."""
    from kiosk.commands.tables import local

    return "due" if row.next_try_at is not None and row.next_try_at <= hall_now() else local(row.next_try_at)


def _print_matches(matches: Sequence[MatchRow]) -> None:
    if not matches:
        click.echo("No day was compared yet: the kiosk compares a day once it is over and the line is up.")
    for match in matches:
        waiting = f", {match.waiting} still waiting" if match.waiting else ""
        click.echo(f"{match.day}  {match.sides}{waiting}")
        for what, keys in (
            ("acknowledged here, not in the ledger", match.missing),
            ("in the ledger, not acknowledged here", match.unexpected),
            ("another content in the ledger", match.different),
            ("one receipt number, several entries", match.doubled),
        ):
            for key in keys:
                click.echo(f"  {key}  {what}")
    if any(match.missing for match in matches):
        click.echo("  → `kiosk queue retry ID` hands in again what is not in the ledger, while its content is still here.")


def _find(review: Review, record: str) -> RecordFacts:
    try:
        found = review.facts(record) or review.by_receipt_number(record)
    except UnicodeEncodeError:  # bytes of the shell that are no text
        found = None
    if found is None:
        raise RecordUnknown
    return found


def _find_each(review: Review, records: Iterable[str]) -> tuple[RecordFacts, ...]:
    """In the order they are named; one that is named twice, or by key and receipt number, stands once."""
    found: dict[str, RecordFacts] = {}
    named = tuple(records)
    for place, one in enumerate(named, 1):
        try:
            facts = _find(review, one)
        except RecordUnknown as unknown:  # by its place: it may be anything, a resident's number too
            raise RecordUnknown(f"number {place} of the {len(named)} named" if len(named) > 1 else "") from unknown
        found[facts.key] = facts
    return tuple(found.values())


def _label(name: str) -> str:
    """A fact's name without its unit, which stands behind the value."""
    return name.removesuffix("_seconds").removesuffix("_bytes").replace("_", " ")


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
