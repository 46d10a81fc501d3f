"""Where apps above this one join in; they register in their AppConfig.ready().

Teaching may not import verification, yet a closing session has undecided check-ins, and the
register shows those that wait for the teacher.
"""

from collections.abc import Callable
from datetime import datetime
from typing import NotRequired, TypedDict
from uuid import UUID

from accounts.models import User
from sessions_app.models import Session


class RegisterExtra(TypedDict):
    """A check-in that made no attendance: ``outcome`` is ``review`` or ``refused``.

    ``reasons`` are short labels for the teacher, worst first; ``signs`` what else there is to
    know, for or against. ``decision_id`` is there while a
    verdict is awaited. ``at`` is when it was decided.
    """

    outcome: str
    reasons: list[str]
    signs: NotRequired[list[str]]
    decision_id: NotRequired[str | None]
    at: NotRequired[datetime]


class Undo(TypedDict):
    """Something that ``by`` did ``at`` a time and may still take back by posting to ``url``."""

    url: str
    by: UUID | None
    at: datetime


class ToDo(TypedDict):
    """Something that waits for a teacher or admin: so many of ``words``, dealt with at ``url``."""

    count: int
    words: str
    url: str


on_closing: list[Callable[[Session, datetime], object]] = []
"""Called with a session that has just stopped taking check-ins, before absences are written.

May be called again for the same closing, so a callable must be harmless to repeat.
"""

register_extras: list[Callable[[Session], dict[UUID, RegisterExtra]]] = []
"""Called for a session's register; answers by student id."""

undoable: list[Callable[[Session, datetime], dict[UUID, Undo]]] = []
"""Called for what was done in a session after a time; answers by student id."""

to_dos: list[Callable[[User], list[ToDo]]] = []
"""Called for the first page of a teacher or admin; what has nothing to do is left out."""
