"""Running the centre: one process, one port, a word when it is ready, and a quiet end on SIGTERM."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    from fastapi import FastAPI


A_BUG = "Exception in ASGI application"
"""Uvicorn's word for what the application lets through, which Starlette does with every bug, answered or not."""


class PortTaken(Exception):
    """The address cannot be listened on; the message says why."""


def _without_words(record: logging.LogRecord) -> bool:
    """A bug was told by its name and place before uvicorn tells it again, with a text that may hold what was sent."""
    if record.getMessage().startswith(A_BUG):
        record.exc_info = record.exc_text = None
    return True


class AnnouncedServer(uvicorn.Server):
    """Says when requests are answered, for whoever started it and waits."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell."""
        await super().startup(sockets)
        if self.started:
            self._on_ready()


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol by name: asyncio switches Nagle's algorithm off only where it is told, and each answer waited 40 ms for it.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as trouble:
        listening.close()
        raise PortTaken(f"cannot listen on {host}:{port}: {trouble.strerror}") from trouble
    return listening


def make_server(app: FastAPI, on_ready: Callable[[], None]) -> AnnouncedServer:
    """A server without an access log: its lines would hold the receipts' tokens."""
    config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=5)
    logging.getLogger("uvicorn.error").addFilter(_without_words)
    return AnnouncedServer(config, on_ready)
