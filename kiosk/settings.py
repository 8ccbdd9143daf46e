"""The whole settings file: its sections are declared beside what they set, and all mistakes are found at once.

Read once at start, on the main thread; frozen, so every thread may hold it.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from devices.settings import DeviceSettings
from kiosk.broken_toml import read_what_is_left
from kiosk.errors import Mistake, SettingsBroken
from kiosk.settings_checking import all_mistakes
from kiosk.staff.settings import SignInSettings, StaffMember
from kiosk.visit.settings import VisitSettings
from offline_cache.settings import CentreSettings, StoreSettings

LARGEST_BYTES = 1_000_000
"""A settings file larger than this is some other file."""


class HallSettings(BaseModel):
    """The hall the kiosk stands in."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    name: str = Field(min_length=1, max_length=40, description="The hall's name on screens and receipts")
    name_en: str = Field(min_length=1, max_length=80, description="The same in English")
    area: str = Field(pattern=r"^\d{6}$", description="The area's six digits (GB/T 2260); receipt numbers begin with them")
    hotline: str = Field(
        default="12345", pattern=r"^[0-9-]{3,20}$", description="The number to call for help, shown on every page"
    )
    zone: str = Field(
        default="",
        pattern=r"^([a-z][a-z-]{1,31})?$",
        description="Id of the zone the kiosk stands in, shown first; empty: all alike",
    )


class KioskSettings(BaseModel):
    """What this one kiosk is."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    number: str = Field(pattern=r"^K\d{2,6}$", description="This kiosk's number in the hall; part of every receipt number")
    practice: bool = Field(
        default=False,
        description="Practice: a banner on every screen, submissions marked, emulated devices accepted; never in service",
    )


class Settings(BaseModel):
    """One settings file."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    hall: HallSettings = Field(description="The hall the kiosk stands in")
    kiosk: KioskSettings = Field(description="This kiosk")
    visit: VisitSettings = Field(default_factory=VisitSettings, description="How long a visit waits for what")
    store: StoreSettings = Field(default_factory=StoreSettings, description="Where and how submissions are kept on this kiosk")
    centre: CentreSettings = Field(default_factory=CentreSettings, description="The centre, and how it is reached")
    sign_in: SignInSettings = Field(default_factory=SignInSettings, description="How staff sign in")
    devices: tuple[DeviceSettings, ...] = Field(default=(), max_length=16, description="What is plugged in, one table a device")
    staff: tuple[StaffMember, ...] = Field(default=(), max_length=100, description="Who may look behind the screens")


def load_settings(path: Path) -> Settings:
    """The settings in this file; raises SettingsBroken with every mistake in it, each with its line."""
    return parse_settings(_read(path), str(path))


def parse_settings(text: str, file: str = "kiosk.toml") -> Settings:
    """The settings in this text; `file` is only for the mistakes' sake. Raises SettingsBroken."""
    left = read_what_is_left(text)
    if left.raw is None:
        raise SettingsBroken(all_mistakes(file, left, None, Settings))
    try:
        settings, wrong_values = Settings.model_validate(left.raw), None
    except ValidationError as wrong:
        settings, wrong_values = None, wrong
    mistakes = all_mistakes(file, left, wrong_values, Settings)
    if settings is None or mistakes:
        raise SettingsBroken(mistakes)
    return settings


def settings_or_mistakes(path: Path) -> Settings | SettingsBroken:
    """The settings, or what is wrong with them as a value: with the latter the kiosk starts in 暂停服务."""
    try:
        return load_settings(path)
    except SettingsBroken as broken:
        return broken


def _read(path: Path) -> str:
    file = str(path)
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST_BYTES + 1)
    except FileNotFoundError as absent:
        message = "there is no such file; `kiosk settings example` prints one to begin with"
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
