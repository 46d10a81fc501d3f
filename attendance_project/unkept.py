"""Keeps answers of the API out of the stores of browsers and proxies."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

API = "/api/"


class UnkeptMiddleware:
    """Answers of the API hold tokens and what is known of people, on computers that many use. RFC
    6749, 5.1, wants this for tokens; pages that need a log-in say it themselves."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith(API):
            response.headers.setdefault("Cache-Control", "no-store")
        return response
