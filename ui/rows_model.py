"""A list of frozen dataclasses as a Qt model: the roles are the field names, and only what changed is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from PySide6.QtCore import QAbstractListModel, QByteArray, QModelIndex, QObject, QPersistentModelIndex

from kiosk.values import dataclass

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Row = TypeVar("Row", bound=DataclassInstance)
else:
    Row = TypeVar("Row")

DISPLAY_ROLE, USER_ROLE = 0, 0x100
"""Of `Qt.ItemDataRole`, as numbers: importing `Qt` builds 130 enumerations, none of which the first picture needs."""
FIRST_ROLE = USER_ROLE + 1
Index = QModelIndex | QPersistentModelIndex
TOP = QModelIndex()


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """One of the values that may be chosen."""

    value: str
    label: str
    chosen: bool


class RowsModel(QAbstractListModel, Generic[Row]):
    """Holds rows of one dataclass; `put` replaces them with the fewest signals, so that delegates stay."""

    def __init__(self, row_type: type[Row], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._names = [field.name for field in fields(row_type)]
        self._rows: list[Row] = []

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows as they now are."""
        return tuple(self._rows)

    def put(self, rows: Sequence[Row]) -> None:
        """Show these rows from now on."""
        common = min(len(rows), len(self._rows))
        if len(rows) < len(self._rows):
            self.beginRemoveRows(TOP, common, len(self._rows) - 1)
            del self._rows[common:]
            self.endRemoveRows()
        for place in range(common):
            if self._rows[place] != rows[place]:
                self._rows[place] = rows[place]
                self.dataChanged.emit(self.index(place), self.index(place))
        if len(rows) > common:
            self.beginInsertRows(TOP, common, len(rows) - 1)
            self._rows.extend(rows[common:])
            self.endInsertRows()

    def rowCount(self, parent: Index = TOP) -> int:
        """Qt asks how many rows there are."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = DISPLAY_ROLE) -> Any:
        """Qt asks for one field of one row."""
        place = role - FIRST_ROLE
        if not index.isValid() or not 0 <= place < len(self._names):
            return None
        return getattr(self._rows[index.row()], self._names[place])

    def roleNames(self) -> dict[int, QByteArray]:
        """Qt asks what the fields are called."""
        return {FIRST_ROLE + place: QByteArray(name.encode()) for place, name in enumerate(self._names)}
