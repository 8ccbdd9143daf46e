"""From an HTTP request to a verified sender and a readable body; read on the event loop, verified in a worker thread."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Request
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from central.centre import Centre
from central.refusal import Refused, Why
from central.signature import ReceivedRequest, Sender, verify
from offline_cache.wire import Wire

Message = TypeVar("Message", bound=Wire)
SMALL_BODY_BYTES = 256 * 1024
LARGE_BODY_BYTES = 8 * 1024 * 1024
"""A hundred submissions, or a thousand events."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A request whose sender is known."""

    sender: Sender
    body: bytes

    def message(self, model: type[Message]) -> Message:
        """The body as this message; raises CONTENT_REFUSED."""
        return parse(model, self.body)


def the_centre(request: Request) -> Centre:
    """The centre this application serves."""
    centre: Centre = request.app.state.centre
    return centre


async def read_body(request: Request, most_bytes: int) -> bytes:
    """The whole body, given up as soon as it is too large."""
    if request.headers.get("content-encoding", "identity") != "identity":
        raise Refused(Why.ENCODING_UNSUPPORTED)
    told = request.headers.get("content-length", "")
    if told.isascii() and told.isdigit() and int(told[:18]) > most_bytes:
        raise Refused(Why.CONTENT_TOO_LARGE, f"at most {most_bytes} bytes")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most_bytes:
            raise Refused(Why.CONTENT_TOO_LARGE, f"at most {most_bytes} bytes")
    return bytes(body)


def signed(most_bytes: int, *, even_revoked: bool = False) -> Callable[[Request], Awaitable[Signed]]:
    """A dependency that lets only signed requests of enrolled kiosks through."""

    async def check(request: Request) -> Signed:
        centre = the_centre(request)
        body = await read_body(request, most_bytes)
        received = ReceivedRequest(request.method, target_uri(request, centre.public_url), request.headers, body)
        sender = await run_in_threadpool(verify, centre.engine, received, centre.clock)
        if sender.revoked and not even_revoked:
            raise Refused(Why.KIOSK_REVOKED)
        return Signed(sender, body)

    return check


def target_uri(request: Request, public_url: str) -> str:
    """The URL as the kiosk called it: from the raw bytes of the request line, nothing decoded and encoded anew."""
    scope = request.scope
    path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
    query = scope["query_string"].decode("latin-1")
    place = public_url or f"{scope['scheme']}://{request.headers.get('host', '')}"
    return f"{place}{path}?{query}" if query else f"{place}{path}"


def parse(model: type[Message], body: bytes) -> Message:
    """The JSON body as this message. What is wrong is told by place and kind, never by what was sent."""
    if b"\\u0000" in body:  # a NUL, which PostgreSQL keeps in no text
        raise Refused(Why.CONTENT_REFUSED, "NUL")
    try:
        return model.model_validate_json(body)
    except ValidationError as trouble:
        details = trouble.errors(include_input=False, include_url=False, include_context=False)
        told = "; ".join(f"{'.'.join(str(part)[:40] for part in detail['loc'][:4])}: {detail['type']}" for detail in details[:10])
        raise Refused(Why.CONTENT_REFUSED, told) from None


TheCentre = Annotated[Centre, Depends(the_centre)]
SignedSmall = Annotated[Signed, Depends(signed(SMALL_BODY_BYTES))]
SignedLarge = Annotated[Signed, Depends(signed(LARGE_BODY_BYTES))]
SignedEvenRevoked = Annotated[Signed, Depends(signed(SMALL_BODY_BYTES, even_revoked=True))]
