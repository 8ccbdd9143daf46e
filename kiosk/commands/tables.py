"""Tables and moments for people at a terminal; a pipe gets the whole width, so that nothing is cut off."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from offline_cache.hall_time import HALL_TIME

PIPE_COLUMNS = 240


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]], title: str = "") -> None:
    """One table on standard output; cells are plain text, never markup."""
    table = Table(title=title or None, title_justify="left", box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for number, column in enumerate(columns):
        table.add_column(column, overflow="fold", no_wrap=number == 0)  # what a row is called by stays in one piece
    for row in rows:
        table.add_row(*(cell.replace("[", r"\[") for cell in row))
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else PIPE_COLUMNS, highlight=False)
    console.print(table)


def local(moment: datetime | None) -> str:
    """Date and time in the hall, to the second; empty for none."""
    return f"{moment.astimezone(HALL_TIME):%Y-%m-%d %H:%M:%S}" if moment is not None else ""
