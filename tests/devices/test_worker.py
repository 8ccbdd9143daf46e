"""The one worker of all devices, with drivers that do what a test says."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from devices.driver import Health, Order, PrintJob, SelfTest
from devices.errors import (
    ChecksumWrong,
    DeviceError,
    DeviceSilent,
    DeviceSwapped,
    DeviceUnplugged,
    PaperOut,
    PortMissing,
    PrinterOffline,
    SamFailed,
)
from devices.receipt_printer.slip import Slip
from devices.reports import (
    CardLifted,
    CodeScanned,
    DeviceState,
    DeviceStatus,
    Paper,
    Report,
    SlipFailed,
    SlipPrinted,
    StatusChanged,
    TestFinished,
)
from devices.settings import DeviceModel, DeviceSettings
from devices.worker import DeviceWorker, Patience
from tests.devices.conftest import Reports, within

SETTINGS = DeviceSettings(name="device", model=DeviceModel.ESCPOS, port="/dev/nowhere")
START = datetime(2026, 1, 1, tzinfo=UTC)
SECRET = "number 369999199003070015"


@dataclass
class Play:
    """What the driver does at each opening and in each round; a round with nothing to do waits for the next."""

    openings: list[Exception | None] = field(default_factory=list)
    rounds: list[Exception | Report] = field(default_factory=list)
    health: Health = field(default_factory=Health)
    fails_orders_with: Exception | None = None
    fails_to_close: bool = False
    opened: int = 0
    closed: int = 0
    active: list[bool] = field(default_factory=list)
    went_round: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    threads: set[str] = field(default_factory=set)
    returns: threading.Event | None = None
    """Rounds and orders do not end before it is set."""


class PlayedDriver:
    def __init__(self, play: Play) -> None:
        self.play = play

    def open(self) -> None:
        self.play.opened += 1
        self.play.threads.add(threading.current_thread().name)
        if self.play.openings and (trouble := self.play.openings.pop(0)) is not None:
            raise trouble

    def attend(self, active: bool) -> Iterable[Report]:
        self.play.active.append(active)
        self.play.went_round.release()
        if self.play.returns is not None:
            self.play.returns.wait()
        if self.play.rounds:
            step = self.play.rounds.pop(0)
            if isinstance(step, Exception):
                raise step
            yield step
        else:
            threading.Event().wait(0.005)

    def perform(self, order: Order) -> Iterable[Report]:
        if self.play.fails_orders_with is not None:
            raise self.play.fails_orders_with
        if self.play.returns is not None:
            self.play.returns.wait()
        yield SlipPrinted("device", order.job) if isinstance(order, PrintJob) else TestFinished("device", "")

    def health(self) -> Health:
        return self.play.health

    def close(self) -> None:
        self.play.closed += 1
        if self.play.fails_to_close:
            raise SystemError("error return without exception set")


class Clock:
    """A second later at every look."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


Go = Callable[[Play], DeviceWorker]


@pytest.fixture
def go(reports: Reports) -> Iterator[Go]:
    workers: list[DeviceWorker] = []

    def start(play: Play) -> DeviceWorker:
        workers.append(DeviceWorker(SETTINGS, lambda: PlayedDriver(play), reports, Clock(), Patience(0.01, misses=3)))
        workers[-1].start()
        return workers[-1]

    yield start
    for worker in workers:
        worker.stop()


def states(reports: Reports) -> list[tuple[DeviceState, str]]:
    return [(each.status.state, each.status.trouble) for each in reports.seen if isinstance(each, StatusChanged)]


def test_a_status_is_told_when_it_changes_and_only_then(go: Go, reports: Reports) -> None:
    play = Play()
    go(play)
    reports.until_state(DeviceState.ONLINE)
    for _ in range(5):
        assert play.went_round.acquire(timeout=5)
    assert reports.nothing_left()


def test_a_short_disconnection_is_no_fault(go: Go, reports: Reports) -> None:
    go(Play(rounds=[DeviceUnplugged()], openings=[None, PortMissing()]))
    reports.until_state(DeviceState.OFFLINE)
    reports.until_state(DeviceState.ONLINE)
    assert states(reports) == [
        (DeviceState.ONLINE, ""),
        (DeviceState.OFFLINE, "device-unplugged"),
        (DeviceState.OFFLINE, "port-missing"),
        (DeviceState.ONLINE, ""),
    ]


def test_the_third_miss_is_a_fault(go: Go, reports: Reports) -> None:
    go(Play(openings=[PortMissing()] * 5))
    reports.until_state(DeviceState.ONLINE)
    assert states(reports) == [
        (DeviceState.OFFLINE, "port-missing"),
        (DeviceState.NO_DEVICE, "port-missing"),
        (DeviceState.ONLINE, ""),
    ]


