"""The font receipts are drawn with: Noto Sans Mono CJK SC, whose Latin letters are half as wide as a Chinese character."""

from __future__ import annotations

import shutil
import subprocess
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

from devices.errors import FontMissing

DEBIAN_FOLDER = Path("/usr/share/fonts/opentype/noto")
"""Where Debian's and Ubuntu's `fonts-noto-cjk` puts its files."""

FAMILY = "Noto Sans Mono CJK SC"


@lru_cache(maxsize=16)
def load_font(size: int, bold: bool) -> ImageFont.FreeTypeFont:
    """The font at `size` pixels a Chinese character; raises FontMissing."""
    path = find_font_file(bold)
    for index in range(32):
        try:
            font = ImageFont.truetype(str(path), size, index)
        except OSError:
            break
        if font.getname()[0] == FAMILY:
            return font
    return ImageFont.truetype(str(path), size)


def find_font_file(bold: bool, folder: Path = DEBIAN_FOLDER) -> Path:
    """The font's file: Debian's place, else whatever fontconfig knows for Chinese; raises FontMissing."""
    debian = folder / f"NotoSansCJK-{'Bold' if bold else 'Regular'}.ttc"
    if debian.exists():
        return debian
    return _ask_fontconfig(f"{FAMILY}:lang=zh-cn:weight={200 if bold else 80}")


def _ask_fontconfig(pattern: str) -> Path:
    program = shutil.which("fc-match")
    if program is None:
        raise FontMissing("install fonts-noto-cjk")
    answer = subprocess.run(  # noqa: S603 - the program is fontconfig's own and the pattern is ours
        [program, "--format=%{file}\n%{lang}", pattern], capture_output=True, text=True, check=False, timeout=10
    )
    file, _, languages = answer.stdout.partition("\n")
    if "zh-cn" not in languages.split("|") or not Path(file).exists():
        raise FontMissing("install fonts-noto-cjk: fontconfig knows no font for Chinese")
    return Path(file)
