"""A fault of the program is logged by kind and place; what it says stays out."""

from __future__ import annotations

import json

import pytest

from devices.settings import DeviceModel
from kiosk.defect import NOWHERE, defect_event
from kiosk.visit.masking import mask_name


def test_the_place_is_the_innermost_line_of_ours() -> None:
    with pytest.raises(TypeError) as met:
        mask_name(369999)  # type: ignore[arg-type]  # the fault that is wanted here
    event = defect_event(met.value, visit="0" * 32)
    assert event.facts["exception"] == "TypeError"
    assert str(event.facts["place"]).startswith("kiosk/visit/masking.py:")
    assert event.visit == "0" * 32


def test_the_words_of_a_fault_are_not_logged() -> None:
    with pytest.raises(ValueError, match="369999199001011234") as met:
        DeviceModel("369999199001011234")
    assert "369999" not in repr(defect_event(met.value))


def test_a_fault_from_elsewhere_has_no_place() -> None:
    with pytest.raises(json.JSONDecodeError) as met:
        json.loads("{")
    met.value.__traceback__ = None
    assert defect_event(met.value).facts == {"exception": "JSONDecodeError", "place": NOWHERE}


def test_an_oddly_named_exception_is_an_exception() -> None:
    odd = type("张三", (Exception,), {})
    assert defect_event(odd()).facts["exception"] == "Exception"
