"""The whole beacon: what is on the air when the server and the radio come and go."""

import asyncio
import contextlib

import pytest

from beacon import programme as programmes
from beacon import protocol
from beacon.clock import ServerClock
from beacon.programme import Programme, WrongSession
from beacon.protocol import SLOT_S
from beacon.radio import RadioProblem
from beacon.server import Assignment, ServerAway, TokenRefused
from beacon.tests.patience import PATIENCE_S, until

KEY, SECOND_KEY = bytes(range(32)), bytes(range(32, 64))
SLOT = 360_000_000


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(programmes, "TRY_RADIO_AGAIN_S", 0.02)
    monkeypatch.setattr(programmes, "TRY_SERVER_AGAIN_S", (0.02,))


def assignment(key=KEY, session_id="5e", state="open") -> Assignment:
    return Assignment(
        room="B-204", session_id=session_id, title="OS", state=state, key=key, ask_again_s=0.02
    )


class FakeServer:
    """Answers with ``now``, or raises it. By its clock the slot ends after ``ends_in_s``."""

    url = "https://s.test"

    def __init__(self, clock: ServerClock, ends_in_s: float = 4.0) -> None:
        self.now: Assignment | Exception = assignment()
        clock.measure(sent_s=0.0, received_s=0.0, server_unix_s=(SLOT + 1) * SLOT_S - ends_in_s)

    async def assignment(self) -> Assignment:
        if isinstance(self.now, Exception):
            raise self.now
        return self.now


class FakeRadio:
    words = "Fake"

    def __init__(self, air) -> None:
        self.air, self.lost = air, asyncio.Event()

    async def open(self, desk) -> None:
        self._check()
        self.air.opened.append(self)

    async def advertise(self, long_id, name) -> None:
        self._check()
        self.air.on_air = (long_id, name)
        self.air.history.append((self.air.clock.now(), long_id))

    async def silence(self) -> None:
        self.air.on_air = None

    async def close(self) -> None:
        self.air.on_air = None
        self.air.closed.append(self)

    def _check(self) -> None:
        if self.air.problem is not None:
            raise self.air.problem


class Air:
    """What happened to all radios of one programme."""

    def __init__(self, clock: ServerClock) -> None:
        self.clock = clock
        self.opened, self.closed, self.history = [], [], []
        self.on_air = None
        self.problem: RadioProblem | None = None


class WatchedClock(ServerClock):
    """Counts how often the programme asks when the next slot begins."""

    looks = 0

    def until_next_slot_s(self) -> float:
        self.looks += 1
        return super().until_next_slot_s()


class Beacon:
    """A running programme, and the world around it, in which time passes as the test says.

    The programme itself sleeps in earnest until its slot ends, and looks at the clock again then.
    """

    def __init__(self, ends_in_s: float = 4.0, **options) -> None:
        self.passed_s = 0.0
        self.clock = WatchedClock(monotonic=lambda: self.passed_s)
        self.server, self.air = FakeServer(self.clock, ends_in_s), Air(self.clock)
        self.programme = Programme(self.server, self.clock, lambda: FakeRadio(self.air), **options)
        self.state = self.programme.state

    async def looks_again(self) -> None:
        """Wait until the programme has slept once more and has looked at the clock."""
        before = self.clock.looks
        await until(lambda: self.clock.looks > before)

    async def __aenter__(self):
        self.task = asyncio.ensure_future(self.programme.run())
        return self

    async def __aexit__(self, *exc) -> None:
        self.task.cancel()
        with contextlib.suppress(asyncio.CancelledError, TokenRefused, WrongSession):
            await self.task


def long_id(key: bytes, slot: int) -> bytes:
    return protocol.ephemeral_id(key, slot, protocol.LONG_ID_BYTES)


async def test_the_slots_id_is_on_the_air_and_the_next_as_it_begins():
    async with Beacon(ends_in_s=0.25) as beacon:
        await until(lambda: beacon.air.on_air)
        await beacon.looks_again()
        assert beacon.air.on_air == (long_id(KEY, SLOT), "ATT B-204"), "not before the slot begins"
        beacon.passed_s = 0.25
        await until(lambda: len(beacon.air.history) == 2)
        (_, first), (at_s, second) = beacon.air.history
        assert (first, second) == (long_id(KEY, SLOT), long_id(KEY, SLOT + 1))
        assert at_s == (SLOT + 1) * SLOT_S
        assert beacon.state.slot == SLOT + 1
        assert beacon.air.on_air == (second, "ATT B-204")


