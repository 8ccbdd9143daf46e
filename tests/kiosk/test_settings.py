"""The settings file: every mistake at once, in the place where it was made."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.errors import Mistake, SettingsBroken
from kiosk.manual_pages import sections
from kiosk.settings import Settings, load_settings, parse_settings, settings_at_start, settings_or_mistakes
from kiosk.settings_example import example
from kiosk.settings_words import OTHERWISE
from kiosk.staff.settings import SignInSettings
from kiosk.staff.sign_in import hash_pin
from kiosk.visit.settings import VisitSettings

HEAD = """\
[hall]
name = "示例县24小时自助服务厅"
name_en = "Sample County 24-hour Hall"
area = "369999"

[kiosk]
number = "K03"
"""
HASH = hash_pin("402917", bytes(16))


def mistakes(text: str) -> list[tuple[int, str, str]]:
    with pytest.raises(SettingsBroken) as broken:
        parse_settings(text)
    return [(one.line, one.path, one.message) for one in broken.value.mistakes]


def taken(text: str) -> Settings | list[Mistake]:
    try:
        return parse_settings(text)
    except SettingsBroken as broken:
        return list(broken.mistakes)


def test_a_short_file_is_enough_and_the_rest_has_its_default() -> None:
    settings = parse_settings(HEAD)
    assert settings.hall.area == "369999"
    assert settings.hall.hotline == "12345"
    assert settings.visit == VisitSettings()
    assert settings.sign_in == SignInSettings()
    assert settings.visit.signed_in_idle_seconds == 180
    assert not settings.kiosk.practice
    assert settings.devices == ()


def test_settings_cannot_be_changed() -> None:
    settings = parse_settings(HEAD)
    with pytest.raises(FrozenInstanceError):
        settings.kiosk.practice = True  # type: ignore[misc]  # that it cannot be done is what is tested


def test_all_mistakes_are_told_at_once_each_with_its_line() -> None:
    text = HEAD + '[visit]\nwarning_secnds = 40\nvisit_minutes = 999\n\n[[devices]]\nname = "Reader 1"\nmodel = "sdtt"\n'
    found = mistakes(text)
    assert [(line, path) for line, path, _ in found] == [
        (9, "visit.warning_secnds"),
        (10, "visit.visit_minutes"),
        (12, "devices[0].port"),
        (13, "devices[0].name"),
        (14, "devices[0].model"),
    ]
    assert "did you mean `warning_seconds`?" in found[0][2]
    assert "120" in found[1][2]
    assert "not 999" in found[1][2]
    assert found[2][2].startswith("is missing: ")
    assert "did you mean `sdt`?" in found[4][2]


def test_a_setting_in_the_wrong_section_is_sent_to_the_right_one() -> None:
    assert "it belongs in [kiosk]" in mistakes(HEAD + "[visit]\npractice = true\n")[0][2]


def test_an_unknown_section_is_told_with_the_nearest_name() -> None:
    (mistake,) = mistakes(HEAD + "[vist]\n")
    assert mistake[:2] == (8, "vist")
    assert "did you mean `visit`?" in mistake[2]


def test_missing_sections_are_told_without_a_line() -> None:
    assert [(line, path) for line, path, _ in mistakes("")] == [(0, "hall"), (0, "kiosk")]


def test_a_syntax_error_has_its_line() -> None:
    ((line, path, message),) = mistakes(HEAD + "[visit\n")
    assert (line, path) == (8, "")
    assert message.startswith("not TOML: ")


def test_a_file_that_ends_too_soon_points_at_its_end() -> None:
    line, _, message = mistakes('[hall]\nname = """half')[-1]
    assert line == 2
    assert "not TOML" in message


WORDS_WRONG = """[hall]
name = 示例大厅
name_en = "Sample Hall"
area = "36x"
[kiosk
number = "K03"
practice = ture
[visit]
visit_minutes = 999
rating_seconds = [1, 2
warning_secnds = 40
[[devices]]
name = "reader"
model = "sdt"
port = "/dev/ttyS0"
emulated = true
[[staff]
number = "01"
role = "boss"
pin_hash = '''x
"""


def test_behind_a_line_that_is_no_toml_the_others_are_told_and_nothing_that_only_follows_from_it() -> None:
    assert [(line, path) for line, path, _ in mistakes(WORDS_WRONG)] == [
        (2, ""),
        (4, "hall.area"),
        (5, ""),
        (7, ""),
        (9, "visit.visit_minutes"),
        (11, ""),
        (11, "visit.warning_secnds"),
        (17, ""),
        (19, "staff[0].role"),
        (20, ""),
    ]
    assert mistakes(HEAD + "[visit]\n= 5\n")[0][:2] == (9, "")
    assert len(mistakes(HEAD + "[visit]\nvisit_minutes = 20\n[visit]\nvisit_minutes = 30\n")) == 1
    assert len(mistakes(HEAD + "[sign in]\nidle_seconds = 5\n")) == 1


