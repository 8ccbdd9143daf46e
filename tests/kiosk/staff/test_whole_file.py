"""A file that is whole, or not there, also where two programs write it at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.staff.whole_file import whole_file


def test_a_second_one_to_the_same_path_is_refused_and_the_first_stays_whole(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    with whole_file(path) as first:
        first.write("first\n")
        first.flush()
        with pytest.raises(BlockingIOError, match="being written just now"), whole_file(path) as second:
            second.write("second\n")
        first.write("to its end\n")
    assert path.read_text() == "first\nto its end\n"
    with whole_file(path) as third:
        third.write("third\n")
    assert path.read_text() == "third\n"
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_killed_one_left_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    (tmp_path / "log.csv.part").write_text("longer than what is written now\n")
    with whole_file(path) as stream:
        stream.write("whole\n")
    assert path.read_text() == "whole\n"
    assert list(tmp_path.iterdir()) == [path]


def test_one_who_waited_until_the_first_had_finished_begins_a_file_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, part = tmp_path / "log.csv", tmp_path / "log.csv.part"
    opened: list[Path] = []
    pathlib_lstat = Path.lstat

    def first_finishes(self: Path) -> object:
        """Between the second's opening and its look."""
        if self == part and not opened:
            opened.append(part)
            part.replace(path)
        return pathlib_lstat(self)

    part.write_text("first\n")
    monkeypatch.setattr(Path, "lstat", first_finishes)
    with whole_file(path) as second:
        second.write("second\n")
        assert path.read_text() == "first\n"
    assert path.read_text() == "second\n"
