"""The centre as one ASGI application: the contract's calls, the console, and every trouble answered by name."""

from __future__ import annotations

import logging
import traceback
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import DataError, DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.staticfiles import StaticFiles

from central import __version__
from central.api import answers_now, calls, practice
from central.api.described import describe
from central.centre import Centre
from central.console import pages
from central.database import is_of_the_store
from central.refusal import Refused, Why

log = logging.getLogger("central")


def create_application(centre: Centre | None) -> FastAPI:
    """The application over a centre; over none it only describes itself."""
    app = FastAPI(
        title="24-hour kiosk: the centre",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=_operation,
    )
    app.state.centre = centre
    app.include_router(calls.router)
    app.include_router(answers_now.router)
    app.include_router(pages.router)
    app.mount("/console/static", StaticFiles(directory=pages.HERE / "static"), name="static")
    if centre is not None and centre.practice:
        app.include_router(practice.router)
    app.openapi = lambda: describe(app)  # type: ignore[method-assign] # the way FastAPI's manual gives
    _answer_trouble_by_name(app)
    return app


def _operation(route: object) -> str:
    """The function's name: what a generated client will call it."""
    return str(getattr(route, "name", ""))


def _answer_trouble_by_name(app: FastAPI) -> None:
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(DataError, _unreadable)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(HTTPException, _no_such_place)
    app.add_exception_handler(PoolExhausted, _store_unavailable)
    app.add_exception_handler(SQLAlchemyError, _failed)
    app.add_exception_handler(Exception, _failed)


def refuse(request: Request, refused: Refused) -> Response:
    """The answer to a refused request: of the console a page, else the code and its sentence."""
    refusal = refused.as_refusal()
    headers = {} if refusal.retry_after_seconds is None else {"Retry-After": str(int(refusal.retry_after_seconds))}
    if request.url.path == pages.router.prefix or request.url.path.startswith(f"{pages.router.prefix}/"):
        return pages.trouble_page(request, request.app.state.centre, refused, headers)
    return JSONResponse(refusal.model_dump(), status_code=refused.why.status, headers=headers)


async def _refused(request: Request, trouble: Exception) -> Response:
    assert isinstance(trouble, Refused)
    log.info("refused %s %s: %s", request.method, request.url.path, trouble)
    return refuse(request, trouble)


async def _unreadable(request: Request, trouble: Exception) -> Response:
    del trouble
    return refuse(request, Refused(Why.CONTENT_REFUSED))


async def _gone(request: Request, trouble: Exception) -> Response:
    """The line was cut in the middle of the request: no mistake of the centre's; the answer reaches nobody."""
    del trouble
    log.info("cut short %s %s", request.method, request.url.path)
    return refuse(request, Refused(Why.CONTENT_REFUSED))


async def _no_such_place(request: Request, trouble: Exception) -> Response:
    assert isinstance(trouble, HTTPException)
    why = {404: Why.PLACE_UNKNOWN, 405: Why.METHOD_NOT_ALLOWED}.get(trouble.status_code, Why.CONTENT_REFUSED)
    return refuse(request, Refused(why))


async def _store_unavailable(request: Request, trouble: Exception) -> Response:
    cause = trouble.orig if isinstance(trouble, DBAPIError) and trouble.orig is not None else trouble  # DiskFull, say
    log.error("the database does not answer for %s: %s", request.url.path, type(cause).__name__)
    return refuse(request, Refused(Why.STORE_UNAVAILABLE, retry_after_seconds=5))


async def _failed(request: Request, trouble: Exception) -> Response:
    """The name of the mistake and the way to it only: an SQL error's text would hold what was sent."""
    if isinstance(trouble, DBAPIError) and is_of_the_store(trouble):
        return await _store_unavailable(request, trouble)
    way = " > ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in traceback.extract_tb(trouble.__traceback__)[-12:])
    log.error("a bug on %s: %s at %s", request.url.path, type(trouble).__name__, way)
    return refuse(request, Refused(Why.CENTRE_FAILED))
