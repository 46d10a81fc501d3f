"""Puts the server's time on each answer, for phones whose clock is wrong (RFC 9110, 6.6.1)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.http import http_date


class DateMiddleware:
    """Adds Date, which daphne does not send. A phone refused for its clock signs again by it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Date", http_date())
        return response
