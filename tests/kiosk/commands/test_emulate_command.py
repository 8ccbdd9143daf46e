"""`kiosk emulate`: its help names everything that can be said, and without a demo it says how to start one."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from devices.emulators.bench import CARD_PULLED, CONDITIONS, HAS_CHECKSUM, IN_ORDER, MODELS, RUNS_OUT, Bench
from devices.emulators.camera_picture import Spoilt
from devices.emulators.misbehaviour import Fault
from kiosk.commands.options import Exit
from kiosk.emulation import COVER, LINE, PAPER, Emulation

Run = Callable[..., Any]


def test_the_help_names_every_word_device_fault_and_state(run: Run) -> None:
    told = run("emulate", "--help").out
    words = [
        *PAPER,
        *COVER,
        *LINE,
        *CONDITIONS,
        *Fault,
        *(each.value for each in Spoilt),
        *MODELS,
        CARD_PULLED,
        RUNS_OUT,
        IN_ORDER,
        "@BYTE",
        "*ANSWERS",
    ]
    assert [word for word in words if word not in told] == []
    said = Emulation(None, None, str).answer({"words": ["nothing"]})["said"]  # type: ignore[arg-type] # only words are looked up
    assert [word for word in said.removeprefix("say one of: ").split(", ") if f"  {word}" not in told] == []


def test_without_a_demo_it_says_how_to_start_one(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    said = run("emulate", "status")
    assert said.status == Exit.NOT_RUNNING
    assert "demo-not-running" in said.err
    assert "make demo" in said.err


def test_a_wrong_checksum_is_refused_where_the_protocol_has_none(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    try:
        for device in ("receipt-printer", "plain-scanner"):
            with pytest.raises(LookupError, match="no checksum"):
                bench.misbehave(device, "wrong-checksum")
        for device in HAS_CHECKSUM:
            bench.misbehave(device, "wrong-checksum*2")
    finally:
        bench.stop()