def test_an_emulated_device_needs_practice() -> None:
    device = '[[devices]]\nname = "card-reader"\nmodel = "sdt"\nport = "/dev/pts/7"\nemulated = true\n'
    ((line, path, message),) = mistakes(HEAD + device)
    assert (line, path) == (12, "devices[0].emulated")
    assert "practice = true" in message
    assert parse_settings(HEAD + "practice = true\n" + device).devices[0].emulated


def test_two_devices_cannot_share_a_name_or_a_port() -> None:
    device = '[[devices]]\nname = "reader"\nmodel = "sdt"\nport = "/dev/ttyUSB0"\n'
    assert [path for _, path, _ in mistakes(HEAD + device + device)] == ["devices[1].name", "devices[1].port"]


def test_contradictions_are_found_although_there_are_other_mistakes() -> None:
    text = HEAD + '[visit]\nvisit_minutes = 5\nending_notice_minutes = 5\nrating_seconds = "soon"\nlarge_text_idle_seconds = 60\n'
    assert [path for _, path, _ in mistakes(text)] == [
        "visit.ending_notice_minutes",
        "visit.rating_seconds",
        "visit.large_text_idle_seconds",
    ]


def test_no_mistake_shows_a_secret() -> None:
    text = HEAD + '[[staff]]\nnumber = "01"\nrole = "boss"\npin_hash = "hunter2-as-clear-text"\n'
    found = mistakes(text)
    assert [path for _, path, _ in found] == ["staff[0].role", "staff[0].pin_hash"]
    assert "hunter2" not in str(found)


@pytest.mark.parametrize("changed", ["$16384$8$1$", "$9999$8$1$", "$4096$99$1$", "$131072$8$9$"])
def test_only_a_hash_that_can_be_checked_is_taken(changed: str) -> None:
    staff = f'[[staff]]\nnumber = "01"\nrole = "manager"\npin_hash = "{HASH.replace("$16384$8$1$", changed)}"\n'
    if changed == "$16384$8$1$":
        assert parse_settings(HEAD + staff).staff[0].role == "manager"
    else:
        assert [path for _, path, _ in mistakes(HEAD + staff)] == ["staff[0].pin_hash"]


def test_staff_names_and_hashes_are_not_in_a_repr() -> None:
    staff = f'[[staff]]\nnumber = "01"\nname = "赵某"\nrole = "manager"\npin_hash = "{HASH}"\n'
    shown = repr(parse_settings(HEAD + staff))
    assert "赵某" not in shown
    assert "scrypt" not in shown


def test_a_file_is_read_and_its_name_is_in_the_mistakes(tmp_path: Path) -> None:
    file = tmp_path / "kiosk.toml"
    file.write_bytes(b"\xef\xbb\xbf" + HEAD.replace("\n", "\r\n").encode())
    assert load_settings(file).kiosk.number == "K03"
    file.write_text(HEAD.replace("K03", "3"), encoding="utf-8")
    broken = settings_or_mistakes(file)
    assert isinstance(broken, SettingsBroken)
    assert str(broken.mistakes[0]).startswith(f"{file}:7: kiosk.number: must be K and two to six digits")
    assert broken.mistakes[0].in_chinese == "kiosk.toml 第 7 行 kiosk.number：应为字母 K 加 2 到 6 位数字，现在写的是 '3'"


def test_digits_of_full_width_as_a_chinese_keyboard_types_them_are_told(tmp_path: Path) -> None:
    file = tmp_path / "kiosk.toml"
    file.write_text(HEAD.replace("K03", "K０３").replace("369999", "３６９９９９"), encoding="utf-8")
    broken = settings_or_mistakes(file)
    assert isinstance(broken, SettingsBroken)
    told = [str(mistake) for mistake in broken.mistakes]
    assert any("hall.area: must be six digits" in one for one in told)
    assert any("kiosk.number: must be K and two to six digits" in one for one in told)


PLAIN = """[hall]
name = "示例大厅"
name_en = ""
area = "36x"
[kiosk]
practice = "yes please"
[visit]
visit_minutes = 999
rating_seconds = 1.5
warning_secnds = 4
practice = true
[[devices]]
name = "Reader"
model = "sdtt"
port = 5
[[devices]]
name = "a"
model = "escpos-network"
port = "printer"
emulated = true
[store]
max_bytes = 1
[centre]
url = "http://centre.example"
"""


