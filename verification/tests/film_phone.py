"""A phone that films live, for the tests of the websocket."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from channels.testing import WebsocketCommunicator

from accounts.domain.film_tickets import ticket_digest
from attendance_project.asgi import application
from attendance_project.tests.patience import PATIENCE_S
from lab.fake_engine import MOVED, REST, picture
from verification.domain.challenge import Move

PAGE = ((b"host", b"testserver"), (b"origin", b"http://testserver"))
"""What the handshake of a page of this site says."""
Picture = Callable[[str | None, int], bytes]


@asynccontextmanager
async def socket(language: bytes = b"en") -> AsyncIterator[WebsocketCommunicator]:
    headers = [*PAGE, (b"accept-language", language)]
    communicator = WebsocketCommunicator(application, "/ws/check-in/", headers=headers)
    connected, _ = await communicator.connect(timeout=PATIENCE_S)
    assert connected
    try:
        yield communicator
    finally:
        await communicator.disconnect()


def begin(key: Any, ticket: str, *, finish: bool = True, proof: str | None = None) -> str:
    """The first message, signed by the phone's key."""
    proof = proof or key.signed("film+jwt", {"ticket": ticket_digest(ticket)})
    return json.dumps({"type": "begin", "ticket": ticket, "proof": proof, "finish": finish})


def follows(who: str = "me", **other: Any) -> Picture:
    """Somebody who shows each move as soon as it is told."""

    def shows(move: str | None, n: int) -> bytes:
        shown = dict(REST)
        if move is not None:
            name, by = MOVED[Move(move)]
            shown[name] += by
        return picture(who, grain=n, shift=0.05 + n % 3 / 20, **shown | other)

    return shows


@dataclass
class Film:
    """What a phone sent and was told in one film."""

    told: list[dict[str, Any]] = field(default_factory=list)

    @property
    def moves(self) -> list[str]:
        """The moves that were asked for, each once."""
        moves = [told["move"] for told in self.told if told.get("move")]
        return [move for n, move in enumerate(moves) if n == 0 or moves[n - 1] != move]

    @property
    def last(self) -> dict[str, Any]:
        return self.told[-1]


REACTION_S, BETWEEN_S = 0.2, 0.05
"""Nobody reacts sooner, and no phone sends pictures faster."""


async def film(communicator: WebsocketCommunicator, first: str, shows: Picture) -> Film:
    """Begin a film, and send pictures until it is over."""
    await communicator.send_to(text_data=first)
    ready = await communicator.receive_json_from(timeout=PATIENCE_S)
    return await go_on(communicator, shows, Film([ready]))


async def go_on(
    communicator: WebsocketCommunicator, shows: Picture, made: Film | None = None
) -> Film:
    """Send a picture after each answer until the film is over."""
    made = made or Film([{"type": "ready"}])
    told_s = time.monotonic()
    for n in count():
        if made.last["type"] in ("result", "refused"):
            return made
        await asyncio.sleep(BETWEEN_S)
        reacts = time.monotonic() - told_s > REACTION_S
        if made.last.get("phase") not in ("done", "ended"):
            picture_now = shows(made.last.get("move") if reacts else None, n)
            await communicator.send_to(bytes_data=picture_now)
        before = made.last.get("move")
        made.told.append(await communicator.receive_json_from(timeout=PATIENCE_S))
        if made.last.get("move") != before:
            told_s = time.monotonic()
    raise AssertionError("count() ends never")
