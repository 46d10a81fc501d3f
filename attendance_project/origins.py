"""Lets only pages of this site open websockets.

A browser sends its cookies along with a websocket that any page opens, and with one of another port
of the same host even where cookies are SameSite. So the whole origin is compared, as Django does
with forms, and not the host alone.
"""

from collections.abc import Awaitable, Callable
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.handlers.asgi import ASGIRequest
from django.utils.http import is_same_domain

Application = Callable[[dict[str, Any], Any, Any], Awaitable[Any]]


class OwnPagesOnly:
    """Answers with 403 what no page of this site asks for."""

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        if is_of_own_page(scope):
            return await self.application(scope, receive, send)
        return await WebsocketDenier()(scope, receive, send)


def is_of_own_page(scope: dict[str, Any]) -> bool:
    """Whether the Origin header names this site, as it is called, or as PUBLIC_URL and
    CSRF_TRUSTED_ORIGINS name it."""
    schemes = {"wss": "https", "ws": "http"}
    scheme = schemes.get(scope.get("scheme", ""), "http")
    request = ASGIRequest(scope | {"method": "GET", "scheme": scheme}, BytesIO())
    try:
        own = f"{request.scheme}://{request.get_host()}"
    except DisallowedHost:
        return False
    origin = request.headers.get("Origin", "")
    named = (own, settings.PUBLIC_URL, *settings.CSRF_TRUSTED_ORIGINS)
    return any(_is(origin, each) for each in named)


def _is(origin: str, named: str) -> bool:
    """``named`` may have a path, and ``*`` in place of the first parts of the host."""
    try:
        ours, theirs = urlsplit(named), urlsplit(origin)
        if origin != f"{theirs.scheme}://{theirs.netloc}" or theirs.scheme != ours.scheme:
            return False
    except ValueError:
        return False
    wanted = ours.netloc.lower()
    return is_same_domain(theirs.netloc, wanted.removeprefix("*"))
