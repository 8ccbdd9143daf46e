"""The calls of a kiosk; each runs in a worker thread once its sender is known."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Response
from fastapi.responses import PlainTextResponse

from central.api.described import SIGNED, SIGNED_WITH_BODY, body, refusals
from central.api.requests import SignedEvenRevoked, SignedLarge, SignedSmall, TheCentre
from central.attachments import read_range
from central.kiosk_settings import signed_for
from central.publication import publish
from central.refusal import Refused, Why
from offline_cache.wire import (
    BlobTaken,
    Envelope,
    Events,
    EventsTaken,
    Heartbeat,
    HeartbeatAnswer,
    Key,
    LedgerDay,
    LedgerMatched,
    Rating,
    SignedCatalogue,
    SignedSettings,
    SubmissionAnswer,
    SubmissionAnswers,
)

router = APIRouter(prefix="/api/v1")


@router.get(
    "/catalogue",
    tags=["catalogue"],
    response_model=SignedCatalogue,
    responses={304: {"description": "`If-None-Match` names the current one."}, **refusals(*SIGNED, Why.NOTHING_FOUND)},
)
def catalogue(
    centre: TheCentre,
    _: SignedSmall,
    zone: Annotated[str, Query(max_length=32, description="One zone only; without it, all.")] = "",
    if_none_match: Annotated[str, Header()] = "",
) -> Response:
    """The signed catalogue: `signature` is Ed25519 over the canonical bytes of `catalogue`, by the centre's key."""
    return _published(publish(centre.catalogue, centre.key, zone), if_none_match)


def _published(published: SignedCatalogue | SignedSettings, if_none_match: str) -> Response:
    headers = {"ETag": f'"{published.version}"', "Cache-Control": "no-cache"}
    if published.version in if_none_match:
        return Response(status_code=304, headers=headers)
    return Response(published.model_dump_json(), media_type="application/json", headers=headers)


@router.get(
    "/settings",
    tags=["kiosk"],
    response_model=SignedSettings,
    responses={304: {"description": "`If-None-Match` names the current ones."}, **refusals(*SIGNED, Why.KIOSK_REVOKED)},
)
def settings(centre: TheCentre, request: SignedSmall, if_none_match: Annotated[str, Header()] = "") -> Response:
    """What is set from here for the kiosk that asks; `signature` is Ed25519 over the canonical bytes of
    `{"what": "settings", "settings": …}`. Nothing set is an empty `visit`.
    """
    return _published(signed_for(centre.engine, request.sender.kiosk, centre.key), if_none_match)


@router.post(
    "/submissions",
    tags=["submissions"],
    openapi_extra=body(
        Envelope, "application/x-ndjson", "1 to 100 lines, each one `Envelope` whose `content` is a `Submission`."
    ),
    responses=refusals(*SIGNED_WITH_BODY, Why.KIOSK_REVOKED, Why.CONTENT_CONFLICT),
)
def submissions(centre: TheCentre, request: SignedLarge) -> SubmissionAnswers:
    """Take submissions, each once; one answer a line, in order, and a bad line spoils no other.

    Reasons of a rejected line: `content-refused`, `hash-wrong`, `kiosk-differs`, `content-conflict`, `item-unknown`,
    `corrections-needed`. One with `item-unknown` is not kept, and looked at anew when it is sent again.
    A line in which no key can be read is answered under the nil key
    `00000000-0000-7000-8000-000000000000` with the sha256 of its bytes. A conflict of a single line is 422.
    """
    answers = centre.ledger.take(request.sender, request.body)
    if len(answers) == 1 and answers[0].reason == Why.CONTENT_CONFLICT.code:
        raise Refused(Why.CONTENT_CONFLICT)
    return SubmissionAnswers(answers=answers)


@router.put(
    "/blobs/{sha256}",
    tags=["submissions"],
    openapi_extra={
        "requestBody": {
            "description": "The attachment, whole or a part of it.",
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
    responses={
        201: {"model": BlobTaken, "description": "With this part all of it is there."},
        **refusals(*SIGNED_WITH_BODY, Why.KIOSK_REVOKED, Why.ATTACHMENT_DIFFERS),
    },
)
def blobs(
    centre: TheCentre,
    request: SignedLarge,
    response: Response,
    sha256: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$", description="Of the whole attachment; its name.")],
    content_range: Annotated[str, Header(max_length=64, description="`bytes 0-262143/500000`; `bytes */500000` asks.")] = "",
) -> BlobTaken:
    """An attachment, before the submission that names it: whole, or part by part from where `received` says.

    A part that does not begin there changes nothing; what is there already is answered the same way. Every answer echoes
    the name. An attachment that no submission names within 30 days is forgotten; a submission whose attachments are not
    all there is answered `later` with `attachment-missing`.
    """
    place = read_range(content_range, len(request.body))
    taken = centre.attachments.take(request.sender, sha256, place, request.body)
    if taken.whole and request.body:
        response.status_code = 201
    return taken


@router.get("/submissions/{key}", tags=["submissions"], responses=refusals(*SIGNED, Why.NOTHING_FOUND))
def submission(centre: TheCentre, _: SignedSmall, key: Annotated[Key, Path()]) -> SubmissionAnswer:
    """The answer a submission got, at any kiosk."""
    return centre.ledger.find(key)


@router.post(
    "/ratings",
    tags=["kiosk"],
    status_code=202,
    response_class=PlainTextResponse,
    openapi_extra=body(Rating),
    responses=refusals(*SIGNED_WITH_BODY, Why.KIOSK_REVOKED, Why.ITEM_UNKNOWN),
)
def ratings(centre: TheCentre, request: SignedSmall) -> Response:
    """好差评: kept with the item and the day, and with nothing that leads to a person, a visit or a kiosk."""
    centre.pulse.rate(request.message(Rating))
    return Response(status_code=202)


@router.post(
    "/events",
    tags=["kiosk"],
    openapi_extra=body(Events),
    responses=refusals(*SIGNED_WITH_BODY, Why.KIOSK_REVOKED, Why.CHAIN_BROKEN),
)
def events(centre: TheCentre, request: SignedLarge) -> EventsTaken:
    """The kiosk's journal, in order; sent again it changes nothing. An empty run asks what comes next.

    What fits before a break is kept in its place; from the break on, events are kept aside and an alarm is raised.
    """
    return centre.journal.take(request.sender, request.message(Events))


@router.post(
    "/ledger-matches", tags=["kiosk"], openapi_extra=body(LedgerDay), responses=refusals(*SIGNED_WITH_BODY, Why.KIOSK_REVOKED)
)
def ledger_matches(centre: TheCentre, request: SignedLarge) -> LedgerMatched:
    """The daily match. First without `entries`: `agrees` is yes when number and digest are the ledger's own.

    Otherwise the kiosk tells the day whole, and the answer names every id that is in doubt; an alarm is raised then.
    """
    return centre.matches.take(request.sender, request.message(LedgerDay))


@router.post("/heartbeats", tags=["kiosk"], openapi_extra=body(Heartbeat), responses=refusals(*SIGNED_WITH_BODY))
def heartbeats(centre: TheCentre, request: SignedEvenRevoked) -> HeartbeatAnswer:
    """How the kiosk is; the answer carries its orders. Here alone a revoked kiosk is answered: `revoked`, wipe and stop."""
    beat = request.message(Heartbeat)
    if request.sender.revoked:
        return centre.pulse.orders_for_a_revoked_kiosk()
    return centre.pulse.take(request.sender, beat)
