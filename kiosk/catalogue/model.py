"""What can be done here: zones and items, frozen, checked by pydantic; every mistake is reported at once."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kiosk.values import dataclass

ItemCode = Annotated[str, Field(pattern=r"^[A-Z]{2}-\d{3}$")]
FieldName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]


class Part(BaseModel):
    """What all parts of the catalogue share: frozen, and nothing unknown gets in."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Text(Part):
    """A sentence in both languages."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def in_language(self, language: str) -> str:
        """The sentence for `zh` or `en`."""
        return self.en if language == "en" else self.zh


class Kind(StrEnum):
    """What happens with an item: shown, printed, submitted (queues offline), or paid."""

    ENQUIRY = "enquiry"
    PRINT = "print"
    APPLICATION = "application"
    PAYMENT = "payment"


class CardField(StrEnum):
    """What an item may take from the card; everything else is dropped as soon as the card is read."""

    NAME = "name"
    NUMBER = "number"
    SEX = "sex"
    BIRTH = "birth"
    ADDRESS = "address"
    NATIONALITY = "nationality"


class AnswerKind(StrEnum):
    """How a form field is typed and checked; it also chooses the keypad."""

    TEXT = "text"
    NAME = "name"
    PHONE = "phone"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    ID_NUMBER = "id-number"
    BANK_CARD = "bank-card"
    CHOICE = "choice"
    YES_NO = "yes-no"


class Choice(Part):
    """One choice of a CHOICE field."""

    value: str = Field(min_length=1, max_length=32)
    label: Text


ON_SOCIAL_SECURITY_CARD = frozenset({CardField.NAME, CardField.NUMBER, CardField.SEX, CardField.BIRTH})
"""What a social-security card tells, or its number does."""


class FormField(Part):
    """One question of a form."""

    name: FieldName
    label: Text
    kind: AnswerKind
    hint: Text | None = None
    required: bool = True
    from_card: CardField | None = None
    """Prefilled from the card and not to be typed over."""
    choices: tuple[Choice, ...] = ()
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    max_length: int = Field(default=60, ge=1, le=300)

    @model_validator(mode="after")
    def _choices_belong_to_choice_fields(self) -> FormField:
        if (self.kind is AnswerKind.CHOICE) != bool(self.choices):
            raise ValueError("a choice field needs choices, and only a choice field may have them")
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError("minimum is above maximum")
        return self


class FormGroup(Part):
    """One page of a form."""

    title: Text
    fields: tuple[FormField, ...] = Field(min_length=1, max_length=5)


class MaterialKind(StrEnum):
    """How a material reaches the department."""

    REQUIRED = "required"
    """Must be captured here, now: needs a document camera."""
    DEFERRABLE = "deferrable"
    """May be promised for later (容缺)."""
    E_CERTIFICATE = "e-certificate"
    """Already held by the departments (免提交)."""


class Material(Part):
    """One material of an item."""

    name: Text
    kind: MaterialKind


class Delivery(StrEnum):
    """How the result reaches the resident."""

    ON_SCREEN = "on-screen"
    PRINTED_HERE = "printed-here"
    SMS = "sms"
    POST = "post"
    WINDOW = "window"
    E_CERTIFICATE = "e-certificate"


class Rule(Part):
    """One 秒批 rule: the answer or card fact `subject` compared with `value`.

    Subjects: a form field's name, or `age` (whole years on the day of submission). Operators compare numbers, except
    `is` and `one-of` (values separated by `|`), which compare text.
    """

    subject: FieldName
    operator: Literal["at-least", "at-most", "is", "one-of"]
    value: str = Field(min_length=1)
    meaning: Text


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Fields of one item that contradict one another."""

    path: tuple[str | int, ...]
    """Where in the item."""
    fields: frozenset[str]
    """The item's fields it was found by: with one of them broken it says nothing."""
    message: str


