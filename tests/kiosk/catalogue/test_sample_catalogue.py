"""The catalogue that ships: whole, bilingual, with every kind and flag, and what the list of items says."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from kiosk.catalogue.checking import check_folder
from kiosk.catalogue.loading import ZONES_FOLDER, load_catalogue
from kiosk.catalogue.model import AnswerKind, CardField, Delivery, Item, Kind, MaterialKind, Zone

ITEMS_CSV = Path(__file__).resolve().parents[3] / ".." / "shared" / "catalogue" / "items.csv"
CATALOGUE = load_catalogue()
ITEMS = {item.number: item for zone in CATALOGUE.zones for item in zone.items}
FLAGS = ("instant_approval", "deferrable_materials", "cross_region", "one_thing_bundle", "needs_dedicated_machine")
ABBREVIATIONS = {
    "self-application": "SA",
    "ganfutong": "GF",
    "tax": "TX",
    "personal-enquiry": "PE",
    "enterprise-registration": "ER",
    "police-traffic": "PT",
    "real-estate": "RE",
    "credit": "CR",
    "social-insurance": "SI",
}


def test_it_has_no_mistake_and_says_that_it_is_a_sample() -> None:
    checked = check_folder(ZONES_FOLDER)
    assert (checked.zone_count, checked.item_count, checked.mistakes) == (9, 122, ())
    assert CATALOGUE.sample


def test_every_zone_has_at_least_three_items_under_its_own_letters() -> None:
    assert [zone.id for zone in CATALOGUE.zones] == list(ABBREVIATIONS)
    for zone in CATALOGUE.zones:
        assert len(zone.items) >= 3
        assert all(item.code == f"{ABBREVIATIONS[zone.id]}-{item.number:03}" for item in zone.items)


def test_every_kind_and_every_flag_is_somewhere() -> None:
    items = ITEMS.values()
    assert {item.kind for item in items} == set(Kind)
    assert all(any(getattr(item, flag) for item in items) for flag in FLAGS)
    assert {material.kind for item in items for material in item.materials} == set(MaterialKind)
    assert {way for item in items for way in item.delivery} == set(Delivery)
    assert {item.identity_factors for item in items} == {1, 2}
    used = {field.kind for item in items for field in item.fields()}
    assert used == set(AnswerKind)


def test_the_items_are_those_of_the_list() -> None:
    if not ITEMS_CSV.exists():
        pytest.skip(f"the list of items is not beside this checkout: {ITEMS_CSV}")
    with ITEMS_CSV.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert sorted(ITEMS) == [int(row["no"]) for row in rows]
    for row in rows:
        item = ITEMS[int(row["no"])]
        zone = CATALOGUE.zone_of(item.code)
        assert zone is not None
        flags = {flag: "yes" if getattr(item, flag) else "" for flag in FLAGS}
        assert (zone.id, zone.name.zh, item.name.zh, item.kind.value, flags) == (
            row["zone"],
            row["zone_name"],
            row["item_name"],
            row["kind"],
            {flag: row[flag] for flag in FLAGS},
        )


@pytest.mark.parametrize("zone", CATALOGUE.zones, ids=lambda zone: zone.id)
def test_a_white_icon_can_be_seen_on_the_zone_s_colour(zone: Zone) -> None:
    red, green, blue = (_linear(int(zone.colour[start : start + 2], 16) / 255) for start in (1, 3, 5))
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    assert 1.05 / (luminance + 0.05) >= 4.5  # WCAG 2.1, 1.4.3


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)


def test_the_zones_colours_and_icons_differ() -> None:
    assert len({zone.colour for zone in CATALOGUE.zones}) == len({zone.icon for zone in CATALOGUE.zones}) == 9


@pytest.mark.parametrize("zone", CATALOGUE.zones, ids=lambda zone: zone.id)
def test_names_are_told_apart_in_both_languages(zone: Zone) -> None:
    assert len({item.name.zh for item in zone.items}) == len({item.name.en for item in zone.items}) == len(zone.items)


@pytest.mark.parametrize("item", ITEMS.values(), ids=lambda item: item.code)
def test_every_item_can_be_understood_and_filled_in(item: Item) -> None:
    assert {CardField.NAME} <= set(item.card_fields)
    assert 1 <= len(item.form) <= 3 or item.kind in (Kind.ENQUIRY, Kind.PRINT)
    assert item.popular > 0
    assert item.aliases
    assert item.fee_yuan == 0 or item.kind in (Kind.APPLICATION, Kind.PAYMENT)
    for field in item.fields():
        values = [choice.value for choice in field.choices]
        assert len(values) == len(set(values))
    if item.instant_approval and item.kind is Kind.APPLICATION:
        assert item.working_days == 0
    if item.kind is Kind.PRINT and not item.needs_dedicated_machine:
        assert Delivery.PRINTED_HERE in item.delivery
    if item.kind is Kind.PAYMENT:
        assert item.fee_yuan > 0 or item.fee_note is not None


def test_what_needs_two_proofs_is_what_could_do_harm() -> None:
    two = {item.name.zh for item in ITEMS.values() if item.identity_factors == 2}
    assert {"个人信用报告查询打印", "退休提取公积金", "购房提取公积金", "抵押权注销"} <= two


def test_required_materials_are_rare_for_they_cannot_be_captured_yet() -> None:
    required = [item.code for item in ITEMS.values() if any(m.kind is MaterialKind.REQUIRED for m in item.materials)]
    assert required == ["SA-013"]