@pytest.mark.parametrize("trouble", [DeviceSilent, ChecksumWrong, SamFailed])
def test_a_device_that_is_there_and_does_not_work_is_a_hardware_error(
    trouble: type[DeviceError], go: Go, reports: Reports
) -> None:
    go(Play(openings=[trouble("why")] * 3))
    assert reports.until_state(DeviceState.HARDWARE_ERROR).trouble == trouble.code
    assert reports.until_state(DeviceState.ONLINE).last_trouble == trouble.code


def test_a_device_that_opens_and_then_fails_every_time_does_not_flicker(go: Go, reports: Reports) -> None:
    go(Play(rounds=[DeviceSilent()] * 4))
    reports.until_state(DeviceState.HARDWARE_ERROR)
    reports.until_state(DeviceState.ONLINE)
    assert [state for state, _ in states(reports)] == [
        DeviceState.ONLINE,
        DeviceState.OFFLINE,
        DeviceState.HARDWARE_ERROR,
        DeviceState.ONLINE,
    ]


def test_a_driver_s_bug_is_told_by_its_name_and_place_and_outlived(go: Go, reports: Reports) -> None:
    go(Play(rounds=[ZeroDivisionError(SECRET)]))
    status = reports.until_state(DeviceState.HARDWARE_ERROR)
    assert status.trouble == "bug:ZeroDivisionError"
    assert re.fullmatch(r"[a-z_.]*test_worker:\d+", status.trouble_detail)
    assert SECRET not in repr(status)
    assert reports.until_state(DeviceState.ONLINE).last_trouble == "bug:ZeroDivisionError"


def test_a_driver_that_cannot_be_closed_is_opened_anew(go: Go, reports: Reports) -> None:
    play = Play(rounds=[DeviceUnplugged()], fails_to_close=True)
    worker = go(play)
    reports.until_state(DeviceState.OFFLINE)
    reports.until_state(DeviceState.ONLINE)
    assert play.opened == 2
    assert any("bug:SystemError" in each.meaning for each in worker.wire)


def test_a_driver_that_cannot_even_be_made_is_a_bug_too(reports: Reports) -> None:
    def cannot() -> PlayedDriver:
        raise ImportError("no such library")

    worker = DeviceWorker(SETTINGS, cannot, reports, Clock(), Patience(0.01))
    worker.start()
    assert reports.until_state(DeviceState.HARDWARE_ERROR).trouble == "bug:ImportError"
    worker.stop()


def test_since_is_when_the_state_began_and_the_last_trouble_is_kept(go: Go, reports: Reports) -> None:
    play = Play(rounds=[DeviceUnplugged("gone")])
    worker = go(play)
    online = reports.until_state(DeviceState.ONLINE)
    offline = reports.until_state(DeviceState.OFFLINE)
    again = reports.until_state(DeviceState.ONLINE)
    assert online.since < offline.since < again.since
    assert (again.last_trouble, again.last_trouble_at, again.trouble) == ("device-unplugged", offline.last_trouble_at, "")
    assert worker.status == again


@pytest.mark.parametrize(
    ("trouble", "state"),
    [
        (PaperOut.code, DeviceState.USER_ERROR),
        (PrinterOffline.code, DeviceState.OFFLINE),
        ("cutter-jammed", DeviceState.HARDWARE_ERROR),
    ],
)
def test_trouble_that_does_not_close_a_device_is_told(trouble: str, state: DeviceState, go: Go, reports: Reports) -> None:
    go(Play(health=Health(paper=Paper.END, trouble=trouble, facts={"printed": "3"})))
    status = reports.until_state(state)
    assert (status.trouble, status.paper, status.facts, status.usable) == (trouble, Paper.END, (("printed", "3"),), False)


def test_what_a_device_says_is_passed_on_in_order(go: Go, reports: Reports) -> None:
    said: list[Exception | Report] = [CodeScanned("device", b"1"), CardLifted("device"), CodeScanned("device", b"2")]
    go(Play(rounds=list(said)))
    for expected in said:
        assert reports.until(lambda report: not isinstance(report, StatusChanged)) == expected


def test_it_is_known_whether_anybody_waits(go: Go, reports: Reports) -> None:
    play = Play()
    worker = go(play)
    reports.until_state(DeviceState.ONLINE)
    assert not any(play.active)
    worker.activate(True)
    while not play.active[-1]:
        assert play.went_round.acquire(timeout=5)
    worker.activate(False)
    while play.active[-1]:
        assert play.went_round.acquire(timeout=5)


