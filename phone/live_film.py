"""The live film: pictures go over a websocket as they are filmed, and the server says what to show.

The server's docs/live-film.md describes it message by message.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import deque
from dataclasses import dataclass
from math import inf
from typing import Any, Protocol, Self

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI
from websockets.sync.client import ClientConnection, connect

from phone.key import DeviceKey, base64url

PATH = "/ws/check-in/"
PATIENCE_S = 30.0
"""How long an answer is waited for. The server gives up sooner."""
MOST_BYTES = 1_000_000
"""Most bytes of a message from the server."""


@dataclass(frozen=True)
class Shown:
    """What the phone shows after a picture.

    phase           one of face, move, back, done and ended
    done            how many moves were seen: say so by sound and buzz where it grows
    hint_message    what to mend, or None
    move            the move that is asked for, or None
    message         the move in words
    """

    phase: str
    done: int
    hint_message: str | None
    move: str | None
    message: str | None

    @classmethod
    def from_message(cls, said: dict[str, Any]) -> Self:
        return cls(said["phase"], said["done"], said["hint_message"], said["move"], said["message"])


class LiveCamera(Protocol):
    """The camera at the front, while what the server says is shown beside its picture."""

    def picture(self, wide: int, high: int) -> bytes:
        """The newest picture as a JPEG of that size, not mirrored."""
        ...

    def show(self, shown: Shown) -> None:
        """Show at once what the server says."""
        ...


class NoLiveFilm(Exception):
    """The film is over without a result. The attempt has lost nothing: a burst may follow."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message = code, message


def film_live(
    server: str, key: DeviceKey, ticket: str, camera: LiveCamera, *, finish: bool
) -> dict[str, Any]:
    """Film until the server has seen enough, and return its ``result``: a step and a decision.

    finish  decide at the end, since nothing else is coming
    Raises NoLiveFilm.
    """
    try:
        with connect(_address(server), open_timeout=PATIENCE_S, max_size=MOST_BYTES) as socket:
            socket.send(json.dumps(_begin(key, ticket, finish=finish)))
            return _Film(socket, camera, _next(socket)).go_on()
    except (ConnectionClosed, InvalidHandshake, InvalidURI, OSError) as error:
        raise NoLiveFilm("no_connection", str(error)) from error


def _address(server: str) -> str:
    """The websocket's address on the server's own host: ws for http, wss for https."""
    return "ws" + server.removeprefix("http") + PATH


def _begin(key: DeviceKey, ticket: str, *, finish: bool) -> dict[str, Any]:
    digest = base64url(hashlib.sha256(ticket.encode()).digest())
    proof = key.signed("film+jwt", {"ticket": digest})
    return {"type": "begin", "ticket": ticket, "proof": proof, "finish": finish}


def _next(socket: ClientConnection, wait_s: float = PATIENCE_S) -> dict[str, Any]:
    """The next message. Raises NoLiveFilm for ``refused``, and TimeoutError where none comes."""
    said: dict[str, Any] = json.loads(socket.recv(timeout=wait_s))
    if said["type"] == "refused":
        raise NoLiveFilm(said["code"], said["message"])
    return said


class _Film:
    """Sends a picture each time the server may have one, and shows each answer at once."""

    def __init__(self, socket: ClientConnection, camera: LiveCamera, ready: dict[str, Any]) -> None:
        self._socket, self._camera, self._ready = socket, camera, ready
        self._sent_s: deque[float] = deque()
        """When the pictures were sent that were not answered."""
        self._last_s = -inf
        self._gap_s = ready["every_ms"] / 1000

    def go_on(self) -> dict[str, Any]:
        """Film until the result comes."""
        filming = True
        while True:
            may_send = filming and len(self._sent_s) < self._ready["in_flight"]
            try:
                said = _next(self._socket, self._wait_s() if may_send else PATIENCE_S)
            except TimeoutError:
                if not may_send:
                    raise
                self._send()
                continue
            if said["type"] == "result":
                return said
            self._note_way()
            shown = Shown.from_message(said)
            filming = shown.phase not in ("done", "ended")
            self._camera.show(shown)

    def _note_way(self) -> None:
        """Spread the pictures evenly over the time that one takes there and back. On a slow network
        they would go in pairs else, with long gaps between."""
        way_s = time.monotonic() - self._sent_s.popleft()
        self._gap_s = max(self._ready["every_ms"] / 1000, way_s / self._ready["in_flight"])

    def _wait_s(self) -> float:
        """How long until the next picture may be sent."""
        return max(self._last_s + self._gap_s - time.monotonic(), 0.0)

    def _send(self) -> None:
        picture = self._camera.picture(self._ready["wide"], self._ready["high"])
        self._last_s = time.monotonic()
        self._sent_s.append(self._last_s)
        self._socket.send(picture)
