from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from kiosk.staff.sending import sending_in_words

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=timezone(timedelta(hours=8)))


@pytest.mark.parametrize(
    ("online", "trouble", "last", "following", "zh", "en"),
    [
        (
            True,
            "",
            5,
            None,
            "线路正常，中心上次应答 08:29:55，没有等待发送的",
            "The line is up; the centre last answered at 08:29:55",
        ),
        (True, "", 5, 0, "正在发送", "sending now"),
        (False, "centre-unreachable", 5, 0, "，正在尝试", "; trying now"),
        (False, "centre-hung", 86_400, 90, "中心上次应答 2026-11-22 08:30，下次尝试 08:31:30", "next try at 08:31:30"),
        (False, "", None, 90, "中心还没有应答过", "the centre has never answered"),
        (False, "", None, None, "中心还没有应答过，正在尝试", "the centre has never answered; trying now"),
    ],
)
def test_how_sending_goes_is_one_sentence(
    online: bool, trouble: str, last: int | None, following: int | None, zh: str, en: str
) -> None:
    said = sending_in_words(
        online=online,
        trouble=trouble,
        last_success_at=None if last is None else NOW - timedelta(seconds=last),
        next_try_at=None if following is None else NOW + timedelta(seconds=following),
        now=NOW,
    )
    assert zh in said.zh
    assert en in said.en
    assert said.zh.startswith("线路正常" if online else "线路不通（")
