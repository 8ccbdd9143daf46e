"""The catalogue in use and what finds things in it; a newer one is taken between visits only. Lives on the session's thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kiosk.catalogue.model import Catalogue, Item

if TYPE_CHECKING:
    from kiosk.catalogue.search import SearchIndex

FOUND_AT_MOST = 60


class Shelf:
    """Holds one catalogue and, from the first search on, its index."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._index: SearchIndex | None = None

    def catalogue(self) -> Catalogue:
        """The one in use."""
        return self._catalogue

    def take(self, catalogue: Catalogue) -> None:
        """Use another from now on."""
        self._catalogue = catalogue
        self._index = None

    def search(self, query: str) -> Sequence[Item]:
        """The items for Chinese, pinyin, initials or English, best first; without a query the most used."""
        from kiosk.catalogue.search import build_index, search  # pinyin tables: loaded when somebody searches

        if not query.strip():
            items = [item for zone in self._catalogue.zones for item in zone.items if item.popular]
            return sorted(items, key=lambda item: -item.popular)[:8]
        if self._index is None:
            self._index = build_index(self._catalogue)
        return search(self._index, query, FOUND_AT_MOST)
