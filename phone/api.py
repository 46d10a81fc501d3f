"""The connections to a server, and what an answer means."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import Any, Self

import httpx

API = "/api/v1"
TIMEOUT_S = 60.0
CONNECTIONS = 60


class Blocked(Exception):
    """The server answered with an error: its HTTP status, its stable code and its sentence."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(f"{status} {code}: {detail}")
        self.status, self.code, self.detail = status, code, detail


def read(response: httpx.Response) -> Any:
    """The JSON of a good answer. Raises Blocked on an error."""
    if response.is_success:
        return response.json() if response.content else None
    try:
        body = response.json()
    except ValueError:
        body = {}
    raise Blocked(response.status_code, body.get("code", "no_code"), body.get("detail", ""))


def told_time_s(response: httpx.Response) -> float | None:
    """Seconds since 1970 by the server's clock, None where the answer does not say."""
    try:
        return parsedate_to_datetime(response.headers["Date"]).timestamp()
    except (KeyError, ValueError):
        return None


class Line:
    """The connections to one server, shared by all who call from here; close it at the end."""

    def __init__(self, server: str) -> None:
        self.server = server.rstrip("/")
        limits = httpx.Limits(max_connections=CONNECTIONS)
        self.client = httpx.Client(base_url=self.server, timeout=TIMEOUT_S, limits=limits)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.client.close()
