"""The centre's socket: an answer leaves at once."""

from __future__ import annotations

import socket

from central.serving import listen


def test_asyncio_is_told_the_protocol_so_that_no_answer_waits_for_an_acknowledgement() -> None:
    with listen("127.0.0.1", 0) as listening:
        assert listening.proto == socket.IPPROTO_TCP  # else asyncio leaves Nagle's algorithm on, and each answer takes 40 ms more
