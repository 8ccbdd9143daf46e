"""The staff's room: held open by the emblem, shut by idling, and what each role sees and does there."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtQuick import QQuickItem
from PySide6.QtTest import QTest

from devices.reports import BadgeShown, DeviceState, FaceHint
from kiosk.staff.room import Exported
from kiosk.staff.wording import CANCEL_REASONS
from kiosk.visit.facts import QueueFacts
from kiosk.visit.visit import Language, Step, Visit
from offline_cache.errors import StoreFull
from offline_cache.records import CancelReason, RecordState
from ui.rehearsal.situations import PERSON, at, deferring
from ui.rehearsal.staff_stage import BADGE, MANAGER, PIN, TECHNICIAN, VISIT
from ui.rehearsal.stage import facts_with

PATIENCE_MS = 60_000


def press_emblem(hall):
    middle = hall.item("emblem").mapToScene(hall.item("emblem").boundingRect().center())
    place = QPoint(int(middle.x()), int(middle.y()))
    QTest.mousePress(hall.screens.window, Qt.MouseButton.LeftButton, pos=place)
    return place


def is_open(hall):
    return hall.hands.staff.property("open")


def rows(model):
    names = {role: bytes(name).decode() for role, name in model.roleNames().items()}
    return [{name: model.data(model.index(place), role) for role, name in names.items()} for place in range(model.rowCount())]


def row_of(model, **wanted):
    return next(row for row in rows(model) if all(row[name] == value for name, value in wanted.items()))


# --- the door ---------------------------------------------------------------------------------------------------


def test_holding_the_emblem_opens_the_door_and_shows_how_far(staff_hall, qtbot):
    emblem, shown = staff_hall.item("emblem"), []
    ring = emblem.findChild(QQuickItem, "emblem-ring")
    ring.visibleChanged.connect(lambda: shown.append((ring.isVisible(), is_open(staff_hall))))
    emblem.setProperty("seconds", 0.6)
    place = press_emblem(staff_hall)
    qtbot.waitUntil(lambda: is_open(staff_hall), timeout=PATIENCE_MS)
    assert shown[0] == (True, False)
    QTest.mouseRelease(staff_hall.screens.window, Qt.MouseButton.LeftButton, pos=place)
    staff_hall.settle()
    assert staff_hall.item("field-pin") is not None


def test_a_short_touch_of_the_emblem_opens_nothing(staff_hall):
    staff_hall.touch("emblem")
    assert not is_open(staff_hall)


def test_the_emblem_is_three_seconds_long(staff_hall):
    assert staff_hall.item("emblem").property("seconds") == 3


def test_the_door_does_not_open_while_somebody_s_visit_is_under_way(staff_hall):
    staff_hall.scene(at(Step.FORM, deferring(), facts_with()))
    assert not staff_hall.item("emblem").property("holdable")
    staff_hall.hands.staff.knock()
    assert not is_open(staff_hall)


def test_number_and_pin_are_typed_on_the_pad(staff_hall):
    staff_hall.hands.staff.knock()
    staff_hall.settle()
    for digit in TECHNICIAN:
        staff_hall.touch(f"pin-{digit}")
    staff_hall.touch("main")
    for digit in PIN:
        staff_hall.touch(f"pin-{digit}")
    assert PIN not in staff_hall.texts()
    staff_hall.touch("main")
    assert staff_hall.room.signed_in.number == TECHNICIAN
    assert staff_hall.item("tab-devices") is not None


def test_a_digit_can_be_taken_back(staff_hall):
    staff_hall.hands.staff.knock()
    staff_hall.hands.type("29")
    staff_hall.settle()
    staff_hall.touch("pin-erase")
    assert staff_hall.hands.staff.property("number") == "2"


def test_a_wrong_pin_is_told_in_words_and_the_pin_is_forgotten(staff_hall):
    staff_hall.hands.sign_in(TECHNICIAN, "000001")
    staff_hall.settle()
    assert staff_hall.item("door-message").property("text") != ""
    assert staff_hall.hands.staff.property("pinLength") == 0
    assert staff_hall.room.signed_in is None


def test_a_lock_counts_down_and_then_opens_the_pad_again(staff_hall):
    staff = staff_hall.hands.staff
    staff.knock()
    staff_hall.hands.type(TECHNICIAN)
    staff.openField("pin")
    for _ in range(3):
        staff_hall.hands.type("000001")
        staff.enter()
    staff_hall.settle()
    assert "30" in staff_hall.item("door-locked").property("next")
    assert not staff_hall.item("main").isEnabled()
    staff_hall.room.now += timedelta(seconds=12)
    staff.tick()
    staff_hall.settle()
    assert "18" in staff_hall.item("door-locked").property("next")
    staff_hall.hands.type(PIN)
    staff.enter()
    assert staff_hall.room.signed_in is None
    staff_hall.room.now += timedelta(seconds=20)
    staff.tick()
    staff.enter()
    staff_hall.settle()
    assert staff_hall.room.signed_in is not None


def test_a_staff_badge_opens_the_door_with_its_number_and_the_pin_is_asked_all_the_same(staff_hall):
    staff_hall.room.hear(BadgeShown("chip-reader", "04A1B2C3"))
    staff_hall.settle()
    assert not is_open(staff_hall), "a stranger's card opens nothing"
    staff_hall.room.hear(BadgeShown("chip-reader", BADGE))
    staff_hall.settle()
    assert is_open(staff_hall)
    door = staff_hall.hands.staff
    assert (door.property("number"), door.property("field"), door.property("signedIn")) == (MANAGER, "pin", False)


def test_a_badge_opens_nothing_while_a_visit_is_under_way(staff_hall):
    staff_hall.scene(at(Step.GUIDE, deferring(), facts_with()))
    staff_hall.room.hear(BadgeShown("chip-reader", BADGE))
    assert not is_open(staff_hall)


def test_while_a_pin_is_looked_at_nothing_more_is_typed(staff_hall):
    staff_hall.room.held = []
    staff_hall.sign_in(TECHNICIAN)
    assert staff_hall.hands.staff.property("asking")
    staff_hall.hands.type("1")
    assert staff_hall.hands.staff.property("pinLength") == 0
    staff_hall.room.release()
    assert staff_hall.hands.staff.property("signedIn")


def test_who_leaves_while_the_pin_is_looked_at_is_not_signed_in(staff_hall):
    staff_hall.room.held = []
    staff_hall.sign_in(TECHNICIAN)
    staff_hall.touch("back")
    staff_hall.room.release()
    assert staff_hall.room.signed_in is None
    assert not is_open(staff_hall)


@pytest.mark.parametrize("again", ["knock", "badge"])
def test_whoever_opens_the_door_anew_is_not_who_typed_a_pin_before(staff_hall, again):
    """The disk hung meanwhile."""
    staff_hall.room.held = []
    staff_hall.sign_in(TECHNICIAN)
    staff_hall.touch("back")
    if again == "knock":
        staff_hall.hands.staff.knock()
    else:
        staff_hall.room.hear(BadgeShown("card-reader", BADGE))
    assert is_open(staff_hall)
    staff_hall.room.release()
    assert staff_hall.room.signed_in is None
    assert not staff_hall.hands.staff.property("signedIn")
    assert is_open(staff_hall), "the one who opened it may sign in"


@pytest.fixture
def door_clock(monkeypatch):
    """Seconds, as the door counts them."""
    seconds = [1000.0]
    monkeypatch.setattr("kiosk.staff.room.elapsed", lambda: seconds[0])
    return seconds


def test_an_untouched_door_closes_itself(staff_hall, door_clock):
    staff_hall.hands.staff.knock()
    door_clock[0] += 50
    staff_hall.hands.staff.touched()
    door_clock[0] += 59
    staff_hall.hands.staff.tick()
    assert is_open(staff_hall)
    door_clock[0] += 1
    staff_hall.hands.staff.tick()
    assert not is_open(staff_hall)


def test_the_touch_after_the_kiosk_stood_still_does_not_go_on_with_half_a_pin(staff_hall, door_clock):
    staff_hall.hands.staff.knock()
    staff_hall.hands.type(MANAGER)
    staff_hall.settle()
    door_clock[0] += 60
    staff_hall.touch("pin-1")
    assert not is_open(staff_hall)
    assert staff_hall.hands.staff.property("number") == ""


def test_idling_signs_out_and_goes_home(staff_hall):
    staff_hall.sign_in(MANAGER)
    staff_hall.room.now += timedelta(seconds=119)
    staff_hall.hands.staff.tick()
    assert is_open(staff_hall)
    staff_hall.room.now += timedelta(seconds=1)
    staff_hall.hands.staff.tick()
    staff_hall.settle()
    assert staff_hall.room.signed_in is None
    assert not is_open(staff_hall)
    assert staff_hall.item("search") is not None


def test_any_touch_puts_the_idle_clock_back(staff_hall):
    staff_hall.sign_in(TECHNICIAN)
    staff_hall.room.now += timedelta(seconds=100)
    staff_hall.touch("tab-queue")
    staff_hall.room.now += timedelta(seconds=100)
    staff_hall.hands.staff.tick()
    assert staff_hall.room.signed_in is not None


def test_signing_out_forgets_pages_and_goes_home(staff_hall):
    staff_hall.sign_in(MANAGER)
    staff_hall.touch("tab-log")
    staff_hall.hands.timeline.open(VISIT)
    staff_hall.settle()
    staff_hall.touch("leave")
    assert staff_hall.item("search") is not None
    assert rows(staff_hall.hands.log.property("rows")) == []
    assert staff_hall.hands.timeline.property("visit") == ""


def test_a_technician_has_no_log(staff_hall):
    staff_hall.sign_in(TECHNICIAN)
    staff_hall.hands.staff.openPage("log")
    staff_hall.settle()
    assert staff_hall.item("tab-log") is None
    assert staff_hall.hands.staff.property("page") == "devices"


# --- devices ----------------------------------------------------------------------------------------------------


def test_every_device_is_told_in_words_with_its_trouble_and_what_to_do(staff_hall):
    staff_hall.sign_in(TECHNICIAN)
    scanner = row_of(staff_hall.hands.devices.property("devices"), device="code-scanner")
    assert scanner["stateText"] == "未连接"
    assert scanner["forText"] == "7 分钟"
    assert scanner["trouble"] != ""
    assert scanner["steps"].startswith("1. ")
    shown = staff_hall.texts()
    for name in ("身份证读卡器", "扫码器", "人像摄像头", "凭条打印机", "设备在使用中被拔出"):
        assert name in shown


def test_what_one_side_does_not_take_of_the_other_is_told_with_what_lies_behind_it(staff_hall):
    staff_hall.room.refused = {"catalogue": "the signature is not the centre's"}
    staff_hall.sign_in(TECHNICIAN)
    assert "中心发布的新目录未能采用，仍用原目录（the signature is not the centre's）" in staff_hall.texts()


def test_a_mended_device_keeps_its_last_trouble(staff_hall):
    staff_hall.sign_in(TECHNICIAN)
    reader = row_of(staff_hall.hands.devices.property("devices"), device="card-reader")
    assert (reader["trouble"], reader["tone"]) == ("", "good")
    assert reader["lastText"] != ""
    assert reader["lastAt"] == "05:15:00"


def test_the_words_follow_the_language(staff_hall):
    staff_hall.sign_in(TECHNICIAN)
    staff_hall.stage.put(Visit(language=Language.ENGLISH))
    staff_hall.settle()
    assert "Not plugged in" in staff_hall.texts()
    assert "Sign out" in staff_hall.texts()


def test_a_test_runs_and_tells_its_result(staff_hall):
    staff_hall.sign_in(TECHNICIAN)
    staff_hall.touch("test-card-reader")
    assert staff_hall.room.bench.tested == ["card-reader"]
    assert not staff_hall.item("test-card-reader").isEnabled()
    staff_hall.room.finish_tests()
    staff_hall.settle()
    assert staff_hall.item("result-card-reader").property("tone") == "good"
    assert staff_hall.item("test-card-reader").isEnabled()


def test_a_failed_test_says_what_was_found(staff_hall):
    staff_hall.sign_in(TECHNICIAN)
    staff_hall.touch("test-card-reader")
    staff_hall.room.finish_tests("card-reader")
    staff_hall.settle()
    assert staff_hall.item("result-card-reader").property("tone") == "bad"
    assert staff_hall.item("result-card-reader").property("next") == "设备无应答"


def test_all_devices_but_the_camera_are_tested_at_one_touch(staff_hall):
    staff_hall.sign_in(TECHNICIAN)
    staff_hall.touch("main")
    assert sorted(staff_hall.room.bench.tested) == ["card-reader", "code-scanner", "receipt-printer"]


def test_a_device_plugged_in_again_is_seen_without_a_touch(staff_hall):
    staff_hall.sign_in(TECHNICIAN)
    devices = dict(staff_hall.room.facts.devices)
    devices["code-scanner"] = replace(devices["code-scanner"], state=DeviceState.ONLINE, trouble="")
    staff_hall.room.facts = replace(staff_hall.room.facts, devices=devices)
    staff_hall.hands.devices.refresh()
    assert row_of(staff_hall.hands.devices.property("devices"), device="code-scanner")["tone"] == "good"


def test_the_camera_is_awake_only_while_its_picture_is_shown(staff_hall):
    staff_hall.sign_in(TECHNICIAN)
    staff_hall.hands.devices.test("face-camera")
    staff_hall.room.see(FaceHint.COME_CLOSER)
    staff_hall.settle()
    assert staff_hall.room.bench.awake
    assert staff_hall.item("face-hint").property("text") == "请靠近一些"
    assert staff_hall.hands.devices.feed.picture is not None
    staff_hall.touch("camera-close")
    assert not staff_hall.room.bench.awake
    assert staff_hall.hands.devices.feed.picture is None
    assert staff_hall.item("camera-dialog") is None


def test_idling_before_the_camera_puts_it_to_rest_and_drops_the_face(staff_hall):
    staff_hall.sign_in(TECHNICIAN)
    staff_hall.hands.devices.test("face-camera")
    staff_hall.settle()
    staff_hall.room.now += timedelta(seconds=600)
    staff_hall.hands.staff.tick()
    staff_hall.settle()
    assert not staff_hall.room.bench.awake
    assert staff_hall.hands.devices.feed.picture is None


# --- the queue --------------------------------------------------------------------------------------------------


def test_the_queue_shows_depth_oldest_and_every_record(staff_hall):
    staff_hall.sign_in(TECHNICIAN)
    staff_hall.touch("tab-queue")
    assert staff_hall.item("queue-depth").property("number") == "3"
    assert staff_hall.item("queue-oldest").property("number") == "42 分钟"
    assert staff_hall.item("queue-waiting").property("number") == "2"
    assert staff_hall.item("queue-cancelled").property("number") == "1"
    shown = rows(staff_hall.hands.queue.property("rows"))
    assert [row["again"] for row in shown] == [True, False, True, False, False, False, False]
    assert shown[0]["trouble"] != ""


def test_the_page_tells_of_a_submission_what_kiosk_queue_show_tells(staff_hall):
    staff_hall.sign_in(TECHNICIAN)
    staff_hall.touch("tab-queue")
    shown = rows(staff_hall.hands.queue.property("rows"))
    for row, line in zip(staff_hall.room.queue_rows, shown, strict=True):
        assert (line["receiptNumber"], line["stateText"], line["tries"]) == (row.receipt_number, row.state_in_words.zh, row.tries)
        assert row.item in line["itemName"]
        assert line["aboutText"] == row.about.zh
        assert (line["ageText"] != "") == row.waits
        assert (line["nextText"] != "") == (row.next_try_at is not None)
        assert (line["settledText"] != "") == (row.settled_at is not None)
        assert (line["trouble"] != "") == (row.trouble != "")
    texts = staff_hall.texts()
    told = ("受理号 SL-369999-20261123-000127", "撤出原因：已到窗口办理", "附件 2 份，已送 1 份", "中心可能已收到")
    assert [one for one in told if one not in texts] == []


def test_the_page_tells_no_next_try_that_is_over(staff_hall):
    first, *others = staff_hall.room.queue_rows
    staff_hall.room.queue_rows = (replace(first, next_try_at=first.kept_at), *others)
    staff_hall.sign_in(TECHNICIAN)
    staff_hall.touch("tab-queue")
    assert rows(staff_hall.hands.queue.property("rows"))[0]["nextText"] == ""


def test_a_queue_that_waited_too_long_says_why_nothing_more_is_taken(staff_hall):
    staff_hall.sign_in(TECHNICIAN)
    staff_hall.touch("tab-queue")
    assert staff_hall.hands.queue.property("closedText") == ""
    staff_hall.stage.put(facts=replace(facts_with(), queue=QueueFacts(depth=3, too_old=True)))
    staff_hall.settle()
    assert staff_hall.item("queue-closed").property("text") == "暂存办件等待过久，已停止接收新申请"


def test_the_queue_says_that_the_disk_takes_nothing_before_it_says_that_it_is_full(staff_hall):
    staff_hall.sign_in(TECHNICIAN)
    staff_hall.touch("tab-queue")
    for queue in (QueueFacts(), QueueFacts(full=True)):
        staff_hall.stage.put(facts=replace(facts_with(), queue=queue))
        staff_hall.settle()
        assert (staff_hall.item("queue-closed") is not None) is queue.full
        staff_hall.stage.put(facts=replace(facts_with(), queue=queue, can_keep=False))
        staff_hall.settle()
        assert staff_hall.item("queue-closed").property("text") == "本机无法暂存办件"


@pytest.mark.parametrize("online", [True, False])
def test_a_submission_is_sent_again_at_a_touch(staff_hall, online):
    staff_hall.room.facts = replace(staff_hall.room.facts, online=online)
    staff_hall.sign_in(TECHNICIAN)
    staff_hall.touch("tab-queue")
    first = staff_hall.room.queue_rows[0]
    staff_hall.touch(f"again-{first.receipt_number}")
    assert staff_hall.room.retried == [first.key]
    said = staff_hall.item("queue-sent-again").property("text")
    assert said == ("已排到最前，马上重新发送" if online else "已排到最前，正在试连中心，连上后马上发送")


def test_a_submission_is_taken_out_only_with_a_reason(staff_hall):
    staff_hall.sign_in(TECHNICIAN)
    staff_hall.touch("tab-queue")
    held = staff_hall.room.queue_rows[0]
    staff_hall.touch(f"cancel-{held.receipt_number}")
    assert held.receipt_number in staff_hall.texts()
    assert "中心可能已收到" in staff_hall.item("cancel-means").property("next")
    assert not staff_hall.item("cancel-for-good").isEnabled()
    shown = rows(staff_hall.hands.queue.property("reasons"))
    assert {row["value"]: row["label"] for row in shown} == {reason: says.zh for reason, says in CANCEL_REASONS.items()}
    staff_hall.hands.queue.cancel()
    assert staff_hall.room.cancelled == []
    staff_hall.touch("reason-entered-twice")
    staff_hall.touch("cancel-for-good")
    assert staff_hall.room.cancelled == [(held.key, CancelReason.ENTERED_TWICE)]
    assert staff_hall.item("cancel-dialog") is None
    assert staff_hall.item("queue-taken-out") is not None


def test_one_that_was_never_sent_is_not_said_to_be_at_the_centre(staff_hall):
    staff_hall.room.queue_rows = tuple(replace(row, was_sent=False) for row in staff_hall.room.queue_rows)
    staff_hall.sign_in(TECHNICIAN)
    staff_hall.touch("tab-queue")
    staff_hall.touch(f"cancel-{staff_hall.room.queue_rows[0].receipt_number}")
    assert "据本机记录，这件办件没有发送过" in staff_hall.item("cancel-means").property("next")


@pytest.mark.parametrize("how", ["cancel-not", "answered", "signed out"])
def test_nothing_is_taken_out_when_it_was_not_meant_or_is_over(staff_hall, how):
    staff_hall.sign_in(TECHNICIAN)
    staff_hall.touch("tab-queue")
    first = staff_hall.room.queue_rows[0]
    staff_hall.touch(f"cancel-{first.receipt_number}")
    staff_hall.touch("reason-trial")
    if how == "answered":  # by the centre, meanwhile
        staff_hall.room.queue_rows = (replace(first, state=RecordState.ACKNOWLEDGED), *staff_hall.room.queue_rows[1:])
        staff_hall.hands.queue.load()
    elif how == "signed out":
        staff_hall.room.sign_out(idle=True)
    else:
        staff_hall.touch(how)
    staff_hall.settle()
    assert staff_hall.item("cancel-dialog") is None
    staff_hall.hands.queue.cancel()
    assert staff_hall.room.cancelled == []


def test_a_submission_that_cannot_be_taken_out_any_more_is_told(staff_hall, monkeypatch):
    staff_hall.sign_in(TECHNICIAN)
    staff_hall.touch("tab-queue")
    monkeypatch.setattr(staff_hall.room, "cancel", lambda _key, _reason, then: then("action-refused"))
    staff_hall.touch(f"cancel-{staff_hall.room.queue_rows[0].receipt_number}")
    staff_hall.touch("reason-trial")
    staff_hall.touch("cancel-for-good")
    assert staff_hall.item("queue-trouble").property("text") != ""
    assert staff_hall.item("queue-taken-out") is None


def test_what_is_undelivered_is_exported_and_the_page_says_where(staff_hall, monkeypatch):
    staff_hall.sign_in(TECHNICIAN)
    staff_hall.touch("tab-queue")
    assert staff_hall.item("queue-exported") is None
    staff_hall.room.held = []
    queue = staff_hall.hands.queue
    queue.export()
    assert queue.property("exporting")
    queue.export()  # touched again while the file is being written
    assert len(staff_hall.room.held) == 1
    staff_hall.room.release()
    staff_hall.settle()
    assert staff_hall.item("queue-exported").property("text") == "已导出 3 件，内容仍加密"
    assert "/exports/queue-" in staff_hall.item("queue-exported").property("next")
    told = Exported(queue._exported.path, 2, 1)
    monkeypatch.setattr(staff_hall.room, "export_queue", lambda then: then(told))
    queue.export()
    staff_hall.settle()
    assert staff_hall.item("queue-exported").property("text") == "已导出 2 件，内容仍加密；1 件已读不出来"
    monkeypatch.setattr(staff_hall.room, "export_queue", lambda then: then(StoreFull()))
    queue.export()
    staff_hall.settle()
    assert staff_hall.item("queue-exported") is None
    assert staff_hall.item("queue-not-exported").property("text") == "没有导出：磁盘已满，无法暂存"
    assert "清理磁盘" in staff_hall.item("queue-not-exported").property("next")


def test_while_the_queue_is_read_the_page_says_so_and_an_empty_one_too(staff_hall):
    staff_hall.room.queue_rows = ()
    staff_hall.sign_in(TECHNICIAN)
    staff_hall.room.held = []
    staff_hall.touch("tab-queue")
    assert staff_hall.hands.queue.property("loading")
    staff_hall.room.release()
    staff_hall.settle()
    assert staff_hall.item("queue-empty") is not None


def test_the_queue_is_read_again_when_its_numbers_change(staff_hall):
    staff_hall.sign_in(TECHNICIAN)
    staff_hall.touch("tab-queue")
    staff_hall.room.queue_rows = staff_hall.room.queue_rows[3:]
    staff_hall.stage.put(facts=replace(facts_with(), queue=QueueFacts(kept=58, acknowledged=58)))
    staff_hall.settle()
    assert staff_hall.item("queue-depth").property("number") == "0"


def test_a_queue_that_comes_after_signing_out_is_dropped(staff_hall):
    staff_hall.sign_in(TECHNICIAN)
    staff_hall.room.held = []
    staff_hall.touch("tab-queue")
    staff_hall.touch("leave")
    staff_hall.room.release()
    assert rows(staff_hall.hands.queue.property("rows")) == []


# --- the log ----------------------------------------------------------------------------------------------------


@pytest.fixture
def log(staff_hall):
    staff_hall.sign_in(MANAGER)
    staff_hall.touch("tab-log")
    return staff_hall


def log_rows(hall):
    return rows(hall.hands.log.property("rows"))


def test_the_log_is_in_words_newest_first(log):
    shown = log_rows(log)
    assert shown[0]["text"] == "工作人员登录"
    assert next(row["facts"] for row in shown if row["text"] == "设备状态变化").startswith("扫码器 · ")
    assert [row["seq"] for row in shown] == sorted((row["seq"] for row in shown), reverse=True)


def test_the_log_is_turned_page_by_page(log):
    newest = log_rows(log)[0]["seq"]
    log.hands.log.later()
    assert log_rows(log)[0]["seq"] == newest - 12
    log.hands.log.earlier()
    assert log_rows(log)[0]["seq"] == newest


def test_only_troubles_can_be_shown(log):
    log.touch("filter-trouble")
    assert log_rows(log)
    assert all(row["trouble"] for row in log_rows(log))


@pytest.mark.parametrize(
    ("which", "value", "left"), [("event", "kiosk-started", 1), ("device", "code-scanner", 1), ("span", "hour", 26)]
)
def test_each_filter_is_chosen_from_a_list(log, which, value, left):
    log.touch(f"filter-{which}")
    log.touch(f"option-{value}")
    assert log.item("options-dialog") is None
    assert len(log_rows(log)) == min(left, 12)


@pytest.mark.parametrize(
    ("which", "value", "zh", "en"),
    [
        ("span", "today", "今天", "Today"),
        ("event", "card-read", "读卡成功", "Card read"),
        ("device", "card-reader", "身份证读卡器", "Card reader"),
    ],
)
def test_an_open_list_is_in_words_of_the_language_chosen_now(log, which, value, zh, en):
    log.touch(f"filter-{which}")
    assert log.item(f"option-{value}").property("text") == zh
    log.scene(Visit(language=Language.ENGLISH), facts_with())
    assert log.item(f"option-{value}").property("text") == en
    log.touch(f"option-{value}")
    assert log.item(f"filter-{which}").property("text") == en


def test_a_list_of_values_closes_without_a_choice(log):
    before = log_rows(log)
    log.touch("filter-event")
    log.touch("options-close")
    assert log.item("options-dialog") is None
    assert log_rows(log) == before


def test_a_visit_can_be_filtered_for_and_given_up(log):
    log.hands.log.onlyVisit(VISIT)
    log.settle()
    assert {row["visit"] for row in log_rows(log)} == {VISIT}
    log.touch("filter-visit")
    assert {row["visit"] for row in log_rows(log)} != {VISIT}


def test_nothing_found_is_said(log):
    log.hands.log.onlyVisit("0" * 32)
    log.settle()
    assert log.item("log-quiet").property("text") == "没有符合条件的记录"


def test_a_page_that_comes_after_the_filter_changed_is_dropped(log):
    log.room.held = []
    log.hands.log.onlyTroubles(only=True)
    log.hands.log.onlyTroubles(only=False)
    late, newest = log.room.held
    newest()
    shown = log_rows(log)
    late()
    assert log_rows(log) == shown


def test_a_search_that_takes_long_leaves_nothing_of_the_page_before(log, qtbot):
    assert log_rows(log)
    log.room.held = []
    log.hands.log.onlyTroubles(only=True)
    assert log_rows(log), "it may be there at once"
    qtbot.waitUntil(lambda: log_rows(log) == [], timeout=PATIENCE_MS)
    log.settle()
    assert log.item("log-quiet").property("text") == "正在读取日志…"
    (answer,) = log.room.held
    answer()
    assert log_rows(log)
    assert all(row["trouble"] for row in log_rows(log))


def test_a_log_is_exported_once_at_a_time_and_it_is_told_while_it_is(log):
    log.room.held = []
    log.touch("main")
    assert (log.item("main").property("text"), log.item("main").isEnabled()) == ("正在导出…", False)
    log.hands.log.export()
    assert len(log.room.exported) == 1
    (written,) = log.room.held
    written()
    log.settle()
    assert (log.item("main").property("text"), log.item("main").isEnabled()) == ("导出 CSV", True)
    assert log.item("log-exported") is not None


def test_an_export_is_under_way_for_whoever_signs_in_meanwhile_too(log):
    """The first that ends was told as the second's."""
    log.room.held = []
    log.touch("main")
    (written,), log.room.held = log.room.held, None
    log.room.sign_out()
    log.settle()
    log.sign_in(MANAGER)
    log.touch("tab-log")
    log.settle()
    assert (log.item("main").property("text"), log.item("main").isEnabled()) == ("正在导出…", False)
    log.hands.log.export()
    assert len(log.room.exported) == 1
    written()
    log.settle()
    assert (log.item("main").property("text"), log.item("main").isEnabled()) == ("导出 CSV", True)


def test_an_export_says_where_it_was_written(log):
    log.touch("filter-trouble")
    log.touch("main")
    assert log.room.exported[0].only_trouble
    assert log.item("log-exported").property("next") == "/var/lib/kiosk/exports/log-20261123-102800.csv"


def test_an_event_of_a_visit_opens_the_visit_as_a_timeline(log):
    log.touch(f"entry-{VISIT}")
    assert log.item("timeline-ended").property("number") == "办完"
    moments = rows(log.hands.timeline.property("moments"))
    assert moments[0]["text"] == "开始办理"
    assert moments[0]["afterText"] == "+0:00"
    assert [row["text"] for row in moments if row["trouble"]] == ["读卡失败"]
    steps = rows(log.hands.timeline.property("steps"))
    assert max(steps, key=lambda step: step["share"])["text"] == "填表"
    log.touch("back")
    assert log.item("filter-span") is not None


def test_nothing_of_a_person_stands_on_any_staff_page(log):
    log.stage.put(Visit())
    for page in ("devices", "queue", "log"):
        log.hands.staff.openPage(page)
        log.settle()
        shown = log.texts()
        assert PERSON.name not in shown
        assert PERSON.number not in shown
