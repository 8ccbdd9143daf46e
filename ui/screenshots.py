"""Pictures of every screen: `python -m ui.screenshots [NAME…]` writes PNGs to `screens-output/` for people to judge."""

from __future__ import annotations

import argparse
import itertools
import json
import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtGui import QGuiApplication

SIZES = {"portrait": (1080, 1920), "landscape": (1920, 1080)}


def main() -> int:
    """Parse, draw, and say where the pictures are."""
    parser = argparse.ArgumentParser(description="Draw every screen in every variant.")
    parser.add_argument("names", nargs="*", help="only situations whose name contains one of these")
    parser.add_argument("--out", type=Path, default=Path("screens-output"))
    parser.add_argument("--size", choices=[*SIZES, "all"], default="all")
    parser.add_argument("--variants", default="zh,en,large,contrast", help="of zh, en, large, contrast, large-en")
    options = parser.parse_args()
    variants = options.variants.split(",")
    sizes = list(SIZES) if options.size == "all" else [options.size]
    with tempfile.NamedTemporaryFile("w", suffix=".json") as screen:
        json.dump({"screens": [{"name": "stage", "x": 0, "y": 0, "width": 2000, "height": 2000}]}, screen)
        screen.flush()
        os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={screen.name}"
        os.environ["QT_QUICK_BACKEND"] = "software"
        _draw(options.out, options.names, list(itertools.product(sizes, variants)))
    return 0


def _draw(folder: Path, names: list[str], wanted: list[tuple[str, str]]) -> None:
    from PySide6.QtCore import QSize
    from PySide6.QtGui import QGuiApplication

    from kiosk.visit.visit import Language, Visit
    from ui.rehearsal.situations import situations
    from ui.rehearsal.stage import Stage, facts_with, parts_of
    from ui.screens import Screens, set_font

    app = QGuiApplication(sys.argv[:1])
    set_font(app)
    stage = Stage(Visit(), facts_with())
    screens = Screens(parts_of(stage))
    folder.mkdir(parents=True, exist_ok=True)
    for size, variant in wanted:
        screens.show(QSize(*SIZES[size]))
        for situation in situations():
            if names and not any(name in situation.name for name in names):
                continue
            language = Language.ENGLISH if "en" in variant else Language.CHINESE
            look = {"language": language, "large_text": "large" in variant, "high_contrast": "contrast" in variant}
            stage.put(Visit(), facts_with())
            stage.put(replace(situation.visit, **look), situation.facts, situation.countdown_seconds)  # type: ignore[arg-type]  # mypy cannot type ** of mixed values
            for _ in range(6):
                app.processEvents()
            screens.window.grabWindow().save(str(folder / f"{situation.name}.{size}.{variant}.png"))
    screens.close()
    _draw_staff(app, folder, names, wanted)


def _draw_staff(app: QGuiApplication, folder: Path, names: list[str], wanted: list[tuple[str, str]]) -> None:
    from PySide6.QtCore import QSize

    from kiosk.visit.visit import Language, Visit
    from ui.rehearsal.staff_situations import hands, staff_situations
    from ui.rehearsal.staff_stage import StagedRoom
    from ui.rehearsal.stage import Stage, facts_with, parts_of
    from ui.screens import Screens

    for situation in staff_situations():
        if names and not any(name in situation.name for name in names):
            continue
        stage, room = Stage(Visit(), facts_with()), StagedRoom()
        screens = Screens(parts_of(stage, room))
        screens.show(QSize(*SIZES["portrait"]))
        situation.arrange(hands(screens, room))
        app.processEvents()
        situation.settle(hands(screens, room))
        for size, variant in wanted:
            screens.show(QSize(*SIZES[size]))
            language = Language.ENGLISH if "en" in variant else Language.CHINESE
            stage.put(Visit(language=language, large_text="large" in variant, high_contrast="contrast" in variant))
            for _ in range(6):
                app.processEvents()
            screens.window.grabWindow().save(str(folder / f"{situation.name}.{size}.{variant}.png"))
        screens.close()


if __name__ == "__main__":
    raise SystemExit(main())