async def test_a_session_is_on_the_air_while_it_is_open():
    async with Beacon() as beacon:
        beacon.server.now = assignment(key=None, state="planned")
        await until(lambda: beacon.state.assignment is not None)
        assert beacon.air.on_air is None
        beacon.server.now = assignment()
        await until(lambda: beacon.air.on_air)
        beacon.server.now = assignment(key=None, state="closed")
        await until(lambda: beacon.air.on_air is None)
        assert beacon.programme.desk.key is None
        assert not beacon.state.on_air


async def test_the_next_session_in_the_room_has_a_key_of_its_own():
    async with Beacon() as beacon:
        await until(lambda: beacon.air.on_air)
        beacon.server.now = assignment(key=SECOND_KEY, session_id="6f")
        await until(lambda: beacon.air.on_air == (long_id(SECOND_KEY, SLOT), "ATT B-204"))
        assert beacon.programme.desk.key == SECOND_KEY


async def test_a_server_that_is_away_leaves_the_session_on_the_air():
    async with Beacon(ends_in_s=0.25) as beacon:
        await until(lambda: beacon.air.on_air)
        beacon.server.now = ServerAway("gone")
        await until(lambda: beacon.state.server_problem == "gone")
        beacon.passed_s = 0.25
        await until(lambda: beacon.state.slot == SLOT + 1)
        beacon.server.now = assignment()
        await until(lambda: beacon.state.server_problem == "")
        assert beacon.state.last_error == "gone"


async def test_a_server_that_comes_late_is_waited_for():
    beacon = Beacon()
    beacon.server.now = ServerAway("not yet")
    async with beacon:
        await until(lambda: beacon.state.server_problem == "not yet")
        assert beacon.air.on_air is None
        beacon.server.now = assignment()
        await until(lambda: beacon.air.on_air)


async def test_a_lost_radio_is_opened_anew_and_on_the_air_again():
    async with Beacon() as beacon:
        await until(lambda: beacon.air.on_air)
        beacon.air.problem = RadioProblem("unplugged", "plug it in")
        beacon.air.opened[0].lost.set()
        await until(lambda: beacon.state.radio_problem is not None)
        assert beacon.air.closed[0] is beacon.air.opened[0]
        assert not beacon.state.on_air
        beacon.air.problem = None
        await until(lambda: beacon.air.on_air)
        assert len(beacon.air.opened) == 2
        assert beacon.state.radio_problem is None


async def test_a_radio_that_fails_at_a_slot_is_opened_anew():
    async with Beacon(ends_in_s=0.25) as beacon:
        await until(lambda: beacon.air.on_air)
        beacon.air.problem = RadioProblem("stuck", "restart it")
        beacon.passed_s = 0.25
        await until(lambda: str(beacon.state.radio_problem) == "stuck")
        beacon.air.problem = None
        await until(lambda: beacon.state.slot == SLOT + 1)
        assert beacon.air.on_air == (long_id(KEY, SLOT + 1), "ATT B-204")


async def test_a_refused_token_ends_it_with_the_radio_silent():
    async with Beacon() as beacon:
        await until(lambda: beacon.air.on_air)
        beacon.server.now = TokenRefused("revoked")
        with pytest.raises(TokenRefused, match="revoked"):
            await asyncio.wait_for(beacon.task, PATIENCE_S)
        assert beacon.air.on_air is None
        assert beacon.programme.desk.key is None
        assert beacon.air.closed == beacon.air.opened


async def test_a_token_of_another_session_is_not_put_on_the_air():
    async with Beacon(session_id="7a") as beacon:
        with pytest.raises(WrongSession, match="7a"):
            await asyncio.wait_for(beacon.task, PATIENCE_S)
        assert beacon.air.history == []


async def test_being_ended_takes_it_off_the_air():
    async with Beacon() as beacon:
        await until(lambda: beacon.air.on_air)
        beacon.task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await beacon.task
        assert beacon.air.on_air is None
        assert beacon.air.closed == beacon.air.opened


async def test_phones_are_counted_for_the_screen():
    drawn = []
    async with Beacon(draw=lambda state: drawn.append(state.answered)) as beacon:
        await until(lambda: beacon.air.on_air)
        beacon.programme.desk.ask("phone", bytes(16))
        await until(lambda: beacon.state.answered == 1)
    assert drawn[0] == 0
    assert drawn[-1] == 1
