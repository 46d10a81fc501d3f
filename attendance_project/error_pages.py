"""Errors outside a view: the one JSON shape under /api/, plain pages everywhere else."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views import csrf, defaults

API = "/api/"


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


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith(API)


def _error(status: int, code: str, detail: str) -> HttpResponse:
    response = JsonResponse({"code": code, "detail": detail, "fields": {}}, status=status)
    response.error_code = code  # type: ignore[attr-defined]  # for the error log
    return response
