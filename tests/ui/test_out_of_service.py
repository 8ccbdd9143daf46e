"""暂停服务: a kiosk that cannot serve says so calmly, and lists the mistakes for the technician only."""

from __future__ import annotations

import errno
import json
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QSize, QTimer

from kiosk.commands.options import Exit
from kiosk.commands.root import main
from kiosk.local_socket import SOCKET_NAME, LocalServer, ask
from kiosk.staff.sign_in import hash_pin
from kiosk.visit.visit import Step, Visit
from offline_cache.database import open_store
from offline_cache.key import new_key
from offline_cache.outbox import Outbox
from offline_cache.settings import StoreSettings
from offline_cache.store_lock import alone_on
from offline_cache.vault import open_vault
from tests.ui.looks import PORTRAIT, texts
from tests.ui.test_defect import enrolled_settings
from ui.application import AGAIN, FROM_OUTSIDE, Application, Wanted
from ui.rehearsal.layout import complaints_about, find
from ui.rehearsal.stage import facts_with
from ui.texts import sentence

if TYPE_CHECKING:
    from PySide6.QtGui import QGuiApplication


def run(app: QGuiApplication, settings: Path, look) -> int:
    application = Application(app, Wanted(settings, PORTRAIT))

    def act() -> None:
        try:
            look(application._closed)
        finally:
            app.exit(0)

    QTimer.singleShot(0, act)
    return application.run()


@pytest.mark.parametrize(
    ("text", "told"),
    [("x = [", "not TOML"), ("", "hall"), ('[hall]\nnmae = "x"\n', "nmae"), (None, "no such file")],
    ids=["no toml", "empty", "a mistyped name", "no file"],
)
def test_a_broken_settings_file_starts_in_out_of_service_with_the_list(qapp, tmp_path, capsys, text, told):
    file = tmp_path / "kiosk.toml"
    if text is not None:
        file.write_text(text)
    seen = {}

    def look(closed) -> None:
        qapp.processEvents()
        seen["resident"] = texts(closed.window)
        seen["complaints"] = complaints_about(closed.window)
        closed.window.setProperty("heldOpen", True)
        qapp.processEvents()
        seen["technician"] = texts(closed.window)
        seen["list"] = find(closed.window, "mistakes")

    assert run(qapp, file, look) == 0
    assert "暂停服务" in seen["resident"]
    assert "12345" in seen["resident"]
    assert "kiosk.toml" not in seen["resident"]
    assert told in seen["technician"]
    assert "Traceback" not in seen["resident"] + seen["technician"] + capsys.readouterr().err
    assert seen["complaints"] == []


def test_without_an_identity_the_kiosk_names_the_remedy(qapp, tmp_path):
    file = tmp_path / "kiosk.toml"
    file.write_text(
        '[hall]\nname = "示例大厅"\nname_en = "Sample Hall"\narea = "369999"\n[kiosk]\nnumber = "K03"\n'
        f'[store]\ndirectory = "{tmp_path / "state"}"\n[centre]\nurl = "https://127.0.0.1:9"\n'
    )
    (tmp_path / "state").mkdir(mode=0o700)
    seen = {}

    def look(closed) -> None:
        qapp.processEvents()
        seen["resident"] = texts(closed.window)
        closed.window.setProperty("heldOpen", True)
        qapp.processEvents()
        seen["technician"] = texts(closed.window)

    assert run(qapp, file, look) == 0
    assert "K03" in seen["resident"]
    assert "kiosk enrol" in seen["technician"]


STAFFED = """
[hall]
nmae = "x"
[kiosk]
number = "K03"
practise = true
[store]
directory = "{store}"
[[staff]]
number = "08"
role = "technician"
pin_hash = "{pin}"
"""


def staffed(tmp_path: Path) -> Path:
    file = tmp_path / "kiosk.toml"
    file.write_text(STAFFED.format(store=tmp_path / "store", pin=hash_pin("246802", bytes(16))), encoding="utf-8")
    return file


def wait_until(app: QGuiApplication, true) -> None:
    """Let Qt and the door's thread work until it is true; the test's own time-out ends a wait in vain."""
    while not true():
        app.processEvents()


