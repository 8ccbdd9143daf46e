"""A practising kiosk to measure: an enrolled store, emulated devices, a centre; all real, all gone afterwards."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.processes import end
from devices.emulators.bench import Bench
from kiosk.demo.settings import KIOSK, ZONE, settings_text
from kiosk.enrolment import enrol
from kiosk.settings import load_settings

CENTRAL = (sys.executable, "-m", "central")


@contextmanager
def practising_kiosk(directory: Path) -> Iterator[Path]:
    """The settings file of a kiosk that is enrolled, with its centre and its emulated devices up."""
    data = ("--data", str(directory / "centre"))
    code = subprocess.run(
        [*CENTRAL, "enrolment-code", *data, "--kiosk", KIOSK, "--zone", ZONE, "--json"], stdout=subprocess.PIPE, check=True
    )
    centre = subprocess.Popen(
        [*CENTRAL, "serve", *data, "--port", "0", "--practice", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    bench = Bench(directory / "ports")
    try:
        assert centre.stdout is not None
        url = next(json.loads(line)["url"] for line in centre.stdout if line.startswith(b"{"))
        settings = directory / "kiosk.toml"
        settings.write_text(settings_text(directory / "store", url, bench.settings()), encoding="utf-8")
        enrol(load_settings(settings), json.loads(code.stdout)["code"])
        yield settings
    finally:
        bench.stop()
        end(centre)
