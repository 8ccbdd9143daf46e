"""An answer as a person reads it: choices by their label, codes in words, masked where it must be."""

from __future__ import annotations

from kiosk.catalogue.model import AnswerKind, CardField, FormField
from kiosk.visit.masking import mask_answer
from ui.texts import SEXES, YES_NO, word


def answer_text(field: FormField, text: str, language: str, *, masked: bool) -> str:
    """The answer in the language; `masked` as the review shows it."""
    if not text:
        return ""
    if field.from_card is CardField.SEX:
        return word(SEXES.get(text, SEXES["0"]), language)
    if field.kind is AnswerKind.CHOICE:
        return next((choice.label.in_language(language) for choice in field.choices if choice.value == text), text)
    if field.kind is AnswerKind.YES_NO:
        return word(YES_NO[text], language) if text in YES_NO else text
    return mask_answer(field, text) if masked else text
