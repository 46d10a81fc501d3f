"""The address from which a request comes."""

from typing import Any

from django.conf import settings

from accounts.domain.addresses import client_address


def address_of_connection(scope: dict[str, Any]) -> str:
    """The client's address of a websocket."""
    headers = dict(scope["headers"])
    return trusted_address(
        (scope.get("client") or [""])[0], headers.get(b"x-forwarded-for", b"").decode("latin-1")
    )


def address_of(request: Any) -> str:
    """The client's address, as far as the proxy setting lets it be trusted."""
    return trusted_address(
        request.META.get("REMOTE_ADDR") or "", request.META.get("HTTP_X_FORWARDED_FOR") or ""
    )


def trusted_address(remote_addr: str, forwarded_for: str) -> str:
    """The client's address, of the two that a connection and X-Forwarded-For name."""
    return client_address(remote_addr, forwarded_for, behind_proxy=settings.BEHIND_PROXY)
