"""How the calls are described in OpenAPI: bodies and refusals by the models of the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from central.refusal import Why
from offline_cache.wire import (
    CredentialRequest,
    EnquiryRequest,
    Enrolment,
    Envelope,
    Events,
    Heartbeat,
    LedgerDay,
    Rating,
    Refusal,
    Submission,
)

if TYPE_CHECKING:
    from fastapi import FastAPI
    from pydantic import BaseModel

SENT = (Enrolment, Envelope, Submission, EnquiryRequest, CredentialRequest, Rating, Events, Heartbeat, LedgerDay, Refusal)
SCHEMAS = "#/components/schemas/"
SIGNED = (Why.SIGNATURE_MISSING, Why.KIOSK_UNKNOWN, Why.SIGNATURE_INVALID, Why.REQUEST_STALE, Why.REQUEST_REPLAYED)
SIGNED_WITH_BODY = (*SIGNED, Why.DIGEST_WRONG, Why.CONTENT_REFUSED, Why.CONTENT_TOO_LARGE)
ABOUT = """
What a kiosk of the 24-hour zones and the centre say to each other: JSON over HTTPS, UTF-8, times RFC 3339 with offset,
ids UUIDv7.

**Signatures.** Every call of a kiosk but the enrolment is signed (RFC 9421, Ed25519): covered components
`@method @target-uri`, and for every request with a body also `content-digest` (RFC 9530, sha-256) and `idempotency-key`;
parameters `created` (within five minutes), `keyid` (from the enrolment) and a random `nonce` of 8 to 64 characters,
which is accepted once.

**Refusals.** Whatever is refused answers with a `Refusal`; its `code` never changes. Only the code tells what to do, for one
HTTP status may stand for several.

**Once.** A submission takes effect once for its key. The answer is kept with the key and given again to every later try;
the same key with another content is refused (`content-conflict`) and raises an alarm.
"""


def body(model: type[BaseModel], media_type: str = "application/json", description: str = "") -> dict[str, Any]:
    """`openapi_extra` for a call whose body we read ourselves, since its signature is over the bytes."""
    content = {media_type: {"schema": {"$ref": SCHEMAS + model.__name__}}}
    return {"requestBody": {"required": True, "description": description, "content": content}}


def refusals(*whys: Why) -> dict[int | str, dict[str, Any]]:
    """`responses` for the refusals of a call, those of one status together."""
    by_status: dict[int | str, list[Why]] = {}
    for why in whys:
        by_status.setdefault(why.status, []).append(why)
    content = {"application/json": {"schema": {"$ref": SCHEMAS + "Refusal"}}}
    return {
        status: {"description": " ".join(f"`{why.code}`: {why.sentence}" for why in same), "content": content}
        for status, same in sorted(by_status.items(), key=lambda pair: str(pair[0]))
    }


def describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, with the schemas of the bodies we read ourselves."""
    if app.openapi_schema is None:
        document = get_openapi(title=app.title, version=app.version, description=ABOUT, routes=app.routes)
        _, sent = models_json_schema([(model, "validation") for model in SENT], ref_template=SCHEMAS + "{model}")
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        _without_the_frameworks_own_refusals(document, schemas)
        document["components"]["schemas"] = dict(sorted({**sent["$defs"], **schemas}.items()))
        app.openapi_schema = document
    return app.openapi_schema


def _without_the_frameworks_own_refusals(document: dict[str, Any], schemas: dict[str, Any]) -> None:
    """FastAPI promises a 422 of its own shape for wrong parameters; here they are refused as `content-refused`."""
    for call in (call for calls in document["paths"].values() for call in calls.values()):
        if "HTTPValidationError" in str(call["responses"].get("422", "")):
            del call["responses"]["422"]
            call["responses"].setdefault("400", refusals(Why.CONTENT_REFUSED)[400])
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
