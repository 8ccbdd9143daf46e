"""The whole road by touches: what a person can do with one finger."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from devices.reports import DeviceKind, FaceAsk, FaceHint
from kiosk.catalogue.model import AnswerKind, FormField, Text
from kiosk.staff.remedies import remedy
from kiosk.visit import events as ev
from kiosk.visit.facts import QueueFacts
from kiosk.visit.preflight import check
from kiosk.visit.visit import (
    FaceStage,
    FaceTry,
    Factor,
    Language,
    Outcome,
    OutcomeKind,
    Printing,
    Record,
    RecordLine,
    Step,
    Visit,
)
from tests.ui.looks import LANDSCAPE, LOOKS, PORTRAIT
from ui import texts
from ui.rehearsal.layout import complaints_about, walk
from ui.rehearsal.situations import (
    ACCEPTANCE_NUMBER,
    PERSON,
    answers_of,
    at,
    deferring,
    ended,
    instant,
    item_that,
    printed,
    two_proofs,
)
from ui.rehearsal.stage import KEY, NOON, RECEIPT_NUMBER, facts_with, sample_catalogue, with_face_camera


def test_a_zone_and_an_item_are_two_touches_away_from_the_guide(hall):
    hall.scene(Visit())
    zone = sample_catalogue().zones[0]
    item = max(zone.items, key=lambda item: item.popular)
    hall.touch(f"zone-{zone.id}")
    hall.touch(f"item-{item.code}")
    assert hall.stage.visit.step is Step.GUIDE
    assert hall.stage.visit.item == item
    assert item.who_may_apply.zh in hall.texts()


def test_all_items_are_searched_from_a_zone_too(hall):
    hall.scene(Visit())
    hall.touch(f"zone-{sample_catalogue().zones[0].id}")
    hall.touch("main")
    for key in "GJJ":
        hall.touch(f"key-{key}")
    assert hall.stage.visit.query == "GJJ"
    assert "公积金" in hall.texts()
    hall.touch("back")
    assert hall.stage.visit == Visit()


def test_three_letters_find_the_housing_fund(hall):
    hall.scene(Visit())
    hall.touch("search")
    for key in "GJJ":
        hall.touch(f"key-{key}")
    assert hall.stage.visit.query == "GJJ"
    assert "公积金" in hall.texts()
    hall.touch("key-erase")
    assert hall.stage.visit.query == "GJ"
    hall.touch("key-clear")
    assert hall.stage.visit.query == ""


def test_the_guide_does_not_begin_what_cannot_end_well(hall):
    offline = facts_with(online=False)
    hall.scene(at(Step.GUIDE, printed(), offline), offline)
    assert hall.item("obstacle") is not None
    assert hall.item("main").property("enabled") is False
    hall.touch("main")
    assert hall.stage.visit.step is Step.GUIDE


def test_a_kiosk_that_takes_nothing_new_offers_the_missing_receipt_and_nothing_else(hall):
    full = replace(facts_with(online=False), queue=QueueFacts(full=True, untold=frozenset({deferring().code})))
    hall.scene(Visit(), full)
    assert "可以补打" in hall.item("line-down").property("text")
    hall.scene(at(Step.GUIDE, deferring(), full), full)
    assert hall.item("main").property("text") == "补打回执"
    assert "不用再填一次" in hall.texts()
    hall.touch("main")
    assert hall.stage.visit.step is Step.CONSENT
    visit = replace(at(Step.IDENTIFY, deferring(), full), person=PERSON, factors=frozenset({Factor.CARD}))
    hall.scene(visit, full)
    hall.touch("main")
    assert "没有找到" in hall.texts()
    assert hall.item("main") is None, "it would lead nowhere"


def test_of_several_reasons_that_are_as_common_a_tile_tells_the_first(hall):
    full = replace(facts_with(online=False), queue=QueueFacts(full=True))
    hall.scene(Visit(), full)
    for zone in sample_catalogue().zones:
        whys = [check(item, full, NOON)[0].code for item in zone.items]
        told = texts.short_reason(Counter(whys).most_common(1)[0][0], Language.CHINESE)
        assert hall.item(f"zone-{zone.id}").property("reason") == told


@pytest.mark.parametrize("change", [{"clock_astray": True}, {"queue": QueueFacts(too_old=True)}])
def test_what_closes_the_items_is_seen_on_the_first_screen_at_once(hall, change):
    facts = facts_with()
    hall.scene(Visit(), facts)
    before = [hall.item(f"zone-{zone.id}").property("reason") for zone in sample_catalogue().zones]
    hall.scene(Visit(), replace(facts, **change))
    after = [hall.item(f"zone-{zone.id}").property("reason") for zone in sample_catalogue().zones]
    assert after != before


def test_consent_is_never_ticked_beforehand_and_is_asked_before_anything_else(hall):
    hall.scene(at(Step.CONSENT, deferring(), facts_with()))
    assert hall.item("consent").property("checked") is False
    hall.touch("main")
    assert hall.stage.visit.step is Step.CONSENT
    hall.touch("consent")
    hall.touch("main")
    assert hall.stage.visit.step is Step.IDENTIFY


@pytest.mark.parametrize(
    ("step", "box", "hint"),
    [
        (Step.CONSENT, "consent", "请先点这里打勾，才能继续"),
        (Step.REVIEW, "promise", "请先点这里打勾，才能提交"),
    ],
)
def test_a_touch_that_comes_before_the_tick_is_told_so_at_the_box(hall, step, box, hint):
    visit = at(step, deferring(), facts_with())
    hall.scene(visit)
    assert hint not in hall.texts()
    hall.touch("main")
    assert hall.stage.visit.step is step
    assert hint in hall.texts()
    for size in (PORTRAIT, LANDSCAPE):
        hall.resize(size)
        for look in LOOKS:
            hall.stage.put(replace(visit, **LOOKS[look]), facts_with(practice=True))
            hall.settle()
            assert hall.item("hint") is not None, "it stays, however the screen looks"
            assert complaints_about(hall.screens.window) == [], look
    hall.resize(PORTRAIT)
    hall.stage.put(visit, facts_with())
    hall.settle()
    hall.touch(box)
    assert hint not in hall.texts()
    assert hall.item("main").property("enabled") is True


def test_what_is_taken_from_the_card_is_told_in_one_sentence(hall):
    visit = at(Step.CONSENT, printed(), facts_with())
    hall.scene(visit)
    assert "姓名、证件号码。其他内容读取后立即丢弃" in hall.texts()
    hall.scene(replace(visit, language=Language.ENGLISH))
    assert "Name, document number. Everything else is dropped at once" in hall.texts()


def test_the_named_person_is_masked_and_can_say_not_me(hall):
    hall.scene(at(Step.IDENTIFY, deferring(), facts_with()))
    hall.stage.send(ev.CardAccepted(PERSON))
    hall.settle()
    assert "张*满" in hall.texts()
    assert PERSON.name not in hall.texts()
    assert PERSON.number not in hall.texts()
    hall.touch("not-me")
    assert hall.stage.visit.person is None
    assert "张*满" not in hall.texts()


def test_two_proofs_are_asked_for_one_after_the_other(hall):
    named = replace(at(Step.IDENTIFY, two_proofs(), facts_with()), person=PERSON, factors=frozenset({Factor.CARD}))
    hall.scene(named)
    assert hall.item("second-proof") is not None
    assert hall.item("way-card") is None
    assert hall.item("way-code") is not None
    assert hall.item("main") is None
    hall.stage.send(ev.CodeShown(b"a token"))
    hall.stage.send(ev.CredentialResolved(PERSON))
    hall.settle()
    hall.touch("main")
    assert hall.stage.visit.step is not Step.IDENTIFY


def test_a_face_is_the_second_proof_only_after_its_own_consent(hall):
    facts = with_face_camera(facts_with())
    hall.scene(at(Step.IDENTIFY, two_proofs(), facts), facts)
    assert "先刷身份证，再与证件照片比对" in hall.texts()
    hall.touch("way-face")
    assert hall.stage.visit.face is None
    hall.stage.send(ev.CardAccepted(PERSON, ""))
    hall.settle()
    hall.touch("way-face")
    assert "画面只在本机内存里" in hall.texts()
    hall.touch("face-leave")
    assert hall.stage.visit.face is None
    hall.touch("way-face")
    hall.touch("main")
    assert hall.stage.visit.face == FaceTry(FaceStage.LOOKING)
    assert "请正对屏幕" in hall.texts()
    hall.stage.send(ev.FaceAskedTo(FaceAsk.TURN_RIGHT, 1, 3))
    hall.settle()
    assert "请慢慢向右转头" in hall.texts()
    assert "已完成 1 / 3" in hall.texts()
    assert hall.screens.models["identify"].feed.live
    hall.stage.send(ev.FaceSeen(FaceHint.ONE_PERSON_ONLY))
    hall.settle()
    assert "画面里只能有一个人" in hall.texts()
    assert "请慢慢向右转头" not in hall.texts()
    hall.stage.send(ev.FaceAskedTo(FaceAsk.LOOK_STRAIGHT, 2, 3))
    hall.settle()
    assert "请正对屏幕" in hall.texts()
    hall.stage.send(ev.FaceMatched())
    hall.settle()
    assert not hall.screens.models["identify"].feed.live
    hall.touch("main")
    assert hall.stage.visit.step is not Step.IDENTIFY


def test_a_comparison_can_be_stopped_and_another_way_taken(hall):
    facts = with_face_camera(facts_with())
    hall.scene(at(Step.IDENTIFY, two_proofs(), facts), facts)
    hall.stage.send(ev.CardAccepted(PERSON, ""))
    hall.settle()
    hall.touch("way-face")
    hall.touch("main")
    hall.touch("face-stop")
    assert hall.stage.visit.face is None
    assert hall.item("way-code") is not None


def test_face_is_greyed_and_says_why(hall):
    hall.scene(at(Step.IDENTIFY, deferring(), facts_with()))
    assert "本机没有开通刷脸" in hall.texts()


def test_a_form_is_answered_by_keys_and_going_back_loses_nothing(hall):
    item = item_that(lambda item: len(item.form) > 1 and any(field.kind == "number" for field in item.form[0].fields))
    hall.scene(replace(at(Step.FORM, item, facts_with()), answers=answers_of(item, PERSON)))
    question = next(field for field in item.form[0].fields if field.kind == "number")
    hall.touch(f"field-{question.name}")
    hall.touch("key-clear")
    for digit in "120":
        hall.touch(f"key-{digit}")
    hall.touch("key-erase")
    assert hall.stage.visit.answers[question.name] == "12"
    hall.touch("main")
    assert hall.stage.visit.group == 1
    hall.touch("back")
    assert hall.stage.visit.answers[question.name] == "12"


def test_what_is_missing_is_told_beside_its_question(hall):
    hall.scene(at(Step.FORM, deferring(), facts_with()))
    hall.touch("main")
    assert hall.stage.visit.group == 0
    assert "这一项还没有填" in hall.texts()


def test_a_choice_is_one_touch(hall):
    item = deferring()
    group, question = next((n, f) for n, g in enumerate(item.form) for f in g.fields if f.choices)
    hall.scene(replace(at(Step.FORM, item, facts_with()), group=group))
    hall.touch(f"field-{question.name}")
    hall.touch(f"choice-{question.choices[0].value}")
    assert hall.stage.visit.answers[question.name] == question.choices[0].value


def test_submitting_waits_for_the_promise(hall):
    hall.scene(at(Step.REVIEW, deferring(), facts_with()))
    hall.touch("main")
    assert hall.stage.visit.step is Step.REVIEW
    hall.touch("promise")
    hall.touch("main")
    assert hall.stage.visit.step is Step.SUBMIT
    assert hall.stage.visit.key == KEY


def test_a_page_can_be_mended_from_the_review(hall):
    hall.scene(at(Step.REVIEW, instant(), facts_with()))
    hall.touch("edit-0")
    assert (hall.stage.visit.step, hall.stage.visit.editing) == (Step.FORM, True)
    hall.touch("main")
    assert hall.stage.visit.step is Step.REVIEW


def test_nobody_can_leave_before_the_disk_has_answered(hall):
    hall.scene(replace(at(Step.SUBMIT, deferring(), facts_with()), receipt_number=""))
    assert hall.item("leave") is None
    hall.stage.send(ev.Kept(KEY, RECEIPT_NUMBER))
    hall.settle()
    assert hall.item("leave") is not None


@pytest.mark.parametrize(
    "code",
    [
        *("content-refused", "content-too-large", "hash-wrong", "kiosk-differs", "item-unknown", "rejected"),
        *("attachment-lost", "record-damaged"),
    ],
)
def test_of_one_that_staff_must_look_at_no_resident_is_told_that_it_goes_by_itself_or_is_bound_to_arrive(hall, code):
    hall.scene(ended(deferring(), Outcome(OutcomeKind.HELD, code=code), facts_with()))
    said = hall.texts()
    assert texts.sentence(code, "zh").text in said
    assert "由工作人员核对处理" in said
    assert "如不能送达，请凭回执重新申请" in said
    assert [words for words in ("自动", "窗口", "联网") if words in said] == []


@pytest.mark.parametrize("code", ["attachment-lost", "record-damaged"])
def test_of_one_that_is_damaged_here_residents_and_staff_read_the_same(code):
    assert "重新申请" in texts.sentence(code, "zh").next
    assert "apply anew" in texts.sentence(code, "en").next
    (step,) = remedy(code).steps
    assert "重新申请" in step.zh
    assert "applies anew" in step.en
    for text in (texts.sentence(code, "zh").text, texts.sentence(code, "en").text):
        assert "人工核对" in text or "a person must check" in text


@pytest.mark.parametrize(
    ("kind", "said"),
    [(OutcomeKind.HELD, "如不能送达，请凭回执重新申请"), (OutcomeKind.REJECTED, "退回"), (OutcomeKind.KEPT, "会自动提交")],
)
def test_the_farewell_says_only_of_what_goes_by_itself_that_it_does(hall, kind, said):
    hall.scene(replace(ended(deferring(), Outcome(kind), facts_with()), step=Step.FAREWELL))
    assert said in hall.texts()
    assert ("自动提交" in hall.texts()) is (kind is OutcomeKind.KEPT)


def test_accepted_is_never_said_of_what_is_only_kept(hall):
    hall.scene(ended(deferring(), Outcome(OutcomeKind.KEPT), facts_with()))
    assert "已暂存，还没有受理" in hall.texts()
    assert ACCEPTANCE_NUMBER not in hall.texts()
    hall.stage.send(ev.CentreAnswered(KEY, Outcome(OutcomeKind.ACCEPTED, ACCEPTANCE_NUMBER, NOON)))
    hall.settle()
    assert hall.item("outcome-title").property("text") == "已受理"
    assert ACCEPTANCE_NUMBER in hall.texts()


@pytest.mark.parametrize(
    ("language", "said", "untrue"), [("zh", "会自动提交", "网络恢复"), ("en", "sent by itself", "line is back")]
)
def test_what_a_slow_centre_leaves_kept_is_not_said_to_wait_for_the_line(hall, language, said, untrue):
    hall.scene(ended(deferring(), Outcome(OutcomeKind.KEPT), facts_with(online=True)), language=Language(language))
    assert said in hall.texts()
    assert untrue not in hall.texts()


@pytest.mark.parametrize("kind", OutcomeKind)
def test_each_outcome_has_its_own_title_in_both_languages(hall, kind):
    titles = {}
    for other in OutcomeKind:
        for language in Language:
            hall.scene(ended(instant(), Outcome(other), facts_with()), language=language)
            titles[other, language] = hall.item("outcome-title").property("text")
    assert all(titles.values())
    assert [key for key, title in titles.items() if title == titles[kind, Language.CHINESE]] == [(kind, Language.CHINESE)]


def test_a_slip_that_does_not_come_out_stays_on_the_screen(hall):
    kept = ended(deferring(), Outcome(OutcomeKind.KEPT), facts_with())
    failed = replace(kept, step=Step.RECEIPT, printing=Printing.FAILED, print_trouble="paper-out", printed_state="kept")
    hall.scene(failed)
    assert hall.item("slip") is not None
    assert "打印纸用完了" in hall.texts()
    assert hall.item("slip-code") is not None
    assert f"拍下这个二维码和编号就够了\n{failed.receipt_number}" in hall.texts()
    hall.touch("print-again")
    assert hall.item("slip-code") is None
    assert hall.stage.visit.printing is Printing.PRINTING


def test_where_the_card_is_needed_too_nobody_is_sent_to_the_code_alone(hall):
    for item, alone in ((two_proofs(), False), (instant(), True)):
        for code in ("card-expired", "card-unproved", "card-type-unknown", "card-reader-lost"):
            hall.scene(replace(at(Step.IDENTIFY, item, facts_with()), notice=code))
            notice = next(found for found in walk(hall.item("notice")) if found.property("next"))
            assert ("亮码" in notice.property("next")) is alone, code


def test_only_who_laid_a_card_down_is_told_to_take_it(hall):
    for factor, told in ((Factor.CARD, True), (Factor.CODE, False)):
        hall.scene(replace(at(Step.IDENTIFY, instant(), facts_with()), person=PERSON, factors=frozenset({factor})))
        assert ("别忘了取走您的证件" in hall.texts()) is told


def document_on(step, facts):
    """A document's visit that has come so far."""
    record = Record("参保证明", "Proof of insurance", (RecordLine("姓名", "Name", "张小满"),), NOON, "7Q4K-29XD")
    return replace(ended(printed(), Outcome(OutcomeKind.RECORD, record=record), facts), step=step, receipt_number="", key="")


