"""What CUPS's own programs say (`lp`, `lpstat`), read into values: pure. Seen with CUPS 2.4.2 in the C locale.

`lpstat` does not tell a job that was printed from one that was dropped: both are no longer waiting; IPP does (`ipp`).
"""

from __future__ import annotations

import re

from devices.errors import CoverOpen, PaperOut, PortMissing, PrinterError, PrinterOffline
from devices.values import dataclass

_REQUEST = re.compile(r"^request id is (\S+-\d{1,10})\b", re.MULTILINE)
_SERVER = re.compile(r"/[ -~]+|[A-Za-z0-9._-]+(:\d{1,5})?|\[[0-9a-fA-F:.]+\](:\d{1,5})?")
_JOB = re.compile(r"^(\S+-\d+)\s", re.MULTILINE)
_ALERTS = re.compile(r"^\s+Alerts: (.*)$", re.MULTILINE)
_DISABLED = re.compile(r"^printer \S+ disabled since ", re.MULTILINE)
HARMLESS_ENDINGS = ("-warning", "-report")
"""IPP's severities (RFC 8011 §5.4.12) below error: paper is low, not out."""
REASONS: tuple[tuple[str, type[PrinterError]], ...] = (
    ("media-empty", PaperOut),
    ("media-needed", PaperOut),
    ("cover-open", CoverOpen),
    ("door-open", CoverOpen),
    ("interlock-open", CoverOpen),
    ("media-jam", PrinterOffline),
    ("input-tray-missing", PrinterOffline),
    ("toner-empty", PrinterOffline),
    ("marker-supply-empty", PrinterOffline),
    ("offline", PrinterOffline),
    ("connecting-to-device", PrinterOffline),
    ("timed-out", PrinterOffline),
    ("stopped-partly", PrinterOffline),
)
"""IPP printer-state-reasons and what they mean for us, the most telling first."""


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue as `lpstat -l -p` tells it."""

    enabled: bool
    reasons: tuple[str, ...] = ()

    def trouble(self) -> PrinterError | None:
        """What keeps it from printing; None while nothing is known to."""
        for wanted, kind in REASONS:
            for reason in self.reasons:
                if reason.startswith(wanted) and (kind is PrinterOffline or not reason.endswith(HARMLESS_ENDINGS)):
                    return kind(reason)
        return None if self.enabled else PrinterOffline("the queue is stopped")


def read_request(said: str) -> str | None:
    """The id that `lp` gave the job; None when it gave none."""
    found = _REQUEST.search(said)
    return found[1] if found else None


def number_of(request: str) -> int:
    """The number by which CUPS itself knows a job: `a4-17` is job 17 of all queues."""
    return int(request.rpartition("-")[2])


def read_server(said: str) -> str:
    """Where cupsd listens, as `lpstat -H` names it: a socket's path, or host and port; raises PortMissing."""
    server = said.partition("\n")[0].strip()
    if _SERVER.fullmatch(server) is None:
        raise PortMissing("lpstat names no server")
    return server


def read_jobs(said: str) -> tuple[str, ...]:
    """The ids that `lpstat -o` lists."""
    return tuple(_JOB.findall(said))


def read_queue(said: str) -> Queue:
    """The state that `lpstat -l -p` tells of one queue."""
    alerts = _ALERTS.search(said)
    reasons = tuple(reason for reason in (alerts[1].split() if alerts else ()) if reason != "none")
    return Queue(_DISABLED.search(said) is None, reasons)
