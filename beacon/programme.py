"""The beacon itself: it follows the server, keeps the radio, and changes the id with each slot."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass

from beacon import protocol
from beacon.clock import FAR_OFF_S, ClockUnknown, ServerClock
from beacon.desk import Desk
from beacon.radio import Radio, RadioProblem
from beacon.server import Assignment, Server, ServerAway, TokenRefused

TRY_RADIO_AGAIN_S = 3.0
TRY_SERVER_AGAIN_S = (1.0, 2.0, 5.0, 10.0)
FINISH_S = 3.0
SERVE_EVERY_S = 0.1
DRAW_EVERY_S = 0.5


class WrongSession(Exception):
    """The token belongs to another session than the one that was asked for."""


@dataclass
class State:
    """All that people can be told. The screen reads it."""

    server_url: str
    assignment: Assignment | None = None
    server_problem: str = ""
    radio_words: str = ""
    radio_problem: RadioProblem | None = None
    slot: int | None = None
    answered: int = 0
    waiting: int = 0
    own_clock_error_s: float | None = None
    last_error: str = ""

    @property
    def on_air(self) -> bool:
        return self.slot is not None

    @property
    def clock_is_far_off(self) -> bool:
        return abs(self.own_clock_error_s or 0.0) > FAR_OFF_S


class Programme:
    """Runs until it is cancelled, or until the server refuses the token.

    What fails is told and tried again. The key of an open session stays good while the server is
    away, and a radio that was lost is opened anew.
    """

    def __init__(
        self,
        server: Server,
        clock: ServerClock,
        new_radio: Callable[[], Radio],
        *,
        session_id: str | None = None,
        draw: Callable[[State], None] = lambda state: None,
    ) -> None:
        self.state = State(server_url=server.url)
        self.desk = Desk(slot=clock.slot)
        self._server, self._clock, self._new_radio = server, clock, new_radio
        self._session_id, self._draw = session_id, draw
        self._radio: Radio | None = None
        self._shown: tuple[Radio, bytes, int] | None = None
        self._changed = asyncio.Event()

    async def run(self) -> None:
        """Run. Raises TokenRefused and WrongSession."""
        ended_by: list[Exception] = []
        try:
            async with asyncio.TaskGroup() as tasks:
                for job in (self._follow, self._keep_radio, self._roll, self._serve, self._show):
                    tasks.create_task(job())
        except* (TokenRefused, WrongSession) as group:
            # What is raised in here can come out as a group again (Python 3.11.2).
            ended_by += group.exceptions
        finally:
            self.desk.close()
            self._draw(self.state)
        if ended_by:
            raise ended_by[0]

    # --- the server -------------------------------------------------------------------

    async def _follow(self) -> None:
        failures = 0
        while True:
            try:
                given = await self._server.assignment()
            except ServerAway as away:
                self._note_server_problem(str(away))
                pause_s = TRY_SERVER_AGAIN_S[min(failures, len(TRY_SERVER_AGAIN_S) - 1)]
                failures += 1
            else:
                failures, pause_s = 0, given.ask_again_s
                self._take(given)
            await asyncio.sleep(pause_s)

    def _take(self, given: Assignment) -> None:
        if self._session_id and given.session_id != self._session_id:
            raise WrongSession(
                f"This token is not for session {self._session_id}. Make one on its page, or "
                "leave --session out."
            )
        self.state.server_problem = ""
        self.state.own_clock_error_s = self._clock.own_error_s
        self.state.assignment = given
        if given.key != self.desk.key:
            self.desk.close()
            self.desk.key = given.key
            self._changed.set()

    def _note_server_problem(self, words: str) -> None:
        self.state.server_problem = self.state.last_error = words

    # --- the radio --------------------------------------------------------------------

    async def _keep_radio(self) -> None:
        while True:
            radio = self._new_radio()
            try:
                await radio.open(self.desk)
                self.state.radio_problem, self.state.radio_words = None, radio.words
                self._radio = radio
                self._changed.set()
                await radio.lost.wait()
                self.state.last_error = "The radio was lost, and is being looked for."
            except RadioProblem as problem:
                self._note_radio_problem(problem)
            finally:
                self._radio, self.state.slot = None, None
                await _finish(radio)
            await asyncio.sleep(TRY_RADIO_AGAIN_S)

    def _note_radio_problem(self, problem: RadioProblem) -> None:
        self.state.radio_problem = problem
        self.state.last_error = str(problem)

    async def _roll(self) -> None:
        """Change the id as each slot begins, and at once where the session or the radio changed."""
        while True:
            await self._advertise()
            # wait_for does not do here: in Python 3.11 it can swallow a cancellation.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._until_next_slot_s()):
                    await self._changed.wait()
            self._changed.clear()

    async def _advertise(self) -> None:
        radio, key = self._radio, self.desk.key
        if radio is None:
            return
        try:
            if key is None or self.state.assignment is None:
                self.state.slot, self._shown = None, None
                await radio.silence()
                return
            slot = self._clock.slot()
            if self._shown == (radio, key, slot):
                return
            long_id = protocol.ephemeral_id(key, slot, protocol.LONG_ID_BYTES)
            await radio.advertise(long_id, self.state.assignment.name)
            self.state.slot, self._shown = slot, (radio, key, slot)
        except RadioProblem as problem:
            self.state.slot = None
            self._note_radio_problem(problem)
            radio.lost.set()

    def _until_next_slot_s(self) -> float:
        try:
            return self._clock.until_next_slot_s()
        except ClockUnknown:
            return 1.0

    # --- phones and people ------------------------------------------------------------

    async def _serve(self) -> None:
        while True:
            self.desk.serve()
            self.state.answered, self.state.waiting = self.desk.answered, self.desk.waiting
            await asyncio.sleep(SERVE_EVERY_S)

    async def _show(self) -> None:
        while True:
            self._draw(self.state)
            await asyncio.sleep(DRAW_EVERY_S)


async def _finish(radio: Radio) -> None:
    """Go off the air, even while the programme is being ended."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(FINISH_S):
            await asyncio.shield(radio.close())
