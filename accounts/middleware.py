"""Gives a browser in which somebody has just logged in the cookie by which it is known again."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.models import User
from accounts.queries import address_of
from accounts.services import known_browsers


def remember_browser(request: Any, user: User) -> None:
    """Let the answer to this request carry the cookie. ``request`` is a page's or the API's."""
    django_request = getattr(request, "_request", request)
    django_request.remembered_user = user


class KnownBrowserMiddleware:
    """Sets the cookie for the person whom ``remember_browser`` named."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        user = getattr(request, "remembered_user", None)
        if user is not None:
            _forget_some(request, response)
            _remember(request, response, user)
        return response


def _remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    response.set_cookie(
        known_browsers.cookie_name(user),
        known_browsers.new_cookie(user, address=address_of(request)),
        max_age=known_browsers.COOKIE_AGE,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def _forget_some(request: HttpRequest, response: HttpResponse) -> None:
    """Keep the header that a browser sends short."""
    names = [name for name in request.COOKIES if name.startswith(known_browsers.COOKIE_PREFIX)]
    for name in names[known_browsers.MOST_COOKIES - 1 :]:
        response.delete_cookie(name, samesite="Lax")
