"""Installing the model files by which faces are found and compared: from a stick, or from where their maker publishes them.

A file counts only once its sha256 is the pinned one; until then it is called `….part`, and a download goes on where it broke
off. For a technician's shell; blocks its caller.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import requests

from devices.errors import ModelMissing
from devices.face_camera.models import FaceModel, checked_bytes
from kiosk.errors import ModelNotInstalled

CHUNK = 1 << 18
CONNECT_SECONDS, READ_SECONDS = 10.0, 30.0
TRIES = 3
"""So often in one call a download that breaks off goes on."""
PARTIAL, WHOLE, RANGE_WRONG = 206, 200, 416
Told = Callable[[int], None]
"""Called with the bytes there are so far."""


def installed(model: FaceModel, folder: Path) -> bool:
    """Whether the pinned file is in the folder; reads it whole."""
    try:
        checked_bytes(folder / model.file, model)
    except ModelMissing:
        return False
    return True


def copy_from(source: Path, model: FaceModel, folder: Path, told: Told) -> Path:
    """Install from a file, or from the folder (a stick) that has it; raises ModelNotInstalled."""
    file = source / model.file if source.is_dir() else source
    with _named_trouble(), file.open("rb") as stream, _part(model, folder).open("wb") as part:
        _pour(iter(lambda: stream.read(CHUNK), b""), part, 0, model, told)
    return _put_in_place(model, folder)


def download(model: FaceModel, folder: Path, told: Told, url: str = "") -> Path:
    """Install from the network, going on with what an earlier call fetched; raises ModelNotInstalled."""
    for attempt in range(1, TRIES + 1):
        try:
            with _named_trouble():
                _fetch(url or model.url, model, folder, told)
        except ModelNotInstalled:
            if attempt == TRIES:
                raise
        else:
            break
    return _put_in_place(model, folder)


def _fetch(url: str, model: FaceModel, folder: Path, told: Told) -> None:
    part = _part(model, folder)
    have = part.stat().st_size if part.exists() else 0
    if have == model.size:
        return
    if have > model.size:
        part.unlink()
        have = 0
    headers = {"Range": f"bytes={have}-", "Accept-Encoding": "identity"} if have else {"Accept-Encoding": "identity"}
    with requests.get(url, headers=headers, stream=True, timeout=(CONNECT_SECONDS, READ_SECONDS)) as answer:
        if answer.status_code == RANGE_WRONG:
            part.unlink(missing_ok=True)
        answer.raise_for_status()
        goes_on = answer.status_code == PARTIAL
        length = answer.headers.get("Content-Length", "")
        if length.isdecimal() and int(length) + (have if goes_on else 0) != model.size:
            # Nothing of it is written: a page to log in at must not become the beginning of a model.
            raise ModelNotInstalled(f"{model.file}: {length} bytes are offered, which makes another file or a page in its place")
        with part.open("ab" if goes_on else "wb") as stream:
            _pour(answer.iter_content(CHUNK), stream, have if goes_on else 0, model, told)
    if part.stat().st_size < model.size:
        raise ModelNotInstalled(f"{model.file}: broke off at {part.stat().st_size} of {model.size} bytes")


def _pour(chunks: Iterator[bytes], part: IO[bytes], have: int, model: FaceModel, told: Told) -> None:
    """Write the chunks; what is longer than the model is no model, and must not fill the disk."""
    for chunk in chunks:
        have += len(chunk)
        if have > model.size:
            raise ModelNotInstalled(f"{model.file}: longer than its {model.size} bytes: another file")
        part.write(chunk)
        told(have)
    part.flush()
    os.fsync(part.fileno())


def _put_in_place(model: FaceModel, folder: Path) -> Path:
    part, whole = _part(model, folder), folder / model.file
    with _named_trouble():
        digest = hashlib.sha256(part.read_bytes()).hexdigest()
        if digest != model.sha256:
            part.unlink()
            raise ModelNotInstalled(f"{model.file}: its sha256 is {digest[:16]}…, not the pinned one: another file")
        part.replace(whole)
        whole.chmod(0o644)
    return whole


def _part(model: FaceModel, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{model.file}.part"


@contextmanager
def _named_trouble() -> Iterator[None]:
    try:
        yield
    except requests.RequestException as trouble:
        raise ModelNotInstalled(f"the network: {type(trouble).__name__}") from trouble
    except OSError as trouble:
        raise ModelNotInstalled(f"{trouble.filename or ''} {trouble.strerror or type(trouble).__name__}".strip()) from trouble
