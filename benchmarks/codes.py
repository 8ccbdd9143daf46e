"""How many hard codes the camera scanner reads, and how fast: `python -m benchmarks.codes [--seed N] [--quick] [--json]`.

The set is drawn by `benchmarks.hard_codes`; the peers read the very same frames in the same run.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import cv2
import zxingcpp
from pyzbar import pyzbar
from rich.console import Console
from rich.progress import track

from benchmarks.hard_codes import EFFECTS, Grey, HardFrame, hard_frames, idle_frames
from benchmarks.report import Row, compared, least, most, tell
from devices.code_scanner.decode import CodeDecoder

SEED, FRAMES, FEW_FRAMES = 20261127, 1000, 150
LEAST_RIGHT_PERCENT = 98.0
MEDIAN_MS, P95_MS, IDLE_MS = 2.0, 12.0, 5.0
OURS: Final = "kiosk"
BEST_PEER: Final = "zxing-cpp alone"
Reader = Callable[[Grey], bytes | None]


@dataclass(slots=True)
class Tally:
    """What one reader made of the frames."""

    milliseconds: list[float] = field(default_factory=list)
    right: Counter[str] = field(default_factory=Counter)
    wrong: int = 0

    @property
    def percent(self) -> float:
        """Of all frames, those read right."""
        return 100.0 * self.right.total() / len(self.milliseconds)

    def p(self, percent: int) -> float:
        """A percentile of the milliseconds."""
        return statistics.quantiles(self.milliseconds, n=100)[percent - 1]


def measure(quick: bool, seed: int) -> Iterator[Row]:
    """Right, wrong and milliseconds over the hard set, and over frames without a code."""
    count = FEW_FRAMES if quick else FRAMES
    frames = list(hard_frames(seed, count))
    without = list(idle_frames(seed, count // 5))
    tallies = {name: tally(reader, frames, name) for name, reader in readers().items()}
    idles = {name: tally(reader, without, f"{name}, without a code") for name, reader in readers().items()}
    ours, idle = tallies.pop(OURS), idles.pop(OURS)
    yield least("right", ours.percent, "%", LEAST_RIGHT_PERCENT)
    yield most("wrong", float(ours.wrong), "codes", 0.0)
    yield most("a frame, median", ours.p(50), "ms", MEDIAN_MS)
    yield most("a frame, p95", ours.p(95), "ms", P95_MS)
    yield most("a frame without a code, median", idle.p(50), "ms", IDLE_MS)
    yield most("codes seen where there are none", float(idle.wrong), "codes", 0.0)
    shares = Counter(frame.way for frame in frames)
    best = tallies[BEST_PEER]
    for way in EFFECTS:
        share = 100.0 / shares[way]
        yield compared(f"right, {way}", ours.right[way] * share, "%", BEST_PEER, best.right[way] * share)
    for name, peer in tallies.items():
        yield compared("right", ours.percent, "%", name, peer.percent)
        yield compared("wrong", float(ours.wrong), "codes", name, float(peer.wrong))
        yield compared("a frame, median", ours.p(50), "ms", name, peer.p(50))
        yield compared("a frame, p95", ours.p(95), "ms", name, peer.p(95))
        yield compared("a frame without a code, median", idle.p(50), "ms", name, idles[name].p(50))


def tally(reader: Reader, frames: Sequence[HardFrame], name: str) -> Tally:
    """Let one reader read all frames; on a terminal it is shown how far it is."""
    found = Tally()
    console = Console(stderr=True)
    for frame in track(frames, name, console=console, transient=True, disable=not console.is_terminal):
        begun = time.perf_counter()
        payload = reader(frame.grey)
        found.milliseconds.append((time.perf_counter() - begun) * 1000)
        if payload is not None and payload == frame.payload:
            found.right[frame.way] += 1
        elif payload is not None:
            found.wrong += 1
    return found


def readers() -> dict[str, Reader]:
    """Ours, and each library alone."""
    detector = cv2.QRCodeDetector()

    def by_cv2(grey: Grey) -> bytes | None:
        try:
            text = detector.detectAndDecode(grey)[0]
        except (cv2.error, UnicodeDecodeError):  # it hands bytes that are not UTF-8 to Python as text
            return None
        return text.encode() or None

    def by_zxing(grey: Grey) -> bytes | None:
        return next((bytes(one.bytes) for one in zxingcpp.read_barcodes(grey) if one.valid), None)

    def by_zbar(grey: Grey) -> bytes | None:
        return next((bytes(one.data) for one in pyzbar.decode(grey)), None)

    return {OURS: our_reader(), BEST_PEER: by_zxing, "pyzbar alone": by_zbar, "cv2 alone": by_cv2}


def our_reader() -> Reader:
    """The camera scanner's decoder with its time budget."""
    decoder = CodeDecoder()

    def read(grey: Grey) -> bytes | None:
        decoded = decoder.decode(grey)
        return decoded.payload if decoded is not None else None

    return read


def run(arguments: Iterable[str] | None = None) -> int:
    """The exit status is 0 when every target is met, else 1."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.codes", description=measure.__doc__)
    parser.add_argument("--seed", type=int, default=SEED, metavar="N", help=f"draws another set (default {SEED})")
    parser.add_argument("--quick", action="store_true", help=f"{FEW_FRAMES} frames instead of {FRAMES}")
    parser.add_argument("--json", action="store_true", help="a JSON list instead of a table")
    chosen = parser.parse_args(None if arguments is None else list(arguments))
    return tell(list(measure(chosen.quick, chosen.seed)), json_wanted=chosen.json)


if __name__ == "__main__":
    sys.exit(run())
