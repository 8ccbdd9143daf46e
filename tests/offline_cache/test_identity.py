from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from offline_cache.errors import KeyExposed, NotEnrolled, StoreUnwritable
from offline_cache.identity import FILE_NAME, SIGNERS_FILE, Identity, Signer, public_key_text, withdrawn_signers
from offline_cache.key import new_key


def test_an_identity_is_read_back_as_it_was_saved(tmp_path: Path, kit: Any) -> None:
    identity = kit.make_identity()
    identity.save(tmp_path)
    again = Identity.load(tmp_path)
    assert again.enrolled == identity.enrolled
    assert public_key_text(again.signing_key) == public_key_text(identity.signing_key)
    assert (tmp_path / FILE_NAME).stat().st_mode & 0o777 == 0o600


def test_an_identity_of_a_newer_program_is_this_kiosks_all_the_same(tmp_path: Path, kit: Any) -> None:
    """It was enrolled by the newer release and then put back to this one: nobody is to enrol it again for that."""
    identity = kit.make_identity()
    identity.save(tmp_path)
    saved = json.loads((tmp_path / FILE_NAME).read_text())
    saved["enrolled"]["of_another_day"] = 1
    saved["retired"] = [{"kiosk": "K02", "public_key": "a", "server_public_key": "b", "of_another_day": 1}]
    (tmp_path / FILE_NAME).write_text(json.dumps(saved))
    read = Identity.load(tmp_path)
    assert (read.enrolled, read.retired) == (identity.enrolled, (Signer("K02", "a", "b"),))
    (tmp_path / SIGNERS_FILE).write_text(json.dumps(saved["retired"]))
    (tmp_path / SIGNERS_FILE).chmod(0o600)
    assert withdrawn_signers(tmp_path) == read.retired


def test_a_kiosk_without_identity_is_not_enrolled(tmp_path: Path) -> None:
    with pytest.raises(NotEnrolled):
        Identity.load(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"enrolled": {}, "signing_key": "AAAA"}', "[" * 100_000])
def test_an_identity_that_cannot_be_read_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE_NAME).write_text(text)
    (tmp_path / FILE_NAME).chmod(0o600)
    with pytest.raises(NotEnrolled):
        Identity.load(tmp_path)


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
def test_an_identity_that_cannot_be_looked_at_is_not_taken_for_none(tmp_path: Path, make: Callable[..., None]) -> None:
    make(tmp_path / FILE_NAME, mode=0o600)
    with pytest.raises(StoreUnwritable, match="not a file"):
        Identity.load(tmp_path)


def test_an_identity_that_others_can_read_is_refused(tmp_path: Path, kit: Any) -> None:
    kit.make_identity().save(tmp_path)
    (tmp_path / FILE_NAME).chmod(0o644)
    with pytest.raises(KeyExposed):
        Identity.load(tmp_path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_an_identity_that_root_writes_is_the_kiosks_own(tmp_path: Path, kit: Any) -> None:
    """As `sudo kiosk enrol --again` does it, in a folder of the user the kiosk runs as."""
    nobody = 65534
    os.chown(tmp_path, nobody, nobody)
    kit.make_identity().save(tmp_path)
    written = (tmp_path / FILE_NAME).stat()
    assert (written.st_uid, written.st_gid, stat.S_IMODE(written.st_mode)) == (nobody, nobody, 0o600)


def test_keys_sort_by_the_time_they_were_made() -> None:
    moments = [0, 1, 1_795_000_000_000, 1_795_000_000_001]
    keys = [new_key(moment) for moment in moments]
    assert keys == sorted(keys)
    assert len({new_key(7) for _ in range(100)}) == 100
