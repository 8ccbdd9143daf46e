"""The disk takes no writing when the kiosk starts: it says so and takes nothing, sends what waits, and serves again by itself."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from kiosk.local_socket import ask
from kiosk.visit.visit import OutcomeKind, Step
from offline_cache.emulated_line import EmulatedLine
from tests.stories.stand import APPLICATION, Stand


def mounted(folder: Path, *options: str) -> None:
    done = subprocess.run(["mount", *options, folder], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("this user may not mount a folder for reading only")


def test_a_kiosk_on_a_disk_that_takes_no_writing_sends_what_waits_and_serves_once_it_does(
    build: Any, centre: Any, line: EmulatedLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("offline_cache.sender.SWEEP_SECONDS", 0.2)
    monkeypatch.setattr("kiosk.assembly.LOOK_SECONDS", 0.2)
    stand: Stand = build().start()
    stand.to_review()
    line.down()
    stand.submit()
    assert stand.outcome() is OutcomeKind.KEPT
    stand.stop()
    number, folder = stand.settings.kiosk.number, stand.settings.store.directory
    key = (folder / "vault.key").rename(build.directory / "vault.key")
    build.settings_file.write_text(build.settings_file.read_text().replace("[store]", f'[store]\nkey_file = "{key}"'))
    stale = folder / "kiosk.sock"  # as a power cut leaves it
    stale.touch()
    mounted(folder, "--bind", str(folder))
    try:
        mounted(folder, "-o", "remount,bind,ro")
        build.again().start(ready=False).stop()
        again: Stand = build.again().start(ready=False)
        assert not again.facts.can_keep
        assert "cannot-keep" in {one.code for one in again.kiosk.diagnosis().troubles}
        assert ask(stale, {"do": "diagnose"})["ok"], "without a file it answers too"
        again.to_guide(APPLICATION)
        assert again.visit.blocked
        again.kiosk.session.end("stopped")
        assert centre.ledger(number) == []
        line.up()
        again.until(lambda: len(centre.ledger(number)) == 1)
        assert not again.facts.can_keep
        aside = key.rename(build.directory / "aside")
        mounted(folder, "-o", "remount,bind,rw")
        again.until(lambda: ("store", "key-missing") in {(one.where, one.code) for one in again.kiosk.diagnosis().troubles})
        assert not again.facts.can_keep
        aside.rename(key)
        again.until(lambda: again.facts.can_keep and again.facts.queue.depth == 0)
        again.until(lambda: stale.is_socket())
        assert ask(stale, {"do": "send"}) == {"ok": True}
        again.until(lambda: all(one.usable for one in again.facts.devices.values()) and again.facts.online)
        again.bench.lift_card()
        again.until(lambda: again.visit.step is Step.ATTRACT)
        again.to_review()
        again.submit()
        again.until(lambda: len(centre.ledger(number)) == 2)
        again.stop()
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)
