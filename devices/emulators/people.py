"""People who do not exist, for demonstration, training and tests: their area codes belong to no place."""

from __future__ import annotations

from dataclasses import field
from datetime import date

from devices.card_reader.identity_number import FEMALE, MALE, check_mark
from devices.reports import Card, CardKind
from devices.values import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """A fictional person's card, and the address appended to it later, if any."""

    key: str
    """What the demonstration calls them, e.g. `ceshi`."""
    card: Card = field(repr=False)
    new_address: str = field(default="", repr=False)


def number(area: str, birth: date, serial: str) -> str:
    """An 18-character number of an area that does not exist."""
    first_17 = f"{area}{birth:%Y%m%d}{serial}"
    return first_17 + check_mark(first_17)


def _resident(name: str, birth: date, serial: str, valid: tuple[date, date | None], ethnic: str, address: str) -> Card:
    return Card(
        kind=CardKind.RESIDENT,
        name=name,
        number=number("369999", birth, serial),
        sex=MALE if int(serial) % 2 else FEMALE,
        birth=birth,
        valid_from=valid[0],
        valid_to=valid[1],
        ethnic=ethnic,
        address=address,
        issuer="虚构市公安局测试分局",
    )


PEOPLE = {
    person.key: person
    for person in (
        Person(
            "ceshi",
            _resident(
                "测试员甲",
                date(1990, 3, 7),
                "001",
                (date(2020, 1, 1), date(2040, 1, 1)),
                "01",
                "江西省某市测试区示例路1号虚构小区2栋303室",
            ),
        ),
        Person(
            "qianju",
            _resident(
                "示例迁居", date(1986, 11, 23), "048", (date(2019, 6, 1), date(2039, 6, 1)), "15", "江西省某市测试区旧地址路3号"
            ),
            new_address="江西省某市测试区新地址路88号",
        ),
        Person(
            "changqi",
            _resident("虚构·买买提测试", date(1949, 6, 12), "002", (date(2010, 5, 5), None), "05", "江西省某市测试区示例路7号"),
        ),
        Person(
            "guoqi",
            _resident(
                "过期测试", date(1975, 8, 30), "113", (date(2004, 9, 1), date(2024, 9, 1)), "01", "江西省某县测试镇样例村12组"
            ),
        ),
        Person(
            "gangao",
            Card(
                kind=CardKind.HK_MACAO_TAIWAN,
                name="陈测试",
                number=number("819999", date(1985, 1, 1), "003"),
                sex=MALE,
                birth=date(1985, 1, 1),
                valid_from=date(2024, 9, 1),
                valid_to=date(2044, 9, 1),
                address="广东省虚构市测试区示例街5号",
                issuer="虚构市公安局",
                pass_number="H12345678",  # noqa: S106 # a travel permit is also called a pass
                issue_count="02",
            ),
        ),
        Person(
            "waiguo2017",
            Card(
                kind=CardKind.FOREIGNER_2017,
                name="测试人",
                number="XXX369999999999",
                sex=MALE,
                birth=date(1980, 2, 29),
                valid_from=date(2018, 1, 1),
                valid_to=date(2028, 1, 1),
                issuer="1500",
                english_name="TESTPERSON, ALEX FICTIONAL",
                nationality="XXX",
            ),
        ),
        Person(
            "waiguo2023",
            Card(
                kind=CardKind.FOREIGNER_2023,
                name="测试人",
                number=number("936999", date(1980, 2, 29), "002"),
                sex=FEMALE,
                birth=date(1980, 2, 29),
                valid_from=date(2023, 12, 1),
                valid_to=date(2033, 12, 1),
                english_name="TESTPERSONFAMILYNAME, ALEXANDRA FICTIONAL LONG",
                nationality="XXX",
                issue_count="01",
            ),
        ),
    )
}
"""By key: two residents, one of them moved house, a 长期 card, an expired one, and the three residence permits."""


def find_person(name: str) -> Person:
    """A person by key or by the name on the card; LookupError names those there are."""
    for person in PEOPLE.values():
        if name in (person.key, person.card.name):
            return person
    raise LookupError(f"{name!r}: one of {', '.join(PEOPLE)}")
