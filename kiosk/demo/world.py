"""Builds and takes down the demo's world: centre and kiosk as programs of their own, devices and line emulated here."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from devices.emulators.bench import Bench
from kiosk.commands.emulate import control_socket
from kiosk.demo.settings import KIOSK, MANAGER, TECHNICIAN, ZONE, settings_text
from kiosk.emulation import Emulation
from kiosk.enrolment import enrol
from kiosk.errors import ActionRefused, KioskNotRunning
from kiosk.local_socket import LocalServer, ask
from kiosk.settings import load_settings
from kiosk.values import dataclass
from offline_cache.emulated_line import EmulatedLine
from offline_cache.errors import CentreUnreachable

CENTRAL = (sys.executable, "-m", "central")
SHOWN_PERSON = "changqi"
"""Whom the centre's sandbox names for a 亮码 token of the demo."""
PORTRAIT, LANDSCAPE = "1080x1920", "1920x1080"
ON_A_DESK = {PORTRAIT: "540x960", LANDSCAPE: "1280x720"}
"""The window's size on somebody's own screen."""


@dataclass(frozen=True, slots=True)
class LedgerMatch:
    """What the kiosk kept and heard acknowledged, beside what the centre has, by their keys."""

    kept: frozenset[str]
    """But for what staff took out of the queue, as long as the centre does not have it."""
    acknowledged: frozenset[str]
    in_centre: frozenset[str]
    cancelled: int = 0
    """So many taken out by staff that the centre does not have."""

    @property
    def complete(self) -> bool:
        """True when all three are the same."""
        return self.kept == self.acknowledged == self.in_centre

    @property
    def sentence(self) -> str:
        """The numbers, and the keys that do not fit."""
        numbers = f"kept {len(self.kept)} = acknowledged {len(self.acknowledged)} = in the centre {len(self.in_centre)}"
        if self.complete:
            return f"{numbers}, cancelled by staff {self.cancelled}" if self.cancelled else numbers
        astray = sorted((self.kept | self.in_centre) - (self.kept & self.acknowledged & self.in_centre))
        return f"{numbers.replace(' = ', ', ')}: NO MATCH: {', '.join(astray)}"