def test_every_mistake_is_told_in_plain_chinese_too() -> None:
    with pytest.raises(SettingsBroken) as broken:
        parse_settings(PLAIN)
    told = [mistake.zh for mistake in broken.value.mistakes]
    assert [zh for zh in told if not zh or OTHERWISE in zh or any(sign in zh for sign in "^$\\")] == []
    assert [mistake.in_chinese for mistake in broken.value.mistakes][1:4] == [
        "kiosk.toml 第 4 行 hall.area：应为 6 位数字，现在写的是 '36x'",
        "kiosk.toml 第 5 行 kiosk.number：缺少这一项",
        "kiosk.toml 第 6 行 kiosk.practice：应为 true 或 false，现在写的是 'yes please'",
    ]


def test_what_is_no_settings_file_is_told_in_a_sentence(tmp_path: Path) -> None:
    absent, folder, binary, large = (tmp_path / name for name in ("absent", "folder", "binary", "large"))
    folder.mkdir()
    binary.write_bytes(b"[hall]\nname = \xd6\xd0\n")
    large.write_bytes(b"#" * 1_000_001)
    told = {}
    for path in (absent, folder, binary, large):
        found = settings_or_mistakes(path)
        assert isinstance(found, SettingsBroken)
        told[path.name] = str(found.mistakes[0])
    assert "no such file" in told["absent"]
    assert "cannot be read" in told["folder"]
    assert f"{binary}:2: " in told["binary"]
    assert "no settings file" in told["large"]


@given(st.text(alphabet=st.sampled_from("[]{}=.\"'#\n abkiosk1"), max_size=60))
def test_any_text_at_all_is_settings_or_mistakes(text: str) -> None:
    assert taken(text), "broken, and no mistake told"


@given(
    st.recursive(
        st.booleans() | st.integers(-5, 5) | st.text("ab", max_size=3),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["name", "port", "x"]), inner, max_size=2),
        max_leaves=6,
    ),
    st.sampled_from(["hall", "kiosk", "visit", "devices", "staff", "sign_in", "centre", "store"]),
)
def test_any_value_in_any_section_is_settings_or_mistakes(value: object, section: str) -> None:
    assert taken(f"{section} = {toml(value)}\n"), "broken, and no mistake told"


