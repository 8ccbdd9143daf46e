"""A kiosk to be killed: lives through a visit up to 提交, and then waits for an answer that does not come.

`python -m tests.stories.killed_kiosk SETTINGS [untold]`; says `review` and waits for a line, says the submission's key once it
is kept; `untold` stands still there, before anything is shown.
"""

from __future__ import annotations

import sys
from pathlib import Path

from kiosk.settings import load_settings
from kiosk.visit import events as ev
from kiosk.visit.visit import Step
from tests.stories.stand import APPLICATION, Stand


def main() -> None:
    stand = Stand(load_settings(Path(sys.argv[1])), None).start()
    stand.to_identify(APPLICATION)
    stand.until(lambda: stand.visit.person)
    stand.answer()
    assert stand.visit.step is Step.REVIEW
    print("review", flush=True)
    sys.stdin.readline()
    stand.send(ev.PromiseTicked(ticked=True))
    stand.kiosk.session.submit()
    key = stand.visit.key
    stand.until(lambda: stand.visit.receipt_number)
    print(key, flush=True)
    if "untold" in sys.argv:  # nobody sees the outcome: it stands still here
        sys.stdin.readline()
    stand.until(lambda: stand.visit.step is Step.OUTCOME)
    print("kept", flush=True)
    stand.until(lambda: False)


if __name__ == "__main__":
    main()