def test_a_document_that_does_not_come_out_is_not_called_as_good_on_the_screen(hall):
    failed = document_on(Step.RECEIPT, facts_with())
    hall.scene(replace(failed, printing=Printing.FAILED, print_trouble="paper-out", printed_state="record"))
    assert "没有打印出来" in hall.texts()
    assert "换一台自助机打印" in hall.texts()
    assert "扫这个二维码可核验内容" in hall.texts()
    assert "同样有效" not in hall.texts()
    assert "就够了" not in hall.texts()


def test_a_document_is_called_ready_to_print_only_while_a_printer_is(hall):
    hall.scene(document_on(Step.OUTCOME, facts_with()))
    assert "可以打印了" in hall.texts()
    without = facts_with(DeviceKind.RECEIPT_PRINTER)
    hall.scene(document_on(Step.OUTCOME, without), without)
    assert "可以打印了" not in hall.texts()
    assert "打印机暂时不能用，可先看下面的内容" in hall.texts()


def test_an_answer_that_comes_while_no_slip_could_be_printed_is_told(hall):
    accepted = ended(deferring(), Outcome(OutcomeKind.ACCEPTED, ACCEPTANCE_NUMBER, NOON), facts_with())
    failed = replace(accepted, step=Step.RECEIPT, printing=Printing.FAILED, print_trouble="paper-out", printed_state="kept")
    hall.scene(failed)
    assert f"中心刚刚受理了：{ACCEPTANCE_NUMBER}" in hall.texts()
    assert "屏幕上已是新的回执" in hall.texts()
    hall.scene(replace(failed, printed_state="accepted"))
    assert "中心刚刚" not in hall.texts()


