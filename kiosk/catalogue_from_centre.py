"""The centre's catalogue as this kiosk keeps it: checked once by each installation of the program, later starts only read it."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from kiosk import INSTALLATION
from kiosk.catalogue.loading import catalogue_checked_before, catalogue_from_wire, is_as_published, load_catalogue
from kiosk.errors import CatalogueBroken
from kiosk.log_events import Scalar
from offline_cache.errors import ReplicaRefused, StoreError

if TYPE_CHECKING:
    from kiosk.catalogue.model import Catalogue
    from offline_cache.store import Store
    from offline_cache.tables import Tables

CHECKED = "catalogue-checked"
"""Mark in the store: the catalogue that was found sound last, and the installation of the program that found it so."""


def first_catalogue(store: Store, server_key: str, log: Callable[[str, Mapping[str, Scalar]], None]) -> Catalogue:
    """The centre's as last activated; when that one cannot be used the previous, and at last the one that ships with us."""
    while True:
        try:
            active = store.call(functools.partial(_active, server_key)).result()
        except CatalogueBroken as broken:
            log("catalogue-broken", {"mistakes": len(broken.mistakes)})
        except ReplicaRefused:
            log("catalogue-broken", {"mistakes": 1})
        else:
            return load_catalogue() if active is None else active
        try:
            store.call(lambda tables: tables.replica.fall_back()).result()
        except StoreError:  # a disk that takes no writing: the one that ships with us serves
            return load_catalogue()


def activate_catalogue(server_key: str, tables: Tables) -> Catalogue | None:
    """Take the staged one into use, on the storage thread; None when there is none."""
    return None if tables.replica.activate(server_key) is None else _active("", tables)


def check_catalogue(content: dict[str, Any]) -> None:
    """Raises ValueError for what cannot be used."""
    try:
        catalogue_from_wire(content)
    except CatalogueBroken as broken:
        raise ValueError(str(broken)) from broken


def _active(server_key: str, tables: Tables) -> Catalogue | None:
    copy = tables.replica.copy("active", server_key)
    return None if copy is None else made_of(copy.content, tables)


def made_of(content: dict[str, Any], tables: Tables) -> Catalogue:
    """The catalogue that the copy holds, whose signature has been verified; raises CatalogueBroken.

    The store's mark tells whether this program has checked just this one; without it, or with a wrong one, it is checked.
    """
    mark = _mark(content)
    with suppress(StoreError):
        if tables.marks.get(CHECKED, 0) == mark and (catalogue := catalogue_checked_before(content)) is not None:
            return catalogue
    catalogue = catalogue_from_wire(content)
    if is_as_published(content):
        with suppress(StoreError):  # on a disk without room it is checked again at the next start
            tables.marks.set(CHECKED, mark)
    return catalogue


def _mark(content: Mapping[str, Any]) -> int:
    """48 bits of the program's installation and the catalogue's version, which is the hash of its content."""
    return int.from_bytes(hashlib.sha256(f"{INSTALLATION} {content.get('version')}".encode()).digest()[:6], "big")
