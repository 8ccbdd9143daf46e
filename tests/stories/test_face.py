"""A whole visit with a face as its second proof; afterwards nothing of it is anywhere."""

from __future__ import annotations

import contextlib
import gc
import itertools
import stat
import tempfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from devices.emulators.bench import FACE_CAMERA, Bench
from devices.face_camera import camera as face_camera
from devices.face_camera import liveness
from devices.face_camera.capture import PictureSource
from devices.face_camera.live_picture import live_picture
from devices.frame_slot import Frame
from devices.reports import FaceAsk
from kiosk.visit import events as ev
from kiosk.visit.visit import FaceStage, Factor, OutcomeKind
from offline_cache.emulated_line import EmulatedLine
from tests.devices.face_camera.pictures import YUNET_FILE, needs_yunet, portrait, stand_in_net, turned
from tests.stories.faces import GCC, photo_library
from tests.stories.stand import BOTH_PROOFS, PATIENCE_SECONDS, USUAL, Stand
from tests.stories.test_forgetting import frames_of_the_kiosks_threads, kept_in_files, kept_in_memory, reachable

pytestmark = [needs_yunet, pytest.mark.skipif(GCC is None, reason="gcc, which makes the decoder of this test, is not installed")]
POSES = {FaceAsk.LOOK_STRAIGHT: 0.0, FaceAsk.TURN_LEFT: 45.0, FaceAsk.TURN_RIGHT: -45.0}
ROW = 150
"""Of the frame: it runs across the face."""
OTHER_COLOURS = (cv2.COLOR_BGR2RGB, cv2.COLOR_BGR2BGRA, cv2.COLOR_BGR2RGBA, cv2.COLOR_BGR2GRAY)
FILE_HEADS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0\x00\x10JFIF", b"\xff\xd8\xff\xe1")
"""How pictures in files begin."""


@pytest.fixture
def seeing(build: Any, bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stand:
    """A kiosk with its own folder for passing files, whose camera compares faces by a net in SFace's place."""
    (tmp_path / "passing").mkdir()
    for variable in ("TMPDIR", "OPENCV_TEMP_PATH"):
        monkeypatch.setenv(variable, str(tmp_path / "passing"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(face_camera, "SFACE", stand_in_net(tmp_path / "net.onnx"))
    monkeypatch.setattr(liveness, "WHOLE_SECONDS", PATIENCE_SECONDS)  # who does what is asked may do it on a busy machine
    library = photo_library(tmp_path)
    build.enrol((*USUAL, FACE_CAMERA))
    camera = f'detector_model = "{YUNET_FILE}"\nrecogniser_model = "{tmp_path / "net.onnx"}"\n'
    camera += f'photo_library = "{library}"\nface_threshold = 0.8\n'
    text = build.settings_file.read_text()
    own = 'model = "camera-face"\n'
    assert own in text
    build.settings_file.write_text(text.replace(own, own + camera))
    return build.again().start()


def look(stand: Stand, person: Frame) -> None:
    """Stand before the camera and do what is asked, until the comparison is over."""
    shown = FaceAsk.LOOK_STRAIGHT
    # Before the camera looks: the drawn head of the resting scene would be who the comparison begins with.
    stand.bench.show_face(turned(person, POSES[shown]))
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


def traces_of_a_face() -> list[bytes]:
    """A row across the person's face, in each pose, size, order of colours and direction in which somebody may hold it."""
    traces = []
    for degrees, scale in itertools.product(POSES.values(), (1.0, 0.5)):
        frame = cv2.resize(turned(portrait(), degrees), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        row = frame[round(ROW * scale)][round(220 * scale) : round(320 * scale)]
        for one in (row, row[::-1]):
            colours = one[np.newaxis]
            held = [colours, *(cv2.cvtColor(colours, code) for code in OTHER_COLOURS)]
            traces += [each.tobytes() for each in held]
    return traces


TRACES = traces_of_a_face()


def shows_a_face(thing: object) -> bool:
    """Whether these bytes or pixels hold a row of the person's face, or a picture in a file's format."""
    if isinstance(thing, np.ndarray):
        thing = thing.tobytes()
    if not isinstance(thing, bytes | bytearray | memoryview):
        return False
    data = bytes(thing)
    return any(trace in data for trace in TRACES) or any(head in data for head in FILE_HEADS)


def faces_in_memory(stand: Stand) -> list[str]:
    """Kinds of what the kiosk and its threads hold that shows the person; the emulated camera's own scene is before it still."""
    gc.collect()
    things = list(reachable(stand.kiosk, *frames_of_the_kiosks_threads()))
    scenes = {id(thing._picture) for thing in things if isinstance(thing, PictureSource)}
    return [type(thing).__name__ for thing in things if id(thing) not in scenes and shows_a_face(thing)]


def faces_in_files(folder: Path, known: set[Path]) -> list[str]:
    """Files that show a person: in a folder, and all that is open in the process (deleted ones, too)."""
    found = [file.name for file in folder.rglob("*") if file.is_file() and file not in known and shows_a_face(file.read_bytes())]
    for open_file in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):  # it may be closed meanwhile
            is_file = open_file.exists() and stat.S_ISREG(open_file.stat().st_mode)
            if is_file and open_file.resolve() not in known and shows_a_face(open_file.read_bytes()):
                found.append(open_file.readlink().name)
    return found


@pytest.mark.parametrize("pose", POSES.values())
def test_the_hunt_finds_a_face_however_it_is_held(pose: float, tmp_path: Path) -> None:
    face = turned(portrait(), pose)
    shown = live_picture(face.copy(), mirrored=True)
    assert all(shows_a_face(held) for held in (face, shown, face.tobytes(), bytearray(shown.tobytes()), shown.data))
    assert shows_a_face(cv2.resize(face, (320, 240), interpolation=cv2.INTER_AREA))
    assert not shows_a_face(np.full_like(face, 180))
    (tmp_path / "passing").write_bytes(cv2.imencode(".jpg", face)[1].tobytes())
    assert faces_in_files(tmp_path, set()) == ["passing"]
    with tempfile.TemporaryFile(dir=tmp_path) as nameless:
        nameless.write(face.tobytes())
        nameless.flush()
        assert len(faces_in_files(tmp_path, {tmp_path / "passing"})) == 1
    assert faces_in_files(tmp_path, {tmp_path / "passing"}) == []


def test_card_and_face_prove_somebody_and_nothing_of_the_face_is_left(
    seeing: Stand, line: EmulatedLine, centre: Any, tmp_path: Path
) -> None:
    stand = seeing
    files = {path for path in tmp_path.rglob("*") if path.suffix in (".png", ".bmp")}
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
    assert faces_in_memory(stand) == []
    assert kept_in_memory(stand) == []
    assert kept_in_files(stand.settings.store.directory) == []
    assert faces_in_files(tmp_path, files) == []
    line.up()
    stand.until(lambda: stand.facts.queue.acknowledged == 1)
    assert [entry.item for entry in centre.ledger(stand.settings.kiosk.number)] == [BOTH_PROOFS]


def test_whoever_only_holds_a_picture_up_must_take_another_way(seeing: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    stand = seeing
    stand.to_identify(BOTH_PROOFS)
    stand.lay_card("ceshi")
    stand.bench.show_face(portrait())
    stand.send(ev.FaceChosen(), ev.FaceConsented())
    stand.until(lambda: faces_in_memory(stand))  # the search does find what is there
    monkeypatch.setattr(liveness, "WHOLE_SECONDS", 0.0)
    stand.until(lambda: stand.visit.face is None)
    assert faces_in_memory(stand) == []
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
    assert faces_in_memory(stand) == []
