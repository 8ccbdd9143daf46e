"""Nothing gets into the log that is not declared, and nothing that is declared can hold a person."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.log_events import EVENTS, Event, EventUndeclared, Whole, Word, is_trouble

PERSONAL = (
    "369999199001011234",
    "13800138000",
    "张三",
    "ZHANG SAN",
    "zhang san",
    "369999",
    "6222020000000000000",
    "示例县示例镇1号",
    "360830-K03-20261123-000127-7",
    "data:image/png;base64,iVBORw0KGgo",
)
KEY = "01934b5c-7d2e-7abc-8def-0123456789ab"


@pytest.mark.parametrize("name", EVENTS)
def test_every_declared_event_is_logged_somewhere(name: str) -> None:
    root = Path(__file__).resolve().parents[2]
    words_only = {root / "kiosk" / "log_events.py", root / "kiosk" / "staff" / "wording.py"}
    sources = [
        file for folder in ("kiosk", "ui", "offline_cache") for file in (root / folder).rglob("*.py") if file not in words_only
    ]
    # The event's name as the first argument of a call, or yielded with its facts; a code of the same name is no event.
    logged = re.compile(
        rf'(?:[Ll]og|Event)\(\s*"{name}"|yield "{name}"|"{name}" if|else "{name}"|\("{name}", \{{|^EVENTS_LOST = "{name}"',
        re.MULTILINE,
    )
    assert any(logged.search(file.read_text(encoding="utf-8")) for file in sources)


def test_a_declared_event_with_its_facts_is_made() -> None:
    event = Event("card-failed", {"device": "card-reader", "code": "card-pulled"}, visit="0123456789abcdef0123456789abcdef")
    assert event.facts["code"] == "card-pulled"


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("card-red", {"device": "card-reader"}),
        ("card-read", {}),
        ("card-read", {"device": "card-reader", "name": "张三"}),
        ("card-read", {"device": "张三"}),
        ("card-failed", {"device": "card-reader", "code": "zhang-san"}),
        ("submission-kept", {"key": "369999199001011234", "item": "GJ-001"}),
        ("rating-given", {"level": 5}),
        ("page-captured", {"item": "GJ-001", "pages": True}),
        ("page-captured", {"item": "GJ-001", "pages": 1000}),
        ("kiosk-started", {"version": "0.1.0", "kiosk": "K03", "practice": 1}),
    ],
)
def test_anything_undeclared_is_refused(name: str, facts: dict[str, str | int | bool]) -> None:
    with pytest.raises(EventUndeclared):
        Event(name, facts)


def test_the_refusal_does_not_repeat_what_was_refused() -> None:
    with pytest.raises(EventUndeclared) as refused:
        Event("card-failed", {"device": "card-reader", "code": "张三 369999199001011234"})
    assert "张三" not in str(refused.value)
    with pytest.raises(EventUndeclared) as strange:
        Event("card-read", {"device": "card-reader", "张三": 1})
    assert "张三" not in str(strange.value)


def test_a_visit_is_only_ever_a_random_id() -> None:
    assert Event("card-read", {"device": "r"}, visit=KEY).visit == KEY
    for wrong in ("张三", "369999199001011234", "K03"):
        with pytest.raises(EventUndeclared):
            Event("card-read", {"device": "r"}, visit=wrong)


def test_a_rating_cannot_be_joined_to_a_visit() -> None:
    assert Event("rating-given").visit == ""
    with pytest.raises(EventUndeclared):
        Event("rating-given", visit=KEY)


def test_facts_cannot_be_changed_afterwards() -> None:
    facts: dict[str, str | int | bool] = {"device": "card-reader"}
    event = Event("card-read", facts)
    facts["device"] = "张三"
    assert event.facts["device"] == "card-reader"


@pytest.mark.parametrize("name", EVENTS)
def test_no_fact_of_any_event_takes_anything_personal(name: str) -> None:
    for fact, kind in EVENTS[name].facts.items():
        if isinstance(kind, Word):
            taken = [value for value in PERSONAL if kind.allows(value)]
            # Staff numbers have at most six digits, like an area code; no document or telephone number is that short.
            assert taken in ([], ["369999"]), f"{name}.{fact}"
            assert (taken == []) or fact == "staff"


@given(st.text(min_size=1, max_size=40))
def test_no_kind_of_word_takes_free_text(text: str) -> None:
    for declaration in EVENTS.values():
        for kind in declaration.facts.values():
            if isinstance(kind, Word) and kind.allows(text):
                assert text in kind.words or re.fullmatch(r"[A-Za-z0-9./:+-]+", text)


@given(st.integers(min_value=10_000_000_000))
def test_no_whole_number_is_large_enough_for_a_telephone_or_document(number: int) -> None:
    kinds = {kind for event in EVENTS.values() for kind in event.facts.values() if isinstance(kind, Whole)}
    assert kinds
    assert not any(kind.allows(number + 1) for kind in kinds)


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_is_named_in_words_and_told_in_a_sentence(name: str) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)
    assert EVENTS[name].meaning.endswith((".", "?"))
    assert not EVENTS[name].facts.keys() & {"at", "event", "visit"}, "these are the journal's own"


def test_trouble_is_what_is_declared_so_or_carries_a_code() -> None:
    assert is_trouble("card-failed", {"code": "card-pulled"})
    assert is_trouble("device-state", {"code": "paper-out"})
    assert not is_trouble("device-state", {"code": ""})
    assert not is_trouble("visit-began", {})
    assert not is_trouble("of-a-newer-version", {})


ROOT = Path(__file__).resolve().parents[2]
MAKERS = {"Event", "LogEvent", "_log", "log"}


def written(tree: ast.AST) -> Iterator[tuple[str, set[str] | None]]:
    """Every event that is made with a literal name, and its facts' names where they are a literal too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in MAKERS:
            parts = list(node.args)
        elif isinstance(node, ast.Tuple) and len(node.elts) == 2 and isinstance(node.elts[1], ast.Dict):
            parts = list(node.elts)
        else:
            continue
        match parts:
            case [ast.Constant(value=str(name)), ast.Dict(keys=keys), *_] if "-" in name:
                literal = [key.value for key in keys if isinstance(key, ast.Constant)]
                yield name, {str(key) for key in literal} if len(literal) == len(keys) else None
            case [ast.Constant(value=str(name)), *_] if "-" in name:
                yield name, None


def test_every_event_written_in_the_source_is_declared_with_its_facts() -> None:
    found = [
        (path, name, facts)
        for package in ("kiosk", "ui")
        for path in (ROOT / package).rglob("*.py")
        if path.name != "log_events.py"
        for name, facts in written(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert len(found) > 10
    for path, name, facts in found:
        assert name in EVENTS, f"{path.name}: {name}"
        assert facts is None or facts == EVENTS[name].facts.keys(), f"{path.name}: {name} with {facts}"
