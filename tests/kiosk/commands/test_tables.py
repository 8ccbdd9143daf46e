"""Tables on a terminal and in a pipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.commands.tables import print_table

if TYPE_CHECKING:
    import pytest


def test_in_a_pipe_a_row_is_one_line_however_long_and_its_columns_stand_below_each_other(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_table(("receipt", "what", "end"), [("1", "[b]大厅" * 100, "x"), ("22", "short", "y\nz")], title="Title")
    title, head, rule, first, second, third, empty = capsys.readouterr().out.split("\n")[:7]
    assert (title, empty) == ("Title", "")
    assert head.split() == ["receipt", "what", "end"]
    assert set(rule) == {"─", " "}
    assert first == f"1        {'[b]大厅' * 100}  x"
    assert second.split() == ["22", "short", "y"]
    assert third.strip() == "z"
    assert head.index("end") == third.index("z")
    assert head.index("end") == second.index("y") == 7 + 2 + 700 + 2
