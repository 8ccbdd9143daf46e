"""What is set from here for kiosks: with the limits of their own files, signed, for all or for one, and withdrawn."""

from __future__ import annotations

import base64
import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from central.__main__ import main
from central.centre import Centre
from central.kiosk_settings import EVERY_KIOSK, SettingsWrong, publish, read_file, withdraw
from offline_cache.wire import SignedSettings, canonical, content_hash


def fetched(kiosk: Any) -> SignedSettings:
    return SignedSettings.model_validate(kiosk.get("/api/v1/settings").json())


def told_by_heartbeat(kiosk: Any) -> str:
    beat = {"version": "1", "clock": kiosk.clock().isoformat(), "devices": [], "queue_depth": 0, "disk_free_bytes": 1}
    return str(kiosk.post("/api/v1/heartbeats", json.dumps(beat)).json()["settings_version"])


def test_nothing_set_is_told_as_nothing(signing_kiosk: Any) -> None:
    settings = fetched(signing_kiosk)
    assert settings.settings == {"kiosk": "K03", "visit": {}}
    assert settings.version == content_hash(settings.settings) == told_by_heartbeat(signing_kiosk)


def test_what_is_set_for_one_comes_before_what_is_set_for_all(signing_kiosk: Any, another_kiosk: Any, centre: Centre) -> None:
    publish(centre.engine, EVERY_KIOSK, {"patience_seconds": 20, "card_seconds": 40}, centre.clock)
    publish(centre.engine, "K03", {"patience_seconds": 30}, centre.clock)
    assert fetched(signing_kiosk).settings["visit"] == {"patience_seconds": 30, "card_seconds": 40}
    assert fetched(another_kiosk).settings["visit"] == {"patience_seconds": 20, "card_seconds": 40}
    publish(centre.engine, "K03", {"rating_seconds": 15}, centre.clock)
    assert fetched(signing_kiosk).settings["visit"] == {"patience_seconds": 20, "card_seconds": 40, "rating_seconds": 15}
    assert withdraw(centre.engine, "K03")
    assert not withdraw(centre.engine, "K03")
    assert fetched(signing_kiosk).settings["visit"] == fetched(another_kiosk).settings["visit"]


def test_they_are_signed_as_settings_of_this_kiosk(signing_kiosk: Any, centre: Centre) -> None:
    publish(centre.engine, EVERY_KIOSK, {"patience_seconds": 20}, centre.clock)
    settings = fetched(signing_kiosk)
    key = Ed25519PublicKey.from_public_bytes(centre.key.public_bytes)
    key.verify(base64.b64decode(settings.signature), canonical({"what": "settings", "settings": settings.settings}))
    assert settings.settings["kiosk"] == "K03"


def test_an_unchanged_version_is_not_sent_again(signing_kiosk: Any, centre: Centre) -> None:
    etag = signing_kiosk.get("/api/v1/settings").headers["etag"]
    unchanged = signing_kiosk.http.send(
        signing_kiosk.request("GET", "/api/v1/settings", headers={"if-none-match": etag}),
    )
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    before = told_by_heartbeat(signing_kiosk)
    publish(centre.engine, "K03", {"card_seconds": 40}, centre.clock)
    assert told_by_heartbeat(signing_kiosk) == fetched(signing_kiosk).version != before


def test_a_file_gives_only_what_it_says() -> None:
    assert read_file(b"[visit]\npatience_seconds = 20\n") == {"patience_seconds": 20}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[visit",
        "[visit]\npatience_seconds = 2\n",
        "[visit]\npatience_secnds = 20\n",
        "[visit]\npatience_seconds = 'soon'\n",
        "[visit]\npatience_seconds = 20\n[store]\nmax_records = 5\n",
        '[centre]\nurl = "https://elsewhere.example"\n',
    ],
)
def test_a_file_with_a_mistake_is_refused_whole(text: str) -> None:
    with pytest.raises(SettingsWrong):
        read_file(text.encode())


def test_every_mistake_of_a_file_is_told_at_once_with_its_line_in_both_languages() -> None:
    text = "[visit]\ncard_seconds = 9000\npatience_second = 20\nwarning_seconds = = 4\nrating_seconds = 'soon'\n[stor\nx = 1\n"
    with pytest.raises(SettingsWrong) as wrong:
        read_file(text.encode(), "night.toml")
    told = str(wrong.value).splitlines()
    assert [line for line in told if line.startswith("night.toml:")] == [
        "night.toml:2: visit.card_seconds: should be less than or equal to 120, not 9000",
        "night.toml:3: visit.patience_second: there is no setting of this name; did you mean `patience_seconds`?",
        "night.toml:4: not TOML: invalid value",
        "night.toml:5: visit.rating_seconds: must be a whole number, not 'soon'",
        "night.toml:6: not TOML: expected ']' at the end of a table declaration",
        "night.toml:6: stor: there is no setting of this name",
    ]
    assert "  night.toml 第 2 行 visit.card_seconds：不能大于 120，现在写的是 9000" in told
    assert "  night.toml 第 4 行：这一行不合 TOML 写法" in told


@pytest.mark.parametrize("content", [b"[visit]\n# \xff", b"x = " + b"[" * 5000])
def test_a_file_that_is_no_text_or_too_deep_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(SettingsWrong, match=r"UTF-8|too deeply"):
        read_file(content)


def test_times_that_do_not_fit_together_are_not_published() -> None:
    with pytest.raises(SettingsWrong, match="large_text_idle_seconds"):
        read_file(b"[visit]\nsigned_in_idle_seconds = 200\nlarge_text_idle_seconds = 100\n")


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_by_name(text: str) -> None:
    with contextlib.suppress(SettingsWrong):
        assert read_file(text.encode(errors="replace")) == {}


def test_the_command_line_publishes_shows_and_withdraws(tmp_path: Path) -> None:
    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, ["settings", *words, "--data", str(tmp_path / "data")])
        return done.exit_code, done.output

    file = tmp_path / "night.toml"
    file.write_text("[visit]\npatience_seconds = 20\ncard_seconds = 60\n", encoding="utf-8")
    assert run("publish", str(file))[0] == 3
    assert not (tmp_path / "data").exists()
    assert CliRunner().invoke(main, ["migrate", "--data", str(tmp_path / "data")]).exit_code == 0
    assert run("show") == (0, "nothing is set: every kiosk goes by its own file\n")
    assert run("publish", str(file)) == (0, "every kiosk: 2 values\n")
    file.write_text("[visit]\ncard_seconds = 90\n", encoding="utf-8")
    assert run("publish", str(file), "--kiosk", "K03") == (0, "K03: 1 value\n")
    assert json.loads(run("show", "--json")[1]) == {
        "every kiosk": {"card_seconds": 60, "patience_seconds": 20},
        "K03": {"card_seconds": 90},
    }
    assert "visit.card_seconds" in run("show")[1]
    file.write_text("[visit]\ncard_seconds = 9000\n", encoding="utf-8")
    status, said = run("publish", str(file))
    assert (status, "visit.card_seconds" in said) == (1, True)
    with file.open("ab") as ballast:
        ballast.truncate(10 << 20)
    assert run("publish", str(file)) == (1, f"Error: nothing was published; {file} has more than 1024 KiB\n")
    assert run("withdraw", "--kiosk", "K03") == (0, "K03: nothing is set any more\n")
    assert run("withdraw", "--kiosk", "K03")[0] == 1
