"""Whether a submission is complete, and what its 秒批 rules decide; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from kiosk.catalogue.model import AnswerKind, FormField, Item, Material, MaterialKind, Rule
from offline_cache.hall_time import HALL_TIME
from offline_cache.wire import Applicant, Correction, RuleShown, Submission, Verdict

MISSING = ("此项必填。", "This must be answered.")
UNKNOWN = ("本事项没有这一项。", "The item does not ask this.")
WRONG = ("填写的内容不符合要求。", "The answer does not fit the question.")
TOO_LONG = ("填写的内容过长。", "The answer is too long.")
OUT_OF_RANGE = ("数值超出允许范围。", "The number is outside its limits.")
NO_CONSENT = ("没有同意记录，请重新办理并确认告知书。", "There is no consent: please start again and confirm the notice.")
SHAPES: Mapping[AnswerKind, re.Pattern[str]] = {
    AnswerKind.PHONE: re.compile(r"1[3-9][0-9]{9}"),
    AnswerKind.NUMBER: re.compile(r"[0-9]{1,12}(\.[0-9]{1,4})?"),
    AnswerKind.MONEY: re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?"),
    AnswerKind.DATE: re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"),
    AnswerKind.BANK_CARD: re.compile(r"[0-9]{12,19}"),
    AnswerKind.YES_NO: re.compile(r"yes|no"),
    AnswerKind.ID_NUMBER: re.compile(r"[1-9][0-9]{16}[0-9Xx]|[A-Z]{3}[0-9]{12}"),
}


@dataclass(frozen=True, slots=True)
class Decision:
    """What the department says of a submission."""

    verdict: Verdict
    approved: bool | None = None
    rules: tuple[RuleShown, ...] = ()
    corrections: tuple[Correction, ...] = ()


def examine(item: Item, submission: Submission, at: datetime) -> Decision:
    """Rejected with everything to correct, decided by the item's rules, or accepted for a clerk."""
    corrections = corrections_of(item, submission)
    if corrections:
        return Decision(Verdict.REJECTED, corrections=corrections)
    if not item.rules:
        return Decision(Verdict.ACCEPTED)
    subjects = {**submission.answers}
    age = age_of(submission.applicant, at)
    if age is not None:
        subjects["age"] = str(age)
    met = [_is_met(rule, subjects.get(rule.subject, "").strip()) for rule in item.rules]
    if None in met:
        return Decision(Verdict.ACCEPTED)  # a rule without its fact decides nothing: a clerk does
    shown = tuple(
        RuleShown(zh=rule.meaning.zh, en=rule.meaning.en, met=bool(good)) for rule, good in zip(item.rules, met, strict=True)
    )
    return Decision(Verdict.DECIDED, approved=all(met), rules=shown)


def corrections_of(item: Item, submission: Submission) -> tuple[Correction, ...]:
    """Everything to correct, whole; empty when the submission is complete."""
    found = (*answer_corrections(item, submission.answers), *_material_corrections(item, submission))
    if not submission.consent_version.strip():
        found = (*found, _correction("consent", NO_CONSENT))
    return found


def answer_corrections(item: Item, answers: Mapping[str, str]) -> tuple[Correction, ...]:
    """Everything to correct in the answers to the item's form."""
    fields = {field.name: field for field in item.fields()}
    wrong = [(name, _mistake(field, answers.get(name, "").strip())) for name, field in fields.items()]
    unknown = [(name[:64], UNKNOWN) for name in sorted(answers.keys() - fields.keys())]
    return tuple(_correction(name, sentence) for name, sentence in [*wrong, *unknown] if sentence is not None)


def _material_corrections(item: Item, submission: Submission) -> tuple[Correction, ...]:
    """Every material that is neither attached nor, where it may be, promised; and what the item does not ask for."""
    attached = {one.material for one in submission.attachments}
    promised = {one.material for one in submission.promises}
    wanted = captured(item)
    found = []
    for name, material in wanted.items():
        enough = attached | promised if material.kind is MaterialKind.DEFERRABLE else attached
        if name not in enough:
            found.append(Correction(field="materials", zh=f"缺少材料：{name}。", en=f"Missing: {material.name.en}."))
    if attached - wanted.keys():
        found.append(_correction("materials", UNKNOWN))
    return tuple(found)


def captured(item: Item) -> dict[str, Material]:
    """The materials of which pages may come, by the name that travels."""
    return {one.name.zh[:100]: one for one in item.materials if one.kind is not MaterialKind.E_CERTIFICATE}


def age_of(applicant: Applicant, at: datetime) -> int | None:
    """Whole years on the hall's day, by the card's birth date or the one inside the number; None when neither tells."""
    born = _birth(applicant)
    if born is None:
        return None
    today = at.astimezone(HALL_TIME).date()
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _birth(applicant: Applicant) -> date | None:
    number = applicant.number
    inside = f"{number[6:10]}-{number[10:12]}-{number[12:14]}" if len(number) == 18 else ""
    for text in (applicant.birth, inside):
        try:
            return date.fromisoformat(text)
        except ValueError:
            continue
    return None


def _mistake(field: FormField, text: str) -> tuple[str, str] | None:
    if not text:
        return MISSING if field.required else None
    if field.from_card is None and len(text) > field.max_length:
        return TOO_LONG
    if field.kind is AnswerKind.CHOICE:
        return None if any(choice.value == text for choice in field.choices) else WRONG
    shape = SHAPES.get(field.kind)
    if shape is not None and not shape.fullmatch(text):
        return WRONG
    return _beyond_limits(field, text) if field.kind in (AnswerKind.NUMBER, AnswerKind.MONEY) else None


def _beyond_limits(field: FormField, text: str) -> tuple[str, str] | None:
    amount = Decimal(text)
    too_small = field.minimum is not None and amount < field.minimum
    too_large = field.maximum is not None and amount > field.maximum
    return OUT_OF_RANGE if too_small or too_large else None


def _is_met(rule: Rule, told: str) -> bool | None:
    """None when there is nothing to compare."""
    if not told:
        return None
    match rule.operator:
        case "is":
            return told == rule.value
        case "one-of":
            return told in rule.value.split("|")
        case "at-least":
            return _compare(told, rule.value, at_least=True)
        case "at-most":
            return _compare(told, rule.value, at_least=False)


def _compare(told: str, limit: str, *, at_least: bool) -> bool | None:
    try:
        return Decimal(told) >= Decimal(limit) if at_least else Decimal(told) <= Decimal(limit)
    except InvalidOperation:
        return None


def _correction(field: str, sentence: tuple[str, str]) -> Correction:
    return Correction(field=field, zh=sentence[0], en=sentence[1])