def toml(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case dict():
            return "{" + ", ".join(f"{key} = {toml(inner)}" for key, inner in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(toml, value)) + "]"
        case str():
            return f'"{value}"'
        case _:
            return str(value)


def test_the_example_loads_as_it_stands() -> None:
    settings = parse_settings(example())
    assert [device.name for device in settings.devices] == ["card-reader", "scanner", "receipt-printer"]


def test_the_examples_commented_defaults_are_the_defaults() -> None:
    opened = "\n".join(
        line.removeprefix("# ") if line.startswith("# ") and " = " in line and "…" not in line and ": " not in line else line
        for line in example().splitlines()
    )
    assert parse_settings(opened) == parse_settings(example())
    assert "signed_in_idle_seconds = 180" in opened.splitlines()


def test_every_setting_has_a_meaning_and_every_number_its_limits() -> None:
    for section in sections():
        assert section.meaning
        for setting in section.settings:
            assert setting.meaning, f"{section.name}.{setting.name}"
            if setting.kind in ("whole number", "number"):
                assert setting.limits, f"{section.name}.{setting.name}"


def test_every_section_is_known_to_the_settings() -> None:
    assert [section.name for section in sections()] == [field.name for field in fields(Settings)]


def stored(tmp_path: Path, more: str = "") -> Path:
    (tmp_path / "store").mkdir(exist_ok=True)
    file = tmp_path / "kiosk.toml"
    sections = f'[store]\ndirectory = "{tmp_path / "store"}"\n[centre]\nurl = "http://127.0.0.1:8/"\n'
    file.write_text(HEAD + sections + more, encoding="utf-8")
    return file


DEVICE = '[[devices]]\nname = "one"\nmodel = "gm65"\nport = "/dev/one"\n[[staff]]\nnumber = "01"\nrole = "manager"\n'


def test_a_file_that_was_found_right_is_read_without_checking_it_again(tmp_path: Path) -> None:
    file = stored(tmp_path, f'{DEVICE}pin_hash = "{HASH}"\n')
    checked = settings_at_start(file)
    again = "import sys; from pathlib import Path; from kiosk.settings import settings_at_start;"
    again += "print(settings_at_start(Path(sys.argv[1]))); print(*(name for name in sys.modules if name.startswith('pydantic')))"
    said = subprocess.run([sys.executable, "-c", again, str(file)], capture_output=True, text=True, check=True)
    assert said.stdout == f"{checked}\n\n"
    assert settings_at_start(file) == checked == load_settings(file)


@pytest.mark.parametrize("more", ["[visit]\nvisit_minutes = 999\n", DEVICE.replace("gm65", "gm66"), "broken", "[[store]]\n"])
def test_a_file_that_was_changed_since_is_checked_at_the_start(tmp_path: Path, more: str) -> None:
    assert isinstance(settings_at_start(stored(tmp_path)), Settings)
    assert isinstance(settings_at_start(stored(tmp_path, more)), SettingsBroken)
    assert isinstance(settings_at_start(tmp_path / "kiosk.toml"), SettingsBroken)  # and is not noted as right


def test_a_number_or_yes_that_stands_in_quotes_is_the_same_at_every_start(tmp_path: Path) -> None:
    file = stored(tmp_path, '[visit]\nvisit_minutes = "31"\ncard_seconds = 20.0\n')
    file.write_text(file.read_text(encoding="utf-8").replace("[store]", 'practice = "false"\n[store]'), encoding="utf-8")
    for _ in range(2):
        settings = settings_at_start(file)
        assert isinstance(settings, Settings)
        found = settings.kiosk.practice, settings.visit.visit_minutes, settings.visit.card_seconds
        assert repr(found) == "(False, 31, 20)"


def test_a_directory_of_no_possible_name_is_no_traceback_at_the_start(tmp_path: Path) -> None:
    file = stored(tmp_path)
    file.write_text(file.read_text(encoding="utf-8").replace(str(tmp_path / "store"), f"/{'x' * 300}"), encoding="utf-8")
    assert isinstance(settings_at_start(file), Settings)


LOOK = """
import sys, pathlib, kiosk.settings, kiosk.settings_checking as checking
check, checks = checking.checked, []
checking.checked = lambda *asked: checks.append(1) or check(*asked)
assert isinstance(kiosk.settings.settings_at_start(pathlib.Path(sys.argv[1])), kiosk.settings.Settings)
print(len(checks))
"""


def test_what_another_installation_has_found_right_is_checked_also_of_the_same_version(tmp_path: Path) -> None:
    """Each lies in a folder of its own, whose name need not be text; what the one before still took, this one may not."""
    file = stored(tmp_path, "[visit]\nvisit_minutes = 31\n")
    for release in ("before", "now\udcff"):
        (tmp_path / release).mkdir()
        for package in ("kiosk", "devices", "offline_cache"):
            (tmp_path / release / package).symlink_to(Path(__file__).parents[2] / package)
    run = [sys.executable, "-c", LOOK, str(file)]
    checks = [
        subprocess.run(run, cwd=tmp_path / release, capture_output=True, text=True, check=True).stdout.strip()
        for release in ("before", "before", "now\udcff", "now\udcff")
    ]
    assert checks == ["1", "0", "1", "0"]


@pytest.mark.parametrize("text", ["x = " + "[" * 5000, "x = " + "1" * 5000], ids=["too deep", "too large a number"])
def test_a_file_that_the_toml_reader_gives_up_is_a_mistake_and_no_traceback(text: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsBroken) as broken:
        parse_settings(text)
    (tmp_path / "kiosk.toml").write_text(text)
    assert isinstance(settings_at_start(tmp_path / "kiosk.toml"), SettingsBroken)
    assert [(mistake.line, "not TOML" in mistake.message) for mistake in broken.value.mistakes] == [(1, True)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hall = 5", "must be one section, written [name], not 5"),
        ("[[hall]]", "must be one section, written [name]"),
        ("devices = 5", "must be tables, each written [[name]], not 5"),
        ("[hall]\nname = 5", "must be text in quotes, not 5"),
        ("[visit]\ncard_seconds = 'soon'", "must be a whole number, not 'soon'"),
        ("[visit]\ncard_seconds = 30.5", "must be a whole number, not 30.5"),
        ("[kiosk]\npractice = 'perhaps'", "must be true or false, not 'perhaps'"),
    ],
)
def test_a_value_of_another_kind_is_told_without_a_programmers_words(text: str, message: str) -> None:
    with pytest.raises(SettingsBroken) as broken:
        parse_settings(text)
    assert message in [mistake.message for mistake in broken.value.mistakes]
