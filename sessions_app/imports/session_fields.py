"""Reads what a line of a table of sessions says besides course, time and room."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from attendance_project.spellings import visible
from attendance_project.tables import Problem, Row
from attendance_project.tables.headers import header_key
from attendance_project.tables.moments import minutes_of
from attendance_project.tables.placeholders import is_placeholder
from attendance_project.tables.reading import listed
from sessions_app.domain.called_off import is_called_off
from sessions_app.imports.session_layout import EMAIL, NAME, NUMBER, SUBSTITUTE
from sessions_app.imports.session_teachers import Teachers
from sessions_app.models.counting import OFFERING_LENGTH, validate_weight

_TAKES_PLACE_WORDS = (
    "planned scheduled confirmed active ok held yes regular normal open new takesplace booked "
    "geplant bestätigt regulär findetstatt aktiv gebucht confirmé confirmée prévu prévue planifié "
    "planifiée maintenu maintenue actif confirmado confirmada programado programada previsto "
    "prevista activo activa confermato confermata gepland bevestigd подтверждено запланировано "
    "onaylandı مؤكد مجدول نشط 确认 已确认"
)
_TAKES_PLACE = frozenset(map(header_key, _TAKES_PLACE_WORDS.split()))


@dataclass(frozen=True)
class SessionFields:
    """``more`` has the fields of the session that the line sets, by their attributes' names.
    ``problems`` are why the line cannot be used."""

    teacher: User | None
    substitute: User | None
    is_cancelled: bool
    more: dict[str, Any]
    problems: Sequence[Problem] = ()


@dataclass
class FieldReader:
    """Reads line by line, and gathers what has to be said. ``teachers`` are those whom the file
    names."""

    teachers: Teachers
    strangers: list[str] = field(default_factory=list)
    words: dict[str, int] = field(default_factory=dict)

    def read(self, row: Row) -> SessionFields:
        more: dict[str, Any] = {}
        problems: list[Problem] = []
        for name, read in (("weight_h", _weight), ("offering", _offering)):
            if text := _said(row, name):
                try:
                    more[name] = read(text)
                except ValueError as error:
                    problems.append(Problem(row.line, name, str(error)))
        teacher = self._teacher(row, problems)
        substitute = self._named(row, SUBSTITUTE)
        return SessionFields(teacher, substitute, self._is_cancelled(row), more, problems)

    def notes(self) -> Iterator[str]:
        if self.strangers:
            told = _("Nobody known for sure, so that the course's own teacher stays: %(lines)s.")
            yield told % {"lines": listed(self.strangers)}
        if self.words:
            told = _("Statuses that are not known, whose sessions are planned: %(words)s.")
            named = [
                _("line %(line)d “%(text)s”") % {"line": line, "text": word}
                for word, line in self.words.items()
            ]
            yield told % {"words": listed(named)}

    def _teacher(self, row: Row, problems: list[Problem]) -> User | None:
        for column in (NUMBER, EMAIL):
            if text := _said(row, column):
                if person := self.teachers.find(column, text):
                    return person
                told = _("%(text)s is no teacher's. Correct it, or register them first.")
                problems.append(Problem(row.line, column, told % {"text": repr(text)}))
                return None
        return self._named(row, NAME)

    def _named(self, row: Row, column: str) -> User | None:
        """The teacher whom a cell means. A name that no one teacher has is told, not refused."""
        text = _said(row, column)
        person = self.teachers.find(column, text) if text else None
        if text and person is None:
            told = _("line %(line)d “%(text)s”") % {"line": row.line, "text": text[:50]}
            self.strangers.append(told)
        return person

    def _is_cancelled(self, row: Row) -> bool:
        status = row.cells.get("status", "")
        if is_called_off(status) or is_called_off(row.cells.get("title", "")):
            return True
        if not is_placeholder(status) and header_key(status) not in _TAKES_PLACE:
            self.words.setdefault(status[:50], row.line)
        return False


def _said(row: Row, column: str) -> str:
    """The text of a cell, or nothing where it says that it is to be filled: ``TBA``, ``n/a``."""
    text = row.cells.get(column, "")
    return "" if is_placeholder(text) else text


_NUMBER = re.compile(r"-?[0-9]+(?:[.,][0-9]+)?")


def _weight(text: str) -> float:
    """The hours in ``1.5``, ``1,5``, ``1:30`` or ``90 min``. Raises ValueError."""
    if _NUMBER.fullmatch(text):
        hours = float(text.replace(",", "."))
    else:
        minutes = minutes_of(text)
        if minutes is None:
            raise ValueError(_("%(text)s is no number of hours.") % {"text": repr(text)}) from None
        hours = minutes / 60
    try:
        validate_weight(hours)
    except ValidationError as error:
        raise ValueError(error.messages[0]) from error
    return hours


def _offering(text: str) -> str:
    shown = visible(text)
    if len(shown) > OFFERING_LENGTH:
        told = _("is longer than %(most)d characters. Shorten it.")
        raise ValueError(told % {"most": OFFERING_LENGTH})
    return shown
