"""A class in a lecture hall whose radio is virtual: a beacon, phones at a distance, a server."""

import asyncio
import contextlib
import random
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
from bumble.link import LocalLink

from accounts.testing import PASSWORD
from beacon.clock import ServerClock
from beacon.programme import Programme
from beacon.protocol import SLOT_S
from beacon.server import Server as BeaconsServer
from beacon.tests.virtual import VirtualPhone, virtual_radio
from phone.api import Line
from phone.client import Phone
from phone.key import DeviceKey, new_nonce
from verification.domain.policy import Policy
from verification.evaluation.radio import Place, place_at
from verification.simulation.classroom import Screen

LONGEST_S = 240.0
THREADS = 48
"""Each phone's calls block a thread of its own."""
LISTENS_S = 16.0
"""Three slots and what a phone missed of the first."""
PATIENCE_S = 60.0
"""With a server that is being started anew."""


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
        await until(lambda: self.programme.state.on_air)

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

    async def check_in(self) -> dict[str, Any]:
        """Listen until it is enough, or for long; then ask, and report what there is."""
        with contextlib.suppress(TimeoutError):
            await until(self.heard_enough, LISTENS_S)
        self.answer = await self.radio.ask(bytes.fromhex(self.step["beacon_nonce"]), connect_s=5.0)
        self.sent = self.radio.sightings()
        return await self.report(self.sent, [self.answer.hex()] if self.answer else [])

    def heard_enough(self) -> bool:
        """Of two slots lately, since what is older will not count on arrival."""
        since = time.monotonic() - 2 * SLOT_S
        lately = [
            [at for at, _ in readings if at > since] for readings in self.radio.heard.values()
        ]
        policy = Policy()
        slots = sum(bool(readings) for readings in lately)
        return slots >= policy.bt_min_slots and sum(map(len, lately)) >= policy.bt_min_samples

    async def report(self, sightings: list[dict[str, Any]], answers: list[str]) -> dict[str, Any]:
        """Send it, if it is anything, and ask for the decision."""
        if sightings or answers:
            attempt, nonce = self.step["attempt"], new_nonce()
            await persist(lambda: self.http.hear(attempt, sightings, answers, nonce=nonce))
        answer: dict[str, Any] = await persist(lambda: self.http.mark(self.step["attempt"]))
        return answer


async def persist(call: Callable[[], Any]) -> Any:
    """As an app does while the server is away: the same again changes nothing."""
    end_s = time.monotonic() + PATIENCE_S
    while True:
        try:
            return await asyncio.to_thread(call)
        except httpx.TransportError:
            if time.monotonic() > end_s:
                raise
            await asyncio.sleep(0.3)


def seated(distance_m: float, count: int, seed: int) -> list[Place]:
    rng = random.Random(f"{seed} {distance_m}")
    return [place_at(distance_m, rng) for _ in range(count)]


def in_a_loop(play: Callable[[], Awaitable[None]]) -> None:
    """Run it with threads enough for everybody's calls."""

    async def main() -> None:
        with ThreadPoolExecutor(THREADS) as pool:
            asyncio.get_running_loop().set_default_executor(pool)
            async with asyncio.timeout(LONGEST_S):
                await play()

    asyncio.run(main())


async def until(condition: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
    async with asyncio.timeout(patience_s):
        while not condition():
            await asyncio.sleep(0.1)
