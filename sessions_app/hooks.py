"""Lists in which the apps above this one register functions, in their AppConfig.ready().

Teaching may not import verification, yet a session that closes has undecided check-ins, and the
register shows those that wait for the teacher.
"""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import NotRequired, TypedDict
from uuid import UUID

from accounts.models import User
from sessions_app.models import Session


class RegisterExtra(TypedDict):
    """A check-in that made no attendance. Its ``outcome`` is ``review`` or ``refused``.

    ``reasons`` are short labels for the teacher, the worst first. ``signs`` say what else speaks
    for or against it. ``decision_id`` is there while a verdict is awaited. ``at`` is when it was
    decided.
    """

    outcome: str
    reasons: list[str]
    signs: NotRequired[list[str]]
    decision_id: NotRequired[str | None]
    at: NotRequired[datetime]


class Undo(TypedDict):
    """Something that ``by`` did ``at`` a time and may still take back by a POST to ``url``."""

    url: str
    by: UUID | None
    at: datetime


class ToDo(TypedDict):
    """What waits for a teacher or an admin: how many of ``words``, to be done at ``url``."""

    count: int
    words: str
    url: str


on_closing: list[Callable[[Session, datetime], object]] = []
"""Functions that are called with a session that has just stopped taking check-ins.

This is before absences are written. A function may be called again for the same closing, so
repeating it must be harmless.
"""

on_enrolling: list[Callable[[Collection[UUID], datetime], object]] = []
"""Functions that are called with the ids of students who have just been put on a course.

It may be called again for students who were on it already. An import does not call it.
"""

register_extras: list[Callable[[Session], dict[UUID, RegisterExtra]]] = []
"""Functions that add to a session's register. They return extras by student id."""

undoable: list[Callable[[Session, datetime], dict[UUID, Undo]]] = []
"""Functions that find what was done in a session after a time. They return it by student id."""

to_dos: list[Callable[[User], list[ToDo]]] = []
"""Functions that find what waits for a teacher or an admin. They leave out what is zero."""
