"""Where a command's words go: a terminal, a file, a pipe, or nowhere any more; for every command line of ours."""

from __future__ import annotations

import contextlib
import errno
import io
import sys

import click

UNTOLD = (errno.EPIPE, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What ends a command that cannot tell any more; without a file's name, it is its own output."""


def prepare_output() -> None:
    """Whatever the locale: a file or a pipe gets UTF-8, a terminal what it can show; one that is closed gets nothing."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, io.StringIO())
        elif isinstance(stream, io.TextIOWrapper):
            if isinstance(stream.buffer, io.RawIOBase):  # PYTHONUNBUFFERED: what a full disk took half of would pass for whole
                stream = open(  # noqa: SIM115 - it stays until the end
                    stream.fileno(), "w", encoding=stream.encoding, errors=stream.errors, closefd=False, buffering=1
                )
                setattr(sys, name, stream)
            if not stream.isatty():
                stream.reconfigure(encoding="utf-8")
            elif stream.errors == "strict" or stream.encoding.lower() != "utf-8":
                stream.reconfigure(errors="replace")


def says_that_it_cannot_tell(refused: OSError) -> bool:
    """Whether it was the command's own output that took nothing; then that is said, where anybody is left to hear it."""
    if refused.filename is not None or refused.errno not in UNTOLD:
        return False
    with contextlib.suppress(OSError):
        if refused.errno != errno.EPIPE:  # else who was to be told has gone: `kiosk … | head`
            click.echo(f"What was to be told cannot be written: {refused.strerror}.", err=True)
    sys.stdout = sys.stderr = io.StringIO()  # what they still hold back is not tried again at the end
    return True
