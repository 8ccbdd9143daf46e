"""`central`: what staff and scripts type."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, update

from central.__main__ import main
from central.application import create_application
from central.centre import open_centre
from central.clock import system_clock
from central.console.shown import accepted_counted
from central.database import embedded_url, open_engine
from central.staff import LONGEST_NAME, LONGEST_PASSWORD, StaffDoor
from central.tables import StoredSubmission
from kiosk.catalogue.loading import ZONES_FOLDER, load_catalogue
from offline_cache.hall_time import hall_now
from tests.central.conftest import PATIENCE_SECONDS, new_key, serving


def run(*words: str, data: Path | None = None, typed: str = "") -> Result:
    options = ["--data", str(data)] if data is not None else []
    return CliRunner().invoke(main, [*words, *options], input=typed or None)


def test_every_command_explains_itself() -> None:
    commands = [*main.commands, "staff add"]
    assert {"serve", "enrolment-code", "ledger", "openapi", "migrate", "revoke", "demo-token", "out-of-service"} <= set(commands)
    for command in commands:
        told = run(*command.split(), "--help")
        assert told.exit_code == 0
        assert "Usage:" in told.output


@pytest.mark.parametrize(
    "words", [("openapi",), ("ledger",), ("ledger", "--json"), ("enrolment-code", "--kiosk", "K03", "--zone", "tax")]
)
def test_an_output_that_takes_nothing_is_told_in_a_sentence(tmp_path: Path, words: tuple[str, ...]) -> None:
    data = [] if words == ("openapi",) else ["--data", str(tmp_path)]
    run("migrate", data=tmp_path)
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "central", *words, *data], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 1
    assert done.stderr.splitlines() == ["What was to be told cannot be written: No space left on device."]


def test_only_what_serves_loads_the_web_server(tmp_path: Path) -> None:
    code = "import sys; from central.__main__ import main; main(sys.argv[1:], standalone_mode=False); print(*sys.modules)"
    words = ("enrolment-code", "--kiosk", "K03", "--zone", "tax", "--data", str(tmp_path))
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True)
    assert {"fastapi", "starlette", "uvicorn", "jinja2"} & set(done.stdout.split()) == set()


def test_an_enrolment_code_is_made_for_a_kiosk_and_a_zone_that_exist(tmp_path: Path) -> None:
    made = run("enrolment-code", "--kiosk", "K03", "--zone", "tax", "--json", data=tmp_path)
    assert json.loads(made.output)["kiosk"] == "K03"
    for wrong in (
        ("--kiosk", "3", "--zone", "tax"),
        ("--kiosk", "K03", "--zone", "nowhere"),
        ("--kiosk", "K03", "--zone", "tax", "--area", "x"),
    ):
        refused = run("enrolment-code", *wrong, data=tmp_path)
        assert refused.exit_code == 2
        assert "Invalid value" in refused.output


def test_a_code_for_a_number_that_is_taken_says_that_its_machine_ends(signing_kiosk: Any, centre: Any) -> None:
    """Typed by mistake, it would put a kiosk at work out of service."""
    place = centre.engine.url.render_as_string(hide_password=False)
    taken = signing_kiosk.enrolled.kiosk
    for number, ends in ((taken, True), ("K99", False)):
        made = run("enrolment-code", "--kiosk", number, "--zone", "tax", "--json", "--database", place)
        assert (made.exit_code, json.loads(made.stdout)["kiosk"]) == (0, number)
        assert (f"the one that is {number} now ends" in made.stderr) is ends


def test_the_data_folder_is_for_its_owner_only(tmp_path: Path) -> None:
    assert run("migrate", data=tmp_path / "new").exit_code == 0
    assert (tmp_path / "new").stat().st_mode & 0o077 == 0


def test_an_unfit_database_is_told_in_one_line_and_is_no_difference_in_the_ledger(tmp_path: Path) -> None:
    (tmp_path / "rubbish").write_text("no database at all")
    rubbish = f"sqlite+pysqlite:///{tmp_path / 'rubbish'}"
    for url in ("mysql://localhost/x", "nonsense", "postgresql+psycopg://nobody@127.0.0.1:1/x", rubbish):
        told = CliRunner().invoke(main, ["ledger", "--database", url])
        assert told.exit_code == 3
        assert told.output.startswith("Error: the database ")
        assert "Traceback" not in told.output


def test_a_staff_password_is_typed_or_read_from_a_file_and_never_short(tmp_path: Path) -> None:
    assert run("staff", "add", "changqi", data=tmp_path, typed="long enough 1\nlong enough 1\n").exit_code == 0
    assert run("staff", "add", "li", "--password-file", "-", data=tmp_path, typed="long enough 2\n").exit_code == 0
    short = run("staff", "add", "li", "--password-file", "-", data=tmp_path, typed="short\n")
    assert short.exit_code == 1
    assert "10 characters" in short.output
    taken = run("staff", "add", "practice", "--password-file", "-", data=tmp_path, typed="long enough 3\n")
    assert (taken.exit_code, "training" in taken.output) == (1, True), (
        "it would be removed with the training's, at the next start"
    )


@pytest.mark.parametrize("words", [("revoke",), ("out-of-service",), ("out-of-service", "--end")])
def test_a_stranger_cannot_be_given_orders(tmp_path: Path, words: tuple[str, ...]) -> None:
    run("migrate", data=tmp_path)
    told = run(*words, "--kiosk", "K99", data=tmp_path)
    assert (told.exit_code, told.output) == (1, "Error: no kiosk K99 is enrolled\n")


def test_a_kiosk_is_ordered_out_of_service_and_back_with_its_next_heartbeat(
    signing_kiosk: Any, centre: Any, postgres_url: str
) -> None:
    place = (
        postgres_url if centre.engine.dialect.name == "postgresql" else centre.engine.url.render_as_string(hide_password=False)
    )
    beat = {"version": "1", "clock": "2026-11-23T12:00:00+08:00", "devices": [], "queue_depth": 0, "disk_free_bytes": 1}
    for words, ordered in ((("--end",), False), ((), True), ((), True), (("--end",), False)):
        told = CliRunner().invoke(main, ["out-of-service", "--kiosk", "K03", *words, "--database", place])
        assert told.exit_code == 0, told.output
        answer = signing_kiosk.post("/api/v1/heartbeats", json.dumps({**beat, "kept": 0, "acknowledged": 0}).encode()).json()
        assert (answer["out_of_service"], answer["revoked"]) == (ordered, False)


def test_the_ledger_counts_and_lists(signing_kiosk: Any, centre: Any, postgres_url: str) -> None:
    place = (
        postgres_url if centre.engine.dialect.name == "postgresql" else centre.engine.url.render_as_string(hide_password=False)
    )
    content = signing_kiosk.submission()
    signing_kiosk.submit(content)
    before = CliRunner().invoke(main, ["ledger", "--json", "--database", place])
    assert before.exit_code == 1, "the kiosk has not said yet that it kept one"
    beat = {"version": "1", "clock": "2026-11-23T12:00:00+08:00", "devices": [], "queue_depth": 0, "disk_free_bytes": 1}
    signing_kiosk.post("/api/v1/heartbeats", json.dumps({**beat, "kept": 1, "acknowledged": 1}))
    told = CliRunner().invoke(main, ["ledger", "--json", "--database", place])
    assert told.exit_code == 0
    document = json.loads(told.output)
    counts = {"kept": 1, "acknowledged": 1, "waiting": 0, "ended": 0, "in_centre": 1}
    assert document["kiosks"] == [{"kiosk": "K03", **counts, "matches": True, "match": "agrees"}]
    assert [entry["key"] for entry in document["submissions"]] == [content["key"]]
    assert "虚构·买买提测试" not in told.output
    assert "K03" in CliRunner().invoke(main, ["ledger", "--database", place]).output


def test_a_day_that_differs_is_told_with_every_id_though_the_counts_agree(signing_kiosk: Any, centre: Any) -> None:
    """One is missing and another is there in its stead."""
    place = centre.engine.url.render_as_string(hide_password=False)
    contents = [signing_kiosk.submission() for _ in range(30)]
    signing_kiosk.submit(*contents)
    beat = {"version": "1", "clock": "2026-11-23T12:00:00+08:00", "devices": [], "queue_depth": 0, "disk_free_bytes": 1}
    signing_kiosk.post("/api/v1/heartbeats", json.dumps({**beat, "kept": 30, "acknowledged": 30}))
    assert CliRunner().invoke(main, ["ledger", "--database", place]).exit_code == 0
    here = [{"key": new_key(), "content_hash": "0" * 64, "state": "acknowledged"} for _ in contents]
    asked = {"acknowledged": 30, "digest": "0" * 64, "entries": here}
    day = hall_now().date()
    with centre.engine.begin() as connection:
        moved = {"receipt_number": func.replace(StoredSubmission.receipt_number, "20261123", f"{day:%Y%m%d}")}
        connection.execute(update(StoredSubmission).values(submitted_at=hall_now(), **moved))
    signing_kiosk.post("/api/v1/ledger-matches", json.dumps({"day": f"{day:%Y%m%d}", **asked}))
    told = CliRunner().invoke(main, ["ledger", "--database", place])
    assert told.exit_code == 1
    assert f"K03  {day}  30 ≠ 30\n" in told.output
    assert all(f"  {one['key']}  acknowledged at the kiosk, not here\n" in told.output for one in here)
    assert all(f"  {one['key']}  here, not acknowledged at the kiosk\n" in told.output for one in contents)
    document = json.loads(CliRunner().invoke(main, ["ledger", "--json", "--database", place]).output)
    (doubt,) = document["days_in_doubt"]
    assert (doubt["kiosk"], doubt["day"], set(doubt["ids"]["missing"])) == ("K03", str(day), {one["key"] for one in here})


@pytest.mark.parametrize(
    ("kept", "waiting", "acknowledged", "match", "status"),
    [
        (2, 0, 1, "yes", 0),  # one of the kiosk's own staff took out: the centre never had it
        (2, 1, 1, "outstanding", 0),  # it may wait for a person there: the centre is not told
        (2, 1, 0, "outstanding", 0),  # its answer was lost
        (1, 0, 0, "no", 1),  # taken out too late: the centre has it
        (2, 0, 2, "no", 1),
    ],
)
def test_what_staff_cancelled_is_a_difference_only_when_the_centre_has_it(
    signing_kiosk: Any, centre: Any, kept: int, waiting: int, acknowledged: int, match: str, status: int
) -> None:
    place = centre.engine.url.render_as_string(hide_password=False)
    returned = signing_kiosk.submission(answers={})
    (answer,) = signing_kiosk.submit(returned).json()["answers"]
    assert answer["verdict"] == "rejected", "退回: of no account on either side"
    signing_kiosk.submit(signing_kiosk.submission())
    beat = {"version": "1", "clock": "2026-11-23T12:00:00+08:00", "devices": [], "disk_free_bytes": 1}
    counts = {"kept": kept + 1, "queue_depth": waiting, "acknowledged": acknowledged}
    signing_kiosk.post("/api/v1/heartbeats", json.dumps(beat | counts))
    told = CliRunner().invoke(main, ["ledger", "--database", place])
    assert told.exit_code == status, told.output
    assert "acknowledged" in told.output
    assert "…" not in told.output
    (row,) = (line for line in told.output.splitlines() if "K03" in line)
    assert row.split("│")[-2].strip() == match


def test_what_came_since_a_kiosk_was_heard_is_outstanding_until_it_is_heard_again(
    signing_kiosk: Any, centre: Any, clock: Any
) -> None:
    place = centre.engine.url.render_as_string(hide_password=False)
    beat = {"version": "1", "clock": "2026-11-23T12:00:00+08:00", "devices": [], "queue_depth": 0, "disk_free_bytes": 1}

    def told() -> tuple[str, int]:
        document = CliRunner().invoke(main, ["ledger", "--json", "--database", place])
        return json.loads(document.output)["kiosks"][0]["match"], document.exit_code

    signing_kiosk.post("/api/v1/heartbeats", json.dumps({**beat, "kept": 0, "acknowledged": 0}))
    clock.advance(seconds=20)
    signing_kiosk.submit(signing_kiosk.submission())
    assert told() == ("outstanding", 0)
    clock.advance(seconds=40)
    signing_kiosk.post("/api/v1/heartbeats", json.dumps({**beat, "kept": 1, "acknowledged": 1}))
    assert told() == ("agrees", 0)
    signing_kiosk.post("/api/v1/heartbeats", json.dumps({**beat, "kept": 1, "acknowledged": 0}))
    assert told() == ("differs", 1), "taken out there, and accepted here"


@pytest.mark.parametrize(
    ("beat", "match", "here"),
    [
        ({"kept": 3, "acknowledged": 3}, "agrees", 3),  # with the store it had
        ({"kept": 1, "acknowledged": 1}, "agrees", 1),  # with a new one
        ({"kept": 3, "acknowledged": 2, "queue_depth": 1}, "outstanding", 3),  # the answer of before was lost
        ({"kept": 2, "acknowledged": 2}, "differs", 1),
        ({"kept": 4, "acknowledged": 4}, "differs", 1),
    ],
)
def test_a_kiosk_enrolled_again_is_held_against_what_its_store_has(
    signing_kiosk: Any, new_kiosk: Any, centre: Any, beat: dict[str, int], match: str, here: int
) -> None:
    place = centre.engine.url.render_as_string(hide_password=False)
    for _ in range(2):
        signing_kiosk.submit(signing_kiosk.submission())
    with new_kiosk("K03", "social-insurance") as again:
        again.submit(again.submission())
        facts = {"version": "1", "clock": "2026-11-23T12:00:00+08:00", "devices": [], "disk_free_bytes": 1, "queue_depth": 0}
        again.post("/api/v1/heartbeats", json.dumps(facts | beat))
    told = json.loads(CliRunner().invoke(main, ["ledger", "--json", "--database", place]).output)
    assert [(one["match"], one["in_centre"]) for one in told["kiosks"]] == [(match, here)]


def test_submissions_are_counted_without_reading_them(centre: Any) -> None:
    if centre.engine.dialect.name != "sqlite":
        pytest.skip("the plan of the other database depends on how much there is")
    with centre.engine.connect() as connection:
        plan = connection.exec_driver_sql(
            f"EXPLAIN QUERY PLAN {accepted_counted().compile(centre.engine, compile_kwargs={'literal_binds': True})}"
        )
        steps = [row[3] for row in plan]
    assert any("submissions USING COVERING INDEX" in step for step in steps), steps


def test_the_centre_serves_says_when_it_is_ready_and_ends_on_a_signal(tmp_path: Path) -> None:
    words = ["serve", "--port", "0", "--data", str(tmp_path), "--practice", "--json"]
    environment = {**os.environ, "PYTHONWARNINGS": "default"}
    with subprocess.Popen(
        [sys.executable, "-m", "central", *words], stdout=subprocess.PIPE, text=True, env=environment
    ) as serving:
        assert serving.stdout is not None
        try:
            ready = json.loads(serving.stdout.readline())
            with httpx.Client(base_url=ready["url"], trust_env=False, timeout=30) as client:
                assert client.get("/openapi.json").json()["openapi"].startswith("3.")
                form = {"name": ready["console_user"], "password": ready["console_password"]}
                assert client.post("/console/sign-in", data=form).headers["location"] == "/console"
                for gone in ("/docs", "/redoc", "/nowhere"):
                    assert client.get(gone).json()["code"] == "place-unknown"
                assert client.delete("/api/v1/catalogue").json()["code"] == "method-not-allowed"
            taken = run("serve", "--port", ready["url"].rpartition(":")[2], data=tmp_path)
            assert taken.exit_code == 1
            assert "cannot listen" in taken.output
        finally:
            serving.send_signal(signal.SIGTERM)
        assert serving.wait(PATIENCE_SECONDS) in (0, -signal.SIGTERM)


def test_without_practice_there_is_no_ready_made_sign_in(tmp_path: Path) -> None:
    assert run("migrate", data=tmp_path).exit_code == 0
    engine = open_engine(embedded_url(tmp_path))
    assert StaffDoor(engine, system_clock).sign_in("practice", "practice") is None
    engine.dispose()


def test_what_was_printed_for_a_training_opens_nothing_once_the_centre_serves_in_earnest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def only_ready(_app: object, announce: Callable[[], None]) -> SimpleNamespace:
        return SimpleNamespace(run=lambda sockets: [announce(), *(one.close() for one in sockets)])

    monkeypatch.setattr("central.serving.make_server", only_ready)
    told = json.loads(run("serve", "--port", "0", "--practice", "--json", data=tmp_path).output)
    engine = open_engine(embedded_url(tmp_path))
    door = StaffDoor(engine, system_clock)
    token = door.sign_in(told["console_user"], told["console_password"])
    assert token is not None
    assert door.who(token) is not None
    assert run("serve", "--port", "0", "--json", data=tmp_path).exit_code == 0
    assert (door.sign_in(told["console_user"], told["console_password"]), door.who(token)) == (None, None)
    engine.dispose()


def test_whoever_has_left_opens_the_console_no_more(tmp_path: Path) -> None:
    for name in ("changqi", "li"):
        assert run("staff", "add", name, "--password-file", "-", data=tmp_path, typed="long enough 1\n").exit_code == 0
    engine = open_engine(embedded_url(tmp_path))
    door = StaffDoor(engine, system_clock)
    tokens = [door.sign_in(name, "long enough 1") or "" for name in ("changqi", "li")]
    assert run("staff", "remove", "changqi", data=tmp_path).exit_code == 0
    assert [door.who(token) is None for token in tokens] == [True, False]
    assert door.sign_in("changqi", "long enough 1") is None
    engine.dispose()
    again = run("staff", "remove", "changqi", data=tmp_path)
    assert (again.exit_code, again.output) == (1, "Error: nobody is called changqi\n")


@pytest.mark.parametrize(
    "words",
    [
        ("ledger",),
        ("after-restore",),
        ("staff", "remove", "changqi"),
        ("revoke", "--kiosk", "K03"),
        ("out-of-service", "--kiosk", "K03"),
        ("demo-token", "ceshi"),
        ("settings", "show"),
        ("settings", "withdraw"),
    ],
)
def test_a_mistyped_data_folder_is_refused_and_not_made(tmp_path: Path, words: tuple[str, ...]) -> None:
    told = run(*words, data=tmp_path / "typo")
    assert told.exit_code == 3
    assert f"there is none in {tmp_path / 'typo'}" in told.output
    assert not (tmp_path / "typo").exists()


@pytest.mark.parametrize("kiosk", ["", "3", "K\udcff", "K0\x003"])
@pytest.mark.parametrize(
    "words",
    [
        ("enrolment-code", "--zone", "tax"),
        ("revoke",),
        ("out-of-service",),
        ("ledger-known", "--day", "2026-11-29"),
        ("settings", "publish", os.devnull),
        ("settings", "withdraw"),
    ],
)
def test_what_can_be_no_kiosk_is_refused_and_never_means_all(tmp_path: Path, words: tuple[str, ...], kiosk: str) -> None:
    """An empty word is what an unset variable of a script leaves, the others what a database cannot take."""
    run("migrate", data=tmp_path)
    told = run(*words, "--kiosk", kiosk, data=tmp_path)
    assert (told.exit_code, type(told.exception)) == (2, SystemExit)
    assert "Invalid value for '--kiosk': K and 2 to 6 digits, e.g. K03" in told.output


def test_a_person_the_sandbox_does_not_know_gets_no_token(tmp_path: Path) -> None:
    told = run("demo-token", "somebody", data=tmp_path)
    assert told.exit_code == 2
    assert "'somebody' is not one of" in told.output


@pytest.mark.parametrize("person", ["ceshi", "nobody"])
def test_a_demo_token_is_printed_alone(tmp_path: Path, person: str) -> None:
    run("migrate", data=tmp_path)
    told = run("demo-token", person, data=tmp_path)
    assert told.output.startswith("GFT-DEMO-")
    assert len(told.output.split()) == 1


def test_a_catalogue_with_mistakes_is_told_line_by_line_and_nothing_is_served(tmp_path: Path) -> None:
    zones = tmp_path / "zones"
    zones.mkdir()
    (zones / "tax.toml").write_text('id = "tax"\norder = = 3\n', encoding="utf-8")
    told = run("serve", "--catalogue", str(zones), "--port", "0", data=tmp_path / "data")
    assert (told.exit_code, type(told.exception)) == (1, SystemExit)
    assert "tax.toml:2: not TOML" in told.output
    assert "tax.toml 第 2 行：这一行不合 TOML 写法" in told.output


def test_a_hall_enrols_kiosks_for_the_zones_of_its_own_catalogue(tmp_path: Path) -> None:
    zones = tmp_path / "zones"
    zones.mkdir()
    own = (ZONES_FOLDER / "tax.toml").read_text(encoding="utf-8").replace('id = "tax"', 'id = "taxes"', 1)
    (zones / "taxes.toml").write_text(own, encoding="utf-8")
    words = ("enrolment-code", "--kiosk", "K03", "--zone", "taxes")
    assert run(*words, "--catalogue", str(zones), data=tmp_path / "data").exit_code == 0
    refused = run(*words, data=tmp_path / "data")
    assert (refused.exit_code, "--catalogue" in refused.output) == (2, True)


def test_a_password_that_is_no_text_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "password").write_bytes(b"\xff\xfe")
    told = run("staff", "add", "wang", "--password-file", str(tmp_path / "password"), data=tmp_path / "data")
    assert (told.exit_code, "no UTF-8 text" in told.output) == (1, True)


@pytest.mark.parametrize("name", ["", "王" * 65, "王\n", "\udcff"])
def test_a_name_nobody_could_sign_in_with_is_refused_in_a_sentence(tmp_path: Path, name: str) -> None:
    """SQLite kept it and the console, or the browser, cut it off; PostgreSQL, or no text at all, made a traceback of it."""
    (tmp_path / "password").write_text("correct-horse\n")
    told = run("staff", "add", name, "--password-file", str(tmp_path / "password"), data=tmp_path / "data")
    assert (told.exit_code, told.output) == (1, "Error: a name has 1 to 64 printable characters\n")


@pytest.mark.parametrize(
    ("line", "fits"), [("long\0 enough", False), ("x" * 201, False), ("𠮷" * 200, True), ("\ufefflong enough\r", True)]
)
def test_a_password_that_is_taken_opens_the_console(tmp_path: Path, line: str, fits: bool) -> None:
    """What a form cannot send, or is cut off there, nobody could sign in with; some editors begin a file with a mark."""
    (tmp_path / "password").write_bytes(f"{line}\n".encode())
    told = run("staff", "add", "wang", "--password-file", str(tmp_path / "password"), data=tmp_path)
    if not fits:
        assert (told.exit_code, told.output) == (1, "Error: a password has at most 200 printable characters\n")
        return
    assert told.exit_code == 0
    engine = open_engine(embedded_url(tmp_path))
    with serving(create_application(open_centre(engine, load_catalogue(), system_clock))) as url:
        form = {"name": "wang", "password": line.strip("\ufeff\r")}
        page = httpx.get(f"{url}/console/sign-in", trust_env=False).text
        answer = httpx.post(f"{url}/console/sign-in", data=form, trust_env=False)
    engine.dispose()
    assert answer.status_code == 303
    assert [int(most) // 2 for most in re.findall('maxlength="([0-9]+)"', page)] == [LONGEST_NAME, LONGEST_PASSWORD], (
        "a browser counts two for a rare character"
    )


def test_a_database_that_does_not_answer_is_told_with_its_reason_and_without_its_password(tmp_path: Path) -> None:
    told = run("ledger", "--database", "postgresql+psycopg://nobody:correct-horse@127.0.0.1:1/x")
    assert told.exit_code == 3
    assert "refused" in told.output
    assert "correct-horse" not in told.output