class World:
    """A context: everything is up inside it and gone after it."""

    def __init__(self, *, landscape: bool) -> None:
        self._landscape = landscape
        self._stack = ExitStack()
        self._directory = control_socket().parent
        self._settings_file = self._directory / "kiosk.toml"
        self.told: tuple[str, ...] = ()
        """What whoever started the demo should know."""

    def __enter__(self) -> World:
        try:
            self._build()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stack.close()

    def run_kiosk(self, walk_output: Path | None) -> int:
        """Run the kiosk's program to its end, with the scripted walk when it has an output; its exit status."""
        size = LANDSCAPE if self._landscape else PORTRAIT
        command = [sys.executable, "-m", "ui", "--settings", str(self._settings_file), "--windowed"]
        environment = dict(os.environ)
        command += ["--size", size if walk_output is not None else ON_A_DESK[size]]
        if walk_output is not None:
            command += ["--walk", str(walk_output), "--control", str(control_socket())]
            environment["QT_QPA_PLATFORM"] = f"offscreen:configfile={self._screen_file(size)}"
        kiosk = subprocess.Popen(command, env=environment)  # noqa: S603 - our own program
        self._stack.callback(_end, kiosk)
        try:
            return kiosk.wait()
        except KeyboardInterrupt:
            return 0  # closing the demo by Ctrl-C is no trouble
        finally:
            _end(kiosk)  # by Ctrl-C it is still closing its store

    def ledger_match(self) -> LedgerMatch | None:
        """Compare by keys; the kiosk's program must have ended. None when it ended before it made its store."""
        from offline_cache.database import open_read_only
        from offline_cache.records import RecordState
        from offline_cache.review import Review

        file = load_settings(self._settings_file).store.database_file
        if not file.is_file():
            return None
        with closing(open_read_only(file)) as connection:
            rows = Review(connection).rows(limit=100_000)
        answered = (RecordState.ACKNOWLEDGED, RecordState.REJECTED)
        centre = self._central("ledger", "--json", expect=(0, 1))
        in_centre = frozenset(entry["key"] for entry in centre["submissions"])
        cancelled = {row.key for row in rows if row.state is RecordState.CANCELLED} - in_centre
        return LedgerMatch(
            kept=frozenset(row.key for row in rows) - cancelled,
            acknowledged=frozenset(row.key for row in rows if row.state in answered),
            in_centre=in_centre,
            cancelled=len(cancelled),
        )

    def _screen_file(self, size: str) -> Path:
        """Qt's offscreen platform has a screen of 800 × 800 unless a file says otherwise."""
        width, height = size.split("x")
        path = self._directory / "screen.json"
        screen = {"name": "demo", "x": 0, "y": 0, "width": int(width), "height": int(height)}
        path.write_text(json.dumps({"screens": [screen]}), encoding="utf-8")
        return path

    # --- inside -----------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._clear_directory()
        code = self._central("enrolment-code", "--kiosk", KIOSK, "--zone", ZONE, "--json")["code"]
        ready = self._start_centre()
        address = urlsplit(ready["url"])
        line = EmulatedLine(address.hostname or "127.0.0.1", address.port or 80)
        self._stack.callback(line.stop)
        bench = Bench(self._directory / "ports")
        self._stack.callback(bench.stop)
        text = settings_text(self._directory / "store", line.url, bench.settings())
        self._settings_file.write_text(text, encoding="utf-8")
        enrol(load_settings(self._settings_file), code)
        self._token_maker = self._stack.enter_context(ThreadPoolExecutor(max_workers=1, thread_name_prefix="tokens"))
        self._next_token = self._token_maker.submit(self._make_token)
        control = LocalServer(control_socket(), Emulation(bench, line, self._new_token, self._place()).answer)
        control.start()
        self._stack.callback(control.stop)
        self.told = tuple(self._introduction(ready))

    def _clear_directory(self) -> None:
        try:
            ask(control_socket(), {"words": ["status"]})
        except KioskNotRunning:
            pass
        else:
            raise ActionRefused("a demo of this user is running already")
        shutil.rmtree(self._directory, ignore_errors=True)
        self._directory.mkdir(mode=0o700)
        self._stack.callback(shutil.rmtree, self._directory, ignore_errors=True)

    def _start_centre(self) -> dict[str, Any]:
        log = self._stack.enter_context((self._directory / "centre.log").open("wb"))
        command = [*CENTRAL, "serve", "--data", str(self._directory / "centre"), "--port", "0", "--practice", "--json"]
        centre = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log)  # noqa: S603 - our own program
        self._stack.callback(_end, centre)
        assert centre.stdout is not None
        self._stack.enter_context(centre.stdout)
        for line in centre.stdout:
            if line.startswith(b"{"):
                ready: dict[str, Any] = json.loads(line)
                return ready
        raise CentreUnreachable("the demo's centre did not start")

    def _central(self, *words: str, expect: Sequence[int] = (0,)) -> Any:
        command = [*CENTRAL, words[0], "--data", str(self._directory / "centre"), *words[1:]]
        done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - our own program
        if done.returncode not in expect:
            raise CentreUnreachable(f"`central {words[0]}` ended with status {done.returncode}")
        return json.loads(done.stdout) if "--json" in words else done.stdout.decode().strip()

    def _place(self) -> str:
        """Two copies of the product on one machine share one place for their demo: which of them is it?"""
        return f"the demo of {Path(__file__).resolve().parents[2]}, in {self._directory}"

    def _new_token(self) -> str:
        """The token that lies ready; the next one is made meanwhile."""
        token = self._next_token.result()
        self._next_token = self._token_maker.submit(self._make_token)
        return token

    def _make_token(self) -> str:
        return str(self._central("demo-token", SHOWN_PERSON))

    def _introduction(self, ready: dict[str, Any]) -> Iterator[str]:
        kiosk = ".venv/bin/kiosk"
        yield "The 24-hour kiosk, practising: reference centre, emulated devices and line, one kiosk. All on this machine."
        yield f"  managers' console  {ready['console']}  {_console_sign_in(ready)}"
        yield "  staff at the kiosk hold the emblem, then type:"
        yield from (f"                     {one.role.value} {one.number}, PIN {one.pin}" for one in (TECHNICIAN, MANAGER))
        yield f"  from another terminal, {kiosk} emulate …"
        yield "                     card ceshi | lift | code token | unplug card-reader | plug card-reader | line down | line up"
        yield f"                     (all words: {kiosk} emulate --help)"
        yield f"  look inside        {kiosk} --settings {self._settings_file} diagnose | queue | logs"


def _console_sign_in(ready: dict[str, Any]) -> str:
    return "  ".join(f"{name} {value}" for name, value in ready.items() if name not in ("ready", "url", "console"))


def _end(program: subprocess.Popen[bytes]) -> None:
    """Ask it to end, and see to it."""
    if program.poll() is None:
        program.terminate()
        try:
            program.wait(10)
        except subprocess.TimeoutExpired:
            program.kill()
            program.wait()
