"""Gives rows the spelling of what is in the database already, so that nothing is made twice.

Codes are compared without case and by their plain form, and the spelling that is there stays.
Numbers that lost zeros in front are found again. A person without a number is found by address.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from accounts.models import Role, User, normalise_email, normalise_number
from attendance_project.look_alikes import in_latin, is_mixed
from attendance_project.spellings import code_key
from attendance_project.tables import Row
from attendance_project.tables.numbers import is_like_a_day
from attendance_project.tables.reading import listed
from sessions_app.imports.known_codes import by_digits, looked, spell_codes, was_read, zero_notes
from sessions_app.imports.rows import OF_TEACHER
from sessions_app.models import Course

AT_ONCE = 500
"""Keys in one query, since databases limit them."""
_NUMBERS = ("student_number", "teacher_number")
_FEW = 3
"""Numbers of one length that are enough to call it the usual one."""


@dataclass
class Spelled:
    rows: list[Row]
    notes: list[str] = field(default_factory=list)


def as_there(rows: Sequence[Row], *, course: Course | None = None) -> Spelled:
    """The rows in the spelling of the database. All of them are on ``course``, if it is given.
    Raises ImportRefused for a code that looks like several."""
    found = Spelled(list(rows))
    found.rows, found.notes = spell_codes(found.rows)
    _spell_numbers(found)
    _find_by_address(found)
    _find_teachers_by_name(found)
    if course is not None:
        found.rows = [_on(course, row) for row in found.rows]
    return found


def fetch(rows: models.QuerySet[Any], field_name: str, values: Iterable[object]) -> list[Any]:
    """The rows whose field has one of the values, asked for in pieces."""
    wanted = list(values)
    pieces = (wanted[i : i + AT_ONCE] for i in range(0, len(wanted), AT_ONCE))
    return [row for piece in pieces for row in rows.filter(**{f"{field_name}__in": piece})]


def _on(course: Course, row: Row) -> Row:
    cells = row.cells | {
        "subject_code": course.subject.code,
        "subject_name": "",
        "subject_department": "",
        "class_code": course.class_group.code,
        "class_name": "",
        "time_zone": "",
        OF_TEACHER: course.teacher.institution_number,
    }
    return replace(row, cells=cells if cells.get("student_number") else row.cells)


def _letter_notes(mended: list[str]) -> list[str]:
    note = _("Letters of another script that look like Latin ones are read as these: %(cells)s.")
    return [note % {"cells": listed(mended)}] if mended else []


# Numbers


def _spell_numbers(found: Spelled) -> None:
    for column in _NUMBERS:
        values = {row.cells.get(column, "") for row in found.rows} - {""}
        if values:
            _Numbers(found, column).spell()


class _Numbers:
    """The numbers in one column of a file, and the accounts that have them."""

    def __init__(self, found: Spelled, column: str) -> None:
        self.found = found
        self.column = column
        self.mended: list[str] = []
        self.letters: list[str] = []
        self.in_file = {normalise_number(row.cells.get(column, "")) for row in found.rows}
        self.asked: list[str] = []
        spellings = {s for row in found.rows for s in self._spellings(row)}
        people = fetch(User.objects.all(), "institution_number", sorted(spellings))
        self.there = {person.institution_number: person for person in people}
        self.with_zeros = self._with_zeros()
        self.zeros = by_digits(self.with_zeros)
        self.length = self._usual_length()

    def _spellings(self, row: Row) -> list[str]:
        """The ways in which an account may have the number of a row: the plain one, and the one
        that stands in the file, for accounts that are older than the plain form."""
        value = row.cells.get(self.column, "")
        if not value:
            return []
        literal = row.literals.get(self.column, value)
        number = normalise_number(value)
        return [number, literal.strip().upper(), literal.strip(), in_latin(number)]

    def _with_zeros(self) -> list[str]:
        """Numbers that begin with a zero, in the file and among the accounts."""
        numbers = User.objects.filter(institution_number__startswith="0")
        here = (normalise_number(row.cells.get(self.column, "")) for row in self.found.rows)
        here_with = (number for number in here if number.startswith("0"))
        return [*numbers.values_list("institution_number", flat=True), *dict.fromkeys(here_with)]

    def _usual_length(self) -> int:
        """The length that all numbers with a zero in front share, or 0."""
        lengths = {len(number) for number in self.with_zeros if number.isdecimal()}
        return lengths.pop() if len(lengths) == 1 else 0

    def spell(self) -> None:
        for at, row in enumerate(self.found.rows):
            if row.cells.get(self.column):
                self.found.rows[at] = self._spelled(row)
        self._ask_about_short_ones()
        self.found.notes += [*zero_notes(self.mended), *_letter_notes(self.letters)]
        if self.asked:
            note = _("Look at these numbers, a spreadsheet may have changed them: %(cells)s.")
            self.found.notes.append(note % {"cells": listed(self.asked)})

    def _spelled(self, row: Row) -> Row:
        spellings = self._spellings(row)
        number = next((s for s in spellings if s in self.there), "") or self._new(row, spellings[0])
        if number == spellings[3] != spellings[0]:
            self.letters.append(looked(row, self.column, spellings[0], number))
        cells = row.cells | {self.column: number}
        person = self.there.get(number)
        name = self.column.replace("number", "name")
        if person and row.literals.get(name) == person.full_name:
            cells[name] = person.full_name  # it may have a comma, and is not turned around then
        return replace(row, cells=cells)

    def _new(self, row: Row, number: str) -> str:
        """The number of a row that nobody has, with the zeros that it may have lost, and in Latin
        letters where it mixes them with others."""
        if (latin := in_latin(number)) != number and (latin in self.in_file or is_mixed(number)):
            return latin
        if not (number.isascii() and number.isdigit()) or number.startswith("0"):
            return number
        full = self.zeros.get(number, "")
        if not full and len(number) < self.length:
            full = number.zfill(self.length)
        if full:
            self.mended.append(was_read(row, self.column, number, full))
        return full or number

    def _ask_about_short_ones(self) -> None:
        """Ask about numbers that are shorter than all others, and about new ones with zeros whose
        digits somebody has."""
        lines = {row.cells.get(self.column, ""): row.line for row in self.found.rows}
        digits = [n for n in lines if n.isascii() and n.isdigit()]
        lengths = [len(number) for number in digits]
        usual = max(set(lengths), key=lengths.count, default=0)
        short = [n for n in digits if len(n) < usual and n not in self.there]
        if lengths.count(usual) >= _FEW * max(1, len(short)):
            self.asked += [
                _("line %(line)d: “%(number)s” is shorter than the others")
                % {"line": lines[number], "number": number}
                for number in short
            ]
        self.asked += [
            _("line %(line)d: “%(number)s” looks like a day") % {"line": line, "number": number}
            for number, line in lines.items()
            if is_like_a_day(number) and number not in self.there
        ]
        new = {n.lstrip("0"): n for n in digits if n.startswith("0") and n not in self.there}
        taken = User.objects.all()
        for person in fetch(taken, "institution_number", sorted(new)) if new else ():
            number = new[person.institution_number]
            self.asked.append(
                _("line %(line)d: “%(number)s” is new, but %(person)s is there")
                % {"line": lines[number], "number": number, "person": person}
            )


# Addresses


def _find_by_address(found: Spelled) -> None:
    """Fill in the numbers of people whose address is all that a line says."""
    for kind in ("student", "teacher"):
        number, email = f"{kind}_number", f"{kind}_email"
        wanted = {
            normalise_email(row.cells[email])
            for row in found.rows
            if row.cells.get(email) and not row.cells.get(number)
        }
        people = fetch(User.objects.all(), "email", sorted(wanted))
        numbers = {p.email: p.institution_number for p in people if p.is_confirmed}
        for at, row in enumerate(found.rows):
            address = normalise_email(row.cells.get(email, ""))
            if not row.cells.get(number) and address in numbers:
                cells = row.cells | {number: numbers[address]}
                found.rows[at] = replace(row, cells=cells)


def _find_teachers_by_name(found: Spelled) -> None:
    """Fill in the numbers of teachers of whom a line says the name only, where one alone has it.
    Whoever registered with that name and has not confirmed the address is none of them."""
    bare = [at for at, row in enumerate(found.rows) if _is_by_name(row)]
    if not bare:
        return
    numbers: dict[str, list[str]] = {}
    teachers = User.objects.filter(role=Role.TEACHER, is_active=True)
    teachers = teachers.exclude(email_confirmed_at=None)
    for name, number in teachers.values_list("full_name", "institution_number"):
        numbers.setdefault(code_key(name), []).append(number)
    for at in bare:
        row = found.rows[at]
        same = numbers.get(code_key(row.cells["teacher_name"]), [])
        if len(same) == 1:
            cells = row.cells | {"teacher_number": same[0], "teacher_name": ""}
            found.rows[at] = replace(row, cells=cells)


def _is_by_name(row: Row) -> bool:
    cells = row.cells
    has_more = cells.get("teacher_number") or cells.get("teacher_email")
    return bool(cells.get("teacher_name")) and not has_more