def test_a_better_slip_is_offered_once_the_centre_has_answered(hall):
    accepted = ended(deferring(), Outcome(OutcomeKind.ACCEPTED, ACCEPTANCE_NUMBER, NOON), facts_with())
    hall.scene(replace(accepted, step=Step.RECEIPT, printing=Printing.PRINTED, printed_state="kept"))
    assert ACCEPTANCE_NUMBER in hall.texts()
    assert "图中是新回执，还没有打印" in hall.texts()
    hall.touch("print-again")
    assert hall.stage.visit.printing is Printing.PRINTING


def test_rating_is_five_levels_and_can_be_skipped(hall):
    accepted = ended(deferring(), Outcome(OutcomeKind.ACCEPTED, ACCEPTANCE_NUMBER, NOON), facts_with())
    hall.scene(replace(accepted, step=Step.RATING))
    assert all(hall.item(f"rate-{level}") is not None for level in range(1, 6))
    hall.touch("rate-4")
    assert hall.stage.visit.rating == 4
    hall.scene(replace(accepted, step=Step.RATING))
    hall.touch("main")
    assert (hall.stage.visit.step, hall.stage.visit.rating) == (Step.FAREWELL, 0)


def test_nothing_of_a_visit_is_on_the_screen_after_it(hall):
    hall.scene(replace(at(Step.REVIEW, deferring(), facts_with()), promised=True))
    seen = hall.texts()
    assert "张*满" in seen
    hall.touch("leave")
    hall.touch("leave-for-good")
    hall.touch("main")
    assert hall.stage.visit == Visit()
    left = hall.texts()
    assert "张*" not in left
    assert PERSON.number[-4:] not in left
    assert RECEIPT_NUMBER not in left


