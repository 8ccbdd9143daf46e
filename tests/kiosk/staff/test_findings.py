"""What a device's own test finds is told in Chinese, whatever the device."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.reports import PageHint
from kiosk.staff.wording import finding_in_words

DEVICES = Path(__file__).resolve().parents[3] / "devices"
ENGLISH = re.compile(r"[a-z]{3,}")


def phrases() -> Iterator[str]:
    """Every fixed text that a driver hands to a TestFinished without a trouble of its own."""
    for path in sorted(DEVICES.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "TestFinished":
                detail = node.args[2] if len(node.args) > 2 else None
                yes_or_no = "".join(_parts(detail))
                if yes_or_no:
                    yield yes_or_no


def _parts(detail: ast.expr | None) -> Iterator[str]:
    match detail:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=values):
            for value in values:
                yield value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else _stand_in(value)
        case ast.BoolOp(values=values):
            yield from (text for value in values for text in _parts(value))


def _stand_in(value: ast.expr) -> str:
    """A yes where one is asked for, a hint where one is told, else a number."""
    source = ast.unparse(value)
    return "yes" if "_yes" in source else "good" if "hint" in source else "7"


@pytest.mark.parametrize("phrase", sorted(set(phrases())))
def test_every_device_s_finding_has_chinese(phrase: str) -> None:
    assert not ENGLISH.search(finding_in_words(phrase).zh), finding_in_words(phrase).zh
    assert finding_in_words(phrase).en == phrase


@pytest.mark.parametrize("hint", PageHint)
def test_every_way_a_sheet_lies_has_chinese(hint: PageHint) -> None:
    assert finding_in_words(f"1920×1080, 30 frames/s, sheet: {hint.value}").zh.startswith("1920×1080，30 帧/秒，")
    assert not ENGLISH.search(finding_in_words(f"sheet: {hint.value}").zh)


def test_names_and_numbers_stay() -> None:
    assert finding_in_words("sam-id 05.03-20230115-0001234567").zh == "安全模块号 05.03-20230115-0001234567"
    assert finding_in_words("80 mm, answers status: no").zh == "80 毫米纸宽，不应答状态查询"
