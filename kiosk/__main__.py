"""`python -m kiosk COMMAND`; installed as `kiosk`."""

from __future__ import annotations

import signal
from types import FrameType

ENDINGS = (signal.SIGTERM, signal.SIGHUP)


def main() -> None:
    """The command line. Ctrl-C while it is still being imported ends it without a traceback.

    Afterwards a closed terminal and `kill` break a command off as Ctrl-C does: what it did is logged, and no half file stays.
    """
    at_interrupt = signal.getsignal(signal.SIGINT)
    if at_interrupt is signal.default_int_handler:  # else whoever started it has it ignored
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from kiosk.commands.root import main as run

    signal.signal(signal.SIGINT, at_interrupt)
    for number in ENDINGS:
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _break_off)
    run()


def _break_off(_number: int, _frame: FrameType | None) -> None:
    """Once: a terminal that closes tells it twice, by its shell and by the kernel; what the first began comes to its end."""
    for number in ENDINGS:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
