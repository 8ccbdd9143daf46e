"""The root of the command line: quick, clear, and never a traceback for known trouble."""

from __future__ import annotations

import contextlib
import errno
import io
import json
import os
import pty
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import click
import pytest

from devices.errors import PaperOut
from kiosk import __version__
from kiosk.commands import root as root_module
from kiosk.commands.options import Exit
from kiosk.commands.registry import COMMANDS, Entry
from kiosk.commands.trouble import exit_status, sentences
from kiosk.errors import KioskNotRunning, Mistake, SettingsBroken, StoreAbsent
from kiosk.log_events import Event
from offline_cache.database import open_store
from offline_cache.errors import CentreUnreachable, QueueFull
from offline_cache.journal import Happening, Journal
from offline_cache.outbox import Outbox

Run = Callable[..., Any]


def test_help_lists_every_command_and_the_exit_statuses(run: Run) -> None:
    said = run("--help")
    assert said.status == 0
    for name, entry in COMMANDS.items():
        assert f"  {name} " in said.out
        assert entry.help.split()[0] in said.out
    assert "Exit status" in said.out


def test_help_imports_no_command_and_nothing_heavy() -> None:
    script = (
        "import sys\nfrom kiosk.commands.root import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'pydantic', 'cv2', 'rich', 'requests', 'cryptography', 'PySide6', 'pysqlite3', 'kiosk.commands.settings'}\n"
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_version_is_the_packages(run: Run) -> None:
    assert __version__ in run("--version").out


def test_a_mistyped_command_is_answered_with_the_nearest(run: Run) -> None:
    said = run("diagnos")
    assert said.status == Exit.USAGE
    assert "Did you mean 'diagnose'?" in said.err


def test_a_wrong_option_is_a_usage_error(run: Run) -> None:
    assert run("--nonsense").status == Exit.USAGE
    assert run("settings", "check", "--nonsense").status == Exit.USAGE


def test_a_folder_in_the_settings_place_is_a_broken_file_with_which_the_kiosk_still_starts(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said = run("--settings", tmp_path, "queue")
    assert (said.status, "settings-broken" in said.err) == (Exit.SETTINGS, True)
    started: list[Sequence[str]] = []
    monkeypatch.setattr("resource.setrlimit", lambda *_: None)
    monkeypatch.setattr("os.execve", lambda _program, arguments, _variables: started.append(arguments))
    assert run("--settings", tmp_path, "run").status == Exit.FINE
    assert str(tmp_path) in started[0]


def test_the_kiosk_begins_with_memory_that_comes_back_unless_somebody_says_otherwise(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    variables: list[dict[str, str]] = []
    monkeypatch.setattr("resource.setrlimit", lambda *_: None)
    monkeypatch.setattr("os.execve", lambda _program, _arguments, given: variables.append(given))
    monkeypatch.setenv("MALLOC_ARENA_MAX", "7")
    assert run("--settings", tmp_path, "run").status == Exit.FINE
    assert (variables[0]["MALLOC_ARENA_MAX"], variables[0]["MALLOC_MMAP_THRESHOLD_"]) == ("7", "262144")


def test_a_kiosk_that_crashes_leaves_no_core_to_a_file_or_to_a_program_that_collects_them(tmp_path: Path) -> None:
    shown = "import os, resource, sys; os.execve = lambda *_: print(resource.getrlimit(resource.RLIMIT_CORE)); "
    shown += "from kiosk.__main__ import main; main()"
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    for before, after in ((str(most) if most > 0 else "unlimited", "(1, 1)"), ("0", "(0, 0)")):
        words = ["/bin/sh", "-c", f'ulimit -c {before}; exec "$0" "$@"', sys.executable, "-c", shown]
        said = subprocess.run([*words, "--settings", str(tmp_path), "run"], capture_output=True, text=True, check=False)
        assert said.stdout.strip() == after, said.stderr


def test_a_command_that_is_not_installed_is_told_in_a_sentence(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(root_module, "COMMANDS", {"fly": Entry("kiosk.commands.fly:fly", "Fly.")})
    said = run("fly")
    assert said.status == Exit.TROUBLE
    assert "kiosk.commands.fly" in said.err
    assert run("--help").status == 0


@pytest.mark.parametrize(
    ("trouble", "status", "words"),
    [
        (PaperOut(), Exit.TROUBLE, "roll"),
        (QueueFull(), Exit.TROUBLE, "limit"),
        (KioskNotRunning("/run/kiosk.sock"), Exit.NOT_RUNNING, "/run/kiosk.sock"),
        (StoreAbsent("/var/lib/kiosk/store.db"), Exit.NOT_RUNNING, "/var/lib/kiosk/store.db"),
        (CentreUnreachable(), Exit.NOT_RUNNING, "cable"),
        (SettingsBroken([Mistake("kiosk.toml", 3, "hall.area", "is missing")]), Exit.SETTINGS, "kiosk.toml:3: hall.area"),
    ],
)
def test_known_trouble_is_a_sentence_with_what_to_do(
    run: Run, monkeypatch: pytest.MonkeyPatch, trouble: Any, status: Exit, words: str
) -> None:
    @click.command()
    def fail() -> None:
        raise trouble

    monkeypatch.setattr(root_module, "import_command", lambda *_: fail)
    said = run("diagnose")
    assert said.status == status == exit_status(trouble)
    assert words in said.err
    assert trouble.code in said.err
    assert "→" in said.err
    assert said.out == ""
    assert list(sentences(trouble))


@pytest.mark.parametrize(
    "words", [("diagnose",), ("queue",), ("queue", "list"), ("logs",), ("logs", "verify"), ("enrol", "CODE")]
)
def test_machines_are_told_of_known_trouble_in_json(run: Run, settings_file: Path, words: tuple[str, ...]) -> None:
    settings_file.write_text("[hall]\nnmae = 3\n", encoding="utf-8")
    said = run(*words, "--json", "--settings", settings_file)
    assert said.status == Exit.SETTINGS
    assert said.json["error"] == "settings-broken"
    assert (said.json["mistakes"][-1]["line"], said.json["mistakes"][-1]["path"]) == (2, "hall.nmae")
    assert "settings-broken" in said.err


@pytest.mark.parametrize("words", [("queue",), ("logs",)])
def test_machines_are_told_in_json_that_there_is_no_store(run: Run, settings_file: Path, words: tuple[str, ...]) -> None:
    said = run(*words, "--json", "--settings", settings_file)
    assert said.status == Exit.NOT_RUNNING
    assert said.json["error"] == "store-absent"
    assert said.json["detail"].endswith("store.db")


def test_whoever_may_not_enter_the_store_is_told_as_whom_to_ask(
    run: Run, settings_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stat = Path.stat

    def refuse(path: Path, **how: bool) -> os.stat_result:
        if path.name == "store.db":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return stat(path, **how)

    monkeypatch.setattr(Path, "stat", refuse)
    for words in (("queue",), ("logs",), ("queue", "retry", "--held")):
        said = run(*words, "--settings", settings_file)
        assert said.status == Exit.TROUBLE
        assert "store.db. [user-not-allowed]" in said.err
        assert "`sudo -u kiosk kiosk …`" in said.err
    assert run("queue", "--json", "--settings", settings_file).json["error"] == "user-not-allowed"


def test_whoever_may_not_read_the_identity_is_told_as_whom_to_ask(
    run: Run, settings_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> str:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr("offline_cache.identity.read_private", refuse)
    for words in (("logs", "verify"), ("enrol", "a-code")):
        said = run(*words, "--settings", settings_file)
        assert (said.status, "identity.json. [user-not-allowed]" in said.err) == (Exit.TROUBLE, True)


def test_whoever_may_only_read_the_store_looks_and_changes_nothing(
    run: Run, settings_file: Path, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda _, wanted: not wanted & os.W_OK)
    assert run("queue", "--settings", settings_file).status == Exit.FINE
    assert "[user-not-allowed]" in run("queue", "retry", "--held", "--settings", settings_file).err


def test_an_enrolment_without_the_line_is_not_said_to_go_on_by_itself(run: Run, settings_file: Path) -> None:
    with settings_file.open("a", encoding="utf-8") as file:
        file.write('[centre]\nurl = "http://127.0.0.1:9"\n')
    said = run("enrol", "CODE", "--settings", settings_file)
    assert said.status == Exit.NOT_RUNNING
    assert "Nothing to do" not in said.err
    assert "run `kiosk enrol` again" in said.err
    assert said.out == ""
    assert run("enrol", "CODE", "--json", "--settings", settings_file).json["error"] == "centre-unreachable"


def test_a_fault_of_the_program_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command()
    def fail() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(root_module, "import_command", lambda *_: fail)
    with pytest.raises(ZeroDivisionError):
        root_module.main(["diagnose"])


def test_an_interrupted_command_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command()
    def wait() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(root_module, "import_command", lambda *_: wait)
    said = run("diagnose")
    assert said.status == 130
    assert "Stopped." in said.err


def test_the_settings_nearest_to_the_command_win(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KIOSK_SETTINGS", str(tmp_path / "of-the-environment.toml"))
    assert "of-the-environment.toml" in run("settings", "check").out
    assert "of-the-root.toml" in run("--settings", tmp_path / "of-the-root.toml", "settings", "check").out
    said = run("--settings", tmp_path / "of-the-root.toml", "settings", "check", "--settings", tmp_path / "own.toml")
    assert "own.toml" in said.out
    monkeypatch.delenv("KIOSK_SETTINGS")
    assert "/etc/kiosk/kiosk.toml" in run("settings", "check").out


def test_python_dash_m_kiosk_is_the_same() -> None:
    done = subprocess.run([sys.executable, "-m", "kiosk", "--version"], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert __version__ in done.stdout


@pytest.mark.parametrize("group", ["queue", "logs", "settings", "catalogue", "devices", "models"])
def test_a_group_tells_in_whole_sentences_what_its_commands_do(run: Run, group: str) -> None:
    told = run(group, "--help").out.partition("Commands:")[2]
    assert told
    assert "..." not in told
    assert not told.rstrip().endswith("e.g.")


def kiosk(*words: str, redirected: str = "", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """The command in a shell that redirects its output."""
    command = " ".join([sys.executable, "-m", "kiosk", *words, redirected])
    return subprocess.run(["/bin/sh", "-c", command], env={**os.environ, **environment}, capture_output=True, check=False)


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "gb2312"])
def test_a_pipe_gets_utf_8_whatever_the_locale(tmp_path: Path, encoding: str) -> None:
    settings = f"--settings {tmp_path / 'none.toml'}"
    broken = kiosk("queue", "--json", settings, PYTHONIOENCODING=encoding)
    assert broken.returncode == Exit.SETTINGS
    assert json.loads(broken.stdout)["says_zh"] == "设置文件有错误"
    example = kiosk("settings", "example", PYTHONIOENCODING=encoding)
    assert (example.returncode, b"Traceback" in example.stderr) == (0, False)
    assert example.stdout == kiosk("settings", "example", PYTHONIOENCODING="utf-8").stdout


def test_a_terminal_that_lacks_a_letter_gets_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.BytesIO):
        def isatty(self) -> bool:
            return True

    shown = Terminal()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(shown, encoding="latin-1"))
    with pytest.raises(SystemExit) as left:
        root_module.main(["settings", "example"])
    sys.stdout.flush()
    assert left.value.code == Exit.FINE
    assert b"[hall]" in shown.getvalue()


@pytest.mark.parametrize(
    ("encoding", "lost"), [("latin-1:strict", b"?"), ("ascii:surrogateescape", b"?"), ("utf-8", "●".encode())]
)
def test_a_terminal_that_lacks_a_letter_gets_the_rest_whatever_python_makes_of_its_locale(
    tmp_path: Path, settings_file: Path, encoding: str, lost: bytes
) -> None:
    (tmp_path / "store").mkdir()
    with closing(open_store(tmp_path / "store" / "store.db")) as connection:
        Journal(connection).append([Happening(1, Event("stop-missed")), Happening(2, Event("revoked"))])
    ours, its = pty.openpty()
    words = [sys.executable, "-m", "kiosk", "logs", "--settings", str(settings_file)]
    with subprocess.Popen(words, stdout=its, stderr=its, env={**os.environ, "PYTHONIOENCODING": encoding}) as command:
        os.close(its)
        shown = b""
        with contextlib.suppress(OSError):  # how a terminal tells that nobody writes any more
            while piece := os.read(ours, 65536):
                shown += piece
        os.close(ours)
    assert command.returncode == Exit.FINE, shown
    assert lost in shown


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_what_a_full_disk_took_half_of_does_not_pass_for_whole(tmp_path: Path, unbuffered: str) -> None:
    script = f"ulimit -f 2; {sys.executable} -m kiosk settings example >{tmp_path / 'example.toml'}"
    done = subprocess.run(
        ["/bin/sh", "-c", script],
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        check=False,
    )
    assert (tmp_path / "example.toml").stat().st_size in (1024, 2048)
    assert done.returncode == Exit.TROUBLE
    assert done.stderr.decode() == "What was to be told cannot be written: File too large.\n"


@pytest.mark.parametrize(("redirected", "status"), [(">/dev/full", Exit.TROUBLE), (">&-", Exit.FINE), (">&- 2>&-", Exit.FINE)])
def test_an_output_that_takes_nothing_is_told_in_a_sentence(redirected: str, status: Exit) -> None:
    for words in (("settings", "example"), ("catalogue", "list")):
        done = kiosk(*words, redirected=redirected)
        assert (done.returncode, done.stdout) == (status, b"")
        told = done.stderr.decode().splitlines()
        assert told == (["What was to be told cannot be written: No space left on device."] if status else [])


@pytest.mark.parametrize("redirected", [">/dev/full", "| true"])
def test_known_trouble_that_cannot_be_told_is_no_traceback(tmp_path: Path, redirected: str) -> None:
    done = kiosk("queue", "--json", "--settings", str(tmp_path / "none.toml"), redirected=f"2>{tmp_path / 'err'} {redirected}")
    told = (tmp_path / "err").read_text(encoding="utf-8")
    assert "[settings-broken]" in told
    assert ("cannot be written: No space left" in told) == (redirected == ">/dev/full")
    assert "Traceback" not in told
    assert done.stderr == b""


@pytest.mark.parametrize("module", ["click", "kiosk.errors"])
def test_ctrl_c_while_it_is_still_being_imported_is_no_traceback(module: str) -> None:
    script = (
        "import os, signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # whoever runs the tests may have it ignored
        "class Interrupts:\n"
        "    def find_spec(self, name, *_):\n"
        f"        if name == {module!r}:\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Interrupts())\n"
        "from kiosk.__main__ import main\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", script, "queue"], capture_output=True, text=True, check=False)
    assert done.returncode in (130, -signal.SIGINT)
    assert "Traceback" not in done.stderr
