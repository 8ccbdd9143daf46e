"""Staff at the shell of a simulated kiosk: the real commands of `kiosk queue` and `kiosk logs`, beside the running kiosk."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import stat
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from kiosk.commands import queue
from kiosk.commands.options import Exit
from kiosk.commands.root import main
from kiosk.errors import ActionRefused, KioskNotRunning
from offline_cache.database import open_beside
from offline_cache.errors import StoreFull
from offline_cache.hall_time import HALL_TIME
from offline_cache.padding import unpadded
from offline_cache.vault import Sealed, bound_to

if TYPE_CHECKING:
    from offline_cache.database import Connection
    from tests.central.simulated_kiosk import SimulatedKiosk

DEEDS = {"look": 2, "retry": 3, "retry all": 2, "cancel": 4, "export": 2, "verify": 2}
"""What staff do, and how often of the sum of all."""
WAITING = ("queued", "leased", "needs-person")


class Staff:
    """What they did at one kiosk; what they were told must be how it stands."""

    def __init__(self, kiosk: SimulatedKiosk) -> None:
        self.kiosk = kiosk
        self.cancelled: dict[str, str] = {}
        """Key → reason."""
        self.done: Counter[str] = Counter()

    def act(self) -> None:
        """One deed; the kiosk may be running, in the middle of a request, or stopped."""
        dice = self.kiosk.world.dice
        match dice.choices(tuple(DEEDS), DEEDS.values())[0]:
            case "look":
                self.look()
            case "retry":
                self._retry_one()
            case "retry all":
                self.retry_held()
            case "cancel":
                self._cancel()
            case "export":
                self._export()
            case "verify":
                self._verify()

    def look(self) -> dict[str, dict[str, Any]]:
        """The whole queue, by key; its numbers must be those of its rows, and those by which the kiosk itself goes."""
        _, told = self._asked("queue", "list", "--all", "--limit", "100000")
        states = Counter(row["state"] for row in told["rows"])
        counted = {
            "kept": len(told["rows"]),
            "waiting": states["queued"] + states["leased"],
            **{name.replace("-", "_"): states[name] for name in ("needs-person", "acknowledged", "rejected", "cancelled")},
        }
        kiosk = self.kiosk
        if {name: told[name] for name in counted} != counted:
            kiosk.wrong.append(f"{kiosk.name} is told to hold {told}, and holds {counted}")
        if kiosk.running:
            tally = kiosk.store.call(lambda tables: tables.outbox.tally()).result()
            if {name: getattr(tally, name) for name in counted} != counted:
                kiosk.wrong.append(f"{kiosk.name} counts {tally}, and holds {counted}")
        return {row["key"]: row for row in told["rows"]}

    def retry_held(self) -> None:
        """All that need a person."""
        before = self.look()
        status, told = self._asked("queue", "retry", "--held")
        after = self.look()
        if "error" in told:
            self._must_be_of_the_disk(told)
            return
        held = {key for key, row in before.items() if row["state"] == "needs-person"}
        if status != Exit.FINE or {one["key"] for one in told["submissions"] if one["retried"]} != held:
            self.kiosk.wrong.append(f"{self.kiosk.name}: of {sorted(held)} were retried {told}")
        for key in held:
            self._must_be(key, "queued", after)
        self.done["retried"] += len(held)

    def _retry_one(self) -> None:
        if (row := self._chosen(before := self.look())) is None:
            return
        key, was = row["key"], row["state"]
        status, told = self._asked("queue", "retry", self._name(row))
        after = self.look()
        if "error" in told:
            self._must_be_as_before(told, before, after)
        elif status == Exit.FINE:
            self._must_be(key, "queued", after)
            self.done["retried held" if was == "needs-person" else "retried"] += 1
        else:
            self._must_have_had_reason(was, "retry", before, after)

    def _cancel(self) -> None:
        if (row := self._chosen(before := self.look())) is None:
            return
        key, reason = row["key"], self.kiosk.world.dice.choice(queue.REASONS)
        _, told = self._asked("queue", "cancel", self._name(row), "--reason", reason, "--yes")
        after = self.look()
        if told.get("error") == ActionRefused.code:
            self._must_have_had_reason(row["state"], "cancel", before, after)
        elif "error" in told:
            self._must_be_as_before(told, before, after)
        else:
            self.cancelled[key] = reason
            self._must_be(key, "cancelled", after)
            if after[key]["reason"] != reason:
                self.kiosk.wrong.append(f"{self.kiosk.name}: {key} was cancelled for {after[key]['reason']!r}, not {reason!r}")
            self.done["cancelled"] += 1

    def _export(self) -> None:
        """One, or all that the centre has not answered; each line must open, and be what was kept."""
        kiosk = self.kiosk
        rows = self.look()
        chosen = [row for row in rows.values() if row["state"] in WAITING]
        if chosen and kiosk.world.dice.random() < 0.5:
            chosen = [kiosk.world.dice.choice(chosen)]
            words = [self._name(chosen[0])]
        else:
            words = []
        file = kiosk.world.directory / f"{kiosk.name}.jsonl"
        status, told = self._asked("queue", "export", *words, "--to", str(file))
        try:
            lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
            mode = stat.S_IMODE(file.stat().st_mode)
        finally:
            file.unlink()
        if status != Exit.FINE or mode != 0o600 or {line["key"] for line in lines} != {row["key"] for row in chosen}:
            kiosk.wrong.append(f"{kiosk.name} exported {[line['key'] for line in lines]}: {told}")
        if kiosk.running:
            for line in lines:
                self._must_open(line)
        self.done["exported"] += len(lines)

    def _must_open(self, line: dict[str, Any]) -> None:
        kiosk, key = self.kiosk, line["key"]
        vault = kiosk.store.call(lambda tables: tables.vault).result()

        def opened(sealed: dict[str, Any], name: str) -> bytes:
            box = Sealed(sealed["key_id"], base64.b64decode(sealed["box"]))
            return vault.open(box, bound_to(line["kiosk"], name, sealed["schema"]))

        whole = hashlib.sha256(unpadded(opened(line, key))).hexdigest() == line["content_hash"] == kiosk.rows()[key][1]
        papers = tuple(opened(one, f"{key}/{one['number']}") for one in line["attachments"])
        if not whole or papers != kiosk.papers[key]:
            kiosk.wrong.append(f"{kiosk.name} did not export {key} as it was kept")

    def _verify(self) -> None:
        kiosk = self.kiosk
        status, told = self._asked("logs", "verify")
        if status != Exit.FINE or not told["heads_checked"]:
            kiosk.wrong.append(f"{kiosk.name} has a log that does not verify: {told}")
        self.done["verified"] += 1

    # --- whether it is so ---------------------------------------------------------------------------------------------

    def _must_be(self, key: str, state: str, rows: dict[str, dict[str, Any]]) -> None:
        if rows[key]["state"] != state:
            self.kiosk.wrong.append(f"{self.kiosk.name} told staff that {key} is {state}: it is {rows[key]['state']}")

    def _must_be_of_the_disk(self, told: Any) -> None:
        """Only a full disk makes a command fail."""
        if told["error"] != StoreFull.code or not self.kiosk.full:
            self.kiosk.wrong.append(f"{self.kiosk.name} tells staff {told}")

    def _must_be_as_before(self, told: Any, before: dict[str, Any], after: dict[str, Any]) -> None:
        """A command that fails over one submission has done nothing."""
        self._must_be_of_the_disk(told)
        if moved := [key for key, row in after.items() if row["state"] != before[key]["state"]]:
            self.kiosk.wrong.append(f"{self.kiosk.name} told staff {told['error']}, and moved {moved} all the same")

    def _must_have_had_reason(self, was: str, deed: str, before: dict[str, Any], after: dict[str, Any]) -> None:
        """Only what is being sent, or settled, is refused."""
        if was in ("queued", "needs-person") or after.keys() != before.keys():
            self.kiosk.wrong.append(f"{self.kiosk.name} refused to {deed} one that was {was}")
        self.done["refused"] += 1

    # --- at the shell -------------------------------------------------------------------------------------------------

    def _chosen(self, rows: dict[str, dict[str, Any]]) -> dict[str, Any] | None:
        """Mostly one that waits."""
        dice, waiting = self.kiosk.world.dice, [row for row in rows.values() if row["state"] in WAITING]
        held = [row for row in waiting if row["state"] == "needs-person"]
        among = held if held and dice.random() < 0.5 else waiting if dice.random() < 0.9 else list(rows.values())
        return dice.choice(among) if among else None

    def _name(self, row: dict[str, Any]) -> str:
        """As it stands on the screen, or on the receipt."""
        return str(row["key" if self.kiosk.world.dice.random() < 0.5 else "receipt_number"])

    def _asked(self, *words: str) -> tuple[int, Any]:
        """Exit status, and what was told on standard output."""
        said = io.StringIO()
        status: Any = 0
        with self._at_the_shell(), redirect_stdout(said), redirect_stderr(io.StringIO()):
            try:
                main([*words, "--json"])
            except SystemExit as ended:
                status = ended.code
        return status, json.loads(said.getvalue())

    @contextmanager
    def _at_the_shell(self) -> Iterator[None]:
        """This kiosk's settings, clock, disk and socket."""
        kiosk = self.kiosk
        settings = SimpleNamespace(store=kiosk.settings)
        with ExitStack() as patches:
            for place, one in {
                "queue.load": lambda _: settings,
                "logs.load": lambda _: settings,
                "queue.hall_now": lambda: kiosk.clock().astimezone(HALL_TIME),
                "store_access.time": SimpleNamespace(time_ns=lambda: kiosk.now_ms() * 1_000_000),
                "store_access.open_beside": self._beside,
            }.items():
                patches.enter_context(patch(f"kiosk.commands.{place}", one))
            patches.enter_context(patch("kiosk.local_socket.ask", self._ask))
            yield

    def _beside(self, path: Path) -> Connection:
        """SQLite gives this connection no page more either."""
        connection = open_beside(path)
        if self.kiosk.full:
            connection.execute("PRAGMA max_page_count=1")
        return connection

    def _ask(self, _: Path, question: dict[str, Any]) -> dict[str, Any]:
        """As the running kiosk answers at its socket."""
        if not self.kiosk.running:
            raise KioskNotRunning
        if question["do"] == "send":
            self.kiosk.sender.line_may_be_back()
            return {"ok": True}
        progress = self.kiosk.sender.progress()
        queue = {"full": progress.tally.full, "too_old": False, "can_keep": not self.kiosk.store.trouble}
        return {"ok": True, "diagnosis": {"line": {"online": progress.online}, "queue": queue}}
