"""The whole settings file: its sections are declared beside what they set, and all mistakes are found at once.

Read once at start, on the main thread; frozen, so every thread may hold it.
"""

from __future__ import annotations

import hashlib
import tomllib
from contextlib import suppress
from pathlib import Path

from devices.settings import DeviceSettings
from kiosk import INSTALLATION
from kiosk.errors import Mistake, SettingsBroken
from kiosk.plain_values import OTHER_SHAPE, from_plain, to_plain
from kiosk.staff.settings import SignInSettings, StaffMember
from kiosk.values import NOTHING_UNKNOWN, dataclass, setting
from kiosk.visit.settings import VisitSettings
from offline_cache.private_file import write_private
from offline_cache.settings import CentreSettings, StoreSettings

CHECKED_FILE = "settings-checked"
"""In the store's directory: which settings file was found right, by which installation of the program."""
LARGEST_BYTES = 1_000_000
"""A settings file larger than this is some other file."""


@dataclass(frozen=True, slots=True)
class HallSettings:
    """The hall the kiosk stands in."""

    __pydantic_config__ = NOTHING_UNKNOWN

    name: str = setting(min_length=1, max_length=40, description="The hall's name on screens and receipts")
    name_en: str = setting(min_length=1, max_length=80, description="The same in English")
    area: str = setting(pattern=r"^[0-9]{6}$", description="The area's six digits (GB/T 2260); receipt numbers begin with them")
    hotline: str = setting(
        default="12345", pattern=r"^[0-9-]{3,20}$", description="The number to call for help, shown on every page"
    )
    zone: str = setting(
        default="",
        pattern=r"^([a-z][a-z-]{1,31})?$",
        description="Id of the zone the kiosk stands in, shown first; empty: all alike",
    )


@dataclass(frozen=True, slots=True)
class KioskSettings:
    """What this one kiosk is."""

    __pydantic_config__ = NOTHING_UNKNOWN

    number: str = setting(pattern=r"^K[0-9]{2,6}$", description="This kiosk's number in the hall; part of every receipt number")
    practice: bool = setting(
        default=False,
        description="Practice: a banner on every screen, submissions marked, emulated devices accepted; never in service",
    )


@dataclass(frozen=True, slots=True)
class Settings:
    """One settings file."""

    __pydantic_config__ = NOTHING_UNKNOWN

    hall: HallSettings = setting(description="The hall the kiosk stands in")
    kiosk: KioskSettings = setting(description="This kiosk")
    visit: VisitSettings = setting(default_factory=VisitSettings, description="How long a visit waits for what")
    store: StoreSettings = setting(default_factory=StoreSettings, description="Where and how submissions are kept on this kiosk")
    centre: CentreSettings = setting(default_factory=CentreSettings, description="The centre, and how it is reached")
    sign_in: SignInSettings = setting(default_factory=SignInSettings, description="How staff sign in")
    devices: tuple[DeviceSettings, ...] = setting(default=(), max_length=16, description="What is plugged in, one table a device")
    staff: tuple[StaffMember, ...] = setting(default=(), max_length=100, description="Who may look behind the screens")


def load_settings(path: Path) -> Settings:
    """The settings in this file; raises SettingsBroken with every mistake in it, each with its line."""
    return parse_settings(_read(path), str(path))


def parse_settings(text: str, file: str = "kiosk.toml") -> Settings:
    """The settings in this text; `file` is only for the mistakes' sake. Raises SettingsBroken."""
    from kiosk.broken_toml import read_what_is_left
    from kiosk.settings_checking import checked

    return checked(file, read_what_is_left(text), Settings)


def settings_or_mistakes(path: Path) -> Settings | SettingsBroken:
    """The settings, or what is wrong with them as a value: with the latter the kiosk starts in 暂停服务."""
    try:
        return load_settings(path)
    except SettingsBroken as broken:
        return broken


def settings_at_start(path: Path) -> Settings | SettingsBroken:
    """The same; a file in which this installation has found nothing wrong before is not checked again: a fifth of a start.

    Which file that was is noted in the store's directory; whoever could forge the note would at most spare it the checking.
    """
    try:
        text = _read(path)
    except SettingsBroken as broken:
        return broken
    note = hashlib.sha256(f"{INSTALLATION}\n{text}".encode()).hexdigest()
    plain = _as_written(text)
    if plain is not None and _is_noted(plain, note):
        return plain
    try:
        settings = parse_settings(text, str(path))
    except SettingsBroken as broken:
        return broken
    if plain is not None and repr(to_plain(plain)) == repr(to_plain(settings)):  # not so where a number stands in quotes
        with suppress(OSError):  # checked again at the next start, no more
            if settings.store.directory.is_dir():
                write_private(settings.store.directory / CHECKED_FILE, note)
    return settings


def _as_written(text: str) -> Settings | None:
    """Settings of what stands there, unchecked; None where nothing can be made of it."""
    try:
        return from_plain(Settings, tomllib.loads(text))
    except OTHER_SHAPE:
        return None


def _is_noted(settings: Settings, note: str) -> bool:
    try:
        return (settings.store.directory / CHECKED_FILE).read_text(encoding="ascii") == note
    except (OSError, *OTHER_SHAPE):
        return False


def _read(path: Path) -> str:
    file = str(path)
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST_BYTES + 1)
    except FileNotFoundError as absent:
        message = "there is no such file: name another with --settings, or begin one with `kiosk settings example`"
        raise SettingsBroken([Mistake(file, 0, "", message, f"没有设置文件 {file}")]) from absent
    except OSError as refused:
        message = f"the file cannot be read: {refused.strerror}"
        raise SettingsBroken([Mistake(file, 0, "", message, f"设置文件 {file} 无法读取")]) from refused
    if len(content) > LARGEST_BYTES:
        message = f"larger than {LARGEST_BYTES} bytes: this is no settings file"
        raise SettingsBroken([Mistake(file, 0, "", message, f"{file} 太大，不是设置文件")])
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as wrong:
        line = content.count(b"\n", 0, wrong.start) + 1
        message = "the file is not UTF-8; save it as UTF-8"
        raise SettingsBroken([Mistake(file, line, "", message, "文件不是 UTF-8 编码，请存为 UTF-8")]) from wrong
