"""Fictional people, items and a world in memory for the tests of the visit."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from devices.receipt_printer.slip import Line, Pair, Qr, Slip
from devices.reports import Card, CardKind, DeviceKind, DeviceState, DeviceStatus, Paper
from kiosk.catalogue.model import Catalogue, Item, Zone
from kiosk.log_events import Event as LogEvent
from kiosk.plain_values import from_plain
from kiosk.visit.facts import Facts
from kiosk.visit.ports import Ports
from kiosk.visit.session import Session
from kiosk.visit.settings import VisitSettings
from kiosk.visit.submission import Place
from kiosk.visit.visit import Document, Person
from offline_cache.blob import Blob
from offline_cache.errors import CacheError
from offline_cache.reports import SubmissionHeld
from offline_cache.untold import KeptBefore
from offline_cache.wire import Credential, CredentialRequest, EnquiryRecord, EnquiryRequest, RecordRow, SubmissionAnswer, Verdict

CHINA = timezone(timedelta(hours=8))
NOON = datetime(2026, 11, 23, 12, 0, 0, tzinfo=CHINA)
PLACE = Place("示例县政务服务中心", "Sample County Service Hall", "360830", "K03")
KEY = "0193a000-0000-7000-8000-000000000001"
NUMBER = "369999199003070015"
OTHER_NUMBER = "369999198512120020"
PHONE = "13800138000"
BANK_CARD = "6222020200112233446"
ADDRESS = "江西省吉安市示例县示例镇工农兵大道9号"
SECRETS = ("欧阳示例", NUMBER, PHONE, BANK_CARD, "工农兵大道", "证明用途其一", "1990-03-07")
"""Everything personal that a full visit of `CARD` types or shows."""


def text(zh: str, en: str = "English") -> dict[str, str]:
    return {"zh": zh, "en": en}


FORM: list[dict[str, Any]] = [
    {
        "title": text("申请人"),
        "fields": [
            {"name": "applicant", "label": text("姓名"), "kind": "name", "from_card": "name"},
            {"name": "phone", "label": text("手机"), "kind": "phone"},
        ],
    },
    {
        "title": text("事由"),
        "fields": [
            {"name": "purpose", "label": text("用途"), "kind": "text", "max_length": 40},
            {"name": "account", "label": text("银行卡"), "kind": "bank-card", "required": False},
        ],
    },
]


def item(code: str = "SA-009", **other: Any) -> Item:
    content: dict[str, Any] = {
        "number": 9,
        "code": code,
        "name": text("示例事项", "Sample item"),
        "kind": "application",
        "summary": text("一句话"),
        "department": text("县示例局", "Sample Bureau"),
        "who_may_apply": text("本县居民"),
        "conditions": [text("条件")],
        "card_fields": ["name", "number"],
        "form": FORM,
        "working_days": 5,
        "fee_yuan": Decimal(0),
        "delivery": ["sms"],
        "hours": "00:00-24:00",
    }
    return from_plain(Item, content | other)


APPLICATION = item()
DEFERRABLE = item(
    "SA-010",
    deferrable_materials=True,
    deferral_working_days=3,
    materials=[{"name": text("户口簿", "Household register"), "kind": "deferrable"}],
)
PAPERS = item(
    "SA-012",
    deferrable_materials=True,
    deferral_working_days=3,
    materials=[
        {"name": text("营业执照", "Licence"), "kind": "e-certificate"},
        {"name": text("平面图", "Floor plan"), "kind": "required"},
        {"name": text("文件目录", "List of documents"), "kind": "deferrable"},
    ],
)
TWO_FACTORS = item("SA-011", identity_factors=2)
ENQUIRY = item("PR-001", kind="enquiry", form=[], working_days=0)
PRINT = item("PR-002", kind="print", form=[], pages=1, working_days=0, delivery=["printed-here"])
PAYMENT = item("PY-001", kind="payment", form=[])
ITEMS = (APPLICATION, DEFERRABLE, PAPERS, TWO_FACTORS, ENQUIRY, PRINT, PAYMENT)
CATALOGUE = Catalogue(
    version="a" * 64,
    zones=(
        Zone(
            id="self-application", name=text("自助申请专区"), summary=text("一句话"), icon="home", colour="#112233", order=1,
            items=ITEMS,
        ),
    ),
)  # fmt: skip

PERSON = Person(Document.RESIDENT, "欧阳示例", NUMBER)
CARD = Card(
    CardKind.RESIDENT, "欧阳示例", NUMBER, "1", date(1990, 3, 7), date(2020, 1, 1), date(2040, 1, 1), "01", ADDRESS,
    "示例县公安局", photo=b"\x01" * 1024,
)  # fmt: skip
OTHER_CARD = replace(CARD, name="李样", number=OTHER_NUMBER, sex="2", birth=date(1985, 12, 12))
CREDENTIAL = Credential(name="欧阳示例", number=NUMBER, document="resident")


NOT_EVERYWHERE = (DeviceKind.DOCUMENT_PRINTER, DeviceKind.CHIP_CARD_READER, DeviceKind.DOCUMENT_CAMERA)
FITTED = tuple(kind for kind in DeviceKind if kind not in NOT_EVERYWHERE)
"""What every kiosk has."""


def status(kind: DeviceKind, state: DeviceState = DeviceState.ONLINE, **other: Any) -> DeviceStatus:
    return DeviceStatus(kind.value, kind, "model", "/dev/x", state, NOON, **other)


def facts(*down: DeviceKind, online: bool = True, **other: Any) -> Facts:
    """All four devices well but those named."""
    devices = {kind.value: status(kind) for kind in FITTED}
    devices |= {kind.value: status(kind, DeviceState.NO_DEVICE, trouble="port-missing") for kind in down}
    devices.setdefault("receipt-printer", status(DeviceKind.RECEIPT_PRINTER, paper=Paper.ENOUGH))
    return Facts(online=online, devices=devices, **other)


@dataclass
class DevicesInMemory:
    active: set[DeviceKind] = field(default_factory=set)
    slips: list[tuple[str, Slip]] = field(default_factory=list)
    printer: bool = True
    prints_given_up: list[threading.Event] = field(default_factory=list)
    documents: list[tuple[str, Slip]] = field(default_factory=list)
    comparisons: list[tuple[str, bytes, threading.Event]] = field(default_factory=list)
    camera: bool = True
    captures: list[str] = field(default_factory=list)

    def capture_page(self, job: str) -> bool:
        self.captures.append(job)
        return self.camera

    def activate(self, kind: DeviceKind, active: bool) -> None:
        (self.active.add if active else self.active.discard)(kind)

    def compare_face(self, job: str, photo: bytes, given_up: threading.Event) -> bool:
        self.comparisons.append((job, photo, given_up))
        return self.camera

    def print_document(self, job: str, slip: Slip, given_up: threading.Event) -> bool:
        self.prints_given_up.append(given_up)
        self.documents.append((job, slip))
        return True

    def print_slip(self, job: str, slip: Slip, given_up: threading.Event) -> bool:
        self.prints_given_up.append(given_up)
        if self.printer:
            self.slips.append((job, slip))
        return self.printer


@dataclass
class StoreInMemory:
    trouble: CacheError | None = None
    held_back: bool = False
    contents: dict[str, bytes] = field(default_factory=dict)
    attachments: dict[str, tuple[bytes, ...]] = field(default_factory=dict)
    waiting: list[Callable[[], None]] = field(default_factory=list)
    watched: dict[str, Callable[[SubmissionAnswer | SubmissionHeld], None]] = field(default_factory=dict)
    ratings: list[tuple[str, int]] = field(default_factory=list)
    before: dict[tuple[str, str], KeptBefore] = field(default_factory=dict)
    looked_for: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    logged: list[LogEvent] = field(default_factory=list)

    def keep(
        self,
        key: str,
        item: str,
        compose: Callable[[str], bytes],
        done: Callable[[str | CacheError], None],
        attachments: Sequence[Blob] = (),
    ) -> None:
        def finish() -> None:
            if self.trouble is not None:
                done(self.trouble)
                return
            number = f"360830-K03-20261123-{len(self.contents) + 1:06d}-7"
            self.contents[key] = compose(number)
            self.attachments[key] = tuple(one.content for one in attachments)
            done(number)

        self.waiting.append(finish)
        if not self.held_back:
            self.go_on()

    def go_on(self) -> None:
        while self.waiting:
            self.waiting.pop(0)()

    def await_answer(self, key: str, heard: Callable[[SubmissionAnswer | SubmissionHeld], None]) -> None:
        self.watched[key] = heard

    def kept_before(self, item: str, number: str, done: Callable[[KeptBefore | None], None]) -> None:
        self.looked_for.append(item)
        done(self.before.get((item, number)))

    def tell(self, key: str) -> None:
        self.told.append(key)

    def keep_rating(self, item: str, level: int) -> None:
        self.ratings.append((item, level))

    def log(self, event: LogEvent) -> None:
        self.logged.append(event)


@dataclass
class CentreInMemory:
    enquiries: list[tuple[str, EnquiryRequest, Callable[[EnquiryRecord | CacheError], None]]] = field(default_factory=list)
    recalled: list[tuple[str, Callable[[SubmissionAnswer | CacheError], None]]] = field(default_factory=list)
    tokens: list[tuple[CredentialRequest, Callable[[Credential | CacheError], None]]] = field(default_factory=list)

    def ask(self, item: str, request: EnquiryRequest, done: Callable[[EnquiryRecord | CacheError], None]) -> None:
        self.enquiries.append((item, request, done))

    def recall(self, key: str, done: Callable[[SubmissionAnswer | CacheError], None]) -> None:
        self.recalled.append((key, done))

    def resolve(self, request: CredentialRequest, done: Callable[[Credential | CacheError], None]) -> None:
        self.tokens.append((request, done))


@dataclass
class World:
    """A session with everything around it in memory, and a clock that only moves when told."""

    facts: Facts = field(default_factory=facts)
    settings: VisitSettings = field(default_factory=VisitSettings)

    def __post_init__(self) -> None:
        self.now, self.seconds, self.keys, self.wiped, self.told = NOON, 1000.0, 0, 0, 0
        self.catalogue = CATALOGUE
        self.devices, self.store, self.centre = DevicesInMemory(), StoreInMemory(), CentreInMemory()
        self.session = Session(
            Ports(self.devices, self.store, self.centre, self._wipe), self.settings,
            lambda: self.catalogue, lambda: self.now, lambda: self.seconds, self._new_key, PLACE,
        )  # fmt: skip
        self.session.facts_changed(self.facts)
        self.session.watch(self._tell)

    def _wipe(self) -> None:
        self.wiped += 1

    def _tell(self) -> None:
        self.told += 1

    def _new_key(self) -> str:
        self.keys += 1
        return f"0193a000-0000-7000-8000-{self.keys:012d}"

    def wait(self, seconds: float) -> None:
        """Let time pass with four ticks a second, as the screen's timer does."""
        for _ in range(int(seconds * 4)):
            self.seconds += 0.25
            self.now += timedelta(seconds=0.25)
            self.session.tick()

    def lines(self) -> list[str]:
        """What the last slip says, one block a line."""
        _, slip = self.devices.slips[-1]
        return slip_lines(slip)

    def names(self) -> list[str]:
        return [event.name for event in self.store.logged]


def slip_lines(slip: Slip) -> list[str]:
    lines = []
    for block in slip.blocks:
        match block:
            case Line():
                lines.append(block.text)
            case Pair():
                lines.append(f"{block.label}: {block.value}")
            case Qr():
                lines.append(f"QR {block.payload} {block.caption}")
            case _:
                lines.append("---")
    return lines


def accepted(world: World, key: str, verdict: Verdict = Verdict.ACCEPTED, **other: Any) -> SubmissionAnswer:
    values: dict[str, Any] = {"acceptance_number": "360830202611230001", "accepted_at": world.now} | other
    return SubmissionAnswer(key=key, content_hash="0" * 64, verdict=verdict, **values)


def record() -> EnquiryRecord:
    rows = (RecordRow(zh="缴存余额", en="Balance", value="12345.67"),)
    return EnquiryRecord(
        item="PR-001", title_zh="住房公积金缴存证明", title_en="Housing fund statement", rows=rows, issued_at=NOON,
        verification_code="VC-778899",
    )  # fmt: skip