class Item(Part):
    """One thing to do without a clerk."""

    number: int = Field(ge=1, le=999)
    """Its number in the county's list."""
    code: ItemCode
    name: Text
    aliases: tuple[str, ...] = ()
    """Other words people search for, e.g. 公积金."""
    kind: Kind
    summary: Text
    """One line under the name."""
    department: Text
    who_may_apply: Text
    conditions: tuple[Text, ...] = Field(min_length=1)
    identity_factors: Literal[1, 2] = 1
    card_fields: tuple[CardField, ...] = Field(min_length=1)
    accepts_social_security_card: bool = False
    """A social-security card proves enough here, on a kiosk that can read one; it is read without a PIN."""
    form: tuple[FormGroup, ...] = ()
    materials: tuple[Material, ...] = ()
    working_days: int = Field(ge=0, le=180)
    """Promised working days; 0 means at once."""
    fee_yuan: Decimal = Field(ge=0, max_digits=10, decimal_places=2)
    fee_note: Text | None = None
    delivery: tuple[Delivery, ...] = Field(min_length=1)
    hours: str = Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$")
    """Opening hours of the data source, local time; 00:00-24:00 means always."""
    pages: int = Field(default=0, ge=0, le=50)
    """Pages printed, print items only."""
    popular: int = Field(default=0, ge=0, le=100)
    """Rank of use; the highest are shown first."""
    instant_approval: bool = False
    rules: tuple[Rule, ...] = ()
    deferrable_materials: bool = False
    deferral_working_days: int = Field(default=0, ge=0, le=60)
    cross_region: bool = False
    one_thing_bundle: bool = False
    bundle: tuple[Text, ...] = ()
    """一件事: what is done with one form, department by department."""
    needs_dedicated_machine: bool = False
    dedicated_machine: Text | None = None
    """Which certified machine, and where it stands."""

    def fields(self) -> tuple[FormField, ...]:
        """All questions of the form, page after page."""
        return tuple(field for group in self.form for field in group.fields)

    def disagreements(self) -> tuple[Disagreement, ...]:
        """Where the item's fields contradict one another; looks only at the fields each disagreement names."""
        return (*self._flag_disagreements(), *self._name_disagreements(), *self._rule_disagreements())

    def _flag_disagreements(self) -> list[Disagreement]:
        deferrable = any(material.kind is MaterialKind.DEFERRABLE for material in self.materials)
        pairs = (
            (self.deferrable_materials != deferrable, ("deferrable_materials", "materials"), "{0} and {1} disagree"),
            (
                self.deferrable_materials != (self.deferral_working_days > 0),
                ("deferrable_materials", "deferral_working_days"),
                "{0} needs {1}, and only then",
            ),
            (
                self.kind is Kind.APPLICATION and self.instant_approval != bool(self.rules),
                ("instant_approval", "rules", "kind"),
                "an {0} application needs {1}, and only then",
            ),
            (self.one_thing_bundle != bool(self.bundle), ("one_thing_bundle", "bundle"), "{0} needs {1}, and only then"),
            (
                self.needs_dedicated_machine != (self.dedicated_machine is not None),
                ("needs_dedicated_machine", "dedicated_machine"),
                "{0} needs {1}, and only then",
            ),
            (
                self.accepts_social_security_card and not ON_SOCIAL_SECURITY_CARD.issuperset(self.card_fields),
                ("accepts_social_security_card", "card_fields"),
                "{0}, but {1} asks for what such a card does not tell",
            ),
            ((self.kind is Kind.PRINT) != (self.pages > 0), ("pages", "kind"), "print items need {0}, and only they"),
        )
        return [Disagreement((names[0],), frozenset(names), words.format(*names)) for wrong, names, words in pairs if wrong]

    def _name_disagreements(self) -> list[Disagreement]:
        found = []
        seen: set[str] = set()
        for g, group in enumerate(self.form):
            for f, field in enumerate(group.fields):
                at = ("form", g, "fields", f)
                if field.name in seen:
                    found.append(
                        Disagreement((*at, "name"), frozenset({"form"}), f"two form fields share the name {field.name!r}")
                    )
                seen.add(field.name)
                if field.from_card is not None and field.from_card not in self.card_fields:
                    words = f"field {field.name!r} takes {field.from_card.value!r} from the card, which card_fields does not list"
                    found.append(Disagreement((*at, "from_card"), frozenset({"form", "card_fields"}), words))
        return found

    def _rule_disagreements(self) -> list[Disagreement]:
        fields = {field.name: field for field in self.fields()}
        found = []
        for r, rule in enumerate(self.rules):
            if rule.subject == "age" and CardField.BIRTH not in self.card_fields:
                words = "a rule about the age needs 'birth' in card_fields"
                found.append(Disagreement(("rules", r, "subject"), frozenset({"rules", "card_fields"}), words))
            complaint = _rule_complaint(rule, fields.get(rule.subject))
            if complaint is not None:
                key, words = complaint
                found.append(Disagreement(("rules", r, key), frozenset({"form", "rules"}), words))
        return found

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Item:
        mistakes = self.disagreements()
        if mistakes:
            raise ValueError("; ".join(mistake.message for mistake in mistakes))
        return self


def _rule_complaint(rule: Rule, field: FormField | None) -> tuple[str, str] | None:
    """The key of the rule that is wrong and why, or None."""
    if field is None and rule.subject != "age":
        return "subject", f"rule subject {rule.subject!r} is no form field"
    if rule.operator in ("at-least", "at-most"):
        if field is not None and field.kind not in (AnswerKind.NUMBER, AnswerKind.MONEY):
            return "operator", f"{rule.operator!r} compares numbers, and field {field.name!r} is of kind {field.kind.value!r}"
        return None if _is_number(rule.value) else ("value", f"{rule.operator!r} needs a number, not {rule.value!r}")
    if field is None:
        return None
    allowed = [choice.value for choice in field.choices] or (["yes", "no"] if field.kind is AnswerKind.YES_NO else None)
    asked = rule.value.split("|") if rule.operator == "one-of" else [rule.value]
    strange = [value for value in asked if allowed is not None and value not in allowed]
    return ("value", f"field {field.name!r} has no choice {', '.join(map(repr, strange))}") if strange else None


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


class Zone(Part):
    """One of the nine self-service zones."""

    id: str = Field(pattern=r"^[a-z][a-z-]{1,31}$")
    name: Text
    summary: Text
    icon: str = Field(pattern=r"^[a-z0-9_]+$")
    colour: str = Field(pattern=r"^#[0-9a-f]{6}$")
    order: int = Field(ge=1, le=9)
    items: tuple[Item, ...] = Field(min_length=1)


class Catalogue(Part):
    """Everything a kiosk can do; `version` is the sha256 of its canonical content."""

    version: str
    sample: bool = True
    """示例目录: the catalogue says of itself that it is a sample."""
    zones: tuple[Zone, ...] = Field(min_length=1)

    def item(self, code: str) -> Item | None:
        """The item with this code."""
        return next((item for zone in self.zones for item in zone.items if item.code == code), None)

    def zone(self, zone_id: str) -> Zone | None:
        """The zone with this id."""
        return next((zone for zone in self.zones if zone.id == zone_id), None)

    def zone_of(self, code: str) -> Zone | None:
        """The zone in which the item stands."""
        return next((zone for zone in self.zones if any(item.code == code for item in zone.items)), None)
