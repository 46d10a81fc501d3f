"""The server's time on each answer, for phones whose clock is off (RFC 9110, 6.6.1)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.http import http_date


class DateMiddleware:
    """daphne sends no Date of its own. A phone that was refused for its clock signs anew by it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Date", http_date())
        return response
