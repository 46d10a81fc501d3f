"""The reference client films live, against a small server that follows docs/live-film.md."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import jwt
import pytest
from websockets.sync.server import ServerConnection, serve

from phone.key import DeviceKey, base64url
from phone.live_film import NoLiveFilm, Shown, film_live

READY = {"type": "ready", "number": 1, "moves": 3, "every_ms": 20, "in_flight": 2}
READY |= {"wide": 360, "high": 480, "most_bytes": 60_000}
RESULT = {"type": "result", "step": {"accepted": True}, "decision": {"outcome": "present"}}
Serving = Callable[[ServerConnection], None]


class Camera:
    """Counts its pictures, and notes what it is to show."""

    def __init__(self) -> None:
        self.taken: list[tuple[int, int]] = []
        self.shown: list[Shown] = []

    def picture(self, wide: int, high: int) -> bytes:
        self.taken.append((wide, high))
        return b"picture %d" % len(self.taken)

    def show(self, shown: Shown) -> None:
        self.shown.append(shown)


@contextmanager
def served(serving: Serving) -> Iterator[str]:
    """The address of a server that does this with each connection."""
    with serve(serving, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.socket.getsockname()[1]}"
        finally:
            server.shutdown()
            thread.join()


def seen(phase: str, move: str | None = None, done: int = 0) -> str:
    said = {"type": "seen", "phase": phase, "done": done, "hint": None, "hint_message": None}
    return json.dumps(said | {"move": move, "message": move and move.title()})


def test_pictures_go_until_the_result_comes_and_each_answer_is_shown() -> None:
    got: list[Any] = []

    def serving(socket: ServerConnection) -> None:
        got.append(socket.request and socket.request.path)
        got.append(json.loads(socket.recv()))
        socket.send(json.dumps(READY))
        for phase, move in (("face", None), ("move", "smile"), ("done", None)):
            got.append(socket.recv())
            socket.send(seen(phase, move))
        socket.send(json.dumps(RESULT))

    key, camera = DeviceKey(), Camera()
    with served(serving) as server:
        result = film_live(server, key, "a ticket", camera, finish=True)

    path, begin, *pictures = got
    assert result == RESULT
    assert path == "/ws/check-in/"
    assert (begin["type"], begin["ticket"], begin["finish"]) == ("begin", "a ticket", True)
    assert pictures == [b"picture 1", b"picture 2", b"picture 3"]
    assert camera.taken[0] == (360, 480)
    assert [(shown.phase, shown.move) for shown in camera.shown] == [
        *(("face", None), ("move", "smile"), ("done", None))
    ]


def test_the_proof_is_by_the_phones_key_about_just_this_ticket() -> None:
    begun: list[dict[str, Any]] = []

    def serving(socket: ServerConnection) -> None:
        begun.append(json.loads(socket.recv()))
        socket.send(json.dumps(READY))
        socket.send(json.dumps(RESULT))

    key = DeviceKey()
    with served(serving) as server:
        film_live(server, key, "a ticket", Camera(), finish=False)

    proof = begun[0]["proof"]
    claims = jwt.decode(proof, key.private.public_key(), algorithms=["ES256"])
    assert claims == {"ticket": base64url(hashlib.sha256(b"a ticket").digest())}
    assert jwt.get_unverified_header(proof)["typ"] == "film+jwt"
    assert begun[0]["finish"] is False


def test_no_more_pictures_are_under_way_than_the_server_allows() -> None:
    unanswered: list[object] = []

    def serving(socket: ServerConnection) -> None:
        socket.recv()
        socket.send(json.dumps(READY))
        unanswered.extend(socket.recv() for _ in range(2))
        with pytest.raises(TimeoutError):
            socket.recv(timeout=0.3)
        socket.send(json.dumps(RESULT))

    with served(serving) as server:
        film_live(server, DeviceKey(), "a ticket", Camera(), finish=True)

    assert unanswered == [b"picture 1", b"picture 2"]


def test_a_refused_film_says_why() -> None:
    def serving(socket: ServerConnection) -> None:
        socket.recv()
        socket.send(json.dumps({"type": "refused", "code": "live_film_busy", "message": "Busy."}))
        socket.close(4503)

    with served(serving) as server, pytest.raises(NoLiveFilm) as caught:
        film_live(server, DeviceKey(), "a ticket", Camera(), finish=True)

    assert (caught.value.code, caught.value.message) == ("live_film_busy", "Busy.")


@pytest.mark.parametrize("serving", [lambda socket: None, lambda socket: socket.recv()])
def test_a_connection_that_breaks_leaves_the_burst(serving: Serving) -> None:
    with served(serving) as server, pytest.raises(NoLiveFilm) as caught:
        film_live(server, DeviceKey(), "a ticket", Camera(), finish=True)

    assert caught.value.code == "no_connection"


def test_a_server_that_is_not_there_leaves_the_burst() -> None:
    with pytest.raises(NoLiveFilm):
        film_live("http://127.0.0.1:9", DeviceKey(), "a ticket", Camera(), finish=True)
