"""The bench by itself: names, faults, and stopping."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.card_reader.identity_number import is_identity_number
from devices.emulators.bench import (
    CHIP_CARD_READER,
    CODE_CAMERA,
    FACE_CAMERA,
    FAULTS,
    FURTHER_MODELS,
    MODELS,
    RECEIPT_PRINTER,
    Bench,
)
from devices.emulators.camera_picture import Spoilt
from devices.emulators.misbehaviour import Fault
from devices.emulators.people import PEOPLE, find_person
from devices.reports import CardKind
from devices.settings import DeviceModel


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    devices = Bench(tmp_path / "bench")
    yield devices
    devices.stop()


def test_every_device_stands_on_the_bench_at_a_path_that_stays(bench: Bench, tmp_path: Path) -> None:
    settings = bench.settings()
    assert {each.name: each.model for each in settings} == MODELS
    assert all(each.emulated and Path(each.port).exists() for each in settings)
    bench.stop()
    again = Bench(tmp_path / "bench")
    assert again.settings() == settings
    assert all(Path(each.port).exists() for each in settings)
    again.stop()


@pytest.mark.parametrize("device", sorted(MODELS))
def test_a_port_goes_and_comes_with_its_plug(device: str, bench: Bench) -> None:
    port = next(Path(each.port) for each in bench.settings() if each.name == device)
    bench.unplug(device)
    assert not port.exists()
    bench.plug(device)
    assert port.exists()


def test_wrong_names_are_answered_with_right_ones(bench: Bench) -> None:
    with pytest.raises(LookupError, match="ceshi"):
        bench.card("nobody")
    with pytest.raises(LookupError, match="card-reader"):
        bench.unplug("toaster")
    with pytest.raises(LookupError, match="plain-scanner"):
        bench.code("x", "card-reader")
    with pytest.raises(LookupError, match="truncated"):
        bench.misbehave("card-reader", "asleep")
    with pytest.raises(LookupError, match="garbled"):
        bench.misbehave(FACE_CAMERA, "paper-out")


@pytest.mark.parametrize("how", Spoilt)
def test_a_camera_gives_no_scene_until_it_is_in_order(how: Spoilt, bench: Bench) -> None:
    picture = next(Path(each.port) for each in bench.settings() if each.name == FACE_CAMERA)

    def given() -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in picture.parent.glob("face-camera*")}

    before = given()
    bench.misbehave(FACE_CAMERA, how.value)
    assert given() != before
    bench.misbehave(FACE_CAMERA, "in-order")
    assert given() == before


def test_every_model_is_emulated_and_every_line_has_its_faults() -> None:
    assert {*MODELS.values(), *FURTHER_MODELS.values()} == set(DeviceModel)
    assert set(FAULTS) == {*MODELS, *FURTHER_MODELS}


@pytest.mark.parametrize("device", sorted(FAULTS))
def test_every_fault_can_be_commanded_or_is_refused_with_those_there_are(device: str, bench: Bench) -> None:
    for fault in Fault:
        if fault in FAULTS[device]:
            bench.misbehave(device, f"{fault}@1*2")
        else:
            with pytest.raises(LookupError, match=f"{device}: {fault} has no meaning for it; it has .*unplugged"):
                bench.misbehave(device, f"{fault}@1*2")
    bench.misbehave(device, "in-order")


def test_a_cameras_picture_is_cut_and_glued_as_told(bench: Bench) -> None:
    picture = next(Path(each.port) for each in bench.settings() if each.name == FACE_CAMERA)
    whole = picture.read_bytes()
    for how, given in (("truncated@40", whole[:40]), ("glued", whole + whole), ("in-order", whole)):
        bench.misbehave(FACE_CAMERA, how)
        assert picture.read_bytes() == given
    bench.misbehave(FACE_CAMERA, "unplugged")
    assert not picture.exists()


def test_the_chip_card_readers_plug_is_pcscds(bench: Bench) -> None:
    with pytest.raises(LookupError, match="pcscd"):
        bench.unplug(CHIP_CARD_READER)


def test_stopping_twice_leaves_nothing_running(tmp_path: Path) -> None:
    before = {thread.name for thread in threading.enumerate()}
    bench = Bench(tmp_path / "bench")
    bench.misbehave(RECEIPT_PRINTER, "paper-out")
    bench.misbehave(RECEIPT_PRINTER, "in-order")
    bench.stop()
    bench.stop()
    assert {thread.name for thread in threading.enumerate()} == before
    assert bench.slips() == ()


def test_a_code_before_the_camera_changes_its_picture(bench: Bench) -> None:
    picture = next(Path(each.port) for each in bench.settings() if each.name == CODE_CAMERA)
    before = picture.read_bytes()
    bench.code("亮码", CODE_CAMERA)
    assert picture.read_bytes() != before


def test_the_people_are_fictional_and_their_numbers_sound() -> None:
    for person in PEOPLE.values():
        card = person.card
        assert card.number[:6] in ("369999", "819999", "936999") or card.kind is CardKind.FOREIGNER_2017
        assert card.kind is CardKind.FOREIGNER_2017 or is_identity_number(card.number)
        assert find_person(person.key) is person
        assert card.name not in repr(person)
    assert len({person.card.number for person in PEOPLE.values()}) == len(PEOPLE) >= 6
