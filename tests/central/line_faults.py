"""Nine kiosks at one reference centre, each behind a line with a fault of its own that comes and goes again and again.

python -m tests.central.line_faults [--rounds 2000] [--seed 1]
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from offline_cache.emulated_line import Faults
from offline_cache.reports import LineChanged
from tests.central.hall import WAIT_SECONDS, Hall, HallKiosk, open_hall, together

QUICK = {
    "probe_seconds": 0.1,
    "rejoin_spread_seconds": 0.0,
    "backoff_base_seconds": 0.05,
    "backoff_cap_seconds": 0.2,
    "line_cap_seconds": 0.1,
}


@dataclass(frozen=True, slots=True)
class Kind:
    """A fault, and how it is known that the kiosk has met it."""

    faults: Callable[[random.Random], Faults]
    why: str = ""
    """The code the kiosk must name; empty: the line itself tells when it has cut a connection."""
    passable: bool = False
    """Everything still gets through, only later."""
    hangs: bool = False


KINDS = {
    "latency": Kind(lambda dice: Faults(latency_seconds=dice.uniform(0.005, 0.03)), passable=True),
    "slow": Kind(lambda dice: Faults(bytes_per_second=dice.randrange(20_000, 100_000)), passable=True),
    "cut upload": Kind(lambda dice: Faults(cut_upload_after_bytes=dice.randrange(1, 400))),
    "dropped answer": Kind(lambda dice: Faults(cut_after_bytes=dice.choice((0, 1, dice.randrange(100))))),
    "reset": Kind(lambda _: Faults(reset=True)),
    "refused": Kind(lambda _: Faults(down=True), why="centre-unreachable"),
    "black hole": Kind(lambda _: Faults(hanging=True), why="centre-hung", hangs=True),
    "partition": Kind(lambda _: Faults(deaf=True), why="centre-hung", hangs=True),
    "captive portal": Kind(lambda _: Faults(portal=True), why="not-the-centre"),
}


TOLD_EVERY = 100
"""Rounds between two lines that tell how far a kiosk is."""


def suffer(kiosk: HallKiosk, name: str, rounds: int, dice: random.Random) -> None:
    """The fault comes, submissions are kept, the kiosk meets the fault, the line heals, all arrives; again and again."""
    kind = KINDS[name]
    for number in range(1, rounds + 1):
        kiosk.give_up_soon(soon=kind.hangs)
        kiosk.line.misbehave(kind.faults(dice))
        kiosk.keep(dice.randrange(1, 4))
        if kind.passable:
            kiosk.drained()
        elif kind.why:
            kiosk.hear(lambda report: isinstance(report, LineChanged) and report.why == kind.why)
        else:
            assert kiosk.line.await_ended(WAIT_SECONDS)
        kiosk.give_up_soon(soon=False)
        kiosk.line.up()
        kiosk.drained()
        if number % TOLD_EVERY == 0:
            print(f"{name}: {number} of {rounds} times", flush=True)


def run(directory: Path, rounds: int, seed: int) -> dict[str, str]:
    """All nine at once; what went wrong, by fault."""
    with open_hall(directory) as hall:
        kiosks = {name: HallKiosk(hall, f"K{number:02d}", directory / name, **QUICK) for number, name in enumerate(KINDS, 1)}
        try:
            works = {
                name: lambda name=name: suffer(kiosks[name], name, rounds, random.Random(f"{seed} {name}")) for name in KINDS
            }
            met = {name: repr(trouble) for name, trouble in together(works).items()}
            wrong = {name: told for name in KINDS if (told := _amiss(hall, kiosks[name]))} | met
        finally:
            for kiosk in kiosks.values():
                kiosk.stop()
        if hall.effects() != sum(len(kiosk.told) for kiosk in kiosks.values()):
            wrong["all"] = f"{hall.effects()} effects"
    return wrong


def _amiss(hall: Hall, kiosk: HallKiosk) -> str:
    """Lost, doubled or invented; empty when all is right."""
    ledger = hall.ledger()
    mine = {key: receipt for key, (receipt, _) in ledger.items() if receipt.split("-")[1] == kiosk.name}
    told = {key: record.receipt_number for key, record in kiosk.told.items()}
    tally = kiosk.store.tally()
    if mine != told or len({number for _, number in ledger.values()}) != len(ledger):
        return f"{len(told.keys() - mine.keys())} lost, {len(mine.keys() - told.keys())} invented"
    return "" if tally.acknowledged == tally.kept == len(told) else f"{tally}"


def main() -> int:
    parser = argparse.ArgumentParser(description="Nine faulty lines at once.")
    parser.add_argument("--rounds", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        wrong = run(Path(directory), chosen.rounds, chosen.seed)
    for name, told in wrong.items():
        print(f"{name}: {told}")
    print(f"{len(KINDS)} faults, {chosen.rounds} times each: {len(wrong)} kiosks lost or doubled something")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
