"""Whether a window can be shown here, asked of Qt itself in a program of its own: where it cannot, Qt ends the program."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping

SHOW_NOTHING = frozenset({"offscreen", "minimal"})
"""Qt's platforms without a screen."""
TRIAL = (
    "import resource; resource.setrlimit(resource.RLIMIT_CORE, (0, 0));"  # no core file: Qt aborts where it cannot
    "from PySide6.QtGui import QGuiApplication; QGuiApplication([])"
)
TRIAL_SECONDS = 15.0
"""A display behind a line that hangs never answers."""


def why_no_screen(environment: Mapping[str, str]) -> str:
    """Why no window can be shown with this environment, for people; empty when one can. Takes a third of a second."""
    platform = environment.get("QT_QPA_PLATFORM", "")
    if platform.partition(":")[0] in SHOW_NOTHING:
        return f"QT_QPA_PLATFORM is {platform}, which shows nothing"
    named = [f"{name}={environment[name]}" for name in ("DISPLAY", "WAYLAND_DISPLAY") if environment.get(name)]
    if not platform and not named:
        return "there is no screen here (neither DISPLAY nor WAYLAND_DISPLAY is set)"
    where = ", ".join(named) or f"QT_QPA_PLATFORM={platform}"
    command = [sys.executable, "-c", TRIAL]
    try:
        tried = subprocess.run(  # noqa: S603 - our own interpreter
            command, env=environment, capture_output=True, check=False, timeout=TRIAL_SECONDS
        )
    except subprocess.TimeoutExpired:
        return f"the screen ({where}) does not answer"
    if tried.returncode == 0:
        return ""
    said = tried.stderr.decode(errors="replace").partition("\n")[0]
    return f"the screen ({where}) cannot be opened" + (f": {said}" if said.startswith("qt.") else "")
