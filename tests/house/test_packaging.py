"""What `packaging/` puts on a kiosk's machine: the unit, the rules and the scripts hold together, and name only what is there."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from kiosk.commands.options import DEFAULT_SETTINGS, SETTINGS_VARIABLE
from kiosk.commands.registry import COMMANDS
from offline_cache.settings import StoreSettings

ROOT = Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"
UNIT, RULES, PAM = PACKAGING / "kiosk.service", PACKAGING / "70-kiosk.rules", PACKAGING / "kiosk.pam"
SCRIPTS = sorted(path for path in PACKAGING.iterdir() if path.read_bytes().startswith(b"#!"))
INSTALLER = (PACKAGING / "install-kiosk").read_text(encoding="utf-8")
INSTALLED = Path("/opt/kiosk24/current")
"""Where install-kiosk puts the package."""
RULE_KEYS = {"SUBSYSTEM", "KERNEL", "ATTR", "ATTRS", "ENV", "SYMLINK", "GROUP", "MODE"}
"""Of udev(7), those that ours use."""
RULE_PART = re.compile(r'([A-Z]+)(\{[A-Za-z0-9_]+\})?(==|!=|\+=|:=|=)"([^"]*)"')


def unit() -> dict[str, list[str]]:
    """The unit's settings by name, each with all its values."""
    told: dict[str, list[str]] = {}
    for line in UNIT.read_text(encoding="utf-8").splitlines():
        if line and line[0] not in "#[":
            name, _, value = line.partition("=")
            told.setdefault(name, []).append(value)
    return told


