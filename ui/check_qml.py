"""The QML gate: `python -m ui.check_qml` builds the types of the view-models, then runs qmllint with every warning an error.

Plain qmllint does not see Python's types and exits 0 on warnings. `pyside6-project clean` must never be scripted: it deletes
the folder that the import name spells.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
QML = ROOT / "ui" / "qml"
TYPES = ROOT / "KioskUi" / "qmldir"
DEPENDS = "depends QtQuick\n"


def main() -> int:
    """Build, lint; the exit status of the first that complains."""
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    build = ["pyside6-project", "build", "."]
    built = subprocess.run(build, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - our own tool
    if built.returncode != 0:
        sys.stderr.write(built.stdout + built.stderr)
        return built.returncode
    if DEPENDS not in (told := TYPES.read_text("utf-8")):
        # WORKAROUND for pyside6-project, which does not write it: qmllint looks for the camera view's ancestor QQuickItem there.
        TYPES.write_text(told + DEPENDS, "utf-8")
    files = sorted(str(path) for path in QML.glob("*/*.qml"))
    lint = ["pyside6-qmllint", "-W", "0", "-I", str(ROOT), "-I", str(QML), *files]
    return subprocess.run(lint, cwd=ROOT, env=environment, check=False).returncode  # noqa: S603 - see above


if __name__ == "__main__":
    raise SystemExit(main())
