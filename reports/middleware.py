"""Middleware that numbers each request and keeps the error log."""

import logging
import re
import uuid
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError

from accounts.queries import address_of
from attendance_project import clock
from reports import services

log = logging.getLogger(__name__)

HEADER = "X-Request-ID"
SANE_ID = re.compile(r"[A-Za-z0-9-]{8,36}")
# Django itself answers these with a status of 4xx. They are refused calls and no failures.
REFUSALS = (Http404, PermissionDenied, BadRequest, SuspiciousOperation, MultiPartParserError)

GetResponse = Callable[[HttpRequest], HttpResponse]


class RequestIdMiddleware:
    """Gives every request an id and sends it back as a header.

    The id is the caller's own where it looks like one (``SANE_ID``), or else a new UUID.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "")
        request_id = given if SANE_ID.fullmatch(given) else str(uuid.uuid4())
        request.request_id = request_id  # type: ignore[attr-defined]
        response = self.get_response(request)
        response.headers[HEADER] = request_id
        return response


class ErrorLogMiddleware:
    """Records unhandled exceptions and refused API calls. It changes no answer."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith("/api/") and 400 <= response.status_code < 500:
            _quietly(_record_refusal, request, response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        if not isinstance(exception, REFUSALS):
            _quietly(_record_failure, request, exception)


def _quietly(record: Callable[..., Any], *args: Any) -> None:
    """Call ``record``, and go on if it fails: the caller still has to get an answer."""
    try:
        record(*args)
    except Exception:
        log.exception("The error log could not be written.")


def _record_refusal(request: HttpRequest, response: HttpResponse) -> None:
    services.record_refusal(
        **_call(request),
        status=response.status_code,
        code=getattr(response, "error_code", ""),
        address=address_of(request),
        now=clock.now(),
    )


def _record_failure(request: HttpRequest, exception: Exception) -> None:
    services.record_failure(exception, **_call(request), now=clock.now())


def _call(request: HttpRequest) -> dict[str, Any]:
    """Tell who called what. The path is left out, since it may hold ids or a mistyped secret."""
    match = request.resolver_match
    return {
        "request_id": getattr(request, "request_id", ""),
        "method": request.method or "",
        "route": match.route if match else "(no such address)",
        "user_id": _user_id(request),
    }


def _user_id(request: HttpRequest) -> UUID | None:
    # DRF also sets the user that it authenticated on Django's request, which it wraps.
    user = getattr(request, "user", None)
    return user.pk if user and user.is_authenticated else None
