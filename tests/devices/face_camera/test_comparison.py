"""A comparison on the camera's own thread: frames of a real photograph, the real detector, a net in SFace's place."""

from __future__ import annotations

import itertools
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest

from devices.driver import CompareFace
from devices.emulators.camera_picture import CameraPicture, Spoilt
from devices.errors import CameraFrozen
from devices.face_camera import camera as face_camera
from devices.face_camera.camera import FaceCamera
from devices.face_camera.detection import YunetDetector
from devices.face_camera.recognition import SfaceRecogniser
from devices.frame_slot import Frame, FrameSlot
from devices.reports import FaceAsk, FaceAsked, FaceCompared, FaceHint, FaceSeen, FrameReady, Report
from devices.settings import DeviceModel, DeviceSettings
from tests.devices.face_camera.pictures import YUNET_FILE, needs_yunet, portrait, stand_in_net, turned

GCC = shutil.which("gcc")
pytestmark = [needs_yunet, pytest.mark.skipif(GCC is None, reason="gcc, which makes the decoder of this test, is not installed")]
WLT = bytes(1024)
DECODER = """
#include <stdio.h>
int unpack(unsigned char *wlt, unsigned char *bmp, int flag) {{
    FILE *photo = fopen("{photo}", "rb");
    return photo && fread(bmp, 1, 38862, photo) == 38862 && fclose(photo) == 0;
}}
"""
ALIKE = 0.8
"""A threshold that the stand-in net tells the astronaut and a drawn head apart by."""
POSES = {FaceAsk.LOOK_STRAIGHT: 0.0, FaceAsk.TURN_LEFT: 45.0, FaceAsk.TURN_RIGHT: -45.0}


LOOK_AT_CLOCK_SECONDS = 0.04
"""Six to nine looks at the clock stand between two looks at a face: every frame is looked at, three or four a second."""


class Stage:
    """A camera, and somebody before it who does what is asked. Time is what the camera's looks at the clock take."""

    def __init__(self, directory: Path, person: Frame) -> None:
        self.scene = CameraPicture(directory / "face-camera.png", head=True)
        self.scene.plug()
        self.slot = FrameSlot()
        self.person = person
        self.camera = FaceCamera(
            DeviceSettings(
                name="face-camera",
                model=DeviceModel.CAMERA_FACE,
                port=str(self.scene.path),
                emulated=True,
                detector_model=str(YUNET_FILE),
                recogniser_model=str(directory / "net.onnx"),
                photo_library=str(directory / "libphoto.so"),
                face_threshold=ALIKE,
            ),
            self.slot,
            clock=partial(next, itertools.count(step=LOOK_AT_CLOCK_SECONDS)),
        )
        self.camera.open()

    def compare(self, obey: Callable[[FaceAsk], Frame | None], order: CompareFace | None = None) -> list[Report]:
        """Every report of one comparison; whenever something is asked the person does what `obey` says."""
        told = []
        for report in self.camera.perform(order or CompareFace("job", WLT, threading.Event())):
            told.append(report)
            if isinstance(report, FaceAsked) and (frame := obey(report.ask)) is not None:
                self.scene.show(frame)
        return told

    def pose(self, ask: FaceAsk) -> Frame:
        return turned(self.person, POSES[ask])


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    monkeypatch.setattr(face_camera, "SFACE", stand_in_net(tmp_path / "net.onnx"))
    put_on_card(portrait()[50:310, 170:380], tmp_path)
    source = tmp_path / "photo.c"
    source.write_text(DECODER.format(photo=tmp_path / "photo.bmp"))
    assert GCC is not None
    subprocess.run([GCC, "-shared", "-fPIC", "-w", "-o", tmp_path / "libphoto.so", source], check=True)
    stage = Stage(tmp_path, portrait())
    yield stage
    stage.camera.close()


def put_on_card(face: Frame, directory: Path) -> None:
    """Make this the photograph that the decoder finds on the card."""
    cv2.imwrite(str(directory / "photo.bmp"), cv2.resize(face, (102, 126), interpolation=cv2.INTER_AREA))


