"""From a broken settings file: the hall's name, and the staff who can mend it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.settings import parse_settings
from kiosk.settings_salvage import Salvage, salvage, salvage_file
from kiosk.staff.sign_in import hash_pin
from offline_cache.settings import StoreSettings

HASH = hash_pin("402917", bytes(16))
HALL = '[hall]\nname = "示例大厅"\nname_en = "Sample Hall"\narea = "369999"\n'
KIOSK = '[kiosk]\nnumber = "K03"\n'
STAFF = f'[[staff]]\nnumber = "01"\nrole = "technician"\npin_hash = "{HASH}"\n'


@pytest.mark.parametrize("broken", ["[visit]\nwarning_secnds = 3\n", "[visit\n", "[visit]\nx = = 1\n", "[visit]\nname = 'open\n"])
def test_one_broken_section_takes_no_other_with_it(broken: str) -> None:
    saved = salvage(HALL + broken + KIOSK + STAFF)
    assert saved.hall is not None
    assert saved.hall.name == "示例大厅"
    assert saved.kiosk is not None
    assert saved.kiosk.number == "K03"
    assert [member.number for member in saved.staff] == ["01"]
    assert saved.store == StoreSettings()


def test_a_broken_store_is_not_replaced_by_the_default_place() -> None:
    assert salvage(HALL + '[store]\ndirectory = "/srv/kiosk\n').store is None
    assert salvage(HALL + "[store]\nmax_records = 0\n").store is None
    assert salvage(HALL + '[store]\ndirectory = "/srv/kiosk"\n').store == StoreSettings(directory=Path("/srv/kiosk"))


def test_a_broken_member_of_staff_takes_no_other_with_them() -> None:
    saved = salvage(STAFF + '[[staff]]\nnumber = "02"\nrole = "boss"\n')
    assert [member.number for member in saved.staff] == ["01"]


def test_two_with_one_number_are_nobody() -> None:
    assert salvage(STAFF + STAFF).staff == ()


def test_a_whole_file_is_salvaged_whole() -> None:
    settings, saved = parse_settings(HALL + KIOSK + STAFF), salvage(HALL + KIOSK + STAFF)
    assert (saved.hall, saved.kiosk, saved.staff) == (settings.hall, settings.kiosk, settings.staff)


def test_an_absent_file_has_nothing_and_a_binary_one_does_no_harm(tmp_path: Path) -> None:
    assert salvage_file(tmp_path / "absent") == Salvage()
    (tmp_path / "binary").write_bytes(b"\xff\xfe[hall]\n\x00" * 3)
    assert salvage_file(tmp_path / "binary").staff == ()


@given(st.text(alphabet=st.sampled_from("[]{}=.\"'#\n abstore1"), max_size=60))
def test_any_text_at_all_can_be_salvaged(text: str) -> None:
    assert salvage(text).hall is None
