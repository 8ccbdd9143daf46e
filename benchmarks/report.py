"""How every benchmark tells what it measured: a table for people, a JSON list for programs."""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Row:
    """One thing measured; `against` is what stands beside it, `ratio` the value by that peer's."""

    what: str
    value: float
    unit: str
    against: str
    ratio: float
    target: str
    met: bool


def row(what: str, value: float, unit: str, against: str, peer: float, most: float) -> Row:
    """A row whose value may be at most `most` times its peer's, both measured in this run and in the same unit."""
    ratio = value / peer
    return Row(what, round(value, 3), unit, f"{against}: {peer:.3f} {unit}", round(ratio, 3), f"<= {most} x", ratio <= most)


def compared(what: str, value: float, unit: str, against: str, peer: float) -> Row:
    """A row for comparison only: the peer does less, so nothing is demanded."""
    return Row(
        what, round(value, 3), unit, f"{against}: {peer:.3f} {unit}", round(value / peer, 3) if peer else 0.0, "none", met=True
    )


def most(what: str, value: float, unit: str, limit: float) -> Row:
    """A row whose value may be at most the limit."""
    ratio = value / limit if limit else value
    return Row(what, round(value, 3), unit, "a limit", round(ratio, 3), f"<= {limit:g} {unit}", value <= limit)


def least(what: str, value: float, unit: str, limit: float) -> Row:
    """A row whose value must be at least the limit, which is not 0."""
    return Row(what, round(value, 3), unit, "a limit", round(value / limit, 3), f">= {limit:g} {unit}", value >= limit)


def unmeasured(what: str, unit: str, why: str, target: str) -> Row:
    """A row that could not be measured here, and why; its target is not met."""
    return Row(what, 0.0, unit, why, 0.0, f"{target}, not measured", met=False)


def median_of(measure: Callable[[], float], runs: int) -> float:
    """The median of several runs of a measurement."""
    return statistics.median(measure() for _ in range(runs))


def main(measure: Callable[[bool], Iterable[Row]], arguments: Sequence[str] | None = None) -> int:
    """Run `measure(quick)` and print its rows; the exit status is 0 when every target is met, else 1."""
    parser = argparse.ArgumentParser(description=measure.__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer runs")
    parser.add_argument("--json", action="store_true", help="a JSON list instead of a table")
    chosen = parser.parse_args(arguments)
    return tell(list(measure(chosen.quick)), json_wanted=chosen.json)


def tell(rows: Sequence[Row], *, json_wanted: bool) -> int:
    """Print rows as a table or as JSON; the exit status is 0 when every target is met, else 1."""
    if json_wanted:
        print(json.dumps([asdict(each) for each in rows], ensure_ascii=False, indent=1))
    else:
        _print_table(rows)
    return 0 if all(each.met for each in rows) else 1


def _print_table(rows: Sequence[Row]) -> None:
    table = Table("what", "value", "against", "ratio", "target", "met")
    for each in rows:
        met = "[green]yes" if each.met else "[red]no"
        table.add_row(each.what, f"{each.value:g} {each.unit}", each.against, f"{each.ratio:g}", each.target, met)
    Console(file=sys.stdout).print(table)
