"""`python -m kiosk COMMAND`; installed as `kiosk`."""

from __future__ import annotations

from kiosk.commands.root import main

if __name__ == "__main__":
    main()
