"""Every parser of bytes and files that come from outside, by name: any bytes must end in a value or in a named error.

A target takes bytes and returns nothing; whatever it lets out is a finding. `tests/test_fuzz_targets.py` gives each a few
hundred inputs at every commit, `python -m tests.fuzz` minutes of them, guided by coverage.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime

from central.attachments import read_range
from central.kiosk_settings import SettingsWrong, read_file
from central.refusal import Refused
from central.submission_lines import read_lines
from devices.arrivals import UDEV_PREFIX, tells_arrival
from devices.card_reader import sdt, social_security
from devices.card_reader.apdu import Reply, parse_reply, parse_uid
from devices.card_reader.text_block import parse_new_address, parse_text
from devices.code_scanner import gm65, newland, ssi
from devices.code_scanner.honeywell import SERIAL_TRIGGER_ANSWER, answer, revision_of
from devices.code_scanner.payload import classify
from devices.code_scanner.plain_line import LineSplitter
from devices.code_scanner.text import decode
from devices.document_printer.cups_words import number_of, read_jobs, read_queue, read_request, read_server
from devices.document_printer.ipp import ask_job, read_job
from devices.emulators.card_block import read_data
from devices.emulators.people import PEOPLE
from devices.errors import ChecksumWrong, CodeUnreadable, DeviceError
from devices.receipt_printer.status import Query, in_words, read_status
from devices.receipt_printer.status_line import StatusLine
from kiosk.catalogue.checking import Document, check_documents, read_zone
from kiosk.errors import KioskError
from kiosk.settings import parse_settings
from kiosk.settings_salvage import salvage
from offline_cache import receipt_number
from offline_cache.answer_reading import Answer, read_answer
from offline_cache.errors import CentreError
from offline_cache.wire import BlobTaken, EventsTaken, HeartbeatAnswer, LedgerMatched, SignedSettings, SubmissionAnswers

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
JSON = {"Content-Type": "application/json"}


def pieces(data: bytes) -> Iterator[bytes]:
    """The bytes as a line may deliver them: the first says how long the pieces are."""
    size = data[0] % 17 + 1 if data else 1
    reading = io.BytesIO(data[1:])
    while piece := reading.read(size):
        yield piece


def sdt_frames(data: bytes) -> None:
    """A resident-card reader's line, and what its answers hold."""
    stream = sdt.FrameStream()
    for piece in pieces(data):
        stream.feed(piece)
        with suppress(ChecksumWrong):
            while (body := stream.take()) is not None:
                _sdt_body(body)
    _sdt_body(data)


def _sdt_body(body: bytes) -> None:
    for parse in (sdt.parse_answer, sdt.parse_contents, sdt.parse_sam_id, parse_new_address, parse_text):
        with suppress(DeviceError):
            parse(body)


def card_text(data: bytes) -> None:
    """The text of a resident card: 256 bytes of UTF-16."""
    for block in (data[:256].ljust(256, b"\0"), data):
        with suppress(DeviceError):
            parse_text(block)


def social_security_card(data: bytes) -> None:
    """A chip card's answers, one after the other."""
    answers = iter([*pieces(data), b"\x90\x00"])

    def ask(_command: bytes, _meaning: str) -> Reply:
        return parse_reply(next(answers, b"\x6f\x00"))

    with suppress(DeviceError):
        social_security.read_card(ask)
    with suppress(DeviceError):
        parse_uid(parse_reply(data))


def gm65_line(data: bytes) -> None:
    """A GM65 engine's line."""
    stream = gm65.EngineStream()
    for piece in pieces(data):
        stream.feed(piece)
        with suppress(ChecksumWrong):
            while stream.take() is not None:
                pass
    stream.end()
    with suppress(DeviceError):
        gm65.parse_request(data)


def newland_line(data: bytes) -> None:
    """A Newland engine's line."""
    stream = newland.EngineStream()
    for piece in pieces(data):
        stream.feed(piece)
        while stream.take() is not None:
            pass
    stream.end()
    while stream.take() is not None:
        pass


def ssi_line(data: bytes) -> None:
    """An SSI engine's line, packets put together to codes."""
    stream, codes = ssi.PacketStream(ssi.DECODER), ssi.CodeAssembler()
    for piece in pieces(data):
        stream.feed(piece)
        with suppress(DeviceError):
            while (packet := stream.take()) is not None:
                codes.add(packet)


def honeywell_line(data: bytes) -> None:
    """What a Honeywell engine answers, as far as it has come, and the codes around it."""
    heard, splitter = b"", LineSplitter()
    for piece in pieces(data):
        heard += piece
        SERIAL_TRIGGER_ANSWER.search(heard)
        told = revision_of(heard)
        assert told.isascii()
        assert told.isprintable()
        list(splitter.hear(piece))
    list(splitter.hear(b""))


def plain_line(data: bytes) -> None:
    """A plain scanner's line."""
    splitter = LineSplitter()
    for piece in pieces(data):
        splitter.feed(piece)
        while splitter.take() is not None:
            pass
    splitter.silence()


def scanned_code(data: bytes) -> None:
    """What a scanned code is, and its text."""
    classify(data)
    with suppress(CodeUnreadable):
        decode(data)


def printer_status(data: bytes) -> None:
    """The four status bytes."""
    answers = dict(zip(Query, data, strict=False))
    read_status(answers).trouble()
    for query, byte in answers.items():
        in_words(query, byte)