@pytest.mark.parametrize("size", [PORTRAIT, QSize(1920, 1080)], ids=["portrait", "landscape"])
def test_the_list_opens_to_the_technicians_pin_and_to_nothing_else(qapp, tmp_path, size):
    seen = {}

    def enter(closed, pin: str) -> None:
        closed.staff.openField("number")
        for digit in "08":
            closed.staff.digit(digit)
        closed.staff.openField("pin")
        for digit in pin:
            closed.staff.digit(digit)
        closed.staff.enter()
        wait_until(qapp, lambda: not closed.staff.property("asking"))

    def look(closed) -> None:
        find(closed.window, "emblem").held.emit()
        qapp.processEvents()
        seen["door"] = texts(closed.window)
        seen["door looks"] = complaints_about(closed.window)
        enter(closed, "135791")
        seen["after a wrong PIN"] = find(closed.window, "mistakes")
        seen["why"] = closed.staff.property("message")
        closed.staff.leave()
        closed.staff.knock()
        enter(closed, "246802")
        qapp.processEvents()
        seen["list"] = texts(closed.window)
        seen["list looks"] = complaints_about(closed.window)
        closed.staff.leave()
        qapp.processEvents()
        seen["left"] = texts(closed.window)

    file = staffed(tmp_path)
    application = Application(qapp, Wanted(file, size))
    QTimer.singleShot(0, lambda: (look(application._closed), qapp.exit(0)))
    assert application.run() == 0
    assert "工号" in seen["door"]
    assert "nmae" not in seen["door"]
    assert seen["after a wrong PIN"] is None
    assert seen["why"] != ""
    for told in ("nmae", "practise", "kiosk.toml:3", "name_en"):
        assert told in seen["list"]
    for told in ("第 3 行 hall.nmae：没有这个设置，是否应为 name？", "设置文件有错误", "The settings hold mistakes"):
        assert told in seen["list"]
    assert "nmae" not in seen["left"]
    assert "暂停服务" in seen["left"]
    assert seen["door looks"] == seen["list looks"] == []


def test_a_mended_file_starts_the_kiosk_again(qapp, tmp_path):
    file = staffed(tmp_path)
    application = Application(qapp, Wanted(file, PORTRAIT))

    def mend() -> None:
        assert not application._closed.mended()
        file.write_text(file.read_text(encoding="utf-8").replace("practise", "practice"), encoding="utf-8")

    QTimer.singleShot(0, mend)
    assert application.run() == AGAIN


def test_ordered_out_of_service_by_the_centre_the_first_screen_says_so_whole_and_serves_again_afterwards(hall):
    facts = facts_with()
    hall.scene(Visit(), facts)
    assert find(hall.screens.window, "search") is not None
    hall.scene(Visit(), replace(facts, closed="out-of-service"))
    assert find(hall.screens.window, "out-of-service") is not None
    assert find(hall.screens.window, "search") is None
    hall.scene(Visit(step=Step.RATING), replace(facts, closed="out-of-service"))
    assert find(hall.screens.window, "out-of-service") is None  # who is in the middle of something finishes it
    hall.scene(Visit(), facts)
    assert find(hall.screens.window, "search") is not None


@pytest.mark.parametrize("by", ["its content", "its mode"])
def test_a_key_file_put_right_starts_the_kiosk_again(qapp, tmp_path, by):
    key = tmp_path / "store" / "vault.key"
    key.parent.mkdir()
    key.write_text("another kiosk's", encoding="utf-8")
    application = Application(qapp, Wanted(staffed(tmp_path), PORTRAIT))

    def mend() -> None:
        assert not application._closed.mended()
        if by == "its mode":
            key.chmod(0o600)
        else:
            key.write_text("this kiosk's", encoding="utf-8")

    QTimer.singleShot(0, mend)
    assert application.run() == AGAIN


def sentence_of(code: str) -> tuple[str, str]:
    said = sentence(code, "zh")
    return said.text, said.next


