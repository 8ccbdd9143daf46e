"""A VFS around SQLite's own that notes every write, cut, sync, creation and deletion of the store's files, in order.

It is registered, through ctypes, with the very SQLite inside pysqlite3 that the kiosk runs on: the files, locks and shared
memory stay the unix VFS's own. Structures are those of sqlite3.h (sqlite3_vfs, sqlite3_io_methods).
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from pysqlite3 import _sqlite3

NAME = b"recording"


@dataclass(frozen=True, slots=True)
class Created:
    file: str


@dataclass(frozen=True, slots=True)
class Wrote:
    file: str
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Cut:
    file: str
    size: int


@dataclass(frozen=True, slots=True)
class Synced:
    file: str


@dataclass(frozen=True, slots=True)
class Deleted:
    file: str
    synced: bool
    """The directory was synced too, so the deletion lasts."""


DiskStep: TypeAlias = Created | Wrote | Cut | Synced | Deleted

_pointer, _int, _long, _text = ctypes.c_void_p, ctypes.c_int, ctypes.c_int64, ctypes.c_char_p
_Open = ctypes.CFUNCTYPE(_int, _pointer, _pointer, _pointer, _int, _pointer)  # the path is kept: as a pointer, no copy
_Delete = ctypes.CFUNCTYPE(_int, _pointer, _pointer, _int)
_Close = ctypes.CFUNCTYPE(_int, _pointer)
_Write = ctypes.CFUNCTYPE(_int, _pointer, _pointer, _int, _long)
_Truncate = ctypes.CFUNCTYPE(_int, _pointer, _long)
_Sync = ctypes.CFUNCTYPE(_int, _pointer, _int)


class _Methods(ctypes.Structure):
    """sqlite3_io_methods, version 3."""

    _fields_ = (
        ("version", _int),
        ("close", _Close),
        ("read", _pointer),
        ("write", _Write),
        ("truncate", _Truncate),
        ("sync", _Sync),
        ("rest", _pointer * 13),
    )


class _Vfs(ctypes.Structure):
    """sqlite3_vfs, version 3."""

    _fields_ = (
        ("version", _int),
        ("file_size", _int),
        ("longest_path", _int),
        ("next", _pointer),
        ("name", _text),
        ("data", _pointer),
        ("open", _Open),
        ("delete", _Delete),
        ("rest", _pointer * 14),
    )


class _Recorder:
    """Keeps alive what SQLite points at; its functions are called by SQLite on whichever thread works."""

    def __init__(self, note: Callable[[DiskStep], None]) -> None:
        self.note = note
        self.library = sqlite_library()
        self.native = self.library.sqlite3_vfs_find(None).contents
        self.files: dict[int, str] = {}
        self.methods: dict[int, tuple[_Methods, _Methods]] = {}
        self.vfs = _Vfs()
        ctypes.memmove(ctypes.byref(self.vfs), ctypes.byref(self.native), ctypes.sizeof(_Vfs))
        self.vfs.name = NAME
        self.vfs.open, self.vfs.delete = _Open(self.open), _Delete(self.delete)

    def open(self, _: int, path: int | None, file: int, flags: int, taken: int | None) -> int:
        place = None if path is None else _path_at(path)
        is_new = place is not None and not place.exists()
        code = int(self.native.open(ctypes.addressof(self.native), path, file, flags, taken))
        if code == 0 and place is not None:
            self.files[file] = place.name
            slot = ctypes.cast(file, ctypes.POINTER(_pointer))
            slot[0] = ctypes.addressof(self.replaced(slot[0])[1])
            if is_new:
                self.note(Created(place.name))
        return code

    def replaced(self, native: int) -> tuple[_Methods, _Methods]:
        """The file's own methods, and a copy of them in which ours stand."""
        if native not in self.methods:
            old, new = _Methods.from_address(native), _Methods()
            ctypes.memmove(ctypes.byref(new), native, ctypes.sizeof(_Methods))

            def close(file: int) -> int:
                self.files.pop(file, None)
                return int(old.close(file))

            def write(file: int, data: int, count: int, offset: int) -> int:
                self.note(Wrote(self.files[file], offset, ctypes.string_at(data, count)))
                return int(old.write(file, data, count, offset))

            def truncate(file: int, size: int) -> int:
                self.note(Cut(self.files[file], size))
                return int(old.truncate(file, size))

            def sync(file: int, flags: int) -> int:
                code = int(old.sync(file, flags))
                self.note(Synced(self.files[file]))
                return code

            new.close, new.write, new.truncate, new.sync = _Close(close), _Write(write), _Truncate(truncate), _Sync(sync)
            self.methods[native] = (old, new)
        return self.methods[native]

    def delete(self, _: int, path: int, sync: int) -> int:
        code = int(self.native.delete(ctypes.addressof(self.native), path, sync))
        if code == 0:
            self.note(Deleted(_path_at(path).name, bool(sync)))
        return code


def sqlite_library() -> ctypes.CDLL:
    """The very SQLite that the kiosk runs on."""
    library = ctypes.CDLL(_sqlite3.__file__)
    library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
    return library


def _path_at(address: int) -> Path:
    return Path(ctypes.string_at(address).decode())


@contextmanager
def recording(note: Callable[[DiskStep], None]) -> Iterator[None]:
    """Note what every connection opened inside does to its files; all of them must be closed before the end."""
    recorder = _Recorder(note)
    recorder.library.sqlite3_vfs_register(ctypes.byref(recorder.vfs), 1)
    try:
        yield
    finally:
        recorder.library.sqlite3_vfs_unregister(ctypes.byref(recorder.vfs))
        recorder.library.sqlite3_vfs_register(ctypes.byref(recorder.native), 1)
        assert not recorder.files, f"still open: {recorder.files}"
