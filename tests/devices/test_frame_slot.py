"""The slot for the newest frame."""

from __future__ import annotations

import numpy as np

from devices.frame_slot import Frame, FrameSlot


def frame(value: int) -> Frame:
    return np.full((4, 6, 3), value, np.uint8)


def test_the_latest_frame_wins_and_is_taken_once() -> None:
    slot = FrameSlot()
    slot.put(frame(1))
    slot.put(frame(2))
    taken = slot.take_newest()
    assert taken is not None
    assert (taken == 2).all()
    assert slot.take_newest() is None


def test_an_overtaken_frame_is_overwritten() -> None:
    slot, first = FrameSlot(), frame(1)
    slot.put(first)
    slot.put(frame(2))
    assert not first.any()


def test_a_wiped_frame_is_overwritten_and_gone() -> None:
    slot, only = FrameSlot(), frame(1)
    slot.put(only)
    slot.wipe()
    slot.wipe()
    assert not only.any()
    assert slot.take_newest() is None


def test_a_frame_that_was_taken_is_its_taker_s() -> None:
    slot, taken = FrameSlot(), frame(1)
    slot.put(taken)
    slot.take_newest()
    slot.put(frame(2))
    slot.wipe()
    assert (taken == 1).all()


def test_a_frame_that_cannot_be_written_is_only_forgotten() -> None:
    slot, fixed = FrameSlot(), frame(1)
    fixed.flags.writeable = False
    slot.put(fixed)
    slot.put(fixed)
    slot.wipe()
    assert slot.take_newest() is None
