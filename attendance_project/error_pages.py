"""Errors outside a view: the one JSON shape under /api/, plain pages everywhere else."""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views import csrf, defaults

from attendance_project.csp import STRICT

API = "/api/"
_UNREADABLE = (
    gettext_lazy("This request could not be read"),
    gettext_lazy("Reload the page and try again. If it happens again, tell an admin."),
)
_BEFORE_DJANGO = {
    400: ("bad_request", *_UNREADABLE),
    414: (
        "address_too_long",
        gettext_lazy("This address is too long"),
        gettext_lazy("Use a shorter address, such as a search of fewer words."),
    ),
    431: (
        "headers_too_large",
        gettext_lazy("This request has too many headers"),
        gettext_lazy("Delete the cookies of this site and try again."),
    ),
    500: (
        "server_error",
        gettext_lazy("Something went wrong on our side"),
        gettext_lazy("Try again in a minute. If it happens again, tell an admin when it did."),
    ),
    503: (
        "server_busy",
        gettext_lazy("The server is busy"),
        gettext_lazy("Many people are sending files now. Wait a few seconds and try again."),
    ),
}
"""The code, a title and what to do, of each status that is answered before Django is asked."""


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if _is_api(request):
        return _error(
            400, "bad_request", _("This request could not be read. Reload the page and try again.")
        )
    return defaults.bad_request(request, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if _is_api(request):
        return _error(
            403,
            "permission_denied",
            _("You cannot do this. Ask an admin if you need to."),
        )
    return defaults.permission_denied(request, exception)


def csrf_failed(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
    if _is_api(request):
        return _error(403, "csrf_failed", _("Reload the page and try again."))
    return csrf.csrf_failure(request, **kwargs)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if _is_api(request):
        return _error(
            404,
            "not_found",
            _("Page not found. Check the address, or go to the start page."),
        )
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponseBase:
    if _is_api(request):
        request_id = getattr(request, "request_id", "unknown")
        detail = _(
            "Something went wrong on our side. Try again, or tell an admin this number: %(number)s"
        ) % {"number": request_id}
        return _error(500, "server_error", detail)
    return defaults.server_error(request)


def before_django(path: bytes, status: int) -> tuple[dict[str, str], bytes]:
    """The headers and the body of an error that daphne found, before Django was asked.

    ``path`` may be cut or be no path at all: the caller may have sent anything.
    """
    headers, content = _before_django(path.startswith(API.encode()), status)
    return dict(headers), content


@cache
def _before_django(is_api: bool, status: int) -> tuple[dict[str, str], bytes]:
    """It is made once, since a crowd that is refused should cost little."""
    code, title, words = _BEFORE_DJANGO[status]
    with override(settings.LANGUAGE_CODE):
        if is_api:
            answer: HttpResponse = _error(status, code, f"{title}. {words}")
        else:
            told = {"title": title, "words": words}
            answer = HttpResponse(render_to_string("components/error_page.html", told))
    headers = {"Content-Type": answer["Content-Type"], "Content-Security-Policy": STRICT}
    return headers | {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cache-Control": "no-store",
    }, answer.content


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith(API)


def _error(status: int, code: str, detail: str) -> HttpResponse:
    response = JsonResponse({"code": code, "detail": detail, "fields": {}}, status=status)
    response.error_code = code  # type: ignore[attr-defined]  # for the error log
    return response
