"""Every code has one meaning, and nothing unlisted gets in."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from devices import errors as device_errors
from kiosk import errors
from kiosk.errors import CENTRE_CODES, CODES, OBSTACLE_CODES, OWN_CODES, VISIT_CODES, Mistake, SettingsBroken, known_code
from kiosk.staff.remedies import MODEL_STEPS, REMEDIES, remedy
from offline_cache import errors as cache_errors


@pytest.mark.parametrize("code", CODES)
def test_a_code_is_written_in_small_letters_and_has_a_meaning(code: str) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code)
    assert CODES[code].endswith((".", ":")) or len(CODES[code]) > 3


def test_no_code_has_two_meanings() -> None:
    trees = [errors.error_tree(root) for root in (device_errors.DeviceError, cache_errors.CacheError, errors.KioskError)]
    found = [kind.code for tree in trees for kind in tree]
    for table in (VISIT_CODES, OBSTACLE_CODES, CENTRE_CODES, OWN_CODES):
        found += table
    doubled = {code for code in found if found.count(code) > 1}
    assert not doubled


@pytest.mark.parametrize("module", [device_errors, cache_errors, errors])
def test_the_tree_drawn_in_the_docstring_is_the_tree(module: object) -> None:
    drawn = set(re.findall(r"^[│├└─ ]+(\w+) {2,}", str(module.__doc__), re.MULTILINE)) | set(
        re.findall(r"[├└]── (\w+)$", str(module.__doc__), re.MULTILINE)
    )
    defined = {
        name
        for name, kind in vars(module).items()
        if isinstance(kind, type) and issubclass(kind, Exception) and kind.__module__ == getattr(module, "__name__", "")
    }
    assert defined - drawn <= {"DeviceError", "CacheError", "KioskError"}
    assert drawn <= defined


def test_what_comes_from_outside_cannot_bring_a_word_of_its_own() -> None:
    assert known_code("card-pulled") == "card-pulled"
    assert known_code("zhang-san") == "unlisted-code"
    assert known_code("") == "unlisted-code"


def test_a_mistake_reads_as_a_line_of_a_compiler() -> None:
    assert str(Mistake("kiosk.toml", 7, "hall.area", "is missing")) == "kiosk.toml:7: hall.area: is missing"
    assert str(Mistake("kiosk.toml", 0, "", "no such file")) == "kiosk.toml: no such file"
    assert str(SettingsBroken([])) == "settings-broken: 0 mistakes"


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_answered_with_what_to_do(code: str) -> None:
    told = remedy(code)
    assert told.says.zh
    assert told.says.en
    assert told.steps
    assert all(step.zh and step.en for step in told.steps)


def test_every_device_and_store_trouble_has_steps_of_its_own() -> None:
    for root in (device_errors.DeviceError, cache_errors.StoreError, cache_errors.CentreError):
        for kind in errors.error_tree(root):
            if kind.__subclasses__() and kind is not root:
                continue
            assert kind.code in REMEDIES or kind.code in UNSEEN, kind.code


UNSEEN = {"store-error", "centre-error", "nothing-found"}
"""Codes that are only ever raised by name of a subclass, or are no trouble for a technician."""


def test_remedies_are_for_listed_codes_only() -> None:
    assert set(REMEDIES) <= set(CODES)
    assert {code for code, _ in MODEL_STEPS} <= set(REMEDIES)


def test_a_models_own_steps_come_first() -> None:
    assert "115200" in remedy("device-silent", "sdt").steps[0].en
    assert remedy("device-silent", "sdt").steps[1:] == remedy("device-silent").steps


def test_an_unlisted_code_is_answered_too() -> None:
    assert remedy("never-heard-of").steps
    assert remedy("card-pulled").says.in_language("en") != remedy("card-pulled").says.in_language("zh")


CODED = {"Obstacle", "Refused", "CardRefused", "CodeRefused", "NotKept", "SlipStuck", "SlipFailed", "CardFailed"}
"""What is made with a code of its own in the source."""


def codes_in(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            given = [*node.args, *(word.value for word in node.keywords)] if name in CODED else []
            given += [word.value for word in node.keywords if word.arg in ("code", "trouble")]
            found |= {one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)}
    return {text for text in found if re.fullmatch(r"[a-z]+(-[a-z]+)+", text)}


@pytest.mark.parametrize("package", ["kiosk", "devices", "offline_cache"])
def test_every_code_written_in_the_source_is_listed(package: str) -> None:
    root = Path(__file__).resolve().parents[2]
    missing = {path.name: codes_in(path) - set(CODES) for path in (root / package).rglob("*.py")}
    assert not {name: codes for name, codes in missing.items() if codes}


def test_every_refusal_of_the_reference_centre_is_listed() -> None:
    source = Path(__file__).resolve().parents[2] / "central" / "refusal.py"
    refusals = set(re.findall(r'= \d{3}, "([a-z-]+)"', source.read_text(encoding="utf-8")))
    assert refusals
    assert refusals <= set(CODES)