def test_any_touch_takes_the_idle_warning_away(hall):
    hall.scene(replace(at(Step.REVIEW, deferring(), facts_with()), idle_warning=True), countdown_seconds=38)
    assert "38" in hall.texts()
    hall.touch("stay-anywhere")
    assert hall.stage.visit.idle_warning is False
    assert hall.item("idle-warning") is None
    assert hall.stage.visit.step is Step.REVIEW


def form_of(*fields):
    """An item whose form is one page of these questions."""
    return replace(deferring(), form=(replace(deferring().form[0], fields=fields),))


DAY = FormField(name="day", label=Text(zh="开始日期", en="From"), kind=AnswerKind.DATE)
PHONE = FormField(name="phone", label=Text(zh="手机号码", en="Mobile number"), kind=AnswerKind.PHONE)
INSURED = FormField(name="insured", label=Text(zh="是否参保", en="Insured?"), kind=AnswerKind.YES_NO)


def marks(hall):
    """Name of each question → the icon at its end."""
    rows = {name: hall.item(f"field-{name}") for name in ("day", "insured", "phone")}
    icons = {name: [item for item in walk(row) if item.objectName() == "mark"] for name, row in rows.items()}
    return {name: found[0].property("name") for name, found in icons.items()}


def test_a_question_that_is_being_mended_stays_the_one_that_is_typed_in(hall):
    hall.scene(at(Step.FORM, form_of(DAY, INSURED, PHONE), facts_with()))
    hall.touch("main")
    for key in "20260501":
        hall.touch(f"key-{key}")
    assert dict(hall.stage.visit.answers) == {"day": "2026-05-01"}
    hall.touch("main")
    hall.touch("choice-yes")
    hall.touch("field-phone")
    hall.touch("key-1")
    assert hall.stage.visit.answers["insured"] == "yes"
    assert hall.stage.visit.answers["phone"] == "1"


