"""What the handshake of a websocket says of the person."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from django.http import HttpRequest
from django.utils import translation

Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


class ByOrigin:
    """Sends connections of pages and those of apps to different addresses.

    A browser always says from which page a connection comes (RFC 6455, section 10.2), and an app
    says nothing. Cookies come along with a page's connection whoever made it; an app has none.
    """

    def __init__(self, *, pages: Application, apps: Application) -> None:
        self._pages, self._apps = pages, apps

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        has_origin = any(name == b"origin" for name, _ in scope.get("headers", []))
        await (self._pages if has_origin else self._apps)(scope, receive, send)


def language_of(scope: dict[str, Any]) -> str:
    """Find the language as LocaleMiddleware does, through which websockets do not pass."""
    request = HttpRequest()
    request.COOKIES = scope.get("cookies", {})
    request.META["HTTP_ACCEPT_LANGUAGE"] = (
        dict(scope["headers"]).get(b"accept-language", b"").decode("latin-1")
    )
    return translation.get_language_from_request(request)
