"""Signing in: roles, wrong PINs, locks that grow and survive a restart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.errors import RoleTooLow, SignInLocked, SignInRefused
from kiosk.staff import sign_in as module
from kiosk.staff.settings import Role, SignInSettings, StaffMember
from kiosk.staff.sign_in import (
    NOBODY,
    Lock,
    SignedIn,
    SignIn,
    attempt,
    hash_pin,
    pin_is,
    pin_is_fit,
    require,
    wait_seconds,
)

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
RULES = SignInSettings()
HASHES = {"402917": hash_pin("402917", bytes(16)), "806153": hash_pin("806153", bytes(range(16)))}
STAFF = (
    StaffMember(number="01", role=Role.TECHNICIAN, pin_hash=HASHES["402917"]),
    StaffMember(number="02", role=Role.MANAGER, pin_hash=HASHES["806153"]),
)


class Kept:
    """A lock store that outlives the doors."""

    def __init__(self) -> None:
        self.lock = Lock()

    def load(self) -> Lock:
        return self.lock

    def save(self, lock: Lock) -> None:
        self.lock = lock


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


def door(kept: Kept, clock: Clock) -> SignIn:
    return SignIn(STAFF, RULES, kept, clock)


def test_the_right_pin_gives_the_role() -> None:
    signed_in = door(Kept(), Clock()).sign_in("02", "806153")
    assert signed_in == SignedIn("02", Role.MANAGER, NOON)


@pytest.mark.parametrize(
    ("number", "pin"), [("01", "806153"), ("99", "402917"), ("01", ""), ("", "402917"), ("01", "４０２９１７")]
)
def test_anything_else_is_refused_without_saying_what_was_wrong(number: str, pin: str) -> None:
    with pytest.raises(SignInRefused) as refused:
        door(Kept(), Clock()).sign_in(number, pin)
    assert str(refused.value) == "sign-in-refused"


def test_three_wrong_pins_lock_the_door_even_for_the_right_one() -> None:
    kept, clock = Kept(), Clock()
    for _ in range(2):
        with pytest.raises(SignInRefused):
            door(kept, clock).sign_in("01", "000000")
    with pytest.raises(SignInLocked) as locked:
        door(kept, clock).sign_in("01", "000000")
    assert locked.value.wait_seconds == 30
    with pytest.raises(SignInLocked):
        door(kept, clock).sign_in("01", "402917")
    clock.now += timedelta(seconds=29.5)
    assert door(kept, clock).wait_seconds() == 1
    clock.now += timedelta(seconds=1)
    assert door(kept, clock).sign_in("01", "402917").number == "01"
    assert kept.lock == Lock()


def test_a_locked_door_does_not_even_look_at_the_pin(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Kept()
    kept.lock = Lock(0, 1, NOON, NOON + timedelta(seconds=30))
    monkeypatch.setattr(module, "pin_is", lambda *_: pytest.fail("the PIN was looked at"))
    with pytest.raises(SignInLocked):
        door(kept, Clock()).sign_in("01", "402917")


def test_an_unknown_number_costs_the_same_hash_as_a_wrong_pin(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[str] = []
    monkeypatch.setattr(module, "pin_is", lambda _, hashed: bool(looked_at.append(hashed)))
    with pytest.raises(SignInRefused):
        door(Kept(), Clock()).sign_in("99", "402917")
    assert looked_at == [NOBODY]
    assert NOBODY.split("$")[:4] == HASHES["402917"].split("$")[:4]


def test_each_lock_is_twice_as_long_up_to_the_longest() -> None:
    lock, now, lengths = Lock(), NOON, []
    for _ in range(10):
        for _ in range(RULES.tries_before_lock):
            lock = attempt(lock, now, ok=False, settings=RULES)
        lengths.append(wait_seconds(lock, now))
        now += timedelta(seconds=lengths[-1])
    assert lengths == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]


def test_a_clock_set_back_does_not_lengthen_a_lock() -> None:
    lock = Lock(0, 1, NOON, NOON + timedelta(seconds=30))
    assert wait_seconds(lock, NOON - timedelta(days=1)) == 30


@given(st.lists(st.booleans(), max_size=30))
def test_a_success_always_clears_and_failures_never_do(tries: list[bool]) -> None:
    lock = Lock()
    for ok in tries:
        before, lock = lock, attempt(lock, NOON, ok, RULES)
        assert (lock == Lock()) == ok
        assert ok or (lock.locks, lock.failures) > (before.locks, before.failures) or lock.locks > before.locks


def test_a_hash_is_salted_and_tells_its_own_cost() -> None:
    assert hash_pin("402917", b"1" * 16) != hash_pin("402917", b"2" * 16)
    assert pin_is("402917", HASHES["402917"])
    assert not pin_is("402918", HASHES["402917"])


@pytest.mark.parametrize(
    ("pin", "fit"),
    [
        ("402917", True),
        ("123456", False),
        ("987654", False),
        ("777777", False),
        ("40291", False),
        ("4" * 13, False),
        ("40a917", False),
    ],
)
def test_easy_pins_are_not_fit(pin: str, fit: bool) -> None:
    assert pin_is_fit(pin) is fit


def test_idling_closes_the_pages_and_touching_keeps_them_open() -> None:
    signed_in = SignedIn("01", Role.TECHNICIAN, NOON)
    assert not signed_in.idle_too_long(NOON + timedelta(seconds=119), RULES)
    assert signed_in.idle_too_long(NOON + timedelta(seconds=120), RULES)
    assert not signed_in.touched(NOON + timedelta(seconds=100)).idle_too_long(NOON + timedelta(seconds=120), RULES)
    assert signed_in.idle_too_long(NOON - timedelta(seconds=1), RULES)


def test_a_technician_may_not_do_what_needs_a_manager() -> None:
    technician, manager = SignedIn("01", Role.TECHNICIAN, NOON), SignedIn("02", Role.MANAGER, NOON)
    assert require(technician, Role.TECHNICIAN) is technician
    assert require(manager, Role.TECHNICIAN) is manager
    assert require(manager, Role.MANAGER) is manager
    for nobody, role in ((technician, Role.MANAGER), (None, Role.TECHNICIAN)):
        with pytest.raises(RoleTooLow):
            require(nobody, role)
