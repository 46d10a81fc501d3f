"""Lets a server that is told to end answer first what it has begun.

Daphne forgets the calls that are under way and stops its loop. A view that returned only then
waited for ever for that loop, and so the process did not end, unless Python happened to search for
leftovers in time.
"""

import asyncio
from typing import Any

from twisted.internet import reactor as _reactor
from twisted.internet.defer import Deferred

reactor: Any = _reactor  # Twisted chooses it when it runs, so that it has no type of its own
_ANSWERS = "ASGIHandler.handle.<locals>.process_request"
"""The name of Django's coroutine that makes an answer and sends it."""


class Ending:
    """Whether this process was told to end."""

    has_begun = False


def install() -> None:
    """Wait for what is under way when Twisted is told to end, before it stops its loop."""
    reactor.addSystemEventTrigger("before", "shutdown", _begin)


def _begin() -> Deferred[None]:
    Ending.has_begun = True
    return Deferred.fromFuture(asyncio.ensure_future(_until_all_is_answered()))


async def _until_all_is_answered() -> None:
    while under_way := [task for task in asyncio.all_tasks() if _answers(task)]:
        await asyncio.wait(under_way)


def _answers(task: asyncio.Task[Any]) -> bool:
    return getattr(task.get_coro(), "__qualname__", "") == _ANSWERS
