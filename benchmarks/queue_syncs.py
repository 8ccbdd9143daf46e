"""Fsyncs counted by the system: the same work in a process of its own under strace, done a number of times and not at all.

Run as a program (`python -m benchmarks.queue_syncs DIRECTORY keep|life TIMES`) it does the work.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

CALLS = "fsync,fdatasync,sync_file_range,msync"


def counted(directory: Path, work: str, times: int) -> float | None:
    """Fsyncs for each time; None where strace is missing or may not trace."""
    if shutil.which("strace") is None:
        return None
    counts = []
    for number in (0, times):
        said = directory / f"{work}-{number}.trace"
        tracing = ("strace", "-f", "-qq", "-e", f"trace={CALLS}", "-o", str(said))
        program = (sys.executable, "-m", "benchmarks.queue_syncs", str(directory / f"{work}-{number}"), work, str(number))
        if subprocess.run([*tracing, *program], env=os.environ, stderr=subprocess.DEVNULL, check=False).returncode:
            return None
        counts.append(said.read_text().count("sync"))
    return (counts[1] - counts[0]) / times


def main(directory: str, work: str, times: str) -> None:
    """Keep so many, or take so many through their whole life."""
    from benchmarks.queue import keep_of, life_of, new_outbox
    from offline_cache.database import open_store

    Path(directory).mkdir()
    connection = open_store(Path(directory) / "kept.db")
    outbox = new_outbox(connection)
    once = keep_of(outbox) if work == "keep" else life_of(outbox, b"x")
    for _ in range(int(times)):
        once()
    connection.execute("PRAGMA wal_checkpoint(PASSIVE)")  # closing would do it: in both runs alike
    connection.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
