"""A settings file to begin with: every setting with its meaning, limits and default as comments. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping

from kiosk.manual_pages import Section, Setting, sections

SAMPLES: Mapping[tuple[str, str], str] = {
    ("hall", "name"): '"示例县24小时自助服务厅"',
    ("hall", "name_en"): '"Sample County 24-hour Self-service Hall"',
    ("hall", "area"): '"369999"',
    ("kiosk", "number"): '"K03"',
}
DEVICES: tuple[tuple[str, str, str], ...] = (
    ("card-reader", "sdt", "/dev/serial/by-id/card-reader"),
    ("scanner", "gm65", "/dev/serial/by-id/scanner"),
    ("receipt-printer", "escpos", "/dev/serial/by-id/receipt-printer"),
)
"""Name, model and port of the sample devices."""


def example() -> str:
    """The whole file as TOML; it loads as it stands."""
    lines = ["# The kiosk's settings. Check them after each change: kiosk settings check"]
    for section in sections():
        lines += ["", *_comment(f"{section.meaning}."), *(_many(section) if section.many else _one(section))]
    return "\n".join(lines) + "\n"


def _one(section: Section) -> Iterator[str]:
    yield section.header
    for setting in section.settings:
        yield from _meaning(setting)
        sample = SAMPLES.get((section.name, setting.name))
        yield f"{setting.name} = {sample}" if sample is not None else f"# {setting.name} = {setting.default or '…'}"


def _many(section: Section) -> Iterator[str]:
    for setting in section.settings:
        yield from _comment(f"{setting.name}: {setting.meaning}{_limits(setting)}")
    if section.name == "devices":
        for name, model, port in DEVICES:
            yield from ("", section.header, f'name = "{name}"', f'model = "{model}"', f'port = "{port}"')
    else:
        yield from ("#", f"# {section.header}", *(f"# {one.name} = …" for one in section.settings))


def _meaning(setting: Setting) -> Iterator[str]:
    yield from _comment(f"{setting.meaning}{_limits(setting)}")


def _limits(setting: Setting) -> str:
    told = " ".join(part for part in (setting.kind, setting.limits) if part).replace("`", "")
    return f" ({told})"


def _comment(text: str) -> list[str]:
    return textwrap.wrap(text, 110, initial_indent="# ", subsequent_indent="#   ", break_long_words=False)
