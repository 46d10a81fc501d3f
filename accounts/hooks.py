"""Where apps above this one join in; they register in their AppConfig.ready().

People may not import teaching, yet a teacher decides on the phones of their own students only;
and one command deletes what has expired in every app.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from accounts.models import User

students_of: list[Callable[[User], Collection[UUID]]] = []
"""Called with a teacher; answers with the ids of the students whom they teach."""

purges: dict[str, Callable[[datetime], int]] = {}
"""By what they delete; called with the time of now, and answers with how many rows went."""


def students_taught_by(teacher: User) -> list[UUID]:
    return [pk for answer in students_of for pk in answer(teacher)]
