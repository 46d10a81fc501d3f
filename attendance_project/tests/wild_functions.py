"""Functions that a test lets run in a process of their own."""

import os
import re
import time

from django.db import connection
from django.utils.translation import get_language

from attendance_project.tables import ImportRefused, Problem


def doubled(number: int) -> int:
    return 2 * number


def asking(word: str, ask) -> str:
    return ask(word) + ask("again")


def speaking() -> tuple[str | None, int]:
    return get_language(), os.getpid()


def refusing() -> None:
    raise ImportRefused(
        [Problem(2, "email", "is wrong"), Problem(1, "", "too")], "changed_meanwhile"
    )


def failing() -> None:
    raise LookupError("gone")


def going_on_for_ever() -> None:
    """One call in C that holds the interpreter's lock, as csv.Sniffer's does."""
    re.match(r"(a+)+$", "a" * 60 + "b")


def stalling() -> None:
    """Takes no time of the processor, as a reader to which a busy machine gives none."""
    time.sleep(60)


def growing() -> None:
    kept = []
    while True:
        kept.append(bytearray(16 * 1024 * 1024))


def dying() -> None:
    os.abort()


def has_connection() -> bool:
    return connection.connection is not None


def growing_with_anything(*arguments) -> None:
    """Stands in for a function that reads a file."""
    growing()
