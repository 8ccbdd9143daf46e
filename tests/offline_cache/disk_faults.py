"""System calls that fail under a kiosk that keeps: strace makes them, a child suffers them, its files are judged afterwards.

    python -m tests.offline_cache.disk_faults [--first 60]

The child goes on after every fault, as a kiosk does, and says each receipt it gave and each refusal by its code. A count of
strace's `when=FIRST+STEP` runs for each thread alone, so that the storage thread's calls are counted from its start.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from offline_cache.blob import Blob
from offline_cache.database import open_store
from offline_cache.errors import CacheError, StoreError
from offline_cache.journal import Journal
from offline_cache.key import new_key
from offline_cache.records import KeptRecord, RecordState, Settled
from offline_cache.settings import StoreSettings
from offline_cache.store import ROTATION_ASKED, Store
from offline_cache.tables import Tables
from tests.offline_cache.kept_by_children import DAY, composed, identity
from tests.offline_cache.plain_event import plain_event

ROOT = Path(__file__).parents[2]
STRACE = ("strace", "-f", "--seccomp-bpf", "-qq", "-o", "/dev/null")
"""Stops the child at the calls in question only, not at every call of an interpreter that starts."""
KEEPS = 60
OPENINGS = 5


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of failing call, in strace's words."""

    call: str
    result: str
    rare: bool = False
    """A call of opening, closing and changing the key; not of every keep."""
    harmless: bool = False
    """SQLite needs it for nothing, or does it again: no refusal need come of it."""

    def __str__(self) -> str:
        return f"{self.call} {self.result}"


FAULTS = (
    Fault("pwrite64", "error=EIO"),
    Fault("pwrite64", "error=ENOSPC"),
    Fault("pwrite64", "retval=0"),  # a short write: not a byte more fits
    Fault("fdatasync,fsync", "error=EIO"),
    Fault("fdatasync,fsync", "error=ENOSPC"),
    Fault("ftruncate", "error=EIO"),
    Fault("ftruncate", "error=ENOSPC"),
    Fault("pread64", "error=EIO"),
    Fault("fstat,newfstatat,stat,lstat", "error=EIO", rare=True),
    Fault("openat", "error=EIO", rare=True),
    Fault("openat", "error=ENOSPC", rare=True),
    Fault("openat", "error=EROFS", rare=True),
    Fault("write", "error=ENOSPC", rare=True),
    Fault("write", "error=EIO", rare=True),
    Fault("rename", "error=EIO", rare=True),
    Fault("rename", "error=ENOSPC", rare=True),
    Fault("mmap", "error=ENOMEM", rare=True, harmless=True),
    Fault("mkdir", "error=ENOSPC", rare=True, harmless=True),
    Fault("unlink", "error=EIO", rare=True),
    Fault("fchown", "error=EPERM", rare=True, harmless=True),
)
"""Every call with which a kiosk's store touches the disk, but closing and looking into the folder; nor fcntl, whose failure
SQLite takes for somebody else's lock and waits."""
NAMED = frozenset({"store-unwritable", "store-full", "store-damaged", "store-in-use", "pragma-refused"})
"""Codes by which what fails may be refused."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the child told, and what its files show."""

    told: int
    refused: tuple[str, ...]
    """Codes, of openings and of keepings."""
    wrong: str


def why_not() -> str:
    """Why strace cannot be used here; empty when it can."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    tried = subprocess.run([*STRACE, "-e", "trace=none", "true"], capture_output=True, text=True, check=False)
    return "" if tried.returncode == 0 else f"ptrace is forbidden here: {tried.stderr.strip()}"


def suffer(directory: Path, fault: Fault, first: int, step: int, *, fresh: bool = False, killed: bool = False) -> Said:
    """Run the child under the fault: the first at the thread's call `first`, then at every `step`-th; 0: only that once.

    `fresh`: from the very making of the store; else on one that is there. `killed`: as soon as a resident was refused.
    """
    if not fresh:
        Store(StoreSettings(directory=directory), identity()).stop()
    inject = f"inject={fault.call}:{fault.result}:when={first}{f'+{step}' if step else ''}"
    under = [*STRACE, "-e", f"trace={fault.call}", "-e", inject, *of_the_store(directory)]
    return judge(directory, under, *["--killed"] * killed)


def told_apart(directory: Path, fault: Fault, then: Fault, first: int, then_first: int) -> Said:
    """Both for ever from these calls on, until the child has refused a submission and is killed; judged as the log has it."""
    Store(StoreSettings(directory=directory), identity()).stop()
    injected = [
        word
        for one, number in ((fault, first), (then, then_first))
        for word in ("-e", f"inject={one.call}:{one.result}:when={number}+1")
    ]
    calls = f"trace={fault.call},{then.call}"
    return judge(directory, [*STRACE, "-e", calls, *injected, *of_the_store(directory)], "--killed")


def of_the_store(directory: Path) -> list[str]:
    """For strace: only calls on these files, so that the interpreter's own go well."""
    files = ("store.db", "store.db-wal", "store.db-shm", "vault.key", "vault.key.new")
    return [word for path in (directory, *(directory / name for name in files)) for word in ("-P", str(path))]


