"""Tells every watcher of a session, in every process, that something happened in it.

Watchers in the same process are told at once. Between processes there is no broker: each change
puts a new stamp on the session, and each process looks at the stamps of the sessions that it shows.
"""

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from asgiref.sync import SyncToAsync, async_to_sync
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer

from sessions_app.models import Session

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 0.3
"""Seconds between two looks. A look is one query for a process, however many sessions and watchers
it has. With the time of a reading, another process's check-in is shown within a second (`make
bench` measures it)."""
AFTER_FAILURE_S = 5.0


def group_of(session_id: UUID) -> str:
    return f"session.{session_id.hex}"


def publish(session_id: UUID, *events: dict[str, Any]) -> None:
    """Send what happened to the session's watchers, each event in plain JSON values.

    It never raises. Pages read the register every few seconds, so a lost event delays them, whereas
    an error here would lose a check-in that is already stored.
    """
    try:
        # The stamp comes before the events, so that whoever reads because of an event reads this
        # stamp. It is random and no counter, since then no two writers can leave the same one.
        Session.objects.filter(pk=session_id).update(change_stamp=uuid4())
        if not _server_has_ended():
            async_to_sync(_send)(group_of(session_id), events)
    except Exception:
        logger.exception("The watchers of session %s were not told.", session_id)


async def _send(group: str, events: Iterable[dict[str, Any]]) -> None:
    layer = get_channel_layer()
    for event in events:
        await layer.group_send(group, {"type": "session.event", "event": event})


def _server_has_ended() -> bool:
    """Whether this thread still works for a server whose event loop has stopped.

    Nobody watches there any more, and async_to_sync would wait for that loop for ever, so that the
    process never ended.
    """
    loop = getattr(SyncToAsync.threadlocal, "main_event_loop", None)
    return loop is not None and not loop.is_running()


@dataclass(eq=False)
class Watcher:
    """One open page that is told what happens in a session.

    ``stamp`` is the session's stamp when it was last read for this page. ``changed`` is set when
    there is something newer to read.
    """

    session_id: UUID
    stamp: UUID | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)


class Lookout:
    """Looks for what other processes did in the sessions that this process shows."""

    def __init__(self) -> None:
        self._watchers: set[Watcher] = set()
        self._task: asyncio.Task[None] | None = None

    @property
    def is_busy(self) -> bool:
        return self._task is not None and not self._task.done()

    def add(self, watcher: Watcher) -> None:
        self._watchers.add(watcher)
        if not self.is_busy:
            self._task = asyncio.create_task(self._watch())

    def remove(self, watcher: Watcher) -> None:
        self._watchers.discard(watcher)
        if self._task and not self._watchers:
            self._task.cancel()
            self._task = None

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                await self._look()
            except Exception:
                logger.exception("Changes of other processes could not be looked for.")
                await asyncio.sleep(AFTER_FAILURE_S)

    async def _look(self) -> None:
        stamps = await database_sync_to_async(stamps_of)({s.session_id for s in self._watchers})
        for watcher in self._watchers:
            if stamps.get(watcher.session_id, watcher.stamp) != watcher.stamp:
                watcher.changed.set()


def stamps_of(session_ids: set[UUID]) -> dict[UUID, UUID | None]:
    rows = Session.objects.filter(pk__in=session_ids).order_by()
    return dict(rows.values_list("pk", "change_stamp"))


lookout = Lookout()