def outcome(told: list[Report]) -> str:
    (compared,) = [report for report in told if isinstance(report, FaceCompared)]
    assert told[-1] is compared
    return compared.code


def test_the_living_face_of_the_card_is_taken(stage: Stage) -> None:
    told = stage.compare(stage.pose)
    assert outcome(told) == ""
    asked = [(report.ask, report.done, report.of) for report in told if isinstance(report, FaceAsked)]
    assert [done for ask, done, _ in asked if ask is FaceAsk.LOOK_STRAIGHT] == [0, 1, 2, 3]
    assert len(asked) == 7
    assert stage.camera.health().facts["compares"] == "yes"


def test_somebody_else_s_card_is_refused(stage: Stage, tmp_path: Path) -> None:
    drawn = CameraPicture(tmp_path / "drawn.png", head=True)
    drawn.plug()
    head = cv2.imread(str(drawn.path))
    assert head is not None
    tall = cv2.copyMakeBorder(head, 155, 155, 0, 0, cv2.BORDER_REPLICATE)  # of a card photograph's shape
    put_on_card(np.asarray(tall, np.uint8), tmp_path)
    assert outcome(stage.compare(stage.pose)) == "face-differs"


def test_a_picture_held_before_the_camera_times_out(stage: Stage) -> None:
    assert outcome(stage.compare(lambda _ask: portrait())) == "face-timed-out"


def test_whoever_always_turns_to_the_other_side_is_not_taken(stage: Stage) -> None:
    other = {FaceAsk.TURN_LEFT: FaceAsk.TURN_RIGHT, FaceAsk.TURN_RIGHT: FaceAsk.TURN_LEFT}
    sways: Iterator[FaceAsk] = iter(())
    told = []
    for report in stage.camera.perform(CompareFace("job", WLT, threading.Event())):
        told.append(report)
        if isinstance(report, FaceAsked):
            wrong = other.get(report.ask)
            sways = itertools.cycle([wrong, FaceAsk.LOOK_STRAIGHT]) if wrong else itertools.repeat(report.ask)
        if isinstance(report, FaceAsked | FrameReady):
            stage.scene.show(stage.pose(next(sways)))
    assert outcome(told) == "face-not-alive"


def test_another_face_in_the_middle_is_not_taken(stage: Stage) -> None:
    away = np.full_like(portrait(), 180)
    away[:, 320:] = portrait()[:, 110:430]
    assert outcome(stage.compare(lambda ask: stage.pose(ask) if ask is FaceAsk.LOOK_STRAIGHT else away)) == "face-changed"


def test_a_stranger_who_makes_the_turns_between_two_looks_at_the_card_s_person_is_not_taken(stage: Stage) -> None:
    stranger = (255 * (portrait() / 255.0) ** 2.2).astype(np.uint8)
    straight_looks = itertools.count(1)

    def obey(ask: FaceAsk) -> Frame:
        owner = ask is FaceAsk.LOOK_STRAIGHT and next(straight_looks) in (1, 4)
        return turned(portrait() if owner else stranger, POSES[ask])

    assert outcome(stage.compare(obey)) == "face-changed"
    assert outcome(stage.compare(lambda ask: turned(stranger, POSES[ask]))) == "face-differs"


class Leaving:
    """Somebody who steps away at the second turn; whoever comes back is straight before the camera when next asked."""

    def __init__(self, stage: Stage, back: Frame) -> None:
        self._stage = stage
        self._back = back
        self._turns = itertools.count(1)
        self._away = False

    def obey(self, ask: FaceAsk) -> Frame:
        if self._away:
            self._away = False
            return self._back
        self._away = ask is not FaceAsk.LOOK_STRAIGHT and next(self._turns) == 2
        return np.full_like(self._back, 180) if self._away else self._stage.pose(ask)


def test_whoever_takes_the_face_s_place_while_it_is_away_is_not_taken(stage: Stage) -> None:
    stranger = (255 * (portrait() / 255.0) ** 2.2).astype(np.uint8)
    assert outcome(stage.compare(Leaving(stage, stranger).obey)) == "face-changed"