def rules() -> list[list[tuple[str, str, str, str]]]:
    """Each rule as its parts: key, attribute, operator, value."""
    lines = [line for line in RULES.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return [[(key, attribute, operator, value) for key, attribute, operator, value in RULE_PART.findall(line)] for line in lines]


def words_of(name: str) -> set[str]:
    """What a `for name in …; do` of the installer goes through."""
    found = re.search(rf"^for {name} in (.+); do$", INSTALLER, re.MULTILINE)
    assert found is not None
    return set(found[1].split())


# --- the unit ---------------------------------------------------------------------------------------------------


def complaints(of: Path, about: Path | None = None) -> list[str]:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("there is no systemd-analyze here")
    said = subprocess.run(["systemd-analyze", "verify", "--man=no", str(of)], capture_output=True, text=True, check=False)
    return [line for line in said.stderr.splitlines() if str(about or of.name) in line]


def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    copy = tmp_path / UNIT.name
    copy.write_bytes(UNIT.read_bytes())
    assert complaints(copy) == []
    copy.write_text(UNIT.read_text(encoding="utf-8").replace("RestartSec=", "RestartSecs="), encoding="utf-8")
    assert complaints(copy) != [], "systemd-analyze says nothing even of a mistyped setting"


def test_every_path_of_the_package_that_the_unit_names_is_installed() -> None:
    named = set(re.findall(rf"{INSTALLED}/([^\s:]+)", UNIT.read_text(encoding="utf-8")))
    assert named == {"docs/OPERATIONS.md", ".venv/bin/kiosk"}
    assert (ROOT / "docs" / "OPERATIONS.md").is_file()
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    assert scripts["kiosk"] == "kiosk.__main__:main"
    assert "docs" in words_of("part")
    assert f"target={INSTALLED.parent}\n" in INSTALLER


def test_the_unit_runs_a_command_there_is_through_programs_that_are_installed() -> None:
    (start,) = unit()["ExecStart"]
    program, _, command = start.partition(" -- ")
    assert command.split()[1] in COMMANDS
    libraries = (PACKAGING / "install-system-libraries").read_text(encoding="utf-8")
    kiosk_packages = re.search(r'^for_kiosk="(.+)"$', libraries, re.MULTILINE)
    assert kiosk_packages is not None
    programs = [word for word in program.split() if word.startswith("/usr/")]
    assert programs == ["/usr/bin/env", "/usr/bin/cage"]
    assert {"cage", "tpm2-tools"} <= set(kiosk_packages[1].split()), "what systemd-creds opens a TPM with comes with the latter"


def test_unit_installer_and_program_agree_on_user_groups_and_places() -> None:
    told = unit()
    assert told["User"] == told["Group"] == told["PAMName"] == ["kiosk"]
    assert "install -m 0644 packaging/kiosk.pam /etc/pam.d/kiosk" in INSTALLER
    assert "install -m 0644 packaging/kiosk.service /etc/systemd/system/kiosk.service" in INSTALLER
    key_units = "packaging/kiosk-vault-key.socket packaging/kiosk-vault-key@.service"
    assert f"install -m 0644 {key_units} /etc/systemd/system/\n" in INSTALLER
    assert f"install -m 0644 packaging/{RULES.name} /etc/udev/rules.d/{RULES.name}" in INSTALLER
    assert set(told["SupplementaryGroups"][0].split()) == words_of("group")
    environment = dict(pair.split("=", 1) for pair in told["Environment"])
    assert environment[SETTINGS_VARIABLE] == str(DEFAULT_SETTINGS)
    assert f"file={DEFAULT_SETTINGS}\n" in INSTALLER
    assert StoreSettings().directory == Path("/var/lib") / told["StateDirectory"][0]
    assert environment["XDG_CACHE_HOME"] == f"/run/{told['RuntimeDirectory'][0]}"
    assert told["RuntimeDirectoryPreserve"] == ["yes"], "what is noted there outlives a stop by hand"


def test_nothing_in_memory_comes_to_lie_on_the_disk() -> None:
    assert unit()["LimitCORE"] == ["1"], "0 still hands the core to a program that collects them"
    assert unit()["MemorySwapMax"] == ["0"]
    # PAM moves what the unit starts out of it, into a session of the user's slice.
    assert "MemorySwapMax=0" in (PACKAGING / "kiosk-user.slice.conf").read_text(encoding="utf-8").splitlines()
    installed = 'packaging/kiosk-user.slice.conf "/etc/systemd/system/user-$(id -u kiosk).slice.d/kiosk.conf"\n'
    assert installed in INSTALLER


def test_no_document_on_its_way_to_the_printer_comes_to_lie_on_the_disk(tmp_path: Path) -> None:
    text = (PACKAGING / "cups.service.conf").read_text(encoding="utf-8")
    told = dict(line.split("=", 1) for line in text.splitlines() if line and line[0] not in "#[")
    assert told.pop("TemporaryFileSystem").split(":")[0] == "/var/spool/cups", "cupsd's RequestRoot, unless somebody moved it"
    assert told == {name: unit()[name][0] for name in ("MemorySwapMax", "LimitCORE")}
    assert "packaging/cups.service.conf /etc/systemd/system/cups.service.d/kiosk.conf\n" in INSTALLER
    (take_away,) = (line for line in INSTALLER.splitlines() if line.startswith("find /var/spool/cups "))
    order = ("daemon-reload", "try-restart cups.service", f"\n{take_away}\n")
    assert sorted(order, key=INSTALLER.index) == list(order), "cupsd has it in memory by then"
    waited = tmp_path / "spool" / "d00001-001"
    waited.parent.mkdir()
    waited.touch()
    for _ in range(2):
        subprocess.run(["sh", "-ec", take_away.replace("/var/spool/cups", str(waited.parent))], check=True)
        assert not waited.exists()
        shutil.rmtree(waited.parent, ignore_errors=True)  # where there is no CUPS
    printing = tmp_path / "cups.service"
    printing.write_text("[Service]\nType=notify\nExecStart=/bin/true\n", encoding="utf-8")
    dropped = tmp_path / "cups.service.d" / "kiosk.conf"
    dropped.parent.mkdir()
    dropped.write_text(text, encoding="utf-8")
    assert complaints(printing, dropped) == []
    dropped.write_text(text.replace("TemporaryFileSystem=", "TemporaryFileSystems="), encoding="utf-8")
    assert complaints(printing, dropped) != [], "systemd-analyze says nothing of what is added to a unit"


def keeping_two() -> tuple[str, str]:
    """Of the installer: the line that notes which release runs, and the lines that delete the others."""
    (noted,) = (line for line in INSTALLER.splitlines() if line.startswith("before="))
    deleted = re.search(r'^for old in "\$target"/releases/.*?^done$', INSTALLER, re.MULTILINE | re.DOTALL)
    assert deleted is not None
    return noted, deleted[0]


@pytest.mark.parametrize(
    "others",
    [("0.9.0-20261101T000000Z",), ("0.10.0-20261103T000000Z", "0.10.0-20261104T000000Z"), ()],
    ids=["numbers", "gone-back-and-half-made", "none"],
)
def test_the_release_that_ran_before_stays_to_go_back_to_and_no_other(tmp_path: Path, others: tuple[str, ...]) -> None:
    """Gone back from a newer one, after a power cut while another was made, and beside one whose number sorts otherwise."""
    ran, new = (tmp_path / "releases" / name for name in ("0.10.0-20261102T000000Z", "0.10.0-20261105T000000Z"))
    for release in (ran, *(ran.with_name(other) for other in others)):
        release.mkdir(parents=True)
    (tmp_path / "current").symlink_to(ran)
    noted, deleted = keeping_two()
    (switch,) = (line for line in INSTALLER.splitlines() if line.startswith('ln -sfn "$release"'))
    order = (f"\n{noted}\n", "\nsync ", f"\n{switch}\n", f"\n{deleted}\n")
    assert sorted(order, key=INSTALLER.index) == list(order), "a release is on the disk before its name is"
    script = "\n".join((f"target={tmp_path} release={new}", noted, f"mkdir {new}", switch, deleted))
    subprocess.run(["sh", "-euc", script], check=True)
    assert sorted((tmp_path / "releases").iterdir()) == [ran, new]
    assert (tmp_path / "current").resolve() == new


@pytest.mark.parametrize("named", ["releases/0.10.0-20261102T00000", None], ids=["mistyped", "none"])
def test_no_release_goes_where_nobody_can_tell_which_ran(tmp_path: Path, named: str | None) -> None:
    """Gone back by hand to a release that is not there, the one that worked would be deleted by the next installation."""
    for release in ("0.10.0-20261102T000000Z", "new"):
        (tmp_path / "releases" / release).mkdir(parents=True)
    if named is not None:
        (tmp_path / "current").symlink_to(tmp_path / named)
    noted, deleted = keeping_two()
    subprocess.run(["sh", "-euc", f"target={tmp_path} release={tmp_path}/releases/new\n{noted}\n{deleted}"], check=True)
    assert len(list((tmp_path / "releases").iterdir())) == 2


def test_the_first_release_on_a_machine_stays(tmp_path: Path) -> None:
    (tmp_path / "releases" / "new").mkdir(parents=True)
    noted, deleted = keeping_two()
    subprocess.run(["sh", "-euc", f"target={tmp_path} release={tmp_path}/releases/new\n{noted}\n{deleted}"], check=True)
    assert (tmp_path / "releases" / "new").is_dir()


def test_every_part_the_installer_copies_is_in_the_package() -> None:
    assert [part for part in words_of("part") if not (ROOT / part).exists()] == []
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert words_of("part") >= packages - {"central", "benchmarks"}


def test_the_session_file_has_the_four_columns_of_pam() -> None:
    lines = [line for line in PAM.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    assert [line for line in lines if not re.fullmatch(r"(auth|account|session)\s+required\s+pam_\w+\.so( \S+)*", line)] == []
    assert {line.split()[0] for line in lines} == {"auth", "account", "session"}


# --- the rules --------------------------------------------------------------------------------------------------


def test_every_rule_is_written_as_udev_reads_it() -> None:
    lines = [line for line in RULES.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    whole = re.compile(rf"{RULE_PART.pattern}(, {RULE_PART.pattern})*")
    assert [line for line in lines if whole.fullmatch(line) is None] == []
    for rule in rules():
        assert {key for key, *_ in rule} <= RULE_KEYS
        operators = [operator for _, _, operator, _ in rule]
        assert operators == sorted(operators, key=lambda operator: operator not in ("==", "!=")), "a match behind an assignment"
        assert "==" in operators
        assert set(operators) & {"=", "+="}
        for key, attribute, operator, value in rule:
            assert value
            assert (key in ("ATTR", "ATTRS", "ENV")) == bool(attribute)
            assert operator == "+=" or key != "SYMLINK"
            assert key != "MODE" or re.fullmatch("0[0-7]{3}", value)


def test_the_rules_give_devices_to_groups_the_kiosks_user_is_in() -> None:
    given = {value for rule in rules() for key, _, _, value in rule if key == "GROUP"}
    assert given
    assert given <= words_of("group")


def test_every_name_that_the_rules_give_is_in_the_manual() -> None:
    manual = (ROOT / "docs" / "OPERATIONS.md").read_text(encoding="utf-8")
    names = {value.partition("$")[0] for rule in rules() for key, _, _, value in rule if key == "SYMLINK"}
    assert len(names) == 3
    assert [name for name in names if f"/dev/{name}" not in manual] == []


def test_udev_finds_nothing_wrong_with_the_rules() -> None:
    verify = ["udevadm", "verify", "--no-summary", str(RULES)]
    if (
        shutil.which("udevadm") is None
        or subprocess.run(["udevadm", "verify", "--help"], capture_output=True, check=False).returncode
    ):
        pytest.skip("there is no `udevadm verify` here (systemd 254)")
    said = subprocess.run(verify, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr


# --- the scripts ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_every_script_is_sound_for_a_plain_shell_and_stops_at_what_fails(script: Path) -> None:
    assert script.read_text(encoding="utf-8").startswith("#!/bin/sh\n")
    assert script.stat().st_mode & 0o111
    assert "\nset -eu\n" in script.read_text(encoding="utf-8")
    read = subprocess.run(["sh", "-n", str(script)], capture_output=True, text=True, check=False)
    assert (read.returncode, read.stderr) == (0, "")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_every_script_tells_its_use_and_does_nothing_else(script: Path, tmp_path: Path) -> None:
    bare = {"PATH": "/usr/bin:/bin"}
    said = subprocess.run([script, "--help"], capture_output=True, text=True, check=False, cwd=tmp_path, env=bare)
    assert said.returncode in (0, 2)
    assert said.stderr == ""
    assert f"packaging/{script.name}" in said.stdout
    assert "set -eu" not in said.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_every_file_of_ours_that_a_script_names_is_there(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    named = set(re.findall(r"packaging/([\w.@-]+[\w])", text)) | set(re.findall(r'\$\(dirname "\$0"\)"?/([\w-]+\.txt)', text))
    assert [name for name in named if not (PACKAGING / name).exists()] == []


@pytest.mark.parametrize(
    ("script", "words", "status"),
    [
        ("install-kiosk", ("--help",), 0),
        ("install-system-libraries", ("--help",), 0),
        ("seal-vault-key", ("--help",), 0),
        ("make-environment", (), 2),
        ("install-pcsc", (), 2),
    ],
)
def test_each_script_tells_how_it_is_used_and_nothing_of_its_own_text(script: str, words: tuple[str, ...], status: int) -> None:
    said = subprocess.run([str(PACKAGING / script), *words], capture_output=True, text=True, check=False)
    assert said.returncode == status
    assert f"packaging/{script} " in said.stdout
    assert said.stdout.rstrip().endswith(".")
    assert "set -eu" not in said.stdout


@pytest.mark.parametrize("script", ["install-kiosk", "install-system-libraries", "seal-vault-key"])
def test_an_unknown_argument_is_refused_before_anything_is_done(script: str) -> None:
    said = subprocess.run([str(PACKAGING / script), "--frobnicate"], capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout) == (2, "")
    assert "--frobnicate" in said.stderr
