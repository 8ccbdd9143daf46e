"""What can be done here: zones and items, frozen.

The limits in a field's `metadata` are arguments of pydantic's `Field`: `kiosk.catalogue.checking` goes by them, whoever makes
a value by hand does not.
"""

from __future__ import annotations

from dataclasses import field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Literal

from kiosk.values import NOTHING_UNKNOWN, dataclass

FIELD_NAME = {"pattern": r"^[a-z][a-z0-9_]{0,31}$"}


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence in both languages."""

    __pydantic_config__ = NOTHING_UNKNOWN

    zh: str = field(metadata={"min_length": 1})
    en: str = field(metadata={"min_length": 1})

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


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a CHOICE field."""

    __pydantic_config__ = NOTHING_UNKNOWN

    value: str = field(metadata={"min_length": 1, "max_length": 32})
    label: Text


ON_SOCIAL_SECURITY_CARD = frozenset({CardField.NAME, CardField.NUMBER, CardField.SEX, CardField.BIRTH})
"""What a social-security card tells, or its number does."""


@dataclass(frozen=True, slots=True)
class FormField:
    """One question of a form."""

    __pydantic_config__ = NOTHING_UNKNOWN

    name: str = field(metadata=FIELD_NAME)
    label: Text
    kind: AnswerKind
    hint: Text | None = None
    required: bool = True
    from_card: CardField | None = None
    """Prefilled from the card and not to be typed over."""
    choices: tuple[Choice, ...] = ()
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    max_length: int = field(default=60, metadata={"ge": 1, "le": 300})

    def __post_init__(self) -> None:
        if (self.kind is AnswerKind.CHOICE) != bool(self.choices):
            raise ValueError("a choice field needs choices, and only a choice field may have them")
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError("minimum is above maximum")


@dataclass(frozen=True, slots=True)
class FormGroup:
    """One page of a form."""

    __pydantic_config__ = NOTHING_UNKNOWN

    title: Text
    fields: tuple[FormField, ...] = field(metadata={"min_length": 1, "max_length": 5})


class MaterialKind(StrEnum):
    """How a material reaches the department."""

    REQUIRED = "required"
    """Must be captured here, now: needs a document camera."""
    DEFERRABLE = "deferrable"
    """May be promised for later (容缺)."""
    E_CERTIFICATE = "e-certificate"
    """Already held by the departments (免提交)."""


@dataclass(frozen=True, slots=True)
class Material:
    """One material of an item."""

    __pydantic_config__ = NOTHING_UNKNOWN

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


@dataclass(frozen=True, slots=True)
class Rule:
    """One 秒批 rule: the answer or card fact `subject` compared with `value`.

    Subjects: a form field's name, or `age` (whole years on the day of submission). Operators compare numbers, except
    `is` and `one-of` (values separated by `|`), which compare text.
    """

    __pydantic_config__ = NOTHING_UNKNOWN

    subject: str = field(metadata=FIELD_NAME)
    operator: Literal["at-least", "at-most", "is", "one-of"]
    value: str = field(metadata={"min_length": 1})
    meaning: Text


