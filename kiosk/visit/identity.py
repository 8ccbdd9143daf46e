"""From a card, a resolved credential or a scanned code to what the visit may know of a person; pure, in every thread."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from devices.reports import Card, CardKind
from kiosk.catalogue.model import CardField, Item
from kiosk.visit import events as ev
from kiosk.visit.visit import Document, Person

if TYPE_CHECKING:
    from offline_cache.wire import Credential

DOCUMENTS = {
    CardKind.RESIDENT: Document.RESIDENT,
    CardKind.FOREIGNER_2017: Document.FOREIGNER,
    CardKind.FOREIGNER_2023: Document.FOREIGNER,
    CardKind.HK_MACAO_TAIWAN: Document.HK_MACAO_TAIWAN,
    CardKind.SOCIAL_SECURITY: Document.SOCIAL_SECURITY,
}
AGE_OF_OWN_CONSENT = 14
"""Personal Information Protection Law, article 31."""
LONGEST_NAME, LONGEST_ADDRESS = 64, 120
"""What travels to the centre holds no more characters."""


def judge_card(card: Card, item: Item, today: date) -> ev.CardAccepted | ev.CardRefused:
    """The person on the card, narrowed to the item; a card out of its validity is refused. `today` is the local date.

    That number, birth date and sex agree with each other is the card reader's matter and was checked before.
    """
    if card.valid_to is not None and today > card.valid_to:
        return ev.CardRefused("card-expired")
    if card.kind is CardKind.SOCIAL_SECURITY and not item.accepts_social_security_card:
        return ev.CardRefused("card-kind-not-accepted")
    if card.valid_from is not None and today < card.valid_from:
        return ev.CardRefused("card-not-valid-yet")
    whole = Person(
        document=DOCUMENTS[card.kind],
        name=(card.name or card.english_name)[:LONGEST_NAME],
        number=card.number.upper(),
        sex=card.sex,
        birth=card.birth,
        address=card.address[:LONGEST_ADDRESS],
        nationality=card.nationality,
    )
    return ev.CardAccepted(narrow(whole, item), _why_no_face(card, today))


def judge_credential(credential: Credential, item: Item) -> ev.CredentialResolved | ev.CodeRefused:
    """The person the centre named, narrowed to the item; an answer without name, number or known document names nobody."""
    known = {document.value: document for document in Document}
    document = known.get(credential.document)
    if document is None or not credential.name.strip() or not credential.number.strip():
        return ev.CodeRefused("code-unknown")
    whole = Person(
        document=document,
        name=credential.name.strip()[:LONGEST_NAME],
        number=credential.number.strip().upper(),
        sex=credential.sex,
        birth=_date(credential.birth),
        address=credential.address[:LONGEST_ADDRESS],
        nationality=credential.nationality,
    )
    return ev.CredentialResolved(narrow(whole, item))


def narrow(person: Person, item: Item) -> Person:
    """Only what the item lists in `card_fields` stays.

    Name and number always stay: two proofs are compared by the number, and the receipt names whom it belongs to.
    """
    wanted = set(item.card_fields)
    return Person(
        document=person.document,
        name=person.name,
        number=person.number,
        sex=person.sex if CardField.SEX in wanted else "",
        birth=person.birth if CardField.BIRTH in wanted else None,
        address=person.address if CardField.ADDRESS in wanted else "",
        nationality=person.nationality if CardField.NATIONALITY in wanted else "",
    )


def _why_no_face(card: Card, today: date) -> str:
    """Why no face is compared with this card; the law asks for a guardian's consent under 14, which nobody can give here."""
    birthdays = today.year - card.birth.year - ((today.month, today.day) < (card.birth.month, card.birth.day))
    if birthdays < AGE_OF_OWN_CONSENT:
        return "face-needs-guardian"
    return "" if card.photo else "photo-undecoded"


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
