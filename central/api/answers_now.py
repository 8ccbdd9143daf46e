"""The calls that somebody stands and waits for: enquiries, credentials, progress, and a machine's enrolment."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.concurrency import run_in_threadpool

from central.api.described import SIGNED_WITH_BODY, body, refusals
from central.api.requests import SMALL_BODY_BYTES, SignedSmall, TheCentre, parse, read_body
from central.credential_token import token_bytes
from central.enrolment import enrol
from central.examination import answer_corrections
from central.refusal import Refused, Why
from kiosk.catalogue.model import Kind
from offline_cache.wire import (
    Credential,
    CredentialRequest,
    EnquiryRecord,
    EnquiryRequest,
    Enrolled,
    Enrolment,
    Progress,
    ReceiptNumber,
)

router = APIRouter(prefix="/api/v1")


@router.post(
    "/enrolments",
    tags=["kiosk"],
    status_code=201,
    openapi_extra=body(Enrolment),
    responses=refusals(
        Why.CONTENT_REFUSED,
        Why.CONTENT_TOO_LARGE,
        Why.ENROLMENT_CODE_UNKNOWN,
        Why.ENROLMENT_CODE_USED,
        Why.ENROLMENT_CODE_EXPIRED,
    ),
)
async def enrolments(centre: TheCentre, request: Request) -> Enrolled:
    """Exchange a one-time code and a public key for an identity; the one call that is not signed.

    The same code with the same key is answered again, in case the first answer was lost on its way.
    """
    enrolment = parse(Enrolment, await read_body(request, SMALL_BODY_BYTES))
    return await run_in_threadpool(enrol, centre.engine, enrolment, centre.key.public_bytes, centre.clock)


@router.post(
    "/enquiries/{item}",
    tags=["answers now"],
    openapi_extra=body(EnquiryRequest),
    responses=refusals(
        *SIGNED_WITH_BODY,
        Why.KIOSK_REVOKED,
        Why.ITEM_UNKNOWN,
        Why.ITEM_NOT_ASKED_HERE,
        Why.ANSWERS_WRONG,
        Why.NOTHING_FOUND,
        Why.DEPARTMENT_CLOSED,
    ),
)
def enquiries(centre: TheCentre, request: SignedSmall, item: Annotated[str, Path(max_length=16)]) -> EnquiryRecord:
    """An enquiry, or a document to print, answered now; when the department is closed, with when to come back."""
    asked = request.message(EnquiryRequest)
    found = centre.catalogue.item(item)
    if found is None:
        raise Refused(Why.ITEM_UNKNOWN)
    if found.kind not in (Kind.ENQUIRY, Kind.PRINT):
        raise Refused(Why.ITEM_NOT_ASKED_HERE)
    wrong = answer_corrections(found, asked.answers)
    if wrong:
        raise Refused(Why.ANSWERS_WRONG, ", ".join(correction.field for correction in wrong if correction.field.isidentifier()))
    return centre.departments.enquire(found, asked.applicant, asked.answers, centre.clock())


@router.post(
    "/credentials/resolve",
    tags=["answers now"],
    openapi_extra=body(CredentialRequest),
    responses=refusals(*SIGNED_WITH_BODY, Why.KIOSK_REVOKED, Why.CREDENTIAL_UNKNOWN, Why.CREDENTIAL_USED, Why.CREDENTIAL_EXPIRED),
)
def credentials(centre: TheCentre, request: SignedSmall) -> Credential:
    """Whom a scanned 亮码 token stands for, once."""
    asked = request.message(CredentialRequest)
    return centre.departments.resolve_credential(token_bytes(asked.token), asked.symbology, centre.clock())


@router.get(
    "/progress/{receipt_number}",
    tags=["submissions"],
    responses=refusals(Why.CONTENT_REFUSED, Why.NOTHING_FOUND),
)
def progress(
    centre: TheCentre,
    receipt_number: Annotated[ReceiptNumber, Path()],
    token: Annotated[str, Query(min_length=22, max_length=43, description="The token in the receipt's QR.")],
) -> Progress:
    """办件进度查询: where a submission stands, for whoever holds its receipt; not signed, and naming nobody."""
    return centre.ledger.progress(receipt_number, token)