DISAGREE = "{0} and {1} disagree", "{0} 与 {1} 不一致"
TOGETHER = "{0} needs {1}, and only then", "{0} 与 {1} 须同时设置，或都不设"


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Fields of one item that contradict one another."""

    path: tuple[str | int, ...]
    """Where in the item."""
    fields: frozenset[str]
    """The item's fields it was found by: with one of them broken it says nothing."""
    message: str
    zh: str
    """The same for the kiosk's own screen."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to do without a clerk."""

    __pydantic_config__ = NOTHING_UNKNOWN

    number: int = field(metadata={"ge": 1, "le": 999})
    """Its number in the county's list."""
    code: str = field(metadata={"pattern": r"^[A-Z]{2}-\d{3}$"})
    name: Text
    kind: Kind
    summary: Text
    """One line under the name."""
    department: Text
    who_may_apply: Text
    conditions: tuple[Text, ...] = field(metadata={"min_length": 1})
    card_fields: tuple[CardField, ...] = field(metadata={"min_length": 1})
    working_days: int = field(metadata={"ge": 0, "le": 180})
    """Promised working days; 0 means at once."""
    fee_yuan: Decimal = field(metadata={"ge": 0, "max_digits": 10, "decimal_places": 2})
    delivery: tuple[Delivery, ...] = field(metadata={"min_length": 1})
    hours: str = field(metadata={"pattern": r"^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$"})
    """Opening hours of the data source, local time; 00:00-24:00 means always."""
    aliases: tuple[str, ...] = ()
    """Other words people search for, e.g. 公积金."""
    identity_factors: Literal[1, 2] = 1
    accepts_social_security_card: bool = False
    """A social-security card proves enough here, on a kiosk that can read one; it is read without a PIN."""
    form: tuple[FormGroup, ...] = ()
    materials: tuple[Material, ...] = ()
    fee_note: Text | None = None
    pages: int = field(default=0, metadata={"ge": 0, "le": 50})
    """Pages printed, print items only."""
    popular: int = field(default=0, metadata={"ge": 0, "le": 100})
    """Rank of use; the highest are shown first."""
    instant_approval: bool = False
    rules: tuple[Rule, ...] = ()
    deferrable_materials: bool = False
    deferral_working_days: int = field(default=0, metadata={"ge": 0, "le": 60})
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
            (self.deferrable_materials != deferrable, ("deferrable_materials", "materials"), *DISAGREE),
            (
                self.deferrable_materials != (self.deferral_working_days > 0),
                ("deferrable_materials", "deferral_working_days"),
                *TOGETHER,
            ),
            (
                self.kind is Kind.APPLICATION and self.instant_approval != bool(self.rules),
                ("instant_approval", "rules", "kind"),
                "an {0} application needs {1}, and only then",
                "秒批（{0}）的申请须有 {1}，其他申请不得有",
            ),
            (self.one_thing_bundle != bool(self.bundle), ("one_thing_bundle", "bundle"), *TOGETHER),
            (
                self.needs_dedicated_machine != (self.dedicated_machine is not None),
                ("needs_dedicated_machine", "dedicated_machine"),
                *TOGETHER,
            ),
            (
                self.accepts_social_security_card and not ON_SOCIAL_SECURITY_CARD.issuperset(self.card_fields),
                ("accepts_social_security_card", "card_fields"),
                "{0}, but {1} asks for what such a card does not tell",
                "{0} 已允许用社保卡，但 {1} 中有社保卡上没有的内容",
            ),
            (
                (self.kind is Kind.PRINT) != (self.pages > 0),
                ("pages", "kind"),
                "print items need {0}, and only they",
                "打印事项须有 {0}，其他事项不得有",
            ),
        )
        return [
            Disagreement((names[0],), frozenset(names), words.format(*names), zh.format(*names))
            for wrong, names, words, zh in pairs
            if wrong
        ]

    def _name_disagreements(self) -> list[Disagreement]:
        found = []
        seen: set[str] = set()
        for g, group in enumerate(self.form):
            for f, asked in enumerate(group.fields):
                at = ("form", g, "fields", f)
                if asked.name in seen:
                    words, zh = f"two form fields share the name {asked.name!r}", f"有两个表单项都叫 {asked.name}"
                    found.append(Disagreement((*at, "name"), frozenset({"form"}), words, zh))
                seen.add(asked.name)
                if asked.from_card is not None and asked.from_card not in self.card_fields:
                    words = f"field {asked.name!r} takes {asked.from_card.value!r} from the card, which card_fields does not list"
                    zh = f"表单项 {asked.name} 取证件上的 {asked.from_card.value}，但 card_fields 里没有"
                    found.append(Disagreement((*at, "from_card"), frozenset({"form", "card_fields"}), words, zh))
        return found

    def _rule_disagreements(self) -> list[Disagreement]:
        fields = {field.name: field for field in self.fields()}
        found = []
        for r, rule in enumerate(self.rules):
            if rule.subject == "age" and CardField.BIRTH not in self.card_fields:
                words, zh = "a rule about the age needs 'birth' in card_fields", "按年龄的规则要求 card_fields 里有 birth"
                found.append(Disagreement(("rules", r, "subject"), frozenset({"rules", "card_fields"}), words, zh))
            complaint = _rule_complaint(rule, fields.get(rule.subject))
            if complaint is not None:
                key, words, zh = complaint
                found.append(Disagreement(("rules", r, key), frozenset({"form", "rules"}), words, zh))
        return found


def _rule_complaint(rule: Rule, field: FormField | None) -> tuple[str, str, str] | None:
    """The key of the rule that is wrong and why, in English and Chinese; or None."""
    if field is None and rule.subject != "age":
        return "subject", f"rule subject {rule.subject!r} is no form field", f"规则的 subject {rule.subject} 不是表单项"
    if rule.operator in ("at-least", "at-most"):
        if field is not None and field.kind not in (AnswerKind.NUMBER, AnswerKind.MONEY):
            words = f"{rule.operator!r} compares numbers, and field {field.name!r} is of kind {field.kind.value!r}"
            return "operator", words, f"{rule.operator} 比较数字，而表单项 {field.name} 的类型是 {field.kind.value}"
        if _is_number(rule.value):
            return None
        return (
            "value",
            f"{rule.operator!r} needs a number, not {rule.value!r}",
            f"{rule.operator} 后应为数字，现在写的是 {rule.value!r}",
        )
    if field is None:
        return None
    allowed = [choice.value for choice in field.choices] or (["yes", "no"] if field.kind is AnswerKind.YES_NO else None)
    asked = rule.value.split("|") if rule.operator == "one-of" else [rule.value]
    strange = [value for value in asked if allowed is not None and value not in allowed]
    if not strange:
        return None
    values = ", ".join(map(repr, strange))
    return "value", f"field {field.name!r} has no choice {values}", f"表单项 {field.name} 没有选项 {values}"


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


@dataclass(frozen=True, slots=True)
class Zone:
    """One of the nine self-service zones."""

    __pydantic_config__ = NOTHING_UNKNOWN

    id: str = field(metadata={"pattern": r"^[a-z][a-z-]{1,31}$"})
    name: Text
    summary: Text
    icon: str = field(metadata={"pattern": r"^[a-z0-9_]+$"})
    colour: str = field(metadata={"pattern": r"^#[0-9a-f]{6}$"})
    order: int = field(metadata={"ge": 1, "le": 9})
    items: tuple[Item, ...] = field(metadata={"min_length": 1})


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything a kiosk can do; `version` is the sha256 of its canonical content."""

    __pydantic_config__ = NOTHING_UNKNOWN

    version: str
    zones: tuple[Zone, ...] = field(metadata={"min_length": 1})
    sample: bool = True
    """示例目录: the catalogue says of itself that it is a sample."""

    def item(self, code: str) -> Item | None:
        """The item with this code."""
        return next((item for zone in self.zones for item in zone.items if item.code == code), None)

    def zone(self, zone_id: str) -> Zone | None:
        """The zone with this id."""
        return next((zone for zone in self.zones if zone.id == zone_id), None)

    def zone_of(self, code: str) -> Zone | None:
        """The zone in which the item stands."""
        return next((zone for zone in self.zones if any(item.code == code for item in zone.items)), None)
