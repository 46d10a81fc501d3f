"""The connections to a server, and the reading of its answers."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import Any, Self

import httpx

API = "/api/v1"
TIMEOUT_S = 60.0
CONNECTIONS = 60


NOT_OURS = {
    "code": "no_code",
    "detail": "This is no answer of the attendance system. Check the address and the network.",
}
"""The error for a page that a proxy or a hotel's Wi-Fi sent in place of the server's answer."""


class Blocked(Exception):
    """The server answered with an error: its HTTP status, its stable code and its sentence."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(f"{status} {code}: {detail}")
        self.status, self.code, self.detail = status, code, detail


def read(response: httpx.Response) -> Any:
    """The JSON of a good answer. Raises Blocked on an error."""
    try:
        body = response.json() if response.content else None
    except ValueError:
        body = NOT_OURS
    if response.is_success and body is not NOT_OURS:
        return body
    if not isinstance(body, dict) or "code" not in body:
        body = NOT_OURS
    raise Blocked(response.status_code, body["code"], body.get("detail", ""))


def told_time_s(response: httpx.Response) -> float | None:
    """Seconds since 1970 by the server's clock, or None where the answer does not say."""
    try:
        return parsedate_to_datetime(response.headers["Date"]).timestamp()
    except (KeyError, ValueError):
        return None


class Connections:
    """The connections to one server, shared by all phones of a process. Close them at the end."""

    def __init__(self, server: str, *, timeout_s: float = TIMEOUT_S) -> None:
        self.server = server.rstrip("/")
        limits = httpx.Limits(max_connections=CONNECTIONS)
        self.client = httpx.Client(base_url=self.server, timeout=timeout_s, limits=limits)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.client.close()
