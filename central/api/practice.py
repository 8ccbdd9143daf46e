"""What exists only in practice: demo tokens for the sandbox's people."""

from __future__ import annotations

from fastapi import APIRouter, Response

from central.api.requests import TheCentre
from central.people import PEOPLE
from central.refusal import Refused, Why
from central.sandbox import Sandbox

router = APIRouter(prefix="/api/v1/practice", include_in_schema=False)


@router.post("/tokens/{person}")
def new_token(centre: TheCentre, person: str) -> Response:
    """A 亮码 token for one use, as the phone of this fictional person would show it."""
    if not isinstance(centre.departments, Sandbox) or person not in PEOPLE:
        raise Refused(Why.NOTHING_FOUND)
    return Response(centre.departments.new_token(PEOPLE[person], centre.clock()), media_type="text/plain", status_code=201)
