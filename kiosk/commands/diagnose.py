"""`kiosk diagnose`: what the technician's page shows, over ssh and without Qt."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kiosk.commands.options import Exit, json_option, load, print_json, settings_option
from kiosk.staff.wording import REPORT, duration, fact_in_words, fact_name_in_words

if TYPE_CHECKING:
    from kiosk.settings import Settings


@click.command()
@click.option("--english/--chinese", "english", default=True, help="The language of the words (default: English).")
@click.option("--wire", metavar="DEVICE", help="Show only what lately went over this device's wire (in --json always).")
@settings_option
@json_option
def diagnose(english: bool, wire: str | None, settings_path: Path, as_json: bool) -> int:
    """Every device's state, the queue, the line and the disk, in words.

    Asks the running kiosk; where none runs, or one in 暂停服务 that could not begin (then it says why), the devices are
    opened and looked at for a moment. Exit status 1 when something needs looking at, 3 when no kiosk runs (its devices
    are told all the same).

    With --wire: commands as hex and by name, answers by their number of bytes and meaning. Bytes that may be personal
    are never shown.
    """
    from kiosk.errors import KioskNotRunning
    from kiosk.local_socket import SOCKET_NAME, ask

    settings = load(settings_path)
    fitted = [one.name for one in settings.devices]
    if wire is not None and wire not in fitted:
        raise click.BadParameter(f"no device is called {wire}; fitted: {', '.join(fitted) or 'none'}", param_hint="--wire")
    try:
        answer = ask(settings.store.directory / SOCKET_NAME, {"do": "diagnose"})
    except KioskNotRunning:
        told: dict[str, Any] = {"running": False, **_look(settings, KioskNotRunning.code)}
    else:
        told = {"running": True, **(answer["diagnosis"] if answer["ok"] else _closed(settings, answer))}
    if as_json:
        print_json(told)
    elif wire is not None:
        _print_wire(next(one for one in told["devices"] if one["device"] == wire))
    else:
        _print(told, "en" if english else "zh")
    if not told["running"]:
        return Exit.NOT_RUNNING
    return Exit.TROUBLE if told["troubles"] else Exit.FINE


def _closed(settings: Settings, answer: dict[str, Any]) -> dict[str, Any]:
    """What a kiosk that could not begin says of itself; no device is in its hands."""
    code = answer["out_of_service"]
    return {**_look(settings, code, closed=code), "details": answer["details"]}


def _look(settings: Settings, line_trouble: str, closed: str = "") -> dict[str, Any]:
    """The devices as they answer now, with no kiosk on them."""
    from kiosk import __version__
    from kiosk.devices_alone import look_at_devices
    from kiosk.staff.diagnostics import Surroundings, as_json, disk_of
    from kiosk.staff.diagnostics import diagnose as put_together

    facts, wires, now = look_at_devices(settings)
    around = Surroundings(
        settings.kiosk.number,
        __version__,
        disk=disk_of(settings.store.directory),
        line_trouble=line_trouble,
        out_of_service=closed,
        wires=wires,
    )
    return as_json(put_together(facts, around, now))


def _print(told: dict[str, Any], language: str) -> None:
    from kiosk.commands.tables import print_table

    say = {name: words.in_language(language) for name, words in REPORT.items()}
    head = [f"{say['kiosk']} {told['kiosk']}", f"{say['version']} {told['version']}"]
    head += [say["practice"]] if told["practice"] else []
    closed = "details" in told
    state = [say["not-running"]] if not told["running"] else [say["closed"]] if closed else []
    click.echo("  ".join(head + state))
    for detail in told.get("details", ()):
        click.echo(f"      {detail}")
    line = told["line"]
    if told["running"] and not closed:
        since = say["since"] + _moment(line["since"]) if line["since"] else ""
        why = line["trouble"] or "centre-unreachable"  # as it is told below, while the line is tried for the first time
        click.echo(f"{say['line']} {say['up'] if line['online'] else say['down'] + why}{since}")
        moments = ((say["last-answer"], line["last_success_at"]), (say["next-try"], line["next_try_at"]))
        if said := say["comma"].join(f"{what}{_moment(at)}" for what, at in moments if at):
            click.echo(f"      {said}")
        queue = told["queue"]
        click.echo(say["queue"].format(oldest=duration(queue["oldest_seconds"], language), **queue))
    if told["disk"]:
        click.echo(say["disk"].format(free=told["disk"]["free_bytes"] / 1e9, total=told["disk"]["total_bytes"] / 1e9))
    if told["set_by_centre"]:
        values = ", ".join(f"visit.{name} = {value}" for name, value in told["set_by_centre"].items())
        click.echo(f"{say['set-by-centre']}{values}")
    rows = [
        (
            one["device"],
            one["model"],
            one[f"state_{language}"],
            duration(one["since_seconds"], language),
            one["trouble"] or _last_trouble(one),
            one["port"],
        )
        for one in told["devices"]
    ]
    print_table([say[name] for name in ("device", "model", "state", "for", "trouble", "port")], rows)
    if about := [(one["device"], words) for one in told["devices"] if (words := _about(one, language))]:
        print_table((say["device"], say["about"]), about)
    for trouble in told["troubles"]:
        why = f" ({trouble['why']})" if trouble["why"] else ""
        click.echo(f"\n{trouble['where']}: {trouble[f'says_{language}']} [{trouble['code']}]{why}")
        for step in trouble[f"steps_{language}"]:
            click.echo(f"  → {step}")


def _last_trouble(device: dict[str, Any]) -> str:
    """What it met last and when, in brackets: it is over."""
    if not device["last_trouble"]:
        return ""
    at = f" {_moment(device['last_trouble_at'])}" if device["last_trouble_at"] else ""
    return f"({device['last_trouble']}{at})"


def _about(device: dict[str, Any], language: str) -> str:
    """Paper, cover, and what the device tells of itself."""
    told = [f"{REPORT[what].in_language(language)} {device[f'{what}_{language}']}" for what in ("paper", "cover") if device[what]]
    for name, value in device["facts"].items():
        words = fact_name_in_words(name).in_language(language)
        told += [f"{words} {fact_in_words(value).in_language(language)}"] if value else []
    return " · ".join(told)


def _moment(at: str) -> str:
    """An RFC 3339 time by the hall's clock."""
    from kiosk.commands.tables import local

    return local(datetime.fromisoformat(at))


def _print_wire(device: dict[str, Any]) -> None:
    from kiosk.commands.tables import print_table

    click.echo(f"{device['device']}  {device['model']} on {device['port']}")
    if not device["wire"]:
        click.echo("Nothing went over its wire yet, or this model has none that is traced (cameras, CUPS).")
        return
    rows = [
        (
            datetime.fromisoformat(one["last_at"]).strftime("%H:%M:%S.%f")[:-3],
            f"{one['times']}x" if one["times"] > 1 else "",
            "  ".join(part for part in (one["sent"], one["meaning"]) if part),
            f"{one['received']} byte{'' if one['received'] == 1 else 's'}" if one["received"] else "",
            "\n".join(one["heard"]),
        )
        for one in device["wire"]
    ]
    print_table(("last", "times", "sent", "heard", "meaning"), rows)