def test_orders_are_performed_in_turn(go: Go, reports: Reports) -> None:
    worker = go(Play())
    for job in ("a", "b"):
        worker.order(PrintJob(job, Slip(())))
    worker.order(SelfTest())
    assert [reports.until_a(SlipPrinted).job for _ in range(2)] == ["a", "b"]
    assert reports.until_a(TestFinished).code == ""


@pytest.mark.parametrize(("trouble", "code"), [(DeviceSilent(), "device-silent"), (KeyError(SECRET), "bug:KeyError")])
def test_an_order_that_fails_is_answered_and_the_device_opened_anew(
    trouble: Exception, code: str, go: Go, reports: Reports
) -> None:
    play = Play(fails_orders_with=trouble)
    worker = go(play)
    worker.order(PrintJob("a", Slip(())))
    failed = reports.until_a(SlipFailed)
    assert (failed.job, failed.code) == ("a", code)
    play.fails_orders_with = None
    reports.until_state(DeviceState.OFFLINE, DeviceState.HARDWARE_ERROR)
    reports.until_state(DeviceState.ONLINE)
    worker.order(SelfTest())
    assert reports.until(lambda report: report == TestFinished("device", "")) is not None
    assert play.opened == 2


def test_orders_are_refused_while_a_device_is_away(reports: Reports) -> None:
    play = Play(openings=[PortMissing()])
    worker = DeviceWorker(SETTINGS, lambda: PlayedDriver(play), reports, Clock(), Patience(reopen_seconds=600))
    worker.start()
    reports.until_state(DeviceState.OFFLINE)
    worker.order(PrintJob("a", Slip(())))
    assert reports.until_a(SlipFailed).code == "port-missing"
    worker.stop()


def test_a_device_is_busy_while_it_performs_and_well_since_the_same_moment(go: Go, reports: Reports) -> None:
    worker = go(Play())
    online = reports.until_state(DeviceState.ONLINE)
    worker.order(SelfTest())
    busy = reports.until_state(DeviceState.BUSY)
    assert busy.usable
    assert isinstance(reports.next(), TestFinished)
    again = reports.until_state(DeviceState.ONLINE)
    assert online.since == busy.since == again.since


def test_a_swapped_device_is_suspected_at_once(go: Go, reports: Reports) -> None:
    go(Play(openings=[DeviceSwapped("sam-id 7")] * 5))
    status = reports.until_state(DeviceState.FRAUD_SUSPECTED)
    assert (status.trouble, status.trouble_detail, status.usable) == ("device-swapped", "sam-id 7", False)


def test_stop_cuts_the_longest_pause_short_and_closes_every_driver(reports: Reports) -> None:
    play = Play(openings=[PortMissing()])
    worker = DeviceWorker(SETTINGS, lambda: PlayedDriver(play), reports, Clock(), Patience(reopen_seconds=600))
    worker.start()
    reports.until_state(DeviceState.OFFLINE)
    worker.stop()
    worker.stop()
    assert play.opened == play.closed == 1
    assert not any(thread.name in play.threads for thread in threading.enumerate())


def test_an_arrival_cuts_the_longest_pause_short(reports: Reports) -> None:
    play = Play(openings=[PortMissing()] * 2)
    worker = DeviceWorker(SETTINGS, lambda: PlayedDriver(play), reports, Clock(), Patience(reopen_seconds=600))
    worker.start()
    reports.until_state(DeviceState.OFFLINE)
    assert within(lambda: _looks_again(worker))
    assert reports.until_state(DeviceState.ONLINE).last_trouble == "port-missing"
    worker.stop()


def _looks_again(worker: DeviceWorker) -> bool:
    worker.look_again()
    return worker.status.usable


def test_an_arrival_leaves_a_device_at_work_alone(go: Go, reports: Reports) -> None:
    play = Play(rounds=[DeviceUnplugged()])
    worker = go(play)
    reports.until_state(DeviceState.OFFLINE)
    reports.until_state(DeviceState.ONLINE)
    worker.look_again()
    worker.order(SelfTest())
    reports.until_a(TestFinished)
    assert play.opened == 2


def test_stop_before_start_is_safe(reports: Reports) -> None:
    DeviceWorker(SETTINGS, lambda: PlayedDriver(Play()), reports, Clock(), Patience()).stop()
    assert reports.nothing_left()


def test_stop_from_the_listener_s_own_thread_is_safe() -> None:
    stopped = threading.Event()
    told: list[Report] = []

    def listen(report: Report) -> None:
        told.append(report)
        worker.stop()
        stopped.set()

    worker = DeviceWorker(SETTINGS, lambda: PlayedDriver(Play()), listen, Clock(), Patience(0.01))
    worker.start()
    assert stopped.wait(10)
    worker.stop()
    assert len(told) == 1


