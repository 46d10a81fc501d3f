"""What the handshake of a websocket says of the person."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import translation


def language_of(scope: dict[str, Any]) -> str:
    """Find the language as LocaleMiddleware does, through which websockets do not pass."""
    request = HttpRequest()
    request.COOKIES = scope.get("cookies", {})
    request.META["HTTP_ACCEPT_LANGUAGE"] = (
        dict(scope["headers"]).get(b"accept-language", b"").decode("latin-1")
    )
    return translation.get_language_from_request(request)
