"""What is told to watchers by a thread whose server has ended meanwhile."""

import asyncio
import threading

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from attendance_project.tests.patience import PATIENCE_S
from sessions_app import live


@pytest.mark.django_db(transaction=True)
def test_nobody_is_waited_for_where_the_server_has_ended(session):
    """The call of a phone goes on in its thread when the loop that it came from has stopped."""
    begun, may_go_on, told = (threading.Event() for _ in range(3))
    stamp = session.change_stamp

    def call() -> None:
        begun.set()
        may_go_on.wait(PATIENCE_S)
        live.publish(session.pk, {"type": "mark"})
        connections.close_all()
        told.set()

    async def until_begun() -> None:
        serving = asyncio.ensure_future(sync_to_async(call, thread_sensitive=False)())
        while not begun.is_set():
            await asyncio.sleep(0)
        serving.add_done_callback(lambda one: one.cancelled() or one.exception())

    loop = asyncio.new_event_loop()
    loop.run_until_complete(until_begun())
    may_go_on.set()
    assert told.wait(PATIENCE_S)
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()
    session.refresh_from_db()
    assert session.change_stamp != stamp
