"""One question and its answer on an SDT line: flushing, waiting, sliding over noise; lives on the reader's thread."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from devices.card_reader.sdt import (
    PREAMBLE,
    Answer,
    Command,
    FrameStream,
    may_answer,
    name_of,
    parse_answer,
    request,
    says_too_little,
)
from devices.errors import ChecksumWrong, DeviceSilent, FrameGarbled
from devices.serial_port import SerialPort
from devices.wire_trace import WireTrace

SECONDS_FOR = {
    Command.RESET_SAM: 1.0,
    Command.SAM_STATUS: 0.3,
    Command.SAM_ID: 0.5,
    Command.FIND_CARD: 0.5,
    Command.SELECT_CARD: 0.5,
    Command.READ_TEXT_PHOTO: 3.0,
    Command.READ_NEW_ADDRESS: 1.5,
    Command.READ_TEXT_PHOTO_FINGER: 3.0,
}
"""So long a reader may think, generous against what manuals and programs wait; the wire takes its time besides."""
FRAME_BYTES = 27
"""No question, and no answer but those below, is longer."""
ANSWER_BYTES = {Command.READ_TEXT_PHOTO: 1295, Command.READ_NEW_ADDRESS: 81, Command.READ_TEXT_PHOTO_FINGER: 2321}
BITS_A_BYTE = 10
"""8N1: 30 01 takes 112 ms at 115200 baud, and 1.35 s at 9600."""
LATE_SECONDS = 0.3
CARD_BEHIND_SECONDS = 1.0
"""So long a card is still waited for behind an OK without one: that may have been a late answer to the question before."""


@dataclass(slots=True)
class _Hearing:
    """What one question has brought so far."""

    answer: Answer | None = None
    too_little: Answer | None = None
    """Taken when nothing better comes until `card_until`."""
    card_until: float = 0.0
    wrong: ChecksumWrong | FrameGarbled | None = None


@dataclass(slots=True)
class SdtLine:
    """Asks commands over an open port."""

    port: SerialPort
    trace: WireTrace = field(default_factory=WireTrace)
    _stream: FrameStream = field(default_factory=FrameStream)
    _owed: bool = False
    """The last question was given up: its answer may still come, and be taken for the next one's, and so on for ever."""

    def ask(self, command: Command) -> Answer:
        """The reader's answer; raises DeviceSilent, ChecksumWrong, FrameGarbled or DeviceUnplugged."""
        if self._owed:
            self._let_pass()
        self.port.discard_input()
        self._stream.clear()
        self.port.send(request(command), command.name)
        seconds = SECONDS_FOR[command] + self._wire_seconds(command)
        deadline = time.monotonic() + seconds
        hearing, late = _Hearing(), False
        while True:
            self._take_all(hearing, command)
            until = deadline if hearing.too_little is None or self._stream.in_frame else min(deadline, hearing.card_until)
            left = until - time.monotonic()
            if not self._stream.in_frame or left <= 0:
                if hearing.answer is not None:
                    self._note(command, hearing.answer)
                    return hearing.answer
                if hearing.wrong is not None:
                    self.trace.understood(hearing.wrong.code)
                    raise hearing.wrong
            if left <= 0 and late:
                self._owed = True
                if hearing.too_little is not None:
                    self._note(command, hearing.too_little)
                    return hearing.too_little
                self.trace.understood(f"no whole answer within {seconds:.2g} s")
                raise DeviceSilent(command.name)
            late = left <= 0  # what has come by then is still heard: this machine may have been the late one
            self._stream.feed(self.port.receive(left))

    def _wire_seconds(self, command: Command) -> float:
        return (FRAME_BYTES + ANSWER_BYTES.get(command, FRAME_BYTES)) * BITS_A_BYTE / self.port.baud

    def _note(self, command: Command, answer: Answer) -> None:
        """The status is the reader's own; of the data only the SAM's number is no person's."""
        shown = answer.data if command is Command.SAM_ID else b""
        hidden = len(answer.data) - len(shown)
        length = (len(answer.sw) + len(answer.data) + 1).to_bytes(2, "big")
        said = name_of(answer.sw3) + (f", then {hidden} bytes" if hidden else "")
        self.trace.understood(said, PREAMBLE + length + answer.sw + shown)

    def _let_pass(self) -> None:
        """Wait for the answer that is late; one that never comes is waited for once."""
        self._owed = False
        deadline = time.monotonic() + LATE_SECONDS
        late = _Hearing()
        while late.answer is None and (left := deadline - time.monotonic()) > 0:
            self._stream.feed(self.port.receive(left))
            self._take_all(late)

    def _take_all(self, hearing: _Hearing, command: Command | None = None) -> None:
        """Keep the newest whole answer that may be this command's: a late one may stand before it, also in one piece with it."""
        while True:
            try:
                body = self._stream.take()
                if body is None:
                    return
                answer = parse_answer(body)
                if command is not None and says_too_little(command, answer):
                    hearing.too_little = answer
                    hearing.card_until = time.monotonic() + CARD_BEHIND_SECONDS
                elif command is None or may_answer(command, answer):
                    hearing.answer = answer
            except (ChecksumWrong, FrameGarbled) as wrong:
                hearing.wrong = wrong
