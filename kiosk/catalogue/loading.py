"""The catalogue from its zone files, or from the centre's copy: whole and without a mistake, or not at all.

What was checked before is only read: the checks, and pydantic with them, are imported when something has to be checked.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from kiosk.catalogue.model import Catalogue, Zone
from kiosk.errors import CatalogueBroken, Mistake
from kiosk.plain_values import OTHER_SHAPE, from_plain, to_plain
from offline_cache.canonical import content_hash

ZONES_FOLDER = Path(__file__).resolve().parent / "zones"
"""The sample catalogue that ships with the kiosk."""


def load_catalogue(folder: Path | None = None) -> Catalogue:
    """The catalogue of the folder's zone files, zones by their order; raises `CatalogueBroken` with all mistakes.

    The one that ships is what `make test` has checked; it is checked here only when it cannot even be read.
    """
    if folder is None and (shipped := _shipped()) is not None:
        return shipped
    from kiosk.catalogue.checking import check_folder

    checked = check_folder(folder or ZONES_FOLDER)
    if checked.mistakes:
        raise CatalogueBroken(checked.mistakes)
    zones = [document.zone for document in checked.documents]
    return catalogue_of(zones, sample=any(document.raw.get("sample", False) for document in checked.documents))


def catalogue_from_wire(content: Mapping[str, Any]) -> Catalogue:
    """The catalogue as the centre publishes it (its signature is checked before); raises `CatalogueBroken`.

    Takes what `content_of` makes, and refuses one whose `version` is not the hash of its content.
    """
    from kiosk.catalogue.checking import check_content

    told = check_content(content)
    catalogue = catalogue_of(told.zones, sample=told.sample)
    if catalogue.version != told.version:
        raise CatalogueBroken([Mistake("", 0, "version", "is not the hash of the content", "与目录内容不符")])
    return catalogue


def catalogue_checked_before(content: Mapping[str, Any]) -> Catalogue | None:
    """What `catalogue_from_wire` made of the same content, which `is_as_published`; None for content of another shape."""
    try:
        return from_plain(Catalogue, content)
    except OTHER_SHAPE:
        return None


def is_as_published(content: Mapping[str, Any]) -> bool:
    """True when the version is the hash of the very content: nothing is left out, nothing written in another way."""
    try:
        return bool(content.get("version") == content_hash({key: content[key] for key in content if key != "version"}))
    except ValueError:  # a number that is none
        return False


def catalogue_of(zones: Sequence[Zone], *, sample: bool) -> Catalogue:
    """The catalogue of these zones, by their order, with the version that their content has."""
    ordered = tuple(sorted(zones, key=lambda zone: zone.order))
    version = content_hash({"sample": sample, "zones": [to_plain(zone) for zone in ordered]})
    return Catalogue(version, ordered, sample)


def content_of(catalogue: Catalogue) -> dict[str, Any]:
    """What of it travels."""
    content: dict[str, Any] = to_plain(catalogue)
    return content


def _shipped() -> Catalogue | None:
    """The sample catalogue; None when its folder is not what shipped."""
    zones: list[Zone] = []
    sample = False
    try:
        for file in ZONES_FOLDER.glob("*.toml"):
            content = tomllib.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
            sample |= content.pop("sample", False)
            zones.append(from_plain(Zone, content))
        return catalogue_of(zones, sample=sample) if zones else None
    except (OSError, *OTHER_SHAPE):
        return None
