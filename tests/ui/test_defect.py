"""A fault of the program: it ends the visit, is logged by kind and place, and the resident sees a calm sentence."""

from __future__ import annotations

import base64
import sys
import threading

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PySide6.QtCore import QSize, QTimer

from kiosk.visit import events as ev
from kiosk.visit.visit import Step
from offline_cache.identity import Enrolled, Identity
from ui.application import Application, Wanted
from ui.rehearsal.layout import find

SECRET = "张小满 369999199003074024"


def enrolled_settings(folder):
    state = folder / "state"
    state.mkdir(mode=0o700)
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    facts = {"kiosk": "K03", "key_id": "k03-1", "hall": "示例大厅", "hall_en": "Sample Hall", "area": "369999", "zone": ""}
    Identity(Enrolled(**facts, clock_offset_ms=0, server_public_key=public), key).save(state)
    file = folder / "kiosk.toml"
    file.write_text(
        '[hall]\nname = "示例大厅"\nname_en = "Sample Hall"\narea = "369999"\n[kiosk]\nnumber = "K03"\n'
        f'[store]\ndirectory = "{state}"\n[centre]\nurl = "https://127.0.0.1:9"\n'
    )
    return file


def test_a_defect_ends_the_visit_and_is_told_calmly(qapp, tmp_path, capfd):
    application = Application(qapp, Wanted(enrolled_settings(tmp_path), QSize(1080, 1920)))
    seen = {}

    def fail() -> None:
        application._kiosk.session.send(ev.ZoneChosen("tax"))
        QTimer.singleShot(0, look)
        raise RuntimeError(SECRET)

    def look() -> None:
        try:
            qapp.processEvents()
            seen["step"] = application._kiosk.session.visit.step
            seen["mishap"] = find(application._screens.window, "mishap-text").property("text")
            logged = application._kiosk._store.call(lambda tables: str(tables.journal.lines(1))).result()
            seen["log"] = logged
        finally:
            qapp.exit(0)

    QTimer.singleShot(0, fail)
    assert application.run() == 0
    assert seen["step"] is Step.ATTRACT
    assert "程序出现意外故障" in seen["mishap"]
    assert "defect-met" in seen["log"]
    assert "RuntimeError" in seen["log"]
    assert SECRET not in seen["log"] + capfd.readouterr().err


def test_a_defect_on_any_thread_is_logged_without_its_words(qapp, tmp_path, capfd):
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    application = Application(qapp, Wanted(enrolled_settings(tmp_path), QSize(1080, 1920)))
    logged = []

    class Unruly:
        def __del__(self) -> None:
            raise KeyError(SECRET)

    def work() -> None:
        raise ValueError(SECRET)

    def fail() -> None:
        Unruly()
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        logged.append(application._kiosk._store.call(lambda tables: str(tables.journal.lines(1))).result())
        qapp.exit(0)

    QTimer.singleShot(0, fail)
    assert application.run() == 0
    assert hooks == (sys.excepthook, threading.excepthook, sys.unraisablehook)
    assert logged[0].count("defect-met") == 2
    assert "ValueError" in logged[0]
    assert "KeyError" in logged[0]
    assert SECRET not in logged[0] + capfd.readouterr().err


def test_a_defect_keeps_nothing_of_whoever_stood_here(qapp, tmp_path):
    application = Application(qapp, Wanted(enrolled_settings(tmp_path), QSize(1080, 1920)))
    kept = []

    def fail() -> None:
        person = SECRET
        QTimer.singleShot(0, look)
        raise RuntimeError(person)

    def look() -> None:
        kept.extend(name for name in vars(sys) if name.startswith("last_"))
        qapp.exit(0)

    QTimer.singleShot(0, fail)
    assert application.run() == 0
    assert kept == []
