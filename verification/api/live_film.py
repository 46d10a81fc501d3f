"""The websocket of a live film. It takes pictures in and says what the phone shows next.

What is asked for and what counts is the film's matter (domain/live_film.py); here is only the
traffic. A film that takes too long, sends too much or stops is closed, so that none holds a place.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, ClassVar
from weakref import WeakSet

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.utils import translation

from accounts.queries import address_of_connection
from attendance_project import clock
from attendance_project.handshakes import language_of
from attendance_project.refusals import Refusal
from verification import services
from verification.api import live_messages as messages
from verification.domain.live_film import LiveFilm, LiveLimits, Shown
from verification.domain.measurements import FrameMeasurement
from verification.engines.base import BurstMeasurement
from verification.engines.chosen import chosen_engine
from verification.engines.network_sets import NETWORK_SETS

logger = logging.getLogger(__name__)

BEGIN_S = 5.0
"""How long the first message is waited for."""
STALL_S = 10.0
"""How long the next picture is waited for."""
LONGEST_S = 60.0
"""How long a film may take. A face is waited for 20 s, and each of three moves takes 8 at most."""
SOON_S = 0.04
"""Pictures that come sooner after the last one are answered, but not measured: no phone that heeds
`every_ms` sends them."""
LIMITS = LiveLimits()

_measurers = ThreadPoolExecutor(NETWORK_SETS, thread_name_prefix="film")
"""Pictures are measured beside the threads that ask the database. More threads would wait for
networks."""


class FilmConsumer(AsyncWebsocketConsumer):
    films: ClassVar[WeakSet[FilmConsumer]] = WeakSet()
    """The films that go on in this process."""

    async def connect(self) -> None:
        self.begin: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self.pictures: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        self.unanswered = 0
        self.began_s = time.monotonic()
        self.overdone: Refusal | None = None
        self.is_ready = False
        await self.accept()
        self.task = asyncio.create_task(self._run())

    async def disconnect(self, code: int) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Take a message in. The moment at which a picture came is the server's own."""
        if not self.begin.done():
            self.begin.set_result(text_data)
        elif bytes_data is None or not self.is_ready:
            self._stop(messages.bad_message())
        elif len(bytes_data) > messages.MOST_BYTES:
            self._stop(messages.too_large())
        elif self.unanswered >= messages.IN_FLIGHT:
            self._stop(messages.too_many())
        else:
            self.unanswered += 1
            self.pictures.put_nowait((self._now_s(), bytes_data))

    def _stop(self, why: Refusal) -> None:
        """End the film when what came before is worked off."""
        if self.overdone is None:
            self.overdone = why
            self.pictures.put_nowait((0.0, b""))

    def _now_s(self) -> float:
        return time.monotonic() - self.began_s

    async def _run(self) -> None:
        """Film, and close. A refusal is told first; an error of ours is logged."""
        with translation.override(language_of(self.scope)):
            try:
                await self._film()
                code = messages.DONE
            except TimeoutError:
                code = await self._refuse(messages.stalled())
            except Refusal as error:
                code = await self._refuse(error)
            except Exception:
                logger.exception("A live film failed.")
                code = messages.FAILED
            finally:
                self.films.discard(self)
            await self.close(code=code)

    async def _refuse(self, error: Refusal) -> int:
        await self.send(messages.refused(error))
        return messages.CLOSE_CODES.get(error.code, messages.FAILED)

    async def _film(self) -> None:
        begin = messages.read_begin(await asyncio.wait_for(self.begin, BEGIN_S))
        if len(self.films) >= settings.LIVE_FILMS_MOST:
            raise messages.busy()
        self.films.add(self)
        opened = await self._open(begin)
        film = LiveFilm(opened.begun.moves, random.SystemRandom(), LIMITS)
        self.began_s = time.monotonic()
        self.is_ready = True
        await self.send(messages.ready(opened.begun.number))
        async with asyncio.timeout(LONGEST_S):
            while not film.is_over:
                await self._go_on(opened, film)
        if not film.has_begun:
            raise messages.no_good_face()
        step = await self._end(opened, film, finish=begin.finish)
        await self.send(await self._result(step))

    async def _go_on(self, opened: services.OpenFilm, film: LiveFilm) -> None:
        """Measure the next picture, and answer it."""
        at_s, picture = await asyncio.wait_for(self.pictures.get(), STALL_S)
        if self.overdone is not None:
            raise self.overdone
        before = film.shown
        if film.frames and at_s - film.frames[-1].at_s < SOON_S:
            shown = before
        else:
            shown = await self._measured(opened, film, picture, at_s)
        self.unanswered -= 1
        await self.send(messages.seen(shown))
        if shown.move is not None and before.move is None:  # nobody answers in the next 0.2 s
            await self._in_thread(_recognise_ahead, opened, film)

    async def _measured(
        self, opened: services.OpenFilm, film: LiveFilm, picture: bytes, at_s: float
    ) -> Shown:
        """Go on by one picture. The engine is told when the person at rest was seen."""
        eyes = film.reads_eyes
        frame = await self._in_thread(_look, opened, picture, at_s, eyes)
        shown = film.take(frame, now_s=self._now_s())
        if shown.rest_frames:
            opened.measuring.rest(shown.rest_frames)
        return shown

    async def _end(
        self, opened: services.OpenFilm, film: LiveFilm, *, finish: bool
    ) -> services.StepResult:
        measured = await self._in_thread(_finish, opened, film)
        return await self._judged(opened, film, measured, finish)

    async def _in_thread(self, work: Any, *args: Any) -> Any:
        """Work in the language of the connection, as refusals are in words."""
        own = copy_context()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(_measurers, own.run, work, *args)

    @database_sync_to_async
    def _open(self, begin: messages.Begin) -> services.OpenFilm:
        network = address_of_connection(self.scope)
        now = clock.now()
        return services.begin_film(begin.ticket, begin.proof, network=network, now=now)

    @database_sync_to_async
    def _judged(
        self, opened: services.OpenFilm, film: LiveFilm, measured: BurstMeasurement, finish: bool
    ) -> services.StepResult:
        return services.end_film(opened, film, measured, is_last=finish, now=clock.now())

    @database_sync_to_async
    def _result(self, step: services.StepResult) -> str:
        return messages.result(step, clock.now())


def _look(opened: services.OpenFilm, picture: bytes, at_s: float, eyes: bool) -> FrameMeasurement:
    with chosen_engine():
        return opened.measuring.look(picture, round(at_s, 3), eyes=eyes)


def _recognise_ahead(opened: services.OpenFilm, film: LiveFilm) -> None:
    with chosen_engine():
        opened.measuring.recognise_ahead(film.challenge_so_far)


def _finish(opened: services.OpenFilm, film: LiveFilm) -> BurstMeasurement:
    with chosen_engine():
        return opened.measuring.finish(film.challenge)
