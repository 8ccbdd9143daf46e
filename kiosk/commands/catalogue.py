"""`kiosk catalogue`: checks, lists and shows what can be done here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kiosk.catalogue.checking import Checked, check_folder
from kiosk.catalogue.loading import ZONES_FOLDER, load_catalogue
from kiosk.catalogue.model import Item, Text, Zone
from kiosk.commands.options import Exit, Group, counted, json_option, print_json
from kiosk.commands.tables import print_table
from kiosk.plain_values import to_plain

FLAGS = ("instant_approval", "deferrable_materials", "cross_region", "one_thing_bundle", "needs_dedicated_machine")


@click.group(cls=Group)
def catalogue() -> None:
    """Check, search and show what can be done at this kiosk."""


@catalogue.command()
@click.argument("folder", type=click.Path(path_type=Path), default=ZONES_FOLDER)
@json_option
def check(folder: Path, as_json: bool) -> None:
    """Find every mistake in the zone files of FOLDER (by default those that ship); exit status 1 when there are any."""
    checked = check_folder(folder)
    if as_json:
        print_json(_check_as_json(checked))
    else:
        _print_check(checked)
    raise SystemExit(Exit.TROUBLE if checked.mistakes else Exit.FINE)


@catalogue.command(name="list")
@click.option("--zone", "zone_id", help="Only this zone, by its id.")
@json_option
def list_items(zone_id: str | None, as_json: bool) -> None:
    """List the zones' items."""
    every = load_catalogue().zones
    zones = every if zone_id is None else tuple(zone for zone in every if zone.id == zone_id)
    if not zones:
        known = ", ".join(zone.id for zone in every)
        raise click.ClickException(f"no zone {zone_id!r}; there are {known}")
    if as_json:
        rows = [_row(zone, item) for zone in zones for item in zone.items]
        print_json(rows)
    else:
        for zone in zones:
            _print_zone(zone)


@catalogue.command(name="search")
@click.argument("query")
@click.option("--limit", type=click.IntRange(1, 999), default=8, show_default=True, help="How many at most.")
@json_option
def search_items(query: str, limit: int, as_json: bool) -> None:
    """Find items as residents do: by Chinese, pinyin, initials, English or code."""
    from kiosk.catalogue.search import build_index, search  # here, for the dictionaries of pypinyin are large

    everything = load_catalogue()
    found = search(build_index(everything), query, limit)
    rows = [_row(zone, item) for item in found if (zone := everything.zone_of(item.code)) is not None]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(f"{row['code']}  {row['zh']} · {row['en']}")
    if not rows:
        click.echo(f"No item fits {query!r}; `kiosk catalogue list` shows them all.")


@catalogue.command()
@click.argument("code")
@json_option
def show(code: str, as_json: bool) -> None:
    """Everything about the item with this CODE, such as SI-101."""
    item = load_catalogue().item(code.upper())
    if item is None:
        raise click.ClickException(f"There is no item {code!r}; `kiosk catalogue list` shows them all.")
    if as_json:
        print_json(to_plain(item))
    else:
        _print_item(item)


def _check_as_json(checked: Checked) -> dict[str, Any]:
    mistakes = [{"file": m.file, "line": m.line, "path": m.path, "message": m.message} for m in checked.mistakes]
    return {"zones": checked.zone_count, "items": checked.item_count, "mistakes": mistakes}


def _print_check(checked: Checked) -> None:
    for mistake in checked.mistakes:
        click.echo(str(mistake))
    verdict = counted(len(checked.mistakes), "mistake") if checked.mistakes else "no mistakes"
    click.echo(f"{checked.zone_count} zones, {checked.item_count} items: {verdict}")


def _row(zone: Zone, item: Item) -> dict[str, Any]:
    flags = [flag for flag in FLAGS if getattr(item, flag)]
    return {"code": item.code, "zone": zone.id, "zh": item.name.zh, "en": item.name.en, "kind": item.kind.value, "flags": flags}


def _print_zone(zone: Zone) -> None:
    rows = [(item.code, item.name.zh, item.name.en, item.kind.value, _flag_words(item)) for item in zone.items]
    print_table(("code", "item", "in English", "kind", "flags"), rows, f"{zone.name.zh} · {zone.name.en}")


def _print_item(item: Item) -> None:
    print_table(("", ""), _facts(item), f"{item.code} {item.name.zh} · {item.name.en}")


def _flag_words(item: Item) -> str:
    return " ".join(flag.replace("_", "-") for flag in FLAGS if getattr(item, flag))


def _facts(item: Item) -> list[tuple[str, str]]:
    facts = [
        ("kind", item.kind.value),
        ("department", _both(item.department)),
        ("who may apply", _both(item.who_may_apply)),
        ("conditions", "\n".join(map(_both, item.conditions))),
        ("proofs of identity", str(item.identity_factors)),
        ("from the card", ", ".join(field.value for field in item.card_fields)),
        ("form", "\n".join(f"{_both(group.title)}: {', '.join(f.name for f in group.fields)}" for group in item.form)),
        ("materials", "\n".join(f"{material.kind.value}: {_both(material.name)}" for material in item.materials)),
        ("working days", str(item.working_days) if item.working_days else "at once"),
        ("fee", f"{item.fee_yuan} yuan" + (f" ({_both(item.fee_note)})" if item.fee_note else "")),
        ("delivery", ", ".join(way.value for way in item.delivery)),
        ("hours", item.hours),
        ("pages", str(item.pages) if item.pages else ""),
        ("rules", "\n".join(f"{rule.subject} {rule.operator} {rule.value}: {_both(rule.meaning)}" for rule in item.rules)),
        ("in one go", "\n".join(map(_both, item.bundle))),
        ("dedicated machine", _both(item.dedicated_machine) if item.dedicated_machine else ""),
        ("flags", _flag_words(item)),
    ]
    return [(label, value) for label, value in facts if value]


def _both(text: Text) -> str:
    return f"{text.zh} · {text.en}"
