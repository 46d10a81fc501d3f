"""Helpers to do things at the same moment, and to wait for what runs beside the test."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connections


def at_once(count: int, call: Callable[[int], Any]) -> list[Any]:
    """Start ``call(0)`` ... ``call(count - 1)`` at the same moment, and return their results.

    It is for tests marked ``django_db(transaction=True)``. Each thread closes its connection.
    """
    barrier = threading.Barrier(count)

    def run(number: int) -> Any:
        barrier.wait(timeout=30)
        try:
            return call(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def wait_for_mails() -> None:
    """Wait until the mails that nobody waits for are sent."""
    for thread in threading.enumerate():
        if thread.name == "mails":
            thread.join()
