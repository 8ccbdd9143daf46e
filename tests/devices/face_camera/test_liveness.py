"""The order of head turns: what passes, and every way in which it does not."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from devices.face_camera.detection import Face, Landmarks
from devices.face_camera.liveness import HELD_LOOKS, LOST_SECONDS, WHOLE_SECONDS, Liveness, Verdict, random_turns
from devices.reports import FaceAsk

LEFT, RIGHT, STRAIGHT = FaceAsk.TURN_LEFT, FaceAsk.TURN_RIGHT, FaceAsk.LOOK_STRAIGHT
NOSE = {LEFT: 0.3, RIGHT: -0.3, STRAIGHT: 0.02, None: 0.14}
TURNS = (LEFT, RIGHT, LEFT)
STEP = 0.2


def face(pose: FaceAsk | None, x: float = 200.0, size: float = 150.0) -> Face:
    eyes = (x + 0.3 * size, x + 0.7 * size)
    nose = sum(eyes) / 2 + NOSE[pose] * (eyes[1] - eyes[0])
    return Face(
        x, 100.0, size, size, Landmarks((eyes[0], 150.0), (eyes[1], 150.0), (nose, 180.0), (eyes[0], 210.0), (eyes[1], 210.0))
    )


def go(poses: Iterable[FaceAsk | tuple[Face, ...] | None], turns: tuple[FaceAsk, ...] = TURNS) -> Verdict | None:
    """The verdict after these looks, a fifth of a second apart; the check must not be over before the last."""
    liveness = Liveness(turns, begun=0.0)
    verdict = None
    for number, pose in enumerate(poses, start=1):
        assert verdict is None
        verdict = liveness.look(pose if isinstance(pose, tuple) else (face(pose),), number * STEP)
    return verdict


def held(*poses: FaceAsk | None) -> list[FaceAsk | None]:
    return [pose for pose in poses for _ in range(HELD_LOOKS)]


WHOLE = held(STRAIGHT, LEFT, STRAIGHT, RIGHT, STRAIGHT, LEFT, STRAIGHT)


def test_who_turns_as_asked_is_alive_and_not_a_look_sooner() -> None:
    assert go(WHOLE) is Verdict.ALIVE
    assert go(WHOLE[:-1]) is None


def test_what_lies_between_the_poses_does_not_matter() -> None:
    assert go([each for pose in WHOLE for each in (None, pose)]) is None
    assert go([each for pose in WHOLE[::HELD_LOOKS] for each in (None, pose, pose)]) is Verdict.ALIVE


def test_a_picture_that_does_not_turn_times_out() -> None:
    liveness = Liveness(TURNS, begun=0.0)
    looks = int(WHOLE_SECONDS / STEP) + 2
    verdicts = [liveness.look((face(STRAIGHT),), number * STEP) for number in range(looks)]
    assert set(verdicts[:-2]) == {None}
    assert verdicts[-1] is Verdict.TIMED_OUT


def test_one_turn_to_the_wrong_side_is_forgiven_and_a_second_is_not() -> None:
    once = held(STRAIGHT, RIGHT, STRAIGHT) + WHOLE[HELD_LOOKS:]
    assert go(once) is Verdict.ALIVE
    assert go([*held(STRAIGHT, RIGHT, STRAIGHT), RIGHT]) is Verdict.WRONG_TURNS


def test_a_face_that_jumps_is_another_one() -> None:
    assert go([*held(STRAIGHT, LEFT), (face(STRAIGHT, x=420.0),)]) is Verdict.FACE_CHANGED
    assert go([*held(STRAIGHT, LEFT), (face(STRAIGHT, size=30.0),)]) is Verdict.FACE_CHANGED


def test_a_face_may_be_lost_for_a_moment_and_no_longer() -> None:
    moment = 1 + int(LOST_SECONDS / STEP)
    assert go([*held(STRAIGHT), *[()] * moment, STRAIGHT, *WHOLE[HELD_LOOKS:]]) is Verdict.ALIVE
    assert go([*held(STRAIGHT), *[()] * (moment + 1)]) is Verdict.FACE_CHANGED


def test_one_look_without_a_face_is_a_moment_however_late_it_comes() -> None:
    late = 2 * LOST_SECONDS
    liveness = Liveness(TURNS, begun=0.0)
    for number, faces in enumerate([(face(STRAIGHT),), (), (face(STRAIGHT),), (), (face(STRAIGHT),), ()], start=1):
        assert liveness.look(faces, number * late) is None
    assert liveness.look((), 7 * late) is Verdict.FACE_CHANGED


def test_a_face_that_was_lost_is_looked_at_straight_before_it_may_go_on() -> None:
    for between in ((), (face(STRAIGHT), face(STRAIGHT, x=400.0))):
        liveness = Liveness(TURNS, begun=0.0)
        looks = [*held(STRAIGHT), between, *[LEFT] * 2 * HELD_LOOKS]
        for number, pose in enumerate(looks, start=1):
            assert liveness.look(pose if isinstance(pose, tuple) else (face(pose),), number * STEP) is None
        assert (liveness.progress.ask, liveness.progress.done) == (STRAIGHT, 0)
        for number, pose in enumerate([STRAIGHT, *held(LEFT)], start=len(looks) + 1):
            assert liveness.look((face(pose),), number * STEP) is None
        assert (liveness.progress.ask, liveness.progress.done) == (STRAIGHT, 1)


def test_while_a_second_person_stands_close_nothing_moves_forward() -> None:
    liveness = Liveness(TURNS, begun=0.0)
    for number in range(10):
        assert liveness.look((face(STRAIGHT), face(STRAIGHT, x=400.0)), number * STEP) is None
    assert (liveness.progress.ask, liveness.progress.done) == (STRAIGHT, 0)


def test_progress_tells_what_to_do_and_how_many_turns_are_made() -> None:
    liveness = Liveness(TURNS, begun=0.0)
    told = [liveness.progress]
    for number, pose in enumerate(WHOLE):
        liveness.look((face(pose),), number * STEP)
        if told[-1] != liveness.progress:
            told.append(liveness.progress)
    asks = [(progress.ask, progress.done) for progress in told]
    assert asks == [(STRAIGHT, 0), (LEFT, 0), (STRAIGHT, 1), (RIGHT, 1), (STRAIGHT, 2), (LEFT, 2), (STRAIGHT, 3)]


def test_no_order_is_known_before() -> None:
    assert len({random_turns() for _ in range(200)}) == 8


@given(
    st.lists(st.sampled_from([LEFT, RIGHT, STRAIGHT, None]), max_size=60),
    st.lists(st.sampled_from([LEFT, RIGHT]), min_size=3, max_size=3),
)
def test_nobody_is_alive_who_did_not_hold_every_pose_in_its_order(poses: list[FaceAsk | None], turns: list[FaceAsk]) -> None:
    liveness = Liveness(turns, begun=0.0)
    wanted = [STRAIGHT, *(each for turn in turns for each in (turn, STRAIGHT))]
    seen: list[FaceAsk | None] = []
    for number, pose in enumerate(poses):
        verdict = liveness.look((face(pose),), number * STEP)
        seen.append(pose)
        if verdict is not None:
            if verdict is Verdict.ALIVE:
                runs = [pose for pose, before in zip(seen[1:], seen, strict=False) if pose is before]
                rest = iter(runs)
                assert all(any(each is pose for each in rest) for pose in wanted)
            return
