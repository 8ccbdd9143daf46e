"""Asking CUPS over IPP how a job ended, which its programs do not tell: pure (RFC 8010, RFC 8011 §5.3.7).

One operation only, Get-Job-Attributes for `job-state` and `time-at-processing`; CUPS knows its last jobs
(`PreserveJobHistory`).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from enum import IntEnum

from devices.values import dataclass

CONTENT_TYPE = "application/ipp"
VERSION = b"\x01\x01"
GET_JOB_ATTRIBUTES = 0x0009
REQUEST_ID = 1
LAST_GOOD_STATUS = 0x00FF
NOT_FOUND = 0x0406
OPERATION_ATTRIBUTES, END_OF_ATTRIBUTES, LAST_DELIMITER = 0x01, 0x03, 0x0F
INTEGER, ENUM, NAME, KEYWORD, URI, CHARSET, LANGUAGE = 0x21, 0x23, 0x42, 0x44, 0x45, 0x47, 0x48


class JobState(IntEnum):
    """RFC 8011's `job-state`."""

    PENDING = 3
    HELD = 4
    PROCESSING = 5
    STOPPED = 6
    CANCELED = 7
    ABORTED = 8
    COMPLETED = 9


STATES = {state.value: state for state in JobState}
NOT_PRINTED = frozenset({JobState.CANCELED, JobState.ABORTED})


@dataclass(frozen=True, slots=True)
class Job:
    """What CUPS knows of a job."""

    state: JobState | None
    """None: CUPS knows no such job, or not any more."""
    begun: bool
    """True once any of it was handed to the printer; it stays so when the job has to wait again."""


NO_JOB = Job(None, begun=False)


def ask_job(number: int, user: str) -> bytes:
    """The request for what is known of the job with this number."""
    head = VERSION + struct.pack(">HIB", GET_JOB_ATTRIBUTES, REQUEST_ID, OPERATION_ATTRIBUTES)
    attributes = (
        (CHARSET, "attributes-charset", "utf-8"),
        (LANGUAGE, "attributes-natural-language", "en"),
        (URI, "job-uri", f"ipp://localhost/jobs/{number}"),
        (NAME, "requesting-user-name", user),
        (KEYWORD, "requested-attributes", "job-state"),
        (KEYWORD, "", "time-at-processing"),
    )
    return head + b"".join(_attribute(*each) for each in attributes) + bytes([END_OF_ATTRIBUTES])


def read_job(answer: bytes) -> Job | None:
    """The job as the answer tells it; None when it is another error than "not found", tells no state, or is no answer at all."""
    if len(answer) < 8:
        return None
    if (status := int.from_bytes(answer[2:4])) > LAST_GOOD_STATUS:
        return NO_JOB if status == NOT_FOUND else None
    told = {(tag, name): value for tag, name, value in _attributes(answer[8:])}
    state = STATES.get(int.from_bytes(told.get((ENUM, b"job-state"), b"")))
    return Job(state, (INTEGER, b"time-at-processing") in told) if state is not None else None


def _attribute(tag: int, name: str, value: str) -> bytes:
    return bytes([tag]) + b"".join(struct.pack(">H", len(each)) + each for each in (name.encode(), value.encode()))


def _attributes(said: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Tag, name and value of each attribute; ends where the bytes end, or make no sense any more."""
    place = 0
    while place < len(said) and said[place] != END_OF_ATTRIBUTES:
        tag = said[place]
        place += 1
        if tag <= LAST_DELIMITER:
            continue
        parts = []
        for _ in range(2):
            end = place + 2 + int.from_bytes(said[place : place + 2])
            parts.append(said[place + 2 : end])
            place = end
        if place <= len(said):
            yield tag, parts[0], parts[1]
