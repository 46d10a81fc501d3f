"""Request ids, and the log of what went wrong."""

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
# Django answers these with a 4xx by itself; they are refusals, not failures.
REFUSALS = (Http404, PermissionDenied, BadRequest, SuspiciousOperation, MultiPartParserError)

GetResponse = Callable[[HttpRequest], HttpResponse]


class RequestIdMiddleware:
    """Gives every request an id, the caller's own if it is sane, and returns it as a header."""

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
    """Records unhandled exceptions, and API calls that were refused; changes no answer."""

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
    """A log that cannot be written must not cost the caller the answer."""
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
    """Who called what, without the path: a path may hold ids or a mistyped secret."""
    match = request.resolver_match
    return {
        "request_id": getattr(request, "request_id", ""),
        "method": request.method or "",
        "route": match.route if match else "(no such address)",
        "user_id": _user_id(request),
    }


def _user_id(request: HttpRequest) -> UUID | None:
    # DRF sets the user that it authenticated on the request beneath its own.
    user = getattr(request, "user", None)
    return user.pk if user and user.is_authenticated else None
