"""What the plan of an import of people and courses is made of: what is there, and what is new."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from accounts.models import User
from attendance_project.tables import Problem
from sessions_app import services
from sessions_app.imports.courses import Pair
from sessions_app.imports.plans import Action, Addition, Change, Plan, Revision
from sessions_app.imports.rows import Key, RowKind, Thing, Things, column_of
from sessions_app.models import Course


class Planning:
    """Compares things with rows. ``found`` holds the existing row of each thing. ``fresh`` holds
    the new rows, whose keys are already known to the things that refer to them."""

    def __init__(
        self,
        things: Things,
        courses: Mapping[Pair, Sequence[Course]],
        *,
        by: User | None,
        now: datetime,
        keeps_teachers: bool = False,
    ) -> None:
        self.keeps_teachers = keeps_teachers
        self.things = things
        self.courses = courses
        self.by = by
        self.now = now
        self.labels: dict[Key, str] = {}
        self.found: dict[tuple[RowKind, Key], Any] = {}
        self.fresh: dict[tuple[RowKind, Key], Any] = {}
        self.problems: list[Problem] = []
        self.result = Plan(overlaps=self._overlaps)
        self.come: list[tuple[Course, User]] = []
        """Who begins to teach a course that is there."""
        self.addresses_kept: list[str] = []
        """Lines with an address that its owner gave up for another one, in words."""

    def _overlaps(self) -> list[str]:
        """Where those who begin to teach a course teach elsewhere at the time of its sessions."""
        there = [(course, person) for course, person in self.come if not person._state.adding]
        found = [services.overlaps_of_staff(course, person) for course, person in there]
        return [sentence for one in found for sentence in services.overlaps_in_words(one)]

    def row(self, kind: RowKind, key: Key) -> Any:
        """The row to which others refer, or None after a problem, when nothing will be written."""
        return self.found.get((kind, key)) or self.fresh.get((kind, key))

    def on_course(self, student: str, key: Key) -> str:
        course = self.labels.get(key[:3], " · ".join(key[:2]))
        return _("%(student)s in %(course)s") % {"student": student, "course": course}

    def person(self, number: str) -> str:
        thing, row = self.things[RowKind.STUDENT][number,], self.row(RowKind.STUDENT, (number,))
        return f"{thing.values.get('full_name') or row.full_name} ({number})"

    def add(self, thing: Thing, name: str, row: models.Model) -> None:
        self.fresh[thing.kind, thing.key] = row
        self.result.add(Change(Action.ADDED, thing.kind, name), Addition(row), thing.line)

    def change(
        self, thing: Thing, row: Any, also: Mapping[str, Any] | None = None, said: str = ""
    ) -> None:
        """Plan new values for a row where it has others. ``also`` is set with them, and is said in
        the words of ``said``."""
        new = {n: v for n, v in thing.values.items() if getattr(row, n) != v}
        if new or also:
            told = [
                f"{column_of(thing.kind, n)}: {getattr(row, n) or '–'} → {v}"
                for n, v in new.items()
            ]
            detail = ", ".join([*told, *([said] if said else [])])
            name = self.labels.get(thing.key) or " · ".join(thing.key)
            change = Change(Action.CHANGED, thing.kind, name, detail)
            # The unusable password is random, so it differs once the owner has set one. From then
            # on an admin no longer changes what the owner logs in with.
            guards = ("password",) if "email" in new else ()
            self.result.add(change, Revision(row, {**new, **(also or {})}, guards), thing.line)

    def check(self, thing: Thing, row: models.Model, only: str = "") -> None:
        """Note what the model's own fields say against the values."""
        said = {only} if only else {*thing.values, "name", "full_name", "email"}
        unsaid = {f.name for f in row._meta.fields} - said
        try:
            row.clean_fields(exclude=unsaid)
        except ValidationError as error:
            for name, sentences in error.message_dict.items():
                empty = not getattr(row, name)
                told = [_needed(thing, name)] if empty else _in_words(name, row, sentences)
                self.problems += [thing.problem(sentence, name) for sentence in told]


def _in_words(name: str, row: models.Model, sentences: list[str]) -> list[str]:
    """What is wrong with a value. Of an address Django says only that it is not valid."""
    if name != "email":
        return sentences
    text = str(getattr(row, name))
    if text.count("@") > 1:
        told = _("%(text)s holds several addresses. Keep the one with which they log in.")
    else:
        told = _("%(text)s is no e-mail address. Correct it.")
    return [told % {"text": repr(text)}]


def _needed(thing: Thing, name: str) -> str:
    """What is missing of something that is not here yet."""
    text = _(
        "is empty, and the %(kind)s %(key)s is not here yet. Fill in %(column)s, correct the code "
        "or number, or import a file with it first."
    )
    values = {"kind": thing.kind.label, "key": thing.key[0], "column": column_of(thing.kind, name)}
    return text % values