def test_the_status_before_the_start_is_starting(reports: Reports) -> None:
    worker = DeviceWorker(SETTINGS, lambda: PlayedDriver(Play()), reports, lambda: START, Patience())
    expected = DeviceStatus("device", SETTINGS.kind, "escpos", "/dev/nowhere", DeviceState.STARTING, START)
    assert worker.status == expected
    assert replace(expected, state=DeviceState.BUSY).usable


@pytest.fixture
def hanging(reports: Reports) -> Iterator[tuple[DeviceWorker, Play]]:
    """A worker whose driver's calls do not return before they may; it was online."""
    play = Play()
    worker = DeviceWorker(SETTINGS, lambda: PlayedDriver(play), reports, Clock(), Patience(0.01, hanging_seconds=0.2))
    worker.start()
    reports.until_state(DeviceState.ONLINE)
    play.returns = threading.Event()
    yield worker, play
    play.returns.set()
    worker.stop()


def look_until(worker: DeviceWorker, true: Callable[[], bool]) -> None:
    def looked() -> bool:
        worker.look()
        return true()

    assert within(looked)


def test_a_call_that_does_not_return_is_told_and_orders_are_refused_until_it_does(
    hanging: tuple[DeviceWorker, Play], reports: Reports
) -> None:
    worker, play = hanging
    look_until(worker, lambda: worker.status.state is DeviceState.HARDWARE_ERROR)
    worker.look()
    assert reports.until_state(DeviceState.HARDWARE_ERROR).trouble == "device-silent"
    worker.order(SelfTest())
    worker.look()
    assert reports.until_a(TestFinished).code == "device-silent"
    assert reports.nothing_left()
    assert play.returns is not None
    play.returns.set()
    assert reports.until_state(DeviceState.ONLINE).last_trouble == "device-silent"
    worker.order(SelfTest())
    assert reports.until_a(TestFinished).code == ""
    assert play.closed >= 1


def test_a_slip_that_was_given_up_is_told_once_and_its_end_is_unknown(
    hanging: tuple[DeviceWorker, Play], reports: Reports
) -> None:
    worker, play = hanging
    assert play.returns is not None
    first, play.returns = play.returns, None
    first.set()
    play.returns = threading.Event()
    worker.order(PrintJob("a", Slip(())))
    reports.until_state(DeviceState.BUSY)
    look_until(worker, lambda: worker.status.state is DeviceState.HARDWARE_ERROR)
    failed = reports.until_a(SlipFailed)
    assert (failed.job, failed.code) == ("a", "print-unconfirmed")
    play.returns.set()
    reports.until_state(DeviceState.ONLINE)
    assert [each for each in reports.seen if isinstance(each, SlipFailed | SlipPrinted)] == [failed]


def test_one_that_was_given_up_is_not_waited_for_at_the_end(
    hanging: tuple[DeviceWorker, Play], reports: Reports, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker, _play = hanging
    look_until(worker, lambda: worker.status.state is DeviceState.HARDWARE_ERROR)
    joined: list[float | None] = []
    monkeypatch.setattr(threading.Thread, "join", lambda _thread, seconds=None: joined.append(seconds))
    worker.stop()
    assert joined == []


def test_a_quiet_device_does_not_hang(reports: Reports, go: Go) -> None:
    worker = go(Play())
    reports.until_state(DeviceState.ONLINE)
    worker.look()
    assert worker.status.state is DeviceState.ONLINE


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """So many seconds, its one value, the workers' clock is ahead of the time that has passed."""
    seconds = [0.0]
    real = time.monotonic
    monkeypatch.setattr("devices.worker.time", SimpleNamespace(monotonic=lambda: real() + seconds[0]))
    return seconds


def test_a_machine_that_stood_still_calls_no_device_silent(
    hanging: tuple[DeviceWorker, Play], reports: Reports, late: list[float]
) -> None:
    worker, play = hanging
    worker.order(PrintJob("a", Slip(())))
    worker._patience = Patience(0.01, hanging_seconds=40.0)
    for _ in range(3):
        worker.look()
        late[0] += 3600
        worker.look()
    assert worker.status.usable
    assert play.returns is not None
    play.returns.set()
    assert reports.until_a(SlipPrinted).job == "a"
    assert not [each for each in reports.seen if isinstance(each, SlipFailed)]


def test_a_call_that_does_not_return_is_told_also_where_the_looks_come_late(
    hanging: tuple[DeviceWorker, Play], reports: Reports, late: list[float]
) -> None:
    worker, _play = hanging
    worker._patience = Patience(0.01, hanging_seconds=40.0)
    for _ in range(25):
        worker.look()
        late[0] += 10
    assert reports.until_state(DeviceState.HARDWARE_ERROR).trouble == "device-silent"