class PrinterHeard:
    """A printer's port at which these bytes arrive, whatever is asked; time goes only when nothing does."""

    talks_back = True

    def __init__(self, arriving: Iterator[bytes]) -> None:
        self._arriving = arriving
        self._now = 0.0

    def clock(self) -> float:
        return self._now

    def open(self) -> None: ...

    def close(self) -> None: ...

    def send(self, data: bytes) -> None: ...

    def receive(self, seconds: float) -> bytes:
        arrived = next(self._arriving, b"")
        self._now += 0.0 if arrived else seconds
        return arrived


def printer_line(data: bytes) -> None:
    """A receipt printer's line: answers, end marks and what it says unasked."""
    port = PrinterHeard(pieces(data))
    line = StatusLine(port, port.clock)
    line.ask_everything().trouble()
    line.ask_end_mark()
    line.end_mark_came(1.0)
    line.ask_everything()


def cups_words(data: bytes) -> None:
    """What `lp` and `lpstat` say."""
    said = data.decode("utf-8", "replace")
    read_queue(said).trouble()
    read_jobs(said)
    if (request := read_request(said)) is not None:
        number_of(request)
    with suppress(DeviceError):
        read_server(said)


def ipp_answer(data: bytes) -> None:
    """What cupsd says of a job."""
    read_job(data)


def uevent(data: bytes) -> None:
    """What the kernel or udev says on its netlink socket."""
    tells_arrival(data)
    tells_arrival(UDEV_PREFIX + data)


def centre_answer(data: bytes) -> None:
    """What the centre, or whoever stands in its place, answers."""
    for status in (200, 404, 503):
        for model in (SubmissionAnswers, HeartbeatAnswer, EventsTaken, LedgerMatched, BlobTaken, SignedSettings):
            with suppress(CentreError):
                read_answer(Answer(status, JSON, data), model, NOON)


def submission_batch(data: bytes) -> None:
    """A batch of submissions as the centre gets it."""
    with suppress(Refused):
        read_lines(data, "K03")


def attachment_range(data: bytes) -> None:
    """Where a part of an attachment belongs."""
    with suppress(Refused):
        read_range(data[1:].decode("latin-1"), data[0] if data else 0)


def settings_file(data: bytes) -> None:
    """A kiosk's settings, whole, salvaged, and as the centre publishes them."""
    text = data.decode("utf-8", "replace")
    with suppress(KioskError):
        parse_settings(text)
    salvage(text)
    with suppress(SettingsWrong):
        read_file(data)


def zone_file(data: bytes) -> None:
    """A zone of the catalogue."""
    document = read_zone("zone.toml", data)
    if isinstance(document, Document):
        check_documents([document])


def receipt_text(data: bytes) -> None:
    """A receipt number somebody typed or scanned."""
    number = receipt_number.parse(data.decode("utf-8", "replace"))
    assert number is None or receipt_number.parse(str(number)) == number


TARGETS: Mapping[str, Callable[[bytes], None]] = {
    target.__name__.replace("_", "-"): target
    for target in (
        sdt_frames,
        card_text,
        social_security_card,
        gm65_line,
        newland_line,
        ssi_line,
        honeywell_line,
        plain_line,
        scanned_code,
        printer_status,
        printer_line,
        cups_words,
        ipp_answer,
        uevent,
        centre_answer,
        submission_batch,
        attachment_range,
        settings_file,
        zone_file,
        receipt_text,
    )
}
SEEDS: Mapping[str, tuple[bytes, ...]] = {
    "sdt-frames": tuple(sdt.frame(read_data(person.card)) for person in PEOPLE.values()),
    "card-text": tuple(read_data(person.card)[4:260] for person in PEOPLE.values()),
    "gm65-line": (gm65.reply_frame(gm65.Reply(0, b"\0")), b"TEST-0001\r"),
    "newland-line": (newland.answer_frame(b"QRYSYS"), b"TEST-0001\r"),
    "ssi-line": (ssi.packet(ssi.Op.DECODE_DATA, b"\x1cTEST-0001", source=ssi.DECODER),),
    "honeywell-line": (b"\x10TEST-0001\r" + answer(b"REVINF", b"Product Name: DEMO\r\n"), answer(b"TRGMOD0", end="!")),
    "printer-line": (b"\x01\x12\x12\x12\x12\x00\x12\x12\x12\x12", b"\x04\x10\x00\x00\x00\x1a\x32\x12\x72"),
    "cups-words": (
        b"printer a4 is idle.  enabled since Mon\n\treasons: media-empty-error\n",
        b"request id is a4-12 (1 file(s))",
        b"request id is a4-" + b"9" * 5000 + b" (1",
    ),
    "uevent": (b"add@/devices/x\0ACTION=add\0SUBSYSTEM=tty\0", bytes.fromhex("feedcafe") + b"\0" * 28 + b"ACTION=add\0"),
    "ipp-answer": (ask_job(17, "kiosk"), b"\x01\x01\0\0\0\0\0\x01\x02\x23\0\x09job-state\0\x04\0\0\0\x09\x03"),
    "centre-answer": (
        b'{"answers": [{"key": "01934b5c-7d2e-7abc-8def-000000000001", "content_hash": "'
        + b"0" * 64
        + b'", "verdict": "accepted"}]}',
        b'{"code": "kiosk-unknown", "message": "no"}',
        b'{"clock": "2026-11-23T12:00:00+08:00"}',
    ),
    "attachment-range": (b"\x05bytes 0-4/10", b"\0bytes */10"),
    "settings-file": (b'[hall]\nname = "x"\n[visit]\ncard_seconds = 30\n[[devices]]\nname = "a"\nmodel = "sdt"\n',),
    "zone-file": (b'id = "tax"\norder = 3\n[name]\nzh = "x"\nen = "x"\n[[items]]\ncode = "TX-001"\n',),
    "receipt-text": (b"369999-K03-20261123-000127-7",),
}
"""Well-formed inputs to begin with."""
