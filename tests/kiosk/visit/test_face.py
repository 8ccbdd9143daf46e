"""A face as the second proof: consent of its own, three tries, never alone, and nothing of it left behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from devices.reports import DeviceKind, FaceAsk, FaceAsked, FaceCompared, FaceHint, FaceSeen
from kiosk.visit import events as ev
from kiosk.visit.identifying import MOST_FACE_TRIES, why_no_face
from kiosk.visit.preflight import check
from kiosk.visit.visit import FaceStage, FaceTry, Factor, Step
from tests.kiosk.visit.samples import APPLICATION, CARD, NOON, OTHER_CARD, TWO_FACTORS, World, facts, status
from tests.kiosk.visit.walks import card, send, to_identify

CAMERA = "face-camera"


@pytest.fixture
def world() -> World:
    """Somebody whose card is read, for an item of two proofs."""
    world = World()
    to_identify(world, TWO_FACTORS)
    card(world)
    return world


def looking(world: World) -> str:
    send(world, ev.FaceChosen(), ev.FaceConsented())
    return world.devices.comparisons[-1][0]


def test_card_and_face_are_two_proofs(world: World) -> None:
    assert why_no_face(world.session.visit) == ""
    job = looking(world)
    assert world.devices.comparisons[-1][1] == CARD.photo
    world.session.hear(FaceAsked(CAMERA, job, FaceAsk.TURN_LEFT, 0, 3))
    face = world.session.visit.face
    assert face is not None
    assert (face.stage, face.ask, face.of) == (FaceStage.LOOKING, FaceAsk.TURN_LEFT, 3)
    world.session.hear(FaceCompared(CAMERA, job, ""))
    assert (world.session.visit.face, world.session.visit.factors) == (None, {Factor.CARD, Factor.FACE})
    assert world.session.visit.proved
    assert [name for name in world.names() if "face" in name or name == "identified"] == [
        "identified",
        "face-consent-given",
        "identified",
    ]


def test_who_is_not_seen_well_is_told_what_to_mend_until_it_goes_on(world: World) -> None:
    world.session.hear(FaceSeen(CAMERA, FaceHint.TOO_DARK))
    assert world.session.visit.face is None
    job = looking(world)
    world.session.hear(FaceAsked(CAMERA, job, FaceAsk.TURN_LEFT, 0, 3))
    world.session.hear(FaceSeen(CAMERA, FaceHint.TOO_DARK))
    assert world.session.visit.face == FaceTry(FaceStage.LOOKING, FaceAsk.TURN_LEFT, 0, 3, FaceHint.TOO_DARK)
    world.session.hear(FaceAsked(CAMERA, job, FaceAsk.LOOK_STRAIGHT, 1, 3))
    assert world.session.visit.face == FaceTry(FaceStage.LOOKING, FaceAsk.LOOK_STRAIGHT, 1, 3)
    send(world, ev.FaceLeft())
    world.session.hear(FaceSeen(CAMERA, FaceHint.NO_FACE))
    assert world.session.visit.face is None


def test_nothing_is_looked_at_before_its_own_consent(world: World) -> None:
    send(world, ev.FaceChosen())
    assert world.devices.comparisons == []
    send(world, ev.FaceLeft())
    assert (world.session.visit.face, world.session.visit.face_tries) == (None, 0)
    assert world.session.visit.step is Step.IDENTIFY


def test_without_its_card_no_face_is_offered() -> None:
    world = World()
    to_identify(world, TWO_FACTORS)
    assert why_no_face(world.session.visit) == "face-needs-card"
    send(world, ev.FaceChosen())
    assert world.session.visit.face is None


def test_an_item_of_one_proof_asks_for_no_face() -> None:
    world = World()
    to_identify(world, APPLICATION)
    card(world)
    assert why_no_face(world.session.visit) == "face-not-needed"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"photo": b""}, "photo-undecoded"),
        ({"birth": date(2012, 11, 24)}, "face-needs-guardian"),
        ({"birth": date(2012, 11, 23)}, ""),
    ],
    ids=["no photograph", "thirteen", "fourteen today"],
)
def test_a_card_that_lets_no_face_be_compared_says_why(changed: dict[str, object], why: str) -> None:
    world = World()
    to_identify(world, TWO_FACTORS)
    card(world, replace(CARD, **changed))
    assert why_no_face(world.session.visit) == why


def test_three_tries_and_then_another_way(world: World) -> None:
    for code in ("face-differs", "face-timed-out", "face-not-alive"):
        job = looking(world)
        world.session.hear(FaceCompared(CAMERA, job, code))
        assert (world.session.visit.face, world.session.visit.notice) == (None, code)
    assert world.session.visit.face_tries == MOST_FACE_TRIES
    assert why_no_face(world.session.visit) == "face-tried-out"
    send(world, ev.FaceChosen())
    assert world.session.visit.face is None
    assert world.names().count("identity-refused") == MOST_FACE_TRIES


def test_giving_up_stops_the_camera_and_its_answer_is_too_late(world: World) -> None:
    job = looking(world)
    send(world, ev.FaceLeft())
    assert world.devices.comparisons[-1][2].is_set()
    world.session.hear(FaceCompared(CAMERA, job, ""))
    assert world.session.visit.factors == {Factor.CARD}


def test_back_leads_from_the_face_to_the_other_ways(world: World) -> None:
    looking(world)
    send(world, ev.WentBack())
    assert (world.session.visit.step, world.session.visit.face) == (Step.IDENTIFY, None)
    assert world.devices.comparisons[-1][2].is_set()


@pytest.mark.parametrize("away", [(ev.WentBack(), ev.WentBack()), (ev.Left(),), (ev.VisitTimeOver(),), (ev.PersonDisowned(),)])
def test_whoever_leaves_leaves_no_photograph_behind(away: tuple[ev.Event, ...], world: World) -> None:
    job = looking(world)
    send(world, *away)
    assert world.devices.comparisons[-1][2].is_set()
    world.session.hear(FaceCompared(CAMERA, job, ""))
    assert world.session.visit.face is None
    assert Factor.FACE not in world.session.visit.factors
    assert CARD.photo not in [value for value in vars(world.session).values() if isinstance(value, bytes)]


def test_somebody_else_s_card_brings_no_photograph(world: World) -> None:
    card(world, replace(OTHER_CARD, photo=b"\x02" * 1024))
    assert world.session.visit.notice == "proofs-differ"
    looking(world)
    assert world.devices.comparisons[-1][1] != b"\x02" * 1024


def test_a_kiosk_without_a_camera_says_so(world: World) -> None:
    world.devices.camera = False
    looking(world)
    assert (world.session.visit.face, world.session.visit.notice) == (None, "not-fitted")


def test_a_camera_that_compares_is_a_second_way_without_the_line() -> None:
    offline = facts(online=False)
    codes = [obstacle.code for obstacle in check(TWO_FACTORS, offline, NOON)]
    assert "second-proof-needs-line" in codes
    comparing = status(DeviceKind.FACE_CAMERA, facts=(("compares", "yes"),))
    with_face = replace(offline, devices={**offline.devices, CAMERA: comparing})
    assert "second-proof-needs-line" not in [obstacle.code for obstacle in check(TWO_FACTORS, with_face, NOON)]


@pytest.mark.parametrize(
    ("said", "why"),
    [("yes", ""), ("model-missing", "model-missing"), ("photo-undecoded", "photo-undecoded"), (None, "model-missing")],
)
def test_why_no_face_is_compared_here_is_what_the_camera_says(said: str | None, why: str) -> None:
    told = (("compares", said),) if said is not None else ()
    camera = status(DeviceKind.FACE_CAMERA, facts=told)
    around = facts()
    assert replace(around, devices={**around.devices, CAMERA: camera}).why_no_face == why
