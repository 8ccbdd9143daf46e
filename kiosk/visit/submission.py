"""From a kept visit to what travels: the applicant, the promises with their dates, the canonical bytes; pure.

The messages of the wire are imported where they are made: at the start nobody has submitted anything yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

from kiosk.catalogue.model import Item, MaterialKind
from kiosk.values import dataclass
from kiosk.visit.effects import AskCentre, KeepSubmission
from kiosk.visit.visit import Factor, Page, Person
from kiosk.visit.working_days import after_working_days
from offline_cache.blob import Blob
from offline_cache.canonical import canonical

if TYPE_CHECKING:
    from offline_cache.wire import Applicant, Attachment, EnquiryRequest, Promise, Sex, Submission

CONSENT_VERSION = "2026-01"
"""Which wording of the notice the resident ticked; changes when the notice's words do."""

SEXES: Mapping[str, Sex] = {"0": "0", "1": "1", "2": "2", "9": "9"}
"""GB/T 2261.1 as it travels; what no card should say travels as nothing."""


@dataclass(frozen=True, slots=True)
class Place:
    """Which kiosk this is, in which hall; stands on every submission and every receipt."""

    hall: str
    hall_en: str
    area: str
    """Six digits, GB/T 2260."""
    kiosk: str
    """K and two to six digits."""
    hotline: str = "12345"


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a submission carries besides the resident's own words."""

    place: Place
    catalogue_version: str
    progress_token: str = field(repr=False)
    practice: bool


def submission(keep: KeepSubmission, receipt_number: str, particulars: Particulars) -> Submission:
    """The submission as it travels; `keep.at` carries its offset."""
    from offline_cache.wire import Submission

    return Submission(
        key=keep.key,
        receipt_number=receipt_number,
        kiosk=particulars.place.kiosk,
        item=keep.item.code,
        catalogue_version=particulars.catalogue_version,
        submitted_at=keep.at,
        applicant=applicant(keep.person, keep.proof),
        answers=spoken(keep.answers, keep.item),
        promises=promises(keep.item, keep.at, keep.pages) if keep.promised else (),
        attachments=tuple(attachments(keep.item, keep.pages)),
        consent_version=CONSENT_VERSION,
        progress_token=particulars.progress_token,
        practice=particulars.practice,
    )


def content_bytes(keep: KeepSubmission, receipt_number: str, particulars: Particulars) -> bytes:
    """The canonical bytes that are kept, hashed and sent."""
    return canonical(submission(keep, receipt_number, particulars).model_dump(mode="json"))


def enquiry(ask: AskCentre) -> EnquiryRequest:
    """The enquiry as it travels."""
    from offline_cache.wire import EnquiryRequest

    return EnquiryRequest(applicant=applicant(ask.person, ask.proof), answers=spoken(ask.answers, ask.item))


def applicant(person: Person, proof: str) -> Applicant:
    """The person as they travel: nothing that the item did not ask for."""
    from offline_cache.wire import Applicant

    proved_by: Literal["card", "code"] = "card" if proof == Factor.CARD.value else "code"
    return Applicant(
        proof=proved_by,
        name=person.name,
        number=person.number,
        document=person.document.value,
        sex=SEXES.get(person.sex, ""),
        birth=person.birth.isoformat() if person.birth is not None else "",
        address=person.address,
        nationality=person.nationality[:3],
    )


def spoken(answers: Mapping[str, str], item: Item) -> dict[str, str]:
    """The answers to this item's questions, without blanks at the ends and without empty ones."""
    given = {asked.name: answers.get(asked.name, "").strip() for asked in item.fields()}
    return {name: text for name, text in given.items() if text}


def promises(item: Item, at: datetime, pages: Sequence[Page] = ()) -> tuple[Promise, ...]:
    """Every deferrable material that was not captured, with the day by which it must be brought."""
    from offline_cache.wire import Promise

    due, captured = deferral_ends(item, at.date()), {page.material for page in pages}
    materials = [one for place, one in enumerate(item.materials) if place not in captured]
    deferred = [material for material in materials if material.kind is MaterialKind.DEFERRABLE]
    return tuple(Promise(material=material.name.zh[:100], due=due.isoformat()) for material in deferred)


def attachments(item: Item, pages: Sequence[Page]) -> Iterator[Attachment]:
    """The captured pages by their hashes, numbered within their material."""
    from offline_cache.wire import Attachment

    numbers: dict[int, int] = {}
    for page in pages:
        number = numbers[page.material] = numbers.get(page.material, 0) + 1
        name = item.materials[page.material].name.zh[:100]
        yield Attachment(material=name, page=number, sha256=page.picture.sha256, size=len(page.jpeg))


def captured_before(item: Item, told: Sequence[Attachment]) -> tuple[Page, ...]:
    """The pages of an earlier submission, without what is on them."""
    places = {material.name.zh[:100]: place for place, material in enumerate(item.materials)}
    return tuple(Page(places[one.material], Blob(b"", one.sha256)) for one in told if one.material in places)


def deferral_ends(item: Item, day: date) -> date:
    """The last day on which promised materials may be brought, for a submission of this day."""
    return after_working_days(day, item.deferral_working_days)
