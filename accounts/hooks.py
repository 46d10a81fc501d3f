"""Lists in which the apps above this one register functions, in their AppConfig.ready().

This app may not import teaching, yet a teacher decides only on the phones of their own students.
One command deletes what has expired in every app, and an erasure reaches into each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

if TYPE_CHECKING:
    from accounts.models.merges import AccountMerge
    from accounts.models.people import User


class Follower(Protocol):
    """Moves one kind of row from one account to the other, and back. ``plan`` says in plain JSON
    what will be moved. Both moves may be called again after a crash, so repeating them must be
    harmless."""

    def plan(self, merge: AccountMerge) -> Any: ...

    def move(self, merge: AccountMerge, plan: Any, now: datetime) -> None: ...

    def move_back(self, merge: AccountMerge, plan: Any, now: datetime) -> None: ...


students_of: list[Callable[[User], Collection[UUID]]] = []
"""Functions that return the ids of the students whom a teacher teaches."""

purges: dict[str, Callable[[datetime], int]] = {}
"""Functions that delete rows whose time is over, by the name of these rows.

Each is called with the current time, and returns how many rows it deleted.
"""

erasures: dict[str, Callable[[User, datetime], object]] = {}
"""Functions that erase a student for good, by the name of what they erase.

Each is called with the student and the current time. It may be called again for the same student,
so repeating it must be harmless. It leaves the rows by which others are counted, but no text that
anybody wrote about the student.
"""


class Do(Protocol):
    def __call__(self, person: User, details: dict[str, str], now: datetime, /) -> object: ...


@dataclass(frozen=True)
class Act:
    """Something that a link in a mail does. ``words`` say what, with the details in them."""

    words: Any
    do: Do
    is_asked_for: bool = False
    """Whether a student may ask for such a link. Others are sent by other acts."""
    asks_password: bool = False
    """Whether the page of the link asks for the account's password. It does where the link proves a
    mailbox: its owner may open the link for an account that somebody else made with the address."""
    mail: str = "accounts/mail/link.txt"
    """The template of the mail with the link."""


acts: dict[str, Act] = {}
"""What a link in a mail can do, by the name that stands in the link."""

classmates: list[Callable[[Collection[UUID]], dict[UUID, list[User]]]] = []
"""Functions that return the other students of each student's courses, by the ids of the students
asked."""

signs: list[Callable[[Collection[UUID]], dict[UUID, list[str]]]] = []
"""Functions that return what an admin should look at, in words, by the ids of the people asked."""

merges: dict[str, Follower] = {}
"""What follows when two accounts of one person are merged, by the name of these rows.

They are moved in this order, and back in the other.
"""


def students_taught_by(teacher: User) -> list[UUID]:
    return [pk for answer in students_of for pk in answer(teacher)]


def signs_of(people: Collection[UUID]) -> dict[UUID, list[str]]:
    """What an admin should look at, in words, of those of these people who have anything."""
    found: dict[UUID, list[str]] = {}
    for answer in signs:
        for pk, words in answer(people).items():
            found.setdefault(pk, []).extend(words)
    return found


def classmates_of(students: Collection[UUID]) -> dict[UUID, list[User]]:
    """The other students of each student's courses, in a fixed number of queries."""
    found: dict[UUID, list[User]] = {pk: [] for pk in students}
    for answer in classmates:
        for pk, others in answer(students).items():
            found[pk] += others
    return found
