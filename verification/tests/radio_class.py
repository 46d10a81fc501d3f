"""A class in a lecture hall whose radio is virtual: a beacon, phones at a distance, a server."""

import asyncio
import contextlib
import random
import secrets
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bumble.link import LocalLink

from accounts.testing import PASSWORD
from beacon.clock import ServerClock
from beacon.programme import Programme
from beacon.server import Server as BeaconsServer
from beacon.tests.virtual import VirtualPhone, virtual_radio
from verification.evaluation.radio import Place, place_at
from verification.simulation.classroom import Screen
from verification.simulation.http import DeviceKey, Line
from verification.simulation.phone import Phone

THREADS = 48
"""Each phone's calls block a thread of its own."""


class Beacon:
    """The program as it runs in the room, on a virtual controller."""

    def __init__(self, link: LocalLink, url: str, token: str) -> None:
        self._link, self._url, self._token = link, url, token
        self.answered = 0

    async def start(self) -> None:
        clock = ServerClock()
        self._server = BeaconsServer(self._url, self._token, clock)
        self.programme = Programme(self._server, clock, lambda: virtual_radio(self._link))
        self._task = asyncio.ensure_future(self.programme.run())
        async with asyncio.timeout(30):
            while not self.programme.state.on_air:
                await asyncio.sleep(0.05)

    async def stop(self) -> None:
        self.answered += self.programme.desk.answered
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        await self._server.__aexit__()


class Attendee:
    """A student with a phone: its radio on the virtual air, its calls over HTTP."""

    def __init__(self, link: LocalLink, line: Line, email: str, number: int, place: Place) -> None:
        rng = random.Random(f"attendee {number}")
        self.place, self.email = place, email
        self.radio = VirtualPhone(link, number, lambda: place.reading(rng))
        self.http = Phone(line, DeviceKey())
        self.step: dict[str, Any] = {}
        self.answer: bytes | None = None
        self.sent: list[dict[str, Any]] = []

    async def arrive(self) -> None:
        await self.radio.switch_on()
        await asyncio.to_thread(self.http.log_in, self.email, PASSWORD)

    async def scan(self, screen: Screen) -> None:
        seen = await asyncio.to_thread(screen.look)
        self.step = await asyncio.to_thread(self.http.scan, seen)
        assert self.step["decision"] is None, self.step

    async def ask(self) -> None:
        nonce = bytes.fromhex(self.step["beacon_nonce"])
        self.answer = await self.radio.ask(nonce, connect_s=8.0)

    async def check_in(self) -> dict[str, Any]:
        """Report what the radio has, if anything, and ask for the decision."""
        answers = [self.answer.hex()] if self.answer else []
        self.sent = self.radio.sightings()
        return await self.report(self.sent, answers)

    async def report(self, sightings: list[dict[str, Any]], answers: list[str]) -> dict[str, Any]:
        if sightings or answers:
            body = {
                "attempt": self.step["attempt"],
                "nonce": secrets.token_urlsafe(12),
                "sightings": sightings,
                "answers": answers,
            }
            await asyncio.to_thread(self.http.post, "/bluetooth/check", body)
        return await asyncio.to_thread(self.http.mark, self.step["attempt"])


def seated(distance_m: float, count: int, seed: int) -> list[Place]:
    rng = random.Random(f"{seed} {distance_m}")
    return [place_at(distance_m, rng) for _ in range(count)]


def in_a_loop(play: Callable[[], Any]) -> Any:
    """Run it with threads enough for everybody's calls."""

    async def main() -> Any:
        with ThreadPoolExecutor(THREADS) as pool:
            asyncio.get_running_loop().set_default_executor(pool)
            return await play()

    return asyncio.run(main())


async def until(condition: Callable[[], bool], patience_s: float) -> None:
    end_s = time.monotonic() + patience_s
    while not condition() and time.monotonic() < end_s:
        await asyncio.sleep(0.1)
