"""The table of print jobs: in order, bounded, and settled after a kill."""

from __future__ import annotations

from pathlib import Path

from offline_cache.database import open_store
from offline_cache.print_jobs import MOST_ROWS, PrintJobs
from tests.offline_cache.conftest import make_older_store

NOW = 1_790_000_000_000


def test_jobs_are_remembered_by_device_in_the_order_they_were_noted(tmp_path: Path) -> None:
    connection = open_store(tmp_path / "store.db")
    jobs = PrintJobs(connection)
    for device, job, code in (("a", "1", "printing"), ("a", "2", "printing"), ("b", "1", "printing"), ("a", "1", "")):
        jobs.note(device, job, code, NOW)
    assert jobs.remembered("a") == (("2", "printing"), ("1", ""))
    assert jobs.remembered("b") == (("1", "printing"),)
    connection.close()


def test_what_stood_open_is_settled_once(tmp_path: Path) -> None:
    connection = open_store(tmp_path / "store.db")
    jobs = PrintJobs(connection)
    jobs.note("a", "1", "printing", NOW)
    jobs.note("a", "2", "", NOW)
    assert jobs.settle("printing", "unknown", NOW) == (("a", "1"),)
    assert jobs.settle("printing", "unknown", NOW) == ()
    assert jobs.remembered("a") == (("1", "unknown"), ("2", ""))
    connection.close()


def test_a_job_whose_bits_have_changed_hides_no_other(tmp_path: Path) -> None:
    connection = open_store(tmp_path / "store.db")
    jobs = PrintJobs(connection)
    for job in ("1", "2"):
        jobs.note("a", job, "printing", NOW)
    connection.execute("UPDATE print_job SET job = CAST(x'FF' AS TEXT) WHERE job = '1'")
    assert jobs.remembered("a") == (("\ufffd", "printing"), ("2", "printing"))
    assert jobs.settle("printing", "unknown", NOW) == (("a", "\ufffd"), ("a", "2"))
    connection.close()


def test_old_jobs_are_forgotten(tmp_path: Path) -> None:
    connection = open_store(tmp_path / "store.db")
    jobs = PrintJobs(connection)
    for number in range(MOST_ROWS + 2):
        jobs.note("a", str(number), "", NOW)
    kept = [job for job, _ in jobs.remembered("a")]
    assert (kept[0], kept[-1], len(kept)) == ("2", str(MOST_ROWS + 1), MOST_ROWS)
    connection.close()


def test_a_store_of_the_second_schema_gets_its_table_of_jobs(tmp_path: Path) -> None:
    make_older_store(tmp_path / "store.db", 2)
    connection = open_store(tmp_path / "store.db")
    PrintJobs(connection).note("a", "1", "", NOW)
    assert PrintJobs(connection).remembered("a") == (("1", ""),)
    connection.close()
