"""The catalogue from its zone files, or from the centre's copy: whole and without a mistake, or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from kiosk.catalogue.checking import Document, check_documents, check_folder, dotted, nested_too_deeply
from kiosk.catalogue.model import Catalogue, Zone
from kiosk.errors import CatalogueBroken, Mistake
from offline_cache.wire import content_hash

ZONES_FOLDER = Path(__file__).resolve().parent / "zones"
"""The sample catalogue that ships with the kiosk."""


def load_catalogue(folder: Path | None = None) -> Catalogue:
    """The catalogue of the folder's zone files, zones by their order; raises `CatalogueBroken` with all mistakes."""
    checked = check_folder(ZONES_FOLDER if folder is None else folder)
    if checked.mistakes:
        raise CatalogueBroken(checked.mistakes)
    zones = [document.zone for document in checked.documents]
    sample = any(document.raw.get("sample", False) for document in checked.documents)
    return _catalogue(zones, sample=sample)


def catalogue_from_wire(content: Mapping[str, Any]) -> Catalogue:
    """The catalogue as the centre publishes it (its signature is checked before); raises `CatalogueBroken`.

    Takes `Catalogue.model_dump(mode="json")`, and refuses one whose `version` is not the hash of its content.
    """
    if nested_too_deeply(content):
        raise CatalogueBroken([Mistake("", 0, "", "nested too deeply")])
    zones = content.get("zones")
    zones = zones if isinstance(zones, Sequence) and not isinstance(zones, str) else ()
    documents = [Document("", zone, prefix=("zones", i)) for i, zone in enumerate(zones) if isinstance(zone, Mapping)]
    mistakes = check_documents(documents)
    if mistakes:
        raise CatalogueBroken(mistakes)
    whole = [document.zone for document in documents]
    try:
        # Zones are checked once; what is no list of tables is refused here.
        told = Catalogue.model_validate({**content, "zones": whole} if zones and len(whole) == len(zones) else content)
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise CatalogueBroken([Mistake("", 0, dotted(detail["loc"]), detail["msg"]) for detail in details]) from None
    catalogue = _catalogue(told.zones, sample=told.sample)
    if catalogue.version != told.version:
        raise CatalogueBroken([Mistake("", 0, "version", "is not the hash of the content")])
    return catalogue


def _catalogue(zones: Sequence[Zone], *, sample: bool) -> Catalogue:
    ordered = tuple(sorted(zones, key=lambda zone: zone.order))
    content = {"sample": sample, "zones": [zone.model_dump(mode="json") for zone in ordered]}
    return Catalogue(version=content_hash(content), sample=sample, zones=ordered)
