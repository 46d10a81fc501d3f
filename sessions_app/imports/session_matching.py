"""Finds the course that a line of a table of sessions means: exactly, or with a question."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from attendance_project.spellings import code_key
from attendance_project.tables import Row
from sessions_app.domain.course_names import Named
from sessions_app.domain.words import folded
from sessions_app.imports.matching import NO_MEANINGS, Match, Matching, Meanings, Titled, left_out
from sessions_app.imports.session_layout import OF_A_COURSE
from sessions_app.models import ClassGroup, Course
from sessions_app.models import Subject as SubjectRow

_SEVERAL = re.compile(r"\s*[,;+&|]\s*|\s+/\s+")
"""Signs between the classes of a joint session. A code may hold a slash without blanks."""


@dataclass(frozen=True)
class CourseText:
    """What a line says of its course. ``title`` is all of it, by which a choice is remembered."""

    line: int
    subject: str
    group: str
    words: str
    organiser: str = ""
    categories: tuple[str, ...] = ()
    description: str = ""

    @property
    def title(self) -> str:
        return " ".join(dict.fromkeys(filter(None, (self.subject, self.group, self.words))))


def course_text(row: Row, organiser: str) -> CourseText:
    subject, group, words = (row.cells.get(name, "") for name in OF_A_COURSE)
    return CourseText(row.line, subject, group, words, organiser)


class SessionMatching(Matching):
    """Finds courses as for events of a calendar. A cell that is a code or a whole name, and nothing
    else, needs no more words to be sure."""

    def __init__(
        self, courses: Sequence[Course], only: Course | None, meanings: Meanings = NO_MEANINGS
    ) -> None:
        super().__init__(courses, only, meanings)
        self.subjects: dict[str, set[Any]] = {}
        for pk, code, name in SubjectRow.objects.values_list("pk", "code", "name"):
            self.subjects.setdefault(code_key(code), set()).add(pk)
            self.subjects.setdefault(code_key(name), set()).add(pk)
        self.groups = {
            code_key(name): folded(code)
            for code, *names in ClassGroup.objects.values_list("code", "code", "name")
            for name in reversed(names)
        }

    def match(self, event: Titled) -> Match:
        if self.only is None or not event.title:
            return super().match(event)
        named = self.named(event)
        is_other = bool(named.subjects) and self.only.subject_id not in named.subjects
        is_other |= bool(named.classes) and folded(self.only.class_group.code) not in named.classes
        if is_other:
            return left_out(event, _("names another course than the one that was chosen."))
        return super().match(event)

    def named(self, event: Titled) -> Named[Any]:
        if not isinstance(event, CourseText):
            return super().named(event)
        key = (event.title, (event.subject, event.group))
        if key not in self.known:
            self.known[key] = self._of_cells(event)
        return self.known[key]

    def _of_cells(self, event: CourseText) -> Named[Any]:
        subjects = self.subjects.get(code_key(event.subject), set()) if event.subject else set()
        if len(subjects) == 1:
            named: Named[Any] = Named(subjects=set(subjects))
            others = self.catalogue.named_in(event.words)
        else:
            named = others = self.catalogue.named_in(f"{event.subject} {event.words}".strip())
        if not event.group:
            named.look_alikes |= others.look_alikes
            named.classes |= others.classes
            named.strange_classes = named.strange_classes or others.strange_classes
        else:
            named.classes, named.strange_classes = set(), []
            for part in self._groups_in(event.group):
                named.add(part)
        named.doubt()
        return named

    def _groups_in(self, text: str) -> Iterator[Named[Any]]:
        """What each class in a cell is of ours. CSE-A/B is two of them."""
        if known := self.groups.get(code_key(text)):
            yield Named(classes={known})
            return
        for part in filter(None, _SEVERAL.split(text)):
            if known := self.groups.get(code_key(part)):
                yield Named(classes={known})
                continue
            found = self.catalogue.named_in(part)
            if found.classes:
                yield Named(classes=found.classes, look_alikes=found.look_alikes)
            else:
                yield Named(strange_classes=[part])