@pytest.mark.parametrize(("handed", "code"), [("sealed", "key-stays-sealed"), ("no key", "key-wrong")])
def test_a_sealed_key_that_does_not_open_is_tried_again_by_itself(qapp, tmp_path, keeping, monkeypatch, handed, code):
    (tmp_path / "vault.key").write_text(handed, encoding="utf-8")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    monkeypatch.setattr("ui.out_of_service.TRY_AGAIN_SECONDS", 0.0)
    application = Application(qapp, Wanted(keeping, PORTRAIT))
    seen = []

    def look() -> None:
        closed = application._closed
        seen.extend(closed._engine.rootObjects()[0].property(name) for name in ("trouble", "remedy"))
        closed.staff.knock()  # whoever is behind the emblem is not thrown out
        seen.append(closed.may_have_passed())
        closed.staff.leave()
        if code != "key-stays-sealed":
            seen.append(closed.may_have_passed())
            qapp.exit(0)

    QTimer.singleShot(0, look)
    if code == "key-stays-sealed":  # not begun anew by itself, which would see the same credential
        assert application.run() == FROM_OUTSIDE
        assert seen == [*sentence_of(code), False]
    else:
        assert application.run() == 0
        assert seen == [*sentence_of(code), False, False]


@pytest.fixture
def keeping(tmp_path) -> Path:
    """The settings of an enrolled kiosk that keeps one submission."""
    file = enrolled_settings(tmp_path)
    with closing(open_store(tmp_path / "state" / "store.db")) as connection:
        outbox = Outbox(connection, open_vault(tmp_path / "state" / "vault.key", set), area="369999", kiosk="K03")
        outbox.keep(new_key(), date(2026, 11, 23), lambda _: b"{}", now_ms=1_795_435_200_000)
    return file


@pytest.mark.parametrize(
    ("code", "detail", "says", "step"),
    [
        ("key-missing", "vault.key is not there", "The key file is not there", "Bring the key file back from its backup"),
        ("key-wrong", "records need", "The key does not open the records", "Bring back the key file that belongs to this store"),
    ],
)
def test_over_ssh_a_kiosk_that_stands_closed_for_its_key_says_that_it_runs_and_why_it_does_not_serve(
    qapp, tmp_path, keeping, capsys, code, detail, says, step
):
    (tmp_path / "state" / "vault.key").unlink()
    if code == "key-wrong":
        open_vault(tmp_path / "state" / "vault.key", set)  # another
    said = {}

    def say(*words: str) -> tuple[int, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main([*words, "--settings", str(keeping)])
        return int(left.value.code or 0), capsys.readouterr().out

    def look(_closed) -> None:
        said.update(words=say("diagnose"), json=say("diagnose", "--json"), queue=say("queue"))

    assert run(qapp, keeping, look) == 0
    assert said["words"][0] == said["json"][0] == Exit.TROUBLE
    told = said["words"][1]
    assert "K03" in told
    assert "(running, out of service)" in told
    for words in (detail, f"kiosk: {says} [{code}]", f"→ {step}"):
        assert words in told
    assert "not running" not in told
    assert "line" not in told, "nothing is asked of the centre"
    facts = json.loads(said["json"][1])
    assert (facts["running"], facts["out_of_service"]) == (True, code)
    assert [one["code"] for one in facts["troubles"]] == [code]
    assert "No kiosk serves on this store: nothing is being sent." in said["queue"][1]
    assert say("diagnose")[0] == Exit.NOT_RUNNING, "it was closed with the window"


def test_closed_on_a_disk_that_takes_no_file_it_says_why_all_the_same(qapp, tmp_path, keeping, monkeypatch):
    (tmp_path / "state" / "vault.key").unlink()

    def refuse(_: LocalServer) -> None:
        raise OSError(errno.EROFS, "for reading only")

    monkeypatch.setattr(LocalServer, "start", refuse)
    answers = []
    assert run(qapp, keeping, lambda _closed: answers.append(ask(tmp_path / "state" / SOCKET_NAME, {"do": "diagnose"}))) == 0
    assert [one["out_of_service"] for one in answers] == ["key-missing"]


@pytest.mark.parametrize("enrolled", [True, False])
def test_a_second_program_on_the_store_leaves_the_first_ones_line_alone(qapp, tmp_path, keeping, enrolled):
    path = tmp_path / "state" / SOCKET_NAME
    if not enrolled:  # since the first began
        (tmp_path / "state" / "identity.json").unlink()
    first = LocalServer(path, lambda _: {"ok": True, "who": "the first"})
    first.start()
    answers = []
    try:
        with alone_on(StoreSettings(directory=tmp_path / "state")):
            assert run(qapp, keeping, lambda _closed: answers.append(ask(path, {"do": "diagnose"}))) == 0
        answers.append(ask(path, {"do": "diagnose"}))
    finally:
        first.stop()
    assert [one["who"] for one in answers] == ["the first", "the first"]