def test_a_question_is_ticked_off_only_once_its_answer_holds(hall):
    hall.scene(at(Step.FORM, form_of(DAY, INSURED, PHONE), facts_with()))
    hall.touch("key-2")
    assert marks(hall) == {"day": "edit", "insured": "edit", "phone": "edit"}
    assert "应为" not in hall.texts()
    hall.touch("field-phone")
    assert marks(hall)["day"] == "error"
    hall.touch("field-day")
    assert marks(hall)["day"] == "edit"
    for key in "0260501":
        hall.touch(f"key-{key}")
    assert marks(hall)["day"] == "check_circle"


def test_how_a_date_is_typed_and_that_a_choice_is_touched_is_said(hall):
    hall.scene(at(Step.FORM, form_of(DAY, INSURED), facts_with()))
    assert "8 位数字，如 20260501" in hall.texts()
    assert "请选择" in hall.texts()


def test_what_was_typed_is_not_lost_by_one_touch_beside_back(hall):
    hall.scene(at(Step.FORM, form_of(DAY, INSURED), facts_with()))
    hall.touch("key-2")
    before = hall.stage.visit
    hall.touch("leave")
    assert hall.item("leave-dialog") is not None
    hall.touch("leave-stay")
    hall.touch("leave")
    hall.touch("main")  # beside the question: it is as good as going on, and touches nothing under it
    assert hall.item("leave-dialog") is None
    assert hall.stage.visit == before
    hall.touch("leave")
    hall.touch("leave-for-good")
    assert hall.stage.visit.step is Step.FAREWELL
    assert hall.item("leave-dialog") is None