def test_the_same_face_goes_on_after_it_was_away_for_a_moment(stage: Stage) -> None:
    told = stage.compare(Leaving(stage, portrait()).obey)
    assert outcome(told) == ""
    asked = [report.ask for report in told if isinstance(report, FaceAsked)]
    assert asked.count(FaceAsk.LOOK_STRAIGHT) == 5
    assert len(asked) == 9


@pytest.mark.parametrize(
    ("seen", "hint"),
    [
        (np.full((480, 640, 3), 150, np.uint8), FaceHint.NO_FACE),
        (np.full((480, 640, 3), 9, np.uint8), FaceHint.TOO_DARK),
        ((portrait() * 0.3).astype(np.uint8), FaceHint.TOO_DARK),
        (cv2.copyMakeBorder(cv2.resize(portrait(), (240, 180)), 150, 150, 200, 200, cv2.BORDER_REPLICATE), FaceHint.COME_CLOSER),
        (np.hstack([portrait()[:, 140:460], portrait()[:, 140:460]]), FaceHint.ONE_PERSON_ONLY),
    ],
    ids=["nobody", "a dark hall", "a dark face", "too far", "two people"],
)
def test_who_does_not_get_on_is_told_why(stage: Stage, seen: Frame, hint: FaceHint) -> None:
    told = stage.compare(lambda _ask: seen)
    assert outcome(told) == "face-timed-out"
    hints = [report.hint for report in told if isinstance(report, FaceSeen)]
    assert hints == [FaceHint.GOOD, hint]


def test_a_comparison_can_be_given_up(stage: Stage) -> None:
    order = CompareFace("job", WLT, threading.Event())
    order.given_up.set()
    assert outcome(stage.compare(stage.pose, order)) == "face-given-up"


def test_a_camera_that_stands_still_meanwhile_is_named(stage: Stage) -> None:
    with pytest.raises(CameraFrozen):
        stage.compare(lambda ask: stage.pose(ask) if ask is FaceAsk.LOOK_STRAIGHT else stage.scene.spoil(Spoilt.FROZEN))


def test_a_card_without_a_face_on_it_is_said(stage: Stage, tmp_path: Path) -> None:
    put_on_card(np.full((126, 102, 3), 150, np.uint8), tmp_path)
    assert outcome(stage.compare(stage.pose)) == "photo-undecoded"


def test_without_its_model_or_decoder_nothing_is_compared_and_the_camera_goes_on(stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "libphoto.so").unlink()
    without_decoder = Stage(tmp_path, portrait())
    assert without_decoder.camera.health().facts["compares"] == "photo-undecoded"
    assert outcome(without_decoder.compare(stage.pose)) == "photo-undecoded"
    without_decoder.camera.close()
    (tmp_path / "net.onnx").write_bytes(b"another")
    without_model = Stage(tmp_path, portrait())
    assert without_model.camera.health().trouble == "model-missing"
    assert outcome(without_model.compare(stage.pose)) == "model-missing"
    without_model.camera.close()


def test_no_frame_is_left_in_the_slot_or_on_the_disk(stage: Stage, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and path != stage.scene.path}
    assert outcome(stage.compare(stage.pose)) == ""
    after = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and path != stage.scene.path}
    assert after == before
    assert stage.slot.take_newest() is None


def test_alike_pictures_are_more_alike_than_others(tmp_path: Path) -> None:
    model = stand_in_net(tmp_path / "net.onnx")
    recogniser, detector = SfaceRecogniser(tmp_path / "net.onnx", model), YunetDetector(YUNET_FILE)
    dim = (portrait() * 0.8).astype(np.uint8)
    vectors = [recogniser.vector(frame, detector.find(frame)[0]) for frame in (portrait(), dim, turned(portrait(), 45.0))]
    assert recogniser.likeness(vectors[0], vectors[0]) == pytest.approx(1.0, abs=1e-5)
    assert recogniser.likeness(vectors[0], vectors[1]) > ALIKE > recogniser.likeness(vectors[0], vectors[2])
