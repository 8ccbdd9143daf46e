"""`kiosk devices`: find, list, watch and test the devices by themselves, while no kiosk runs on them."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kiosk.commands.options import Exit, Group, json_option, load, print_json, settings_option

if TYPE_CHECKING:
    from devices.reports import Report

BUSY = "port-busy"
HELD = (
    "A port has one user. While the kiosk runs, `kiosk diagnose` tells of its devices; "
    "to look at them by themselves, stop it first: `sudo systemctl stop kiosk`."
)
TEST_SECONDS = 20.0


@click.group(cls=Group)
def devices() -> None:
    """Find, list, watch and test the devices by themselves (stop the kiosk first: a port has one user)."""


@devices.command("list")
@settings_option
@json_option
def list_(settings_path: Path, as_json: bool) -> int:
    """Open every device of the settings, and tell what each says. Exit status 1 when one cannot be used."""
    from kiosk.commands.tables import print_table
    from kiosk.devices_alone import look_at_devices
    from kiosk.staff.wording import STATES

    facts, _, _ = look_at_devices(load(settings_path))
    found = [facts.devices[name] for name in facts.devices]
    if as_json:
        print_json(
            [
                {
                    "device": one.device,
                    "kind": one.kind.value,
                    "model": one.model,
                    "port": one.port,
                    "state": one.state.value,
                    "trouble": one.trouble,
                    "detail": one.trouble_detail,
                    "facts": dict(one.facts),
                }
                for one in found
            ]
        )
    elif not found:
        click.echo("The settings name no devices: add a [[devices]] table for each (kiosk settings example shows how).")
    else:
        rows = ((one.device, one.model, STATES[one.state].en, one.trouble, one.trouble_detail, one.port) for one in found)
        print_table(("device", "model", "state", "trouble", "detail", "port"), rows)
    if any(one.trouble == BUSY for one in found):
        click.echo(HELD, err=True)
    return Exit.FINE if all(one.usable for one in found) else Exit.TROUBLE


def _possible_ports(_context: click.Context, _option: click.Parameter, ports: tuple[str, ...]) -> tuple[str, ...]:
    from devices.settings import DeviceModel, DeviceSettings

    for port in ports:
        try:
            DeviceSettings("probe", DeviceModel.SDT, port)
        except ValueError as wrong:
            raise click.BadParameter(f"{port!r}: {str(wrong).removeprefix('port: ')}") from wrong
    return ports


@devices.command()
@click.option(
    "--port",
    "ports",
    multiple=True,
    callback=_possible_ports,
    help="Ask at this port only (a path, or HOST:PORT); may be given again.",
)
@json_option
def probe(ports: tuple[str, ...], as_json: bool) -> int:
    """Find what is plugged in, and propose the settings' lines for it. Exit status 1 when nothing known is there.

    Asks each serial port whether a printer, a scanner or a card reader answers: some seconds a port, half a minute where
    nothing does. Printers on USB and CUPS's queues are told and not asked. Nothing is printed, and nothing is changed. A port
    on which a kiosk runs is told as busy. Receipt printers on the network are not searched for: one is asked when it is named,
    as --port 192.168.1.50:9100.
    """
    from devices.probing import PortSeen, as_toml, ask, ports_seen, proposed
    from kiosk.commands.tables import print_table

    found = []
    seen = tuple(PortSeen(port) for port in ports) or ports_seen()
    for number, one in enumerate(seen, start=1):
        click.echo(f"{number} of {len(seen)}: {one.port} …", err=True)
        found.append(ask(one))
    settings = proposed(found)
    if as_json:
        rows = (
            {
                "port": one.seen.port,
                "product": one.seen.product,
                "location": one.seen.location,
                "serial_number": one.seen.serial_number,
                "model": one.model.value if one.model else None,
                "detail": one.detail,
                "trouble": one.trouble,
            }
            for one in found
        )
        print_json({"found": list(rows), "settings": "\n".join(map(as_toml, settings))})
        return Exit.FINE if settings else Exit.TROUBLE
    if not found:
        click.echo("Nothing is plugged in that could be a device: see the cables, or name a port with --port.")
    else:
        told = (
            (one.seen.port, one.model or one.trouble or "nothing known answers", one.detail, one.seen.product) for one in found
        )
        print_table(("port", "what", "detail", "product"), told)
        if settings:
            click.echo("For the settings file:\n")
            click.echo("\n".join(map(as_toml, settings)), nl=False)
    if not ports:
        click.echo("Receipt printers on the network are not searched for: name one by --port HOST:9100.", err=True)
    return Exit.FINE if settings else Exit.TROUBLE


@devices.command()
@click.option("--badges", is_flag=True, help="Leave chip card readers at rest: they tell the UID of a badge laid on them.")
@settings_option
def watch(settings_path: Path, badges: bool) -> None:
    """Tell what the devices report until Ctrl-C; of a card or code only that there was one, never what it says."""
    from devices.reports import DeviceKind, StatusChanged
    from kiosk.devices_alone import rack

    heard: queue.SimpleQueue[Report] = queue.SimpleQueue()
    with rack(load(settings_path), heard.put) as opened:
        for kind in DeviceKind:
            opened.activate(kind, active=not (badges and kind is DeviceKind.CHIP_CARD_READER))
        hinted = False
        while True:
            report = heard.get()
            for line in _told(report):
                click.echo(line)
            if not hinted and isinstance(report, StatusChanged) and report.status.trouble == BUSY:
                hinted = True
                click.echo(HELD, err=True)


@devices.command()
@click.argument("device")
@settings_option
def test(device: str, settings_path: Path) -> int:
    """Run DEVICE's own test: a reader answers for its security module, a printer prints a slip. Exit status 1 when it fails."""
    import time

    from devices.reports import TestFinished
    from kiosk.devices_alone import rack
    from kiosk.staff.remedies import remedy

    heard: queue.SimpleQueue[Report] = queue.SimpleQueue()
    with rack(load(settings_path), heard.put) as opened:
        if not opened.test(device):
            raise click.UsageError(f"The settings name no device {device!r}.")
        until = time.monotonic() + TEST_SECONDS
        try:
            while not isinstance(report := heard.get(timeout=max(0.0, until - time.monotonic())), TestFinished):
                pass
        except queue.Empty:
            click.echo(f"{device}: no answer within {TEST_SECONDS:g} s")
            return Exit.TROUBLE
    if not report.code:
        click.echo(f"{device}: passed{f' ({report.detail})' if report.detail else ''}")
        return Exit.FINE
    told = remedy(report.code)
    click.echo(f"{device}: {told.says.en} {report.detail} [{report.code}]")
    for step in told.steps:
        click.echo(f"  → {step.en}")
    return Exit.TROUBLE


def _told(report: Report) -> Iterator[str]:
    from devices import reports as told

    match report:
        case told.StatusChanged(status):
            trouble = f" ({status.trouble} {status.trouble_detail})" if status.trouble else ""
            yield f"{status.device}: {status.state.value}{trouble}"
        case told.CardRead(device, card):
            yield f"{device}: a card was read whole ({card.kind.value})"
        case told.CardFailed(device, code):
            yield f"{device}: a card could not be read ({code})"
        case told.CardLifted(device):
            yield f"{device}: the card was taken away"
        case told.BadgeShown(device, uid):
            yield f"{device}: a contactless card was laid down, UID {uid}"
        case told.CodeScanned(device, payload, symbology):
            yield f"{device}: a code of {len(payload)} bytes{f', {symbology}' if symbology else ''}"
        case told.FaceSeen(device, hint) | told.PageSeen(device, hint):
            yield f"{device}: {hint.value}"
        case _:
            return