def test_who_has_typed_nothing_leaves_at_once(hall):
    for step in (Step.GUIDE, Step.CONSENT, Step.IDENTIFY, Step.FORM):
        hall.scene(replace(at(step, form_of(DAY, INSURED), facts_with()), answers={}))
        hall.touch("leave")
        assert hall.item("leave-dialog") is None
        assert hall.stage.visit.step is not step


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
@pytest.mark.parametrize("step", [Step.ATTRACT, Step.CONSENT, Step.REVIEW])
def test_a_window_that_is_turned_and_turned_back_is_whole(hall, step, look):
    visit = Visit() if step is Step.ATTRACT else at(step, deferring(), facts_with())
    hall.resize(PORTRAIT)
    hall.scene(visit, facts_with(practice=True), **look)
    for size in (LANDSCAPE, PORTRAIT):
        hall.resize(size)
        assert complaints_about(hall.screens.window) == []


@pytest.mark.parametrize("size", [PORTRAIT, LANDSCAPE], ids=["portrait", "landscape"])
def test_the_question_whether_to_leave_fits_in_every_look(hall, size):
    hall.resize(size)
    found = []
    for name, look in LOOKS.items():
        hall.scene(at(Step.REVIEW, deferring(), facts_with()), **look)
        hall.touch("leave")
        found += [f"{name}: {complaint}" for complaint in complaints_about(hall.screens.window)]
    assert found == []


