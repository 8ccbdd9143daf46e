"""What a visit's slip says: 暂存回执, 受理回执, 秒批结果单, 查询结果单 or the printed document; pure, in every thread."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from datetime import datetime

from devices.receipt_printer.slip import Align, Block, Line, Pair, Qr, Rule, Slip
from kiosk.catalogue.model import Item, Kind, Text
from kiosk.values import dataclass
from kiosk.visit import receipt_words as words
from kiosk.visit.flow import PRINTABLE
from kiosk.visit.masking import mask_name, mask_number
from kiosk.visit.submission import Place, promises
from kiosk.visit.visit import Outcome, OutcomeKind, Record, Visit
from kiosk.visit.working_days import after_working_days


@dataclass(frozen=True, slots=True)
class Around:
    """What the slip says besides the visit."""

    place: Place
    now: datetime
    """With the offset in which all times on the slip are written."""
    practice: bool
    progress_token: str = field(repr=False)
    """Opaque; "" for an enquiry."""


def make_slip(visit: Visit, around: Around) -> Slip | None:
    """The slip of what the visit now tells, in its language; None when there is nothing to print."""
    if visit.outcome is None or visit.item is None or visit.outcome.kind not in PRINTABLE:
        return None
    return Slip(tuple(_Writer(visit, visit.item, visit.outcome, around).blocks()))


@dataclass(frozen=True, slots=True)
class _Writer:
    visit: Visit
    item: Item
    outcome: Outcome
    around: Around

    def blocks(self) -> Iterator[Block]:
        yield from self._head()
        if self.outcome.record is not None:
            yield from self._record(self.outcome.record)
        else:
            yield from self._handling()
            yield from self._decision()
            yield from self._promise()
            yield from self._deferred()
            yield from self._progress()
        yield from self._foot()

    def _say(self, text: Text) -> str:
        return text.in_language(self.visit.language.value)

    def _pair(self, label: Text, value: str) -> Pair:
        return Pair(self._say(label), value)

    def _time(self, at: datetime) -> str:
        return at.astimezone(self.around.now.tzinfo).strftime("%Y-%m-%d %H:%M:%S")

    def _head(self) -> Iterator[Block]:
        place = self.around.place
        if self.around.practice:
            yield Line(self._say(words.PRACTICE), Align.CENTRE, bold=True)
        yield Line(place.hall_en if self.visit.language.value == "en" else place.hall, Align.CENTRE, bold=True)
        yield Line(self._title(), Align.CENTRE, large=True)
        yield Rule()

    def _title(self) -> str:
        record = self.outcome.record
        if record is not None and self.item.kind is Kind.PRINT:
            return record.title_en if self.visit.language.value == "en" else record.title_zh
        return self._say(words.TITLES[self.outcome.kind])

    def _who(self) -> Iterator[Block]:
        person = self.visit.person
        if person is not None:
            yield self._pair(words.APPLICANT, mask_name(person.name))
            yield self._pair(words.DOCUMENT, mask_number(person.number))

    def _handling(self) -> Iterator[Block]:
        yield self._pair(words.NUMBER, self.visit.receipt_number)
        if self.outcome.acceptance_number:
            yield self._pair(words.ACCEPTANCE_NUMBER, self.outcome.acceptance_number)
        yield self._pair(words.ITEM, self._say(self.item.name))
        yield self._pair(words.ITEM_CODE, self.item.code)
        yield self._pair(words.DEPARTMENT, self._say(self.item.department))
        yield from self._who()
        if self.visit.submitted_at is not None:
            yield self._pair(words.SUBMITTED, self._time(self.visit.submitted_at))
        if self.outcome.accepted_at is not None:
            yield self._pair(words.ACCEPTED, self._time(self.outcome.accepted_at))
        if self.outcome.kind in words.STATES:
            yield self._pair(words.STATE, self._say(words.STATES[self.outcome.kind]))

    def _decision(self) -> Iterator[Block]:
        if self.outcome.kind is not OutcomeKind.DECIDED:
            return
        yield self._pair(words.RESULT, self._say(words.APPROVED if self.outcome.approved else words.NOT_APPROVED))
        if self.outcome.rules:
            yield Line(self._say(words.RULES), bold=True)
        for rule in self.outcome.rules:
            meaning = rule.en if self.visit.language.value == "en" else rule.zh
            yield Pair(meaning, self._say(words.MET if rule.met else words.NOT_MET))

    def _promise(self) -> Iterator[Block]:
        if self.outcome.kind is OutcomeKind.DECIDED or self.visit.submitted_at is None:
            return
        if self.item.working_days == 0:
            yield self._pair(words.PROMISED, self._say(words.AT_ONCE))
        else:
            yield self._pair(words.PROMISED, self._say(words.WORKING_DAYS).format(days=self.item.working_days))
            yield from self._end_of_promise(self.visit.submitted_at)
        yield self._pair(
            words.DELIVERY, self._say(words.COMMA).join(self._say(words.DELIVERIES[way]) for way in self.item.delivery)
        )

    def _end_of_promise(self, submitted_at: datetime) -> Iterator[Block]:
        """The days are counted from the acceptance; before it, from now on, and said to be an expectation."""
        accepted_at = self.outcome.accepted_at
        begins = (accepted_at or submitted_at).astimezone(self.around.now.tzinfo).date()
        label = words.ENDS if accepted_at is not None else words.ENDS_WHEN_ACCEPTED
        yield self._pair(label, after_working_days(begins, self.item.working_days).isoformat())

    def _deferred(self) -> Iterator[Block]:
        if not self.visit.promised or self.visit.submitted_at is None:
            return
        promised = promises(self.item, self.visit.submitted_at, self.visit.pages)
        if not promised:
            return
        names = {material.name.zh[:100]: self._say(material.name) for material in self.item.materials}
        yield Rule()
        yield Line(self._say(words.DEFERRED), bold=True)
        yield from (Line(f"· {names[promise.material]}") for promise in promised)
        yield self._pair(words.DEADLINE, promised[0].due)
        yield Line(self._say(words.CONSEQUENCE))

    def _progress(self) -> Iterator[Block]:
        if self.outcome.kind in words.EXPLANATIONS:
            yield Rule()
            yield Line(self._say(words.EXPLANATIONS[self.outcome.kind]))
        if self.around.progress_token:
            yield Qr(self.around.progress_token, self._say(words.PROGRESS))

    def _record(self, record: Record) -> Iterator[Block]:
        english = self.visit.language.value == "en"
        yield self._pair(words.ITEM, self._say(self.item.name))
        yield self._pair(words.ITEM_CODE, self.item.code)
        yield self._pair(words.DEPARTMENT, self._say(self.item.department))
        yield from self._who()
        yield self._pair(words.ISSUED, self._time(record.issued_at))
        yield Rule()
        yield from (Pair(line.en if english else line.zh, line.value) for line in record.lines)
        if record.verification_code:
            yield Rule()
            yield self._pair(words.VERIFICATION, record.verification_code)
            yield Qr(record.verification_code, self._say(words.VERIFY))

    def _foot(self) -> Iterator[Block]:
        place = self.around.place
        yield Rule()
        yield self._pair(words.PRINTED, self._time(self.around.now))
        yield self._pair(words.KIOSK, place.kiosk)
        yield self._pair(words.HOTLINE, place.hotline)
        if self.around.practice:
            yield Line(self._say(words.PRACTICE), Align.CENTRE, bold=True)
