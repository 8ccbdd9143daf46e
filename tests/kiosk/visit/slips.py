"""One slip of every kind, with the longest names of the sample catalogue.

`python -m tests.kiosk.visit.slips FOLDER` draws them at both widths and in both languages, and sheets of all beside each other.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType

from PIL import Image

from devices.receipt_printer.escpos import trial_slip
from devices.receipt_printer.picture import render
from devices.receipt_printer.slip import Slip
from kiosk.catalogue.loading import load_catalogue
from kiosk.catalogue.model import Item, Kind
from kiosk.visit.outcomes import outcome_of_enquiry
from kiosk.visit.receipt import Around, make_slip
from kiosk.visit.visit import Language, Outcome, OutcomeKind, RuleResult, Step, Visit
from tests.kiosk.visit.samples import KEY, NOON, PERSON, PLACE, record

WIDTHS_MM = (80, 58)
RECEIPT = "369999-K03-20261123-000127-7"
ACCEPTED = Outcome(OutcomeKind.ACCEPTED, acceptance_number="369999202611240001", accepted_at=NOON + timedelta(seconds=2))
RULES = (
    RuleResult("年满16周岁且未参加其他养老保险", "Aged 16 or over and in no other pension scheme", met=True),
    RuleResult("本县户籍", "Registered in this county", met=False),
)
DECIDED = Outcome(OutcomeKind.DECIDED, acceptance_number="369999202611240001", accepted_at=NOON, approved=False, rules=RULES)


@cache
def sample_items() -> tuple[Item, ...]:
    return tuple(item for zone in load_catalogue().zones for item in zone.items)


def longest(*kinds: Kind, deferrable: bool = False) -> Item:
    """The item with the longest name in both languages."""
    items = [item for item in sample_items() if item.kind in kinds and (item.deferrable_materials or not deferrable)]
    return max(items, key=lambda item: len(item.name.zh) * 2 + len(item.name.en))


def every_slip(language: Language = Language.CHINESE) -> Iterator[tuple[str, Slip]]:
    """By name: 受理, 暂存, 暂存 held, 秒批, 查询, document, the 受理 printed after the 暂存 (补打) and the technician's test."""
    around = Around(PLACE, NOON + timedelta(minutes=1), practice=False, progress_token="T" * 22)
    visit = Visit(
        step=Step.RECEIPT, item=longest(Kind.APPLICATION), person=PERSON, key=KEY, submitted_at=NOON, receipt_number=RECEIPT,
        language=language, answers=MappingProxyType({}),
    )  # fmt: skip
    deferred = replace(visit, item=longest(Kind.APPLICATION, deferrable=True), promised=True)
    enquired = replace(visit, item=longest(Kind.ENQUIRY), key="", submitted_at=None, outcome=outcome_of_enquiry(record()))
    made = {
        "accepted": replace(visit, outcome=ACCEPTED),
        "kept": replace(visit, outcome=Outcome(OutcomeKind.KEPT)),
        "kept-deferred": replace(deferred, outcome=Outcome(OutcomeKind.KEPT)),
        "held": replace(visit, outcome=Outcome(OutcomeKind.HELD)),
        "reprinted": replace(deferred, outcome=ACCEPTED, printed_state=OutcomeKind.KEPT.value),
        "decided": replace(visit, outcome=DECIDED),
        "record": enquired,
        "document": replace(enquired, item=longest(Kind.PRINT)),
    }
    for name, one in made.items():
        slip = make_slip(one, around)
        assert slip is not None, name
        yield name, slip


def main() -> None:
    folder = Path(sys.argv[1])
    for language in Language:
        for width_mm in WIDTHS_MM:
            slips = dict(every_slip(language)) | {"test": trial_slip(width_mm)}
            pictures = [render(slip, width_mm) for slip in slips.values()]
            for name, picture in zip(slips, pictures, strict=True):
                picture.save(folder / f"{name}-{width_mm}-{language.value}.png")
            sheet = Image.new("L", (sum(one.width + 20 for one in pictures), max(one.height for one in pictures)), 0xD0)
            left = 0
            for picture in pictures:
                sheet.paste(picture, (left, 0))
                left += picture.width + 20
            sheet.save(folder / f"sheet-{width_mm}-{language.value}.png")


if __name__ == "__main__":
    main()
