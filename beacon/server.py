"""Ask the server what to advertise."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import httpx

from beacon.clock import ServerClock

PATH = "/api/v1/beacon/assignment"
NOT_VALID = "beacon_token_not_valid"
TIMEOUT_S = 5.0
KEY_BYTES = 32


class TokenRefused(Exception):
    """The server does not know the token, or no longer. Asking again will not help."""


class ServerAway(Exception):
    """There was no usable answer, but it may come. ``str()`` says what is wrong and what to do."""


@dataclass(frozen=True)
class Assignment:
    """What to do now. ``key`` is None while no session is open. Times are the server's."""

    room: str
    session_id: str | None
    title: str
    state: str
    key: bytes | None
    ask_again_s: float

    @property
    def name(self) -> str:
        """The beacon's name on the air."""
        return f"ATT {self.room}".strip()


class Server:
    """One server, asked with one token. It times each answer for the clock."""

    def __init__(
        self,
        url: str,
        token: str,
        clock: ServerClock,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.url = url.rstrip("/")
        self._clock, self._monotonic = clock, monotonic
        self._client = httpx.AsyncClient(
            headers={"Authorization": f"Beacon {token}"}, timeout=TIMEOUT_S, transport=transport
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._client.aclose()

    async def assignment(self) -> Assignment:
        """Ask for what to do now. Raises TokenRefused and ServerAway."""
        sent_s = self._monotonic()
        try:
            answer = await self._client.get(self.url + PATH)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ServerAway(_words(error)) from error
        received_s = self._monotonic()
        given, server_unix_s = _read(answer)
        self._clock.measure(sent_s=sent_s, received_s=received_s, server_unix_s=server_unix_s)
        return given


def _read(answer: httpx.Response) -> tuple[Assignment, float]:
    """The assignment, and the server's time in seconds since 1970."""
    if answer.status_code == httpx.codes.UNAUTHORIZED and _code_of(answer) == NOT_VALID:
        raise TokenRefused(
            "The server does not take this token: it was revoked or replaced, or its session is "
            "over. Make a new one on the session's page, or with 'manage.py issue_beacon_token'."
        )
    if answer.status_code == 429:
        raise ServerAway("The server says that this token asks too often. Is it in use elsewhere?")
    if answer.is_server_error:
        raise ServerAway(f"The server has a problem ({answer.status_code}); it is asked again.")
    try:
        body = answer.raise_for_status().json()
        return _assignment(body), float(body["server_time_s"])
    except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ServerAway(
            f"The server's answer ({answer.status_code}) is none of the attendance system's. "
            "Check the address after --server."
        ) from error


def _code_of(answer: httpx.Response) -> str:
    """The stable code of an answer. Only the server's own ends a beacon: proxies answer 401 too."""
    try:
        return str(answer.json()["code"])
    except (ValueError, KeyError, TypeError):
        return ""


def _assignment(body: dict[str, Any]) -> Assignment:
    """Read an assignment. Raises ValueError, KeyError, TypeError or AttributeError otherwise."""
    session = body["session"] or {}
    key = bytes.fromhex(body["key"]) if body["key"] else None
    if key is not None and len(key) != KEY_BYTES:
        raise ValueError("a key of another length")
    return Assignment(
        room=body["room"],
        session_id=session.get("id"),
        title=session.get("title", ""),
        state=session.get("state", ""),
        key=key,
        ask_again_s=max(float(body["ask_again_s"]), 1.0),
    )


def _words(error: httpx.HTTPError | httpx.InvalidURL) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "The server does not answer. Check the network; it is asked again."
    if isinstance(error, httpx.ConnectError) and "CERTIFICATE" in str(error).upper():
        return (
            "The server's certificate is not taken. Check the address, and this machine's clock "
            "(timedatectl)."
        )
    if isinstance(error, httpx.LocalProtocolError):  # its text would show the token
        return "The request cannot be sent. The token must be one line, as it was shown."
    return f"The server cannot be reached ({error}). Check the address and the network."
