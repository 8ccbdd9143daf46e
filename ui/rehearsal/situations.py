"""Every situation a resident can meet, by name: each a visit in its step, the facts around it, and what counts down."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field, replace
from datetime import date
from types import MappingProxyType

from devices.reports import DeviceKind, FaceAsk, FaceHint
from kiosk.catalogue.model import AnswerKind, FormField, Item, Kind, MaterialKind
from kiosk.values import dataclass
from kiosk.visit.capturing import papers
from kiosk.visit.facts import Facts, QueueFacts
from kiosk.visit.forms import prefill
from kiosk.visit.preflight import check
from kiosk.visit.visit import (
    CorrectionAsked,
    Document,
    FaceStage,
    FaceTry,
    Factor,
    Outcome,
    OutcomeKind,
    Page,
    Person,
    Printing,
    Record,
    RecordLine,
    RuleResult,
    Step,
    Visit,
)
from ui.rehearsal.painted_sheet import sample_page
from ui.rehearsal.stage import (
    KEY,
    NOON,
    RECEIPT_NUMBER,
    facts_with,
    sample_catalogue,
    with_chip_reader,
    with_document_camera,
    with_face_camera,
)

PERSON = Person(
    document=Document.RESIDENT,
    name="张小满",
    number="369999199003074024",
    sex="2",
    birth=date(1990, 3, 7),
    address="江西省示例县示例镇示例路12号",
)
TYPED: Mapping[AnswerKind, str] = {
    AnswerKind.TEXT: "示例路12号",
    AnswerKind.NAME: "李明",
    AnswerKind.PHONE: "13800138000",
    AnswerKind.NUMBER: "3",
    AnswerKind.MONEY: "1200",
    AnswerKind.DATE: "2026-03-08",
    AnswerKind.ID_NUMBER: "369999199003074024",
    AnswerKind.BANK_CARD: "6222020000000000000",
    AnswerKind.YES_NO: "no",
}
ACCEPTANCE_NUMBER = "SL-2026-1123-000451"


@dataclass(frozen=True, slots=True)
class Situation:
    """One scene."""

    name: str
    visit: Visit = field(repr=False)
    facts: Facts = field(repr=False)
    countdown_seconds: int = 0


def item_that(fits: Callable[[Item], bool]) -> Item:
    """The most used item of the catalogue that fits."""
    items = [item for zone in sample_catalogue().zones for item in zone.items if fits(item)]
    return max(items, key=lambda item: item.popular)


def deferring() -> Item:
    """An application with a form and materials that may follow later."""
    return item_that(lambda item: item.kind is Kind.APPLICATION and item.deferrable_materials and bool(item.form))


def requiring() -> Item:
    """An application of which a paper must be captured here."""
    required = MaterialKind.REQUIRED
    return item_that(lambda item: item.kind is Kind.APPLICATION and any(one.kind is required for one in item.materials))


def instant() -> Item:
    """A 秒批 application."""
    return item_that(lambda item: item.kind is Kind.APPLICATION and item.instant_approval and bool(item.form))


def printed() -> Item:
    """A print item."""
    return item_that(lambda item: item.kind is Kind.PRINT and not item.needs_dedicated_machine)


def two_proofs() -> Item:
    """An item that asks for two proofs."""
    return item_that(lambda item: item.identity_factors == 2)


def of_social_insurance() -> Item:
    """An item that a social-security card is enough for."""
    return item_that(lambda item: item.accepts_social_security_card)


def answers_of(item: Item, person: Person) -> Mapping[str, str]:
    """The whole form answered."""
    typed = {question.name: _answer(question) for group in item.form for question in group.fields}
    return prefill(item, person, typed)


def _answer(question: FormField) -> str:
    return question.choices[0].value if question.choices else TYPED[question.kind]


def at(step: Step, item: Item, facts: Facts) -> Visit:
    """A visit of the item that has come as far as the step, everything before it done."""
    visit = Visit(step=step, zone="self-application", item=item, obstacles=check(item, facts, NOON))
    if step in (Step.GUIDE, Step.CONSENT):
        return visit
    visit = replace(visit, consented=True)
    if step is Step.IDENTIFY:
        return visit
    visit = replace(visit, person=PERSON, factors=frozenset({Factor.CARD}), answers=prefill(item, PERSON, {}))
    if step is Step.FORM:
        return visit
    visit = replace(visit, answers=answers_of(item, PERSON))
    if step in (Step.MATERIALS, Step.REVIEW):
        return visit
    return replace(visit, promised=item.deferrable_materials, key=KEY, submitted_at=NOON, receipt_number=RECEIPT_NUMBER)


def ended(item: Item, outcome: Outcome, facts: Facts) -> Visit:
    """A visit on its outcome screen."""
    return replace(at(Step.OUTCOME, item, facts), outcome=outcome, slow=outcome.kind is OutcomeKind.KEPT)


def situations() -> Iterator[Situation]:
    """All of them, in the order a resident meets them."""
    yield from _public()
    yield from _identifying()
    yield from _filling()
    yield from _ending()
    yield from _after()


def _public() -> Iterator[Situation]:
    online, offline = facts_with(), facts_with(online=False)
    no_reader = facts_with(DeviceKind.CARD_READER, DeviceKind.CODE_SCANNER)
    yield Situation("01-home", Visit(), online)
    yield Situation("02-home-line-down-practice", Visit(), facts_with(online=False, practice=True))
    yield Situation("03-home-nobody-can-be-identified", Visit(), no_reader)
    full = QueueFacts(full=True, untold=frozenset({deferring().code}))
    yield Situation("03-home-full-and-one-cut-off", Visit(), replace(offline, queue=full))
    yield Situation("03-home-out-of-service", Visit(), replace(online, closed="out-of-service"))
    yield Situation("04-zone", Visit(step=Step.ZONE, zone="social-insurance"), online)
    yield Situation("05-zone-line-down", Visit(step=Step.ZONE, zone="personal-enquiry"), offline)
    yield Situation("06-search-empty", Visit(step=Step.ZONE), online)
    yield Situation("07-search", Visit(step=Step.ZONE, query="GJJ"), online)
    yield Situation("08-search-nothing", Visit(step=Step.ZONE, query="QQQQ"), online)
    yield Situation("09-guide", at(Step.GUIDE, deferring(), online), online)
    yield Situation("10-guide-refused", at(Step.GUIDE, printed(), offline), offline)
    yield Situation("11-guide-sent-later", at(Step.GUIDE, instant(), offline), offline)
    cut_off = replace(offline, queue=full)
    yield Situation("11-guide-only-a-missing-receipt", at(Step.GUIDE, deferring(), cut_off), cut_off)
    yield Situation("12-consent", at(Step.CONSENT, deferring(), online), online)
    yield Situation("13-consent-ticked", replace(at(Step.CONSENT, deferring(), online), consented=True), online)
    yield Situation("14-idle-warning", replace(at(Step.GUIDE, deferring(), online), idle_warning=True), online, 12)


def _identifying() -> Iterator[Situation]:
    facts, no_reader, practice = facts_with(), facts_with(DeviceKind.CARD_READER), facts_with(practice=True)
    start = at(Step.IDENTIFY, deferring(), facts)
    yield Situation("20-identify", start, facts)
    yield Situation("21-identify-card-refused", replace(start, notice="card-pulled"), practice)
    yield Situation("22-identify-reader-lost", replace(start, notice="card-reader-lost"), no_reader)
    taking = at(Step.IDENTIFY, of_social_insurance(), facts)
    yield Situation("22-identify-two-cards", taking, with_chip_reader(facts))
    yield Situation("22-identify-chip-card-only", replace(taking, notice="card-mute"), with_chip_reader(no_reader))
    yield Situation("23-identify-resolving", replace(start, resolving=True), facts)
    yield Situation("24-identify-named", replace(start, person=PERSON, factors=frozenset({Factor.CARD})), facts)
    nobody = replace(start, person=PERSON, factors=frozenset({Factor.CARD}), notice="nothing-kept-before")
    yield Situation("24-identify-nothing-kept-before", nobody, facts)
    two = at(Step.IDENTIFY, two_proofs(), facts)
    seen, named = with_face_camera(facts), replace(two, person=PERSON, factors=frozenset({Factor.CARD}), face_hindrance="")
    yield Situation("26-identify-face-offered", named, seen)
    yield Situation("27-identify-face-consent", replace(named, face=FaceTry()), seen)
    turning = replace(named, face=FaceTry(FaceStage.LOOKING, FaceAsk.TURN_LEFT, 1, 3))
    yield Situation("28-identify-face-turning", turning, seen)
    unseen = FaceTry(FaceStage.LOOKING, FaceAsk.TURN_LEFT, 1, 3, FaceHint.NO_FACE)
    yield Situation("28-identify-face-unseen", replace(named, face=unseen), seen)
    yield Situation("29-identify-face-failed", replace(named, face_tries=1, notice="face-differs"), seen)
    yield Situation("25-identify-second-proof", replace(two, person=PERSON, factors=frozenset({Factor.CARD})), facts)


def _filling() -> Iterator[Situation]:
    facts = facts_with()
    seen: set[AnswerKind] = set()
    for zone in sample_catalogue().zones:
        for item in zone.items:
            for number, group in enumerate(item.form):
                kinds = {question.kind for question in group.fields if question.from_card is None} - seen
                if kinds:
                    seen |= kinds
                    visit = replace(at(Step.FORM, item, facts), group=number)
                    yield Situation(f"30-form-{item.code.lower()}-{number}-{'-'.join(sorted(kinds))}", visit, facts)
    item = deferring()
    wrong = {question.name: "answer-missing" for question in item.form[0].fields if question.from_card is None}
    yield Situation("31-form-complaints", replace(at(Step.FORM, item, facts), complaints=MappingProxyType(wrong)), facts)
    yield Situation("32-review", at(Step.REVIEW, item, facts), facts)
    yield Situation("33-review-promised", replace(at(Step.REVIEW, item, facts), promised=True), facts)
    yield Situation("34-review-ending-soon", replace(at(Step.REVIEW, instant(), facts), ending_soon=True), facts)
    yield from _papers()
    waiting = replace(at(Step.SUBMIT, item, facts), receipt_number="")
    yield Situation("35-submit", waiting, facts)
    yield Situation("36-submit-safe", at(Step.SUBMIT, item, facts), facts)
    yield Situation("37-enquiry", replace(at(Step.SUBMIT, printed(), facts), key="", receipt_number=""), facts)


def _papers() -> Iterator[Situation]:
    item, facts = requiring(), with_document_camera(facts_with())
    start = replace(at(Step.MATERIALS, item, facts), can_capture=True, framing=True)
    first, second = papers(start)[:2]
    start = replace(start, material=first)
    taken = replace(start, framing=False, pages=(Page.of(first, sample_page()),))
    yield Situation("32-papers-waiting", start, facts)
    yield Situation("32-papers-glare", replace(start, page_hint="glare"), facts)
    yield Situation("32-papers-good", replace(start, page_hint="good"), facts)
    yield Situation("32-papers-capturing", replace(start, page_hint="good", capturing=True), facts)
    yield Situation("32-papers-refused", replace(start, page_hint="blurred", notice="page-blurred"), facts)
    yield Situation("32-papers-taken", taken, facts)
    yield Situation("32-papers-later", replace(taken, material=second, framing=True, page_hint="no-page"), facts)
    yield Situation("32-papers-further", replace(taken, framing=True, page_hint="good"), facts)
    lost = replace(start, notice="document-camera-lost")
    yield Situation("32-papers-camera-lost", lost, with_document_camera(facts_with(), working=False))
    yield Situation("33-review-with-papers", replace(taken, step=Step.REVIEW), facts)
    yield Situation("33-review-lacking", replace(start, step=Step.REVIEW, framing=False), facts)


def _outcomes() -> Iterator[tuple[str, Item, Outcome]]:
    rules = (
        RuleResult("年满 80 周岁", "Aged 80 or over", met=True),
        RuleResult("户籍在本县", "Registered in this county", met=True),
    )
    failed = (rules[0], RuleResult("目前没有单位为其参保", "Not insured by an employer", met=False))
    corrections = (
        CorrectionAsked("phone", "手机号码无法接通，请换一个", "The phone cannot be reached; please give another"),
        CorrectionAsked("since", "开始日期晚于今天", "The beginning lies in the future"),
    )
    record = Record(
        "参保缴费证明",
        "Proof of insurance",
        (
            RecordLine("险种", "Insurance", "企业职工养老保险"),
            RecordLine("累计缴费", "Paid in all", "86 个月"),
            RecordLine("最近缴费", "Last paid", "2026-10"),
        ),
        NOON,
        "7Q4K-29XD",
    )
    yield "kept", deferring(), Outcome(OutcomeKind.KEPT)
    yield "accepted", deferring(), Outcome(OutcomeKind.ACCEPTED, ACCEPTANCE_NUMBER, NOON)
    yield "decided-yes", instant(), Outcome(OutcomeKind.DECIDED, ACCEPTANCE_NUMBER, NOON, approved=True, rules=rules)
    yield "decided-no", instant(), Outcome(OutcomeKind.DECIDED, ACCEPTANCE_NUMBER, NOON, approved=False, rules=failed)
    yield "rejected", deferring(), Outcome(OutcomeKind.REJECTED, corrections=corrections)
    yield "held", deferring(), Outcome(OutcomeKind.HELD, code="content-refused")
    yield "not-kept", deferring(), Outcome(OutcomeKind.NOT_KEPT, code="store-full")
    yield "record", printed(), Outcome(OutcomeKind.RECORD, record=record)
    yield "no-record", printed(), Outcome(OutcomeKind.NO_RECORD, code="no-record")
    yield "unanswered", printed(), Outcome(OutcomeKind.UNANSWERED, code="centre-hung")


def _ending() -> Iterator[Situation]:
    facts = facts_with()
    for name, item, outcome in _outcomes():
        visit = ended(item, outcome, facts)
        if outcome.kind in (OutcomeKind.RECORD, OutcomeKind.NO_RECORD, OutcomeKind.UNANSWERED, OutcomeKind.NOT_KEPT):
            visit = replace(visit, receipt_number="", key="")
        yield Situation(f"40-outcome-{name}", visit, facts)
        if outcome.kind in (OutcomeKind.KEPT, OutcomeKind.ACCEPTED):
            yield Situation(f"41-kept-before-{name}", replace(visit, recovered=True, slow=False), facts)


def _after() -> Iterator[Situation]:
    facts = facts_with()
    kept = ended(deferring(), Outcome(OutcomeKind.KEPT), facts)
    accepted = ended(deferring(), Outcome(OutcomeKind.ACCEPTED, ACCEPTANCE_NUMBER, NOON), facts)
    printing = replace(kept, step=Step.RECEIPT, printing=Printing.PRINTING, printed_state="kept")
    yield Situation("50-receipt-printing", printing, facts)
    yield Situation("51-receipt-printed", replace(printing, printing=Printing.PRINTED), facts)
    failed = replace(printing, printing=Printing.FAILED, print_trouble="paper-out")
    yield Situation("52-receipt-failed", failed, facts_with(DeviceKind.RECEIPT_PRINTER))
    record = next(outcome for name, _, outcome in _outcomes() if name == "record")
    document = replace(ended(printed(), record, facts), receipt_number="", key="")
    no_printer = facts_with(DeviceKind.RECEIPT_PRINTER)
    yield Situation("52-document-cannot-be-printed", document, no_printer)
    failed = replace(document, step=Step.RECEIPT, printing=Printing.FAILED, print_trouble="paper-out", printed_state="record")
    yield Situation("52-document-failed", failed, no_printer)
    better = replace(accepted, step=Step.RECEIPT, printing=Printing.PRINTED, printed_state="kept")
    yield Situation("53-receipt-better-waits", better, facts)
    failed = replace(better, printing=Printing.FAILED, print_trouble="paper-out")
    yield Situation("53-receipt-failed-and-answered-since", failed, no_printer)
    yield Situation("54-rating", replace(accepted, step=Step.RATING), facts, 28)
    yield Situation("55-farewell", replace(accepted, step=Step.FAREWELL), facts, 8)
    yield Situation("56-farewell-kept", replace(kept, step=Step.FAREWELL), facts_with(online=False, practice=True), 8)
    held = ended(deferring(), Outcome(OutcomeKind.HELD, code="content-refused"), facts)
    yield Situation("56-farewell-held", replace(held, step=Step.FAREWELL), facts, 8)
    idle = replace(at(Step.REVIEW, deferring(), facts), idle_warning=True)
    yield Situation("57-idle-signed-in", idle, facts, 38)
