"""What `packaging/seal-vault-key` needs to know of a key file; keys come on standard input and go on standard output.

    python -m offline_cache.key_sealing check|add|renew|put DIRECTORY CIPHER

`check` gives back what came, `add` the same with a fresh key, `renew` with a fresh key and without those that nothing needs,
`put` makes it the directory's own plain key file. Each refuses a file that lacks a key that something in the store needs.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from contextlib import closing
from pathlib import Path

from offline_cache import damage
from offline_cache.ciphers import CipherName
from offline_cache.database import open_read_only
from offline_cache.errors import CacheError, KeyMissing, KeyWrong, StoreError
from offline_cache.outbox import key_ids_needed, opens_with_another
from offline_cache.private_file import write_private
from offline_cache.settings import StoreSettings
from offline_cache.vault import KEY_ID, new_key_file, vault_of


def main(arguments: Sequence[str]) -> int:
    """One errand; the exit status."""
    what, directory, cipher = arguments
    settings = StoreSettings(directory=Path(directory), cipher=CipherName(cipher))
    try:
        text = sys.stdin.buffer.read().decode()
        needed = _needed(text, settings)
        if what in {"add", "renew"}:
            text = _with_a_fresh_key(text, settings.cipher, needed if what == "renew" else None)
        elif what == "check" and (held := vault_of(text).cipher) is not settings.cipher:
            sys.stderr.write(f"seal-vault-key: the key is for {held.value}, the settings want {cipher}: --rotate\n")
        if what == "put":
            write_private(settings.plain_key_file, text)
        else:
            sys.stdout.write(text)
    except CacheError as refused:
        return _refuse(f"{refused.detail} [{refused.code}]")
    except UnicodeDecodeError:
        return _refuse(f"the key file cannot be read [{KeyWrong.code}]")
    except OSError as refused:
        return _refuse(f"{refused.filename}: {refused.strerror}")
    return 0


def _needed(text: str, settings: StoreSettings) -> Collection[str]:
    """The keys of this file that something here may need; raises KeyMissing, KeyWrong when one is not in it."""
    vault = vault_of(text) if text else None
    if not settings.database_file.exists():
        return vault.key_ids if vault is not None else ()
    try:
        with closing(open_read_only(settings.database_file)) as connection:
            wanted = key_ids_needed(connection, cancelled=False)
            if vault is None:
                if wanted:
                    raise KeyMissing(f"{settings.plain_key_file} is missing, and there are records that need it")
                return ()
            lost = {one for one in set(wanted) - vault.key_ids if KEY_ID.fullmatch(one)}
            if lost := {one for one in lost if not opens_with_another(connection, vault, one)}:
                held = ", ".join(sorted(vault.key_ids))
                raise KeyWrong(f"records need {', '.join(sorted(lost))}; this key file holds {held}")
            return vault.key_ids if damage.folders(settings.directory) else key_ids_needed(connection)
    except StoreError as refused:
        if vault is None:
            raise
        sys.stderr.write(f"seal-vault-key: whether the key opens what is kept cannot be told [{refused.code}]; all keys stay\n")
        return vault.key_ids


def _with_a_fresh_key(text: str, cipher: CipherName, needed: Collection[str] | None) -> str:
    if not text:
        return new_key_file(cipher)
    vault = vault_of(text)
    return vault.renewed(cipher, vault.key_ids if needed is None else needed)


def _refuse(why: str) -> int:
    sys.stderr.write(f"seal-vault-key: {why}; nothing was changed\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
