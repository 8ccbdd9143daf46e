"""`python -m kiosk COMMAND`; installed as `kiosk`."""

from __future__ import annotations

import signal


def main() -> None:
    """The command line. Ctrl-C while it is still being imported ends it without a traceback.

    Afterwards a closed terminal and `kill` break a command off as Ctrl-C does: what it did is logged, and no half file stays.
    """
    at_interrupt = signal.getsignal(signal.SIGINT)
    if at_interrupt is signal.default_int_handler:  # else whoever started it has it ignored
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from kiosk.commands.root import main as run

    signal.signal(signal.SIGINT, at_interrupt)
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)
    run()


if __name__ == "__main__":
    main()
