"""A class in a lecture hall whose radio is virtual: a beacon, phones at a distance, a server."""

import asyncio
import contextlib
import random
import time
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from bumble.link import LocalLink

from accounts.tests.phone import PASSWORD
from beacon.clock import ServerClock
from beacon.programme import Programme
from beacon.protocol import SLOT_S
from beacon.server import Server as BeaconsServer
from beacon.tests.virtual import VirtualPhone, characteristics, virtual_radio
from lab.evaluation.radio import Place, place_at
from lab.simulation.classroom import Projector
from phone.api import Connections
from phone.check_in import CheckInResult, go_on
from phone.client import Phone
from phone.key import DeviceKey
from phone.radio import answer_to
from verification.domain.policy import Policy

LONGEST_S = 600.0
THREADS = 48
"""Threads of the pool: the calls of each phone block one of their own."""
LISTENS_S = 16.0
"""Seconds to listen: three slots of 5 s, and what a phone missed of the first one."""
PATIENCE_S = 120.0
"""Seconds to wait for a server that is being started again."""
CONNECTS_S = 15.0
"""Seconds in which a phone tries to connect to the beacon, beside all the others that try."""
SCAN_AT_ONCE = 6
"""How many phones send their codes at the same time. A code is good for six seconds, in which a
busy machine cannot answer a whole class."""


class RoomBeacon:
    """The beacon's program as it runs in the room, on a virtual controller."""

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


@dataclass
class AirRadio(VirtualPhone):
    """The reference client's radio on the virtual air. Its two calls come from another thread."""

    sent: list[dict[str, Any]] = field(default_factory=list)
    answer: bytes | None = None

    async def switch_on(self) -> None:
        self._loop = asyncio.get_running_loop()
        await super().switch_on()

    def hear(self) -> list[dict[str, Any]]:
        """Listen until enough was heard, or for `LISTENS_S`."""
        with contextlib.suppress(TimeoutError):
            self._in_loop(until(self.heard_enough, LISTENS_S))
        self.sent = self.sightings()
        return self.sent

    def ask(self, nonce: bytes) -> bytes | None:
        """The beacon that was heard; who heard none knows of none to ask."""
        if self.heard:
            self.answer = self._in_loop(super().ask(nonce, connect_s=CONNECTS_S))
        return self.answer

    def _in_loop(self, waiting: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(waiting, self._loop).result(LONGEST_S)

    async def _converse(self, connection: Any, nonce: bytes) -> bytes | None:
        answer, challenge = await characteristics(connection)
        arrived: asyncio.Queue[bytes] = asyncio.Queue()
        await answer.subscribe(lambda value: arrived.put_nowait(bytes(value)))

        async def write() -> None:
            await challenge.write_value(nonce, with_response=True)

        await write()
        return await answer_to(nonce, arrived, read=answer.read_value, write=write)

    def heard_enough(self) -> bool:
        """Keep the last two slots, since what is older does not count when it arrives."""
        since = time.monotonic() - 2 * SLOT_S
        lately = [[at for at, _ in readings if at > since] for readings in self.heard.values()]
        policy = Policy()
        slots = sum(bool(readings) for readings in lately)
        return slots >= policy.bt_min_slots and sum(map(len, lately)) >= policy.bt_min_samples


class TimedPhone(Phone):
    """The reference client, which notes how long its reports of the radio took to arrive."""

    report_took_s = 0.0

    def hear(self, *report: Any, **how: Any) -> dict[str, Any]:
        since_s = time.monotonic()
        answer = super().hear(*report, **how)
        self.report_took_s = max(self.report_took_s, time.monotonic() - since_s)
        return answer


class Attendee:
    """A student with the reference client: its radio is on the virtual air, its calls use HTTP."""

    def __init__(
        self, link: LocalLink, connections: Connections, email: str, number: int, place: Place
    ) -> None:
        rng = random.Random(f"attendee {number}")
        self.place, self.email = place, email
        self.radio = AirRadio(link, number, lambda: place.reading(rng))
        self.http = TimedPhone(connections, DeviceKey(), patience_s=PATIENCE_S)
        self.step: dict[str, Any] = {}

    async def arrive(self) -> None:
        await self.radio.switch_on()
        await asyncio.to_thread(self.http.log_in, self.email, PASSWORD)

    async def scan(self, projector: Projector, turn: asyncio.Semaphore) -> None:
        async with turn:
            seen = await asyncio.to_thread(projector.photographed, 2, ago_s=0.0)
            self.step = await asyncio.to_thread(self.http.scan, seen)
        assert self.step["decision"] is None, self.step

    async def check_in(self) -> CheckInResult:
        return await asyncio.to_thread(go_on, self.http, self.step, self.radio, None)

    async def report(self, sightings: list[dict[str, Any]], answers: list[str]) -> dict[str, Any]:
        """Send what the cheat has, and ask for the decision."""
        attempt = self.step["attempt"]
        if sightings or answers:
            await asyncio.to_thread(self.http.hear, attempt, sightings, answers)
        return await asyncio.to_thread(self.http.mark, attempt)


def seated(distance_m: float, count: int, seed: int) -> list[Place]:
    rng = random.Random(f"{seed} {distance_m}")
    return [place_at(distance_m, rng) for _ in range(count)]


def in_a_loop(play: Callable[[], Awaitable[None]]) -> None:
    """Run the coroutine with enough threads for the calls of everybody."""

    async def main() -> None:
        pool = ThreadPoolExecutor(THREADS)
        asyncio.get_running_loop().set_default_executor(pool)
        try:
            async with asyncio.timeout(LONGEST_S):
                await play()
        finally:
            # Waiting here would stop the loop for which a thread may itself be waiting.
            pool.shutdown(wait=False, cancel_futures=True)

    asyncio.run(main())


async def until(condition: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
    async with asyncio.timeout(patience_s):
        while not condition():
            await asyncio.sleep(0.1)