def test_the_question_whether_to_leave_goes_with_its_page(hall):
    hall.scene(at(Step.REVIEW, deferring(), facts_with()))
    hall.touch("leave")
    hall.stage.send(ev.VisitTimeOver())
    hall.settle()
    assert hall.item("leave-dialog") is None


@pytest.mark.parametrize("under_it", ["leave", "main", "language"])
def test_a_touch_that_takes_the_idle_warning_away_does_nothing_else(hall, under_it):
    hall.scene(replace(at(Step.REVIEW, deferring(), facts_with()), promised=True, idle_warning=True), countdown_seconds=38)
    before = hall.stage.visit
    hall.touch(under_it)
    assert hall.stage.visit == replace(before, idle_warning=False)


def test_language_size_and_contrast_switch_in_the_middle_of_a_visit_and_back(hall):
    hall.scene(at(Step.REVIEW, deferring(), facts_with()))
    hall.touch("language")
    assert "Check and submit" in hall.texts()
    hall.touch("large-text")
    hall.touch("high-contrast")
    assert hall.stage.visit.large_text
    assert hall.stage.visit.high_contrast
    assert hall.stage.visit.step is Step.REVIEW
    hall.touch("language")
    assert "请核对后提交" in hall.texts()
    hall.touch("large-text")
    hall.touch("high-contrast")


def test_help_is_there_at_any_moment_and_changes_nothing(hall):
    hall.scene(at(Step.IDENTIFY, deferring(), facts_with()))
    before = hall.stage.visit
    hall.touch("help")
    assert "12345" in hall.texts()
    hall.touch("help-close")
    assert hall.item("help-dialog") is None
    assert hall.stage.visit == before


def test_practice_is_written_on_every_screen(hall):
    practice = facts_with(practice=True)
    for step in (Step.GUIDE, Step.CONSENT, Step.IDENTIFY, Step.FORM, Step.REVIEW, Step.SUBMIT):
        hall.scene(at(step, deferring(), practice), practice)
        assert hall.item("practice-banner") is not None, step
    hall.scene(Visit())
    assert hall.item("practice-banner") is None


def test_a_zone_that_cannot_be_served_is_grey_and_says_why(hall):
    offline = facts_with(online=False)
    hall.scene(Visit(), offline)
    grey = [zone.id for zone in sample_catalogue().zones if not hall.item(f"zone-{zone.id}").property("enabled")]
    assert grey
    assert all(hall.item(f"zone-{zone}").property("reason") in hall.texts() for zone in grey)
    hall.touch(f"zone-{grey[0]}")
    assert hall.stage.visit.step is Step.ATTRACT


def test_a_fault_of_the_program_is_told_calmly(hall):
    hall.scene(Visit())
    hall.screens.tell_mishap()
    hall.settle()
    assert "程序出现意外故障" in hall.texts()
    assert "Traceback" not in hall.texts()
    hall.touch("mishap-seen")
    assert hall.item("mishap") is None
