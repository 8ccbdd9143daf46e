"""Tables and moments for people at a terminal; a pipe gets the whole width, so that nothing is cut off."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import zip_longest

import click
from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from offline_cache.hall_time import HALL_TIME

GAP, RULE = "  ", "─"


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]], title: str = "") -> None:
    """One table on standard output; cells are plain text, never markup."""
    if not sys.stdout.isatty():
        _print_lines(columns, rows, title)
        return
    table = Table(title=title or None, title_justify="left", box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for number, column in enumerate(columns):
        table.add_column(column, overflow="fold", no_wrap=number == 0)  # what a row is called by stays in one piece
    for row in rows:
        table.add_row(*(cell.replace("[", r"\[") for cell in row))
    Console(file=sys.stdout, highlight=False).print(table)


def _print_lines(columns: Sequence[str], rows: Iterable[Sequence[str]], title: str) -> None:
    """A line a row, or a line of its cells, for whatever reads it, `grep` and `head` too; a hundred thousand are no long wait."""
    lines = [columns]
    for row in rows:
        lines += zip_longest(*(cell.split("\n") for cell in row), fillvalue="")
    widths = [max(map(cell_len, cells)) for cells in zip(*lines, strict=True)]
    lines.insert(1, [RULE * width for width in widths])
    if title:
        click.echo(title)
    for line in lines:
        told = GAP.join(cell + " " * (width - cell_len(cell)) for cell, width in zip(line, widths, strict=True))
        click.echo(told.rstrip())
    click.echo()


def local(moment: datetime | None) -> str:
    """Date and time in the hall, to the second; empty for none."""
    return f"{moment.astimezone(HALL_TIME):%Y-%m-%d %H:%M:%S}" if moment is not None else ""