def judge(directory: Path, under: list[str], *more: str) -> Said:
    """The child's life under some command, and what is wrong with what it leaves."""
    child = [sys.executable, "-m", "tests.offline_cache.disk_faults", "--live", str(directory), *more]
    memory = directory.with_name("run")
    memory.mkdir(exist_ok=True)
    around = {**os.environ, "RUNTIME_DIRECTORY": str(memory)}
    done = subprocess.run([*under, *child], capture_output=True, text=True, timeout=100, check=False, cwd=ROOT, env=around)
    lines = [line.split() for line in done.stdout.splitlines()]
    told = {words[1]: (words[2], words[3]) for words in lines if words[0] == "told"}
    refused = tuple(words[1] for words in lines if words[0] == "refused")
    sent_away = {key for words in lines if words[0] == "refused" for key in words[2:]}
    if (done.returncode, lines[-1:]) not in ((0, [["done"]]), (-signal.SIGKILL, [["killed"]])):
        return Said(len(told), refused, f"the child ended with {done.returncode}: {done.stderr[-2000:]}")
    return Said(len(told), refused, _amiss(directory, told, sent_away))


def _amiss(directory: Path, told: dict[str, tuple[str, str]], sent_away: set[str]) -> str:
    connection = open_store(directory / "store.db")
    try:
        rows = connection.execute("SELECT key, receipt_number, content_hash FROM outbox").fetchall()
        found = {key: (number, digest) for key, number, digest in rows}
        lost = sum(found.get(key) != facts for key, facts in told.items())
        there = len(found.keys() & sent_away)
        sound = connection.execute("PRAGMA integrity_check").fetchone()[0]
        Journal(connection).verify()
    finally:
        connection.close()
    if lost or there or sound != "ok":
        return f"{lost} receipts without a row; {there} there that were told not to be kept; integrity_check: {sound}"
    return ""


# --- the child --------------------------------------------------------------------------------------------------------


def live(directory: Path, most_bytes: int, *, killed: bool) -> None:
    """Keep, send and log, whatever fails; every known trouble is said, an unknown one ends the child."""
    if most_bytes:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
    store = _opened(directory)
    if store is None:
        say("done")
        return
    for number in range(KEEPS):
        key = new_key()
        heard: SimpleQueue[KeptRecord | CacheError] = SimpleQueue()
        store.log(plain_event("submission-asked", "", {"n": number}))
        pages = [os.urandom(3000)] if number % 10 == 3 else []
        store.keep(
            key,
            DAY,
            lambda serial, key=key: composed(key, serial) + b"\n" + b"x" * 3000,
            heard.put,
            attachments=[Blob.of(page) for page in pages],
        )
        match heard.get():
            case KeptRecord() as record:
                say(f"told {record.key} {record.receipt_number} {record.content_hash}")
            case StoreError() as trouble:
                say(f"refused {trouble.code} {key}")
                if killed:
                    say("killed")
                    os.kill(os.getpid(), signal.SIGKILL)
            case trouble:
                raise trouble
        if number % 8 == 7:
            _do(store, _settle_some)
            _do(store, store.sweep)
            _do(store, _note_and_rate)
        if number == 30:
            _do(store, lambda tables, store=store: _change_key(store, tables))
        if number % 20 == 19:
            _close(store)
            store = _opened(directory)
            if store is None:
                break
    if store is not None:
        _close(store)
    say("done")


def _opened(directory: Path) -> Store | None:
    """None when it is refused every time: a kiosk that says 暂停服务, and has promised nothing since."""
    for _ in range(OPENINGS):
        try:
            return Store(StoreSettings(directory=directory), identity())
        except StoreError as trouble:
            say(f"refused {trouble.code}")
    return None


def _close(store: Store) -> None:
    try:
        store.stop()
    except StoreError as trouble:
        say(f"refused {trouble.code}")


def _do(store: Store, work: Callable[[Tables], object]) -> None:
    try:
        store.call(work).result()
    except StoreError as trouble:
        say(f"refused {trouble.code}")


def _settle_some(tables: Tables) -> None:
    leased = tables.outbox.lease(4, 10**9, 2 * 10**12, 2 * 10**12)
    tables.outbox.settle([Settled(one.key, one.content_hash, RecordState.ACKNOWLEDGED) for one in leased], 1)


def _note_and_rate(tables: Tables) -> None:
    tables.print_jobs.note("receipt-printer", new_key(), "printing", 1)
    tables.ratings.keep("SI-101", 5, practice=True)


def _change_key(store: Store, tables: Tables) -> None:
    tables.marks.set(ROTATION_ASKED, 1)
    store.rotate_when_asked(tables)


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


def main() -> int:
    parser = argparse.ArgumentParser(description="Fail every system call of a keeping kiosk, one after another.")
    parser.add_argument("--first", type=int, default=60, help="the first failing call is each of the first so many")
    parser.add_argument("--live", type=Path, help="be the child, in this directory")
    parser.add_argument("--most-bytes", type=int, default=0, help="the child's files may not grow beyond; 0: no limit")
    parser.add_argument("--killed", action="store_true", help="the child dies as soon as it has refused a submission")
    chosen = parser.parse_args()
    if chosen.live:
        live(chosen.live, chosen.most_bytes, killed=chosen.killed)
        return 0
    if reason := why_not():
        print(reason)
        return 1
    failed = 0
    for number, fault in enumerate(FAULTS, start=1):
        for first in range(1, chosen.first + 1):
            for step in (0, 7):
                with tempfile.TemporaryDirectory() as directory:
                    said = suffer(Path(directory), fault, first, step)
                if said.wrong:
                    failed += 1
                    print(f"{fault} when={first}+{step}: {said.wrong}", flush=True)
        print(f"{number} of {len(FAULTS)} faults done ({fault}), {failed} runs went wrong", flush=True)
    print(f"{len(FAULTS) * chosen.first * 2} runs: {failed} went wrong")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
