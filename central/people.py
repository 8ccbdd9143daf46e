"""The sandbox's people, none of whom exist: their numbers begin with area codes that no place has."""

from __future__ import annotations

from dataclasses import dataclass

from offline_cache.wire import Credential, Document, Sex

FICTIONAL_AREAS = ("369999", "819999", "829999", "839999", "936999")
"""Residents, then residents of Hong Kong, Macao and Taiwan, then foreign permanent residents."""
NO_RECORDS = "404"
"""A fictional number with these three digits before its check digit has no records anywhere."""
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def with_check_digit(first_17: str) -> str:
    """The 18-digit number of GB 11643: ISO 7064 MOD 11-2 over the first 17 digits."""
    return first_17 + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(first_17, WEIGHTS, strict=True)) % 11]


def is_fictional(number: str) -> bool:
    """True for the numbers the sandbox answers for."""
    return number.startswith(FICTIONAL_AREAS)


def has_records(number: str) -> bool:
    """False for the fictional people of whom no department holds anything."""
    return is_fictional(number) and number[14:17] != NO_RECORDS


@dataclass(frozen=True, slots=True)
class FictionalPerson:
    """Someone a demo token may stand for."""

    key: str
    credential: Credential


def _person(key: str, name: str, first_17: str, *, sex: Sex, address: str, document: Document = "resident") -> FictionalPerson:
    number = with_check_digit(first_17)
    birth = f"{number[6:10]}-{number[10:12]}-{number[12:14]}"
    return FictionalPerson(
        key,
        Credential(name=name, number=number, document=document, sex=sex, birth=birth, address=address, nationality="CHN"),
    )


PEOPLE = {
    person.key: person
    for person in (
        _person("ceshi", "测试员甲", "36999919900307001", sex="1", address="示例省示例县禾川镇示例路 1 号"),
        _person("changqi", "虚构·买买提测试", "36999919490612002", sex="2", address="示例省示例县石桥镇示例村 8 号"),
        _person("chen", "陈静", "36999919880229002", sex="2", address="示例省示例县高桥楼镇示例街 20 号"),
        _person("nobody", "周无录", "36999919750404" + NO_RECORDS, sex="2", address="示例省示例县里田镇示例村 3 号"),
    )
}
"""By the short name that `central demo-token` takes."""
