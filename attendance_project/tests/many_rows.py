"""Makes many rows of one kind for tests, where each differs from the next by its number."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db import models

from accounts.models import Role, User
from attendance_project.tests.world import World
from sessions_app.models import Session

LONG_NAME = "Wolfeschlegelsteinhausenbergerdorff" * 3
M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True)
class Crowd:
    """What the rows of a crowd are about, and how many of each kind there are."""

    world: World
    many: int
    session: Session
    student: User
    people: list[User]
    now: datetime

    @property
    def teacher(self) -> User:
        return self.session.teacher

    def rows(self, model: type[M], **values: Any) -> list[M]:
        """Store ``many`` rows. A value that is a function is called with the number of the row."""
        return model._default_manager.bulk_create(
            model(**{name: v(n) if callable(v) else v for name, v in values.items()})
            for n in range(self.many)
        )

    def staff(self, what: str, letters: str, **values: Any) -> list[User]:
        """Store teachers who wait for an invitation. Their numbers begin with the letters."""
        return self.rows(
            User,
            email=lambda n: f"{letters}{n:03}@school.test".lower(),
            full_name=called(what),
            institution_number=lambda n: f"{letters}{n:03}",
            role=Role.TEACHER,
            password="!",
            **{"is_approved": True, **values},
        )


def called(what: str) -> Callable[[int], str]:
    """Names by number, the first of which is long and has no place to break it."""
    return lambda n: f"{what} {n}{LONG_NAME if n == 0 else ''}"


def numbered(text: str) -> Callable[[int], str]:
    """Texts by number."""
    return lambda n: f"{text}{n}"
