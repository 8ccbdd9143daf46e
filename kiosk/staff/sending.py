"""How sending goes, in one sentence for whoever looks at the queue. Pure."""

from __future__ import annotations

from datetime import datetime

from kiosk.staff.remedies import Sentence, remedy
from kiosk.staff.wording import moment


def sending_in_words(
    *, online: bool, trouble: str, last_success_at: datetime | None, next_try_at: datetime | None, now: datetime
) -> Sentence:
    """Whether the line is up and why not, when the centre last answered, and when something is tried next.

    `trouble` is the code of what the last request met; times come out in the time zone of `now`.
    """
    if online:
        line = Sentence("线路正常", "The line is up")
    else:
        why = remedy(trouble or "centre-unreachable").says
        line = Sentence(f"线路不通（{why.zh}）", f"The line is down ({why.en})")
    if last_success_at is None:
        heard = Sentence("中心还没有应答过", "the centre has never answered")
    else:
        at = moment(last_success_at, now)
        heard = Sentence(f"中心上次应答 {at}", f"the centre last answered at {at}")
    if next_try_at is None and online:
        following = Sentence("没有等待发送的", "nothing waits to be sent")
    elif next_try_at is None or next_try_at <= now:  # right after the start the first request is under way
        following = Sentence("正在发送", "sending now") if online else Sentence("正在尝试", "trying now")
    else:
        at = moment(next_try_at, now)
        following = Sentence(f"下次尝试 {at}", f"next try at {at}")
    return Sentence(f"{line.zh}，{heard.zh}，{following.zh}", f"{line.en}; {heard.en}; {following.en}")
