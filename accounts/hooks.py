"""Where apps above this one join in; they register in their AppConfig.ready().

People may not import teaching, yet a teacher decides on the phones of their own students only;
one command deletes what has expired in every app; and an
erasure reaches into each.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from accounts.models.people import User

students_of: list[Callable[[User], Collection[UUID]]] = []
"""Called with a teacher; answers with the ids of the students whom they teach."""

purges: dict[str, Callable[[datetime], int]] = {}
"""By what they delete; called with the time of now, and answers with how many rows went."""

erasures: dict[str, Callable[[User, datetime], object]] = {}
"""By what they erase; called with a student who is erased for good, and the time of now.

May be called again for the same student, so a callable must be harmless to repeat. It leaves what
others are counted by, without a word that somebody wrote about the student.
"""


def students_taught_by(teacher: User) -> list[UUID]:
    return [pk for answer in students_of for pk in answer(teacher)]
