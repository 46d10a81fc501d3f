"""The websocket of a session's watchers. It sends each new code, and the register when it changes.

It decides nothing. Whether the person may watch is checked again at every step, so that logging
out, losing the session or being barred ends the watching within one slot.
"""

import asyncio
import contextlib
import logging
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from weakref import WeakSet

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, QueryDict
from django.utils import translation

from accounts.models import User
from accounts.queries import address_of_connection
from attendance_project import clock
from attendance_project.handshakes import language_of
from sessions_app import live
from sessions_app.models import Session, ShowingWay
from sessions_app.services import screens, showings, walls

logger = logging.getLogger(__name__)

REREAD_S = 4.0
"""Seconds after which the register is read although nothing was told, since enrolments tell nobody.
The page waits for it as a sign of life, too (static/js/connection.js)."""
GATHER_S = 0.2
"""A class arrives at once, so its events within this time lead to one reading."""
NOTE_EVERY = timedelta(seconds=30)
"""How often the network of the page is noted, which is well within the time for which it counts."""
NOT_ALLOWED, FAILED = 4404, 1011
MOST_OF_ONE = 50
"""Websockets that one person has open in a process. Each costs the server work all the time: 300 of
them took 70 % of a core. A page that gets none asks again and again instead."""

_open: WeakSet["SessionConsumer"] = WeakSet()
"""The websockets that are open in this process. One whose task failed leaves it by itself."""


@dataclass(frozen=True)
class _View:
    session: Session
    person: User
    sees_code: bool


class SessionConsumer(AsyncJsonWebsocketConsumer):
    session_id: UUID
    tasks: list[asyncio.Task[None]]
    person_id: UUID

    async def connect(self) -> None:
        self.session_id = self.scope["url_route"]["kwargs"]["session_id"]
        self.tasks = []
        self.watcher = live.Watcher(self.session_id)
        view = await self._view()
        if view is None or _held_by(view.person) >= MOST_OF_ONE:
            await self.close(code=NOT_ALLOWED)
            return
        self.person_id = view.person.pk
        _open.add(self)
        await self.channel_layer.group_add(live.group_of(self.session_id), self.channel_name)
        await self.accept()
        live.lookout.add(self.watcher)
        self.tasks = [
            asyncio.create_task(self._guarded(w)) for w in (self._codes(), self._register())
        ]

    async def disconnect(self, code: int) -> None:
        _open.discard(self)
        live.lookout.remove(self.watcher)
        await self.channel_layer.group_discard(live.group_of(self.session_id), self.channel_name)
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def receive(self, *args: Any, **kwargs: Any) -> None:
        """Watchers only listen, so what they send is not read."""

    async def session_event(self, message: dict[str, Any]) -> None:
        self.watcher.changed.set()
        await self.send_json({"type": "event", "event": message["event"]})

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        """Do the work. An error ends the connection, and the page comes back by itself."""
        try:
            await work
        except Exception:
            logger.exception("The watcher of session %s failed.", self.session_id)
            await self.close(code=FAILED)

    async def _codes(self) -> None:
        shown = noted_at = None
        while view := await self._view():
            now = clock.now()
            if not (view.sees_code and view.session.shows_code_at(now)):
                shown = None
                await self._pause(1.0)
                continue
            message = await database_sync_to_async(screens.code_on_screen)(view.session, now=now)
            if message["slot"] != shown:
                await self.send_json(message)
                shown = message["slot"]
            if noted_at is None or now - noted_at > NOTE_EVERY:
                await self._note_shown(view, now)
                noted_at = now
            await _sleep_until(datetime.fromisoformat(message["changes_at"]))
        await self.close(code=NOT_ALLOWED)

    async def _register(self) -> None:
        sent = None
        while view := await self._view():
            self.watcher.changed.clear()
            self.watcher.stamp = view.session.change_stamp  # the one from before the rows are read
            message = await self._read(view.session)
            await self.send_json(message if message != sent else {"type": "beat"})
            sent = message
            await self._pause(REREAD_S)
        await self.close(code=NOT_ALLOWED)

    async def _pause(self, seconds: float) -> None:
        """Sleep, but less if something happens in the session."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.watcher.changed.wait(), seconds)
        await asyncio.sleep(GATHER_S)

    @database_sync_to_async
    def _read(self, session: Session) -> dict[str, Any]:
        with translation.override(language_of(self.scope)):
            return screens.register_on_screen(session, now=clock.now())

    @database_sync_to_async
    def _note_shown(self, view: _View, now: datetime) -> None:
        walls.note_shown(view.session, address_of_connection(self.scope), now=now)
        showings.note_showing(view.session, by=view.person, way=ShowingWay.CODE, now=now)

    @database_sync_to_async
    def _view(self) -> _View | None:
        """The session as this user may see it now, or None if they may not any more."""
        person = _logged_in(self.scope)
        if person is None:
            return None
        session = Session.objects.run_by(person).filter(pk=self.session_id).first()
        if session is None:
            return None
        return _View(
            session, person, screens.sees_code(session, person, asked=_asks_for_code(self.scope))
        )


class NowhereConsumer(AsyncJsonWebsocketConsumer):
    """An address at which there is nothing. Its handshake is answered with 403."""

    async def connect(self) -> None:
        await self.close()


def _held_by(person: User) -> int:
    """How many websockets the person has open in this process."""
    return sum(one.person_id == person.pk for one in _open)


def _logged_in(scope: dict[str, Any]) -> User | None:
    """Who the connection's log-in stands for now, read anew. A log-out, a change of the password
    and a deactivation all end it."""
    request = HttpRequest()
    request.session = SessionStore(scope["cookies"].get(settings.SESSION_COOKIE_NAME))
    person = get_user(request)
    return person if isinstance(person, User) else None


def _asks_for_code(scope: dict[str, Any]) -> bool:
    """Whether the page shows the code, and not the register only."""
    return QueryDict(scope.get("query_string", b"")).get("show") == "code"


async def _sleep_until(moment: datetime) -> None:
    """Sleep until the wall clock is there. It computes again after each sleep, against drift."""
    while (left_s := (moment - clock.now()).total_seconds()) > 0:
        await asyncio.sleep(left_s)
