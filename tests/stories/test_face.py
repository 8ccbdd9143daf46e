"""A whole visit with a face as its second proof; afterwards nothing of it is anywhere."""

from __future__ import annotations

import gc
import shutil
import subprocess
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from devices.emulators.bench import FACE_CAMERA, Bench
from devices.face_camera import camera as face_camera
from devices.frame_slot import Frame
from devices.reports import FaceAsk
from kiosk.visit import events as ev
from kiosk.visit.visit import FaceStage, Factor, OutcomeKind
from offline_cache.emulated_line import EmulatedLine
from tests.devices.face_camera.pictures import YUNET_FILE, needs_yunet, portrait, stand_in_net, turned
from tests.stories.stand import BOTH_PROOFS, USUAL, Stand
from tests.stories.test_forgetting import kept_in_files, kept_in_memory, reachable

GCC = shutil.which("gcc")
pytestmark = [needs_yunet, pytest.mark.skipif(GCC is None, reason="gcc, which makes the decoder of this test, is not installed")]
DECODER = """
#include <stdio.h>
int unpack(unsigned char *wlt, unsigned char *bmp, int flag) {{
    FILE *photo = fopen("{photo}", "rb");
    return photo && fread(bmp, 1, 38862, photo) == 38862 && fclose(photo) == 0;
}}
"""
POSES = {FaceAsk.LOOK_STRAIGHT: 0.0, FaceAsk.TURN_LEFT: 45.0, FaceAsk.TURN_RIGHT: -45.0}
NOT_THE_KIOSKS_ROWS = 8
"""Of a frame: so many rows in a row are looked for, so that no smooth wall is taken for a face."""


@pytest.fixture
def seeing(build: Any, bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stand:
    """A kiosk whose camera compares faces; a net of SFace's shape stands in its place, the photograph is the person's own."""
    monkeypatch.setattr(face_camera, "SFACE", stand_in_net(tmp_path / "net.onnx"))
    cv2.imwrite(str(tmp_path / "photo.bmp"), cv2.resize(portrait()[50:310, 170:380], (102, 126), interpolation=cv2.INTER_AREA))
    (tmp_path / "photo.c").write_text(DECODER.format(photo=tmp_path / "photo.bmp"))
    assert GCC is not None
    subprocess.run([GCC, "-shared", "-fPIC", "-w", "-o", tmp_path / "libphoto.so", tmp_path / "photo.c"], check=True)
    build.enrol((*USUAL, FACE_CAMERA))
    camera = f'detector_model = "{YUNET_FILE}"\nrecogniser_model = "{tmp_path / "net.onnx"}"\n'
    camera += f'photo_library = "{tmp_path / "libphoto.so"}"\nface_threshold = 0.8\n'
    text = build.settings_file.read_text()
    own = 'model = "camera-face"\n'
    assert own in text
    build.settings_file.write_text(text.replace(own, own + camera))
    return build.again().start()


def look(stand: Stand, person: Frame) -> None:
    """Stand before the camera and do what is asked, until the comparison is over."""
    shown: FaceAsk | None = None
    stand.send(ev.FaceChosen(), ev.FaceConsented())

    def obeyed() -> bool:
        nonlocal shown
        face = stand.visit.face
        if face is None:
            return True
        if face.stage is FaceStage.LOOKING and face.ask is not shown:
            shown = face.ask
            stand.bench.show_face(turned(person, POSES[shown]))
        return False

    stand.until(obeyed)
    stand.bench.show_face(None)


def frames_of_a_face(stand: Stand) -> list[str]:
    """Pictures in the kiosk's memory that hold rows of the person's face."""
    frame = portrait()[150 : 150 + NOT_THE_KIOSKS_ROWS, 220:320].tobytes()
    gc.collect()
    found = []
    for thing in reachable(stand.kiosk):
        if isinstance(thing, np.ndarray) and thing.dtype == np.uint8 and thing.ndim == 3:
            part = thing[150 : 150 + NOT_THE_KIOSKS_ROWS, 220:320]
            found += [str(thing.shape)] if part.tobytes() == frame else []
    return found


def test_card_and_face_prove_somebody_and_nothing_of_the_face_is_left(
    seeing: Stand, line: EmulatedLine, centre: Any, tmp_path: Path
) -> None:
    stand = seeing
    files = {path for path in tmp_path.rglob("*") if path.suffix in (".png", ".bmp", ".jpg", ".npy")}
    stand.to_identify(BOTH_PROOFS)
    stand.lay_card("ceshi")
    look(stand, portrait())
    assert stand.visit.factors == {Factor.CARD, Factor.FACE}, stand.visit.notice
    stand.answer()
    line.down()
    stand.submit()
    assert stand.outcome() is OutcomeKind.KEPT
    stand.take_receipt()
    stand.leave()
    stand.until_logged("visit-ended", how="finished")
    assert stand.log("face-consent-given")
    assert frames_of_a_face(stand) == []
    assert kept_in_memory(stand) == []
    assert kept_in_files(stand.settings.store.directory) == []
    pixels = portrait()[150, 220:320].tobytes()
    database = [file.name for file in stand.settings.store.directory.rglob("*") if file.is_file() and pixels in file.read_bytes()]
    assert database == []
    assert {path for path in tmp_path.rglob("*") if path.suffix in (".png", ".bmp", ".jpg", ".npy")} == files
    line.up()
    stand.until(lambda: stand.facts.queue.acknowledged == 1)
    assert [entry.item for entry in centre.ledger(stand.settings.kiosk.number)] == [BOTH_PROOFS]


def test_whoever_only_holds_a_picture_up_must_take_another_way(seeing: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("devices.face_camera.liveness.WHOLE_SECONDS", 5.0)
    stand = seeing
    stand.to_identify(BOTH_PROOFS)
    stand.lay_card("ceshi")
    stand.bench.show_face(portrait())
    stand.send(ev.FaceChosen(), ev.FaceConsented())
    stand.until(lambda: frames_of_a_face(stand))  # the search does find what is there
    stand.until(lambda: stand.visit.face is None)
    assert frames_of_a_face(stand) == []
    assert (stand.visit.notice, stand.visit.factors) == ("face-timed-out", {Factor.CARD})
    stand.until_logged("identity-refused", factor="face", code="face-timed-out")


def test_the_camera_is_left_when_the_visit_ends_in_the_middle_of_it(seeing: Stand) -> None:
    stand = seeing
    stand.to_identify(BOTH_PROOFS)
    stand.lay_card("ceshi")
    stand.send(ev.FaceChosen(), ev.FaceConsented())
    stand.until(lambda: stand.visit.face is not None and stand.visit.face.of)
    stand.send(ev.Left())
    stand.until(lambda: stand.facts.devices[FACE_CAMERA].state.value == "online")
    assert frames_of_a_face(stand) == []
