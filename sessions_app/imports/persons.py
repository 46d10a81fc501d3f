"""Makes the rows of other systems' exports like ours: whole names, roles, who is still there."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from attendance_project.tables import ImportRefused, Problem, Row, Table, systems
from attendance_project.tables.headers import header_key
from attendance_project.tables.reading import listed
from sessions_app.imports.beside_names import number_in_name, without_label
from sessions_app.imports.layout import (
    ENABLED,
    ROLE,
    STATUS,
    STUDENT_FAMILY,
    STUDENT_GIVEN,
    SUBJECT_NUMBER,
    TEACHER_FAMILY,
    TEACHER_GIVEN,
)
from sessions_app.imports.status_words import Meanings, WordsUnclear, gone_word, words_in

_NAMES = (
    ("student_name", STUDENT_GIVEN, STUDENT_FAMILY),
    ("teacher_name", TEACHER_GIVEN, TEACHER_FAMILY),
)
_OF_A_PERSON = ("number", "email", "name")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_NUMBER = re.compile(r"[A-Za-z]{0,4}[-.]?\d+")
_TEST_STUDENTS = frozenset({"test student", "student test", "student, test"})
"""What Canvas calls the student that a teacher can pretend to be."""
_LOG_IN_NAMES = frozenset(map(header_key, ("Username", "User name", "USER_ID", "login_id"))) | {
    header_key("SIS Login ID")
}
"""Columns that hold an address only where the log-in name is one."""
_WITH_OCCURRENCE = frozenset({header_key("SPR_CODE")})
"""Columns whose number has the count of a student's programmes behind a slash: 1234567/1."""


@dataclass
class Persons:
    """The rows that name somebody who is there, and notes on the others."""

    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def persons_of(table: Table, meanings: Meanings) -> Persons:
    """The rows of people who are there, by what their status means. Raises ImportRefused for names
    that are none, and WordsUnclear."""
    _check_words(table, meanings)
    gone: list[str] = []
    others: list[str] = []
    problems: list[Problem] = []
    found = Persons()
    column_names = dict(zip(table.header.columns, map(header_key, table.header.names), strict=True))
    mended: list[str] = []
    for row in table.rows:
        whole = _with_number(_whole(row, column_names), mended)
        if word := gone_word(whole, meanings):
            gone.append(_told(whole, word))
        elif reason := _no_role(whole):
            others.append(_told(whole, reason))
        else:
            found.rows.append(_in_its_role(whole))
            problems += _name_problems(found.rows[-1])
    if problems:
        raise ImportRefused(problems)
    found.notes = list(_notes(gone, others))
    if mended:
        told = _("Numbers were read without what stands beside them: %(lines)s.")
        found.notes.append(told % {"lines": listed(mended)})
    if _tells_no_role(table):
        found.notes.append(
            _("The file does not say who is a student, so everybody in it is read as one.")
        )
    return found


def _tells_no_role(table: Table) -> bool:
    """Whether the file is of users of a whole system, teachers among them, without their roles."""
    keys = set(table.header.keys)
    return ROLE not in table.columns and {"sourcedid", "enableduser"} <= keys


def _check_words(table: Table, meanings: Meanings) -> None:
    """Raises WordsUnclear where nobody knows what a status means."""
    words = words_in(table.rows, meanings)
    if unknown := [word for word in words if word.is_gone is None]:
        raise WordsUnclear(unknown)


def _notes(gone: list[str], others: list[str]) -> Iterator[str]:
    if gone:
        yield _("Left out, since the file says that they are gone: %(lines)s.") % {
            "lines": listed(gone)
        }
    if others:
        yield _("Left out, since they are neither students nor teachers: %(lines)s.") % {
            "lines": listed(others)
        }


def _told(row: Row, why: str) -> str:
    cells = row.cells
    who = cells.get("student_name") or cells.get("student_number") or cells.get("student_email")
    return _("line %(line)d “%(text)s”") % {"line": row.line, "text": f"{who or '–'}, {why}"}


def _whole(row: Row, column_names: dict[str, str]) -> Row:
    """The row with names joined, and with what other systems write around a number taken off."""
    cells = dict(row.cells)
    for name, given, family in _NAMES:
        parts = [cells.pop(given, ""), cells.pop(family, "")]
        if any(parts):
            cells[name] = joined_name(parts, cells.get(name, ""))
    if number := cells.pop(SUBJECT_NUMBER, ""):
        cells["subject_code"] = f"{cells.get('subject_code', '')}{number}"
    if column_names.get("student_email") in _LOG_IN_NAMES and "@" not in cells["student_email"]:
        cells["student_email"] = ""
    if student := cells.get("student_number"):
        student = student.removeprefix("#")  # Brightspace writes it, to keep zeros
        if column_names["student_number"] in _WITH_OCCURRENCE:
            student = student.partition("/")[0]
        cells["student_number"] = student
    return replace(row, cells=cells)


def _with_number(row: Row, mended: list[str]) -> Row:
    """The row with a number from “Nr. 20240012”, or from “Ann Berg (20240012)” where no column has
    one. What was read so is added to ``mended``."""
    cells = dict(row.cells)
    for kind in ("student", "teacher"):
        was, name = cells.get(f"{kind}_number", ""), cells.get(f"{kind}_name", "")
        rest, number = (name, without_label(was)) if was else number_in_name(name)
        if number != was:
            cells |= {f"{kind}_number": number, f"{kind}_name": rest}
            mended.append(_("line %(line)d “%(text)s”") % {"line": row.line, "text": was or name})
    return replace(row, cells=cells)


def joined_name(parts: Sequence[str], name: str) -> str:
    """The whole name. “Vorname, Name” and the like write only the last name under “Name”."""
    given, family = parts
    if not name:
        return " ".join(filter(None, parts))
    is_whole = family or not given or given.casefold() in name.casefold()
    return name if is_whole else f"{given} {name}"


def _name_problems(row: Row) -> Iterator[Problem]:
    """What is in a column of names by mistake: a number or an address."""
    for column, _given, _family in _NAMES:
        name = row.cells.get(column, "")
        if _ADDRESS.fullmatch(name):
            text = _("is %(name)s, an address and no name. Check the columns.")
            yield Problem(row.line, column, text % {"name": repr(name)})
        elif name and (_NUMBER.fullmatch(name) or not any(sign.isalpha() for sign in name)):
            text = _("is %(name)s, which is no name. Check the columns.")
            yield Problem(row.line, column, text % {"name": repr(name)})


def _no_role(row: Row) -> str:
    """Why the row is nobody's who is taught or teaches, or empty."""
    cells = row.cells
    if not cells.get("student_number") and cells.get("student_name", "").lower() in _TEST_STUDENTS:
        return _("a test student")
    role = cells.get(ROLE, "")
    return role if role.strip() and not _role_in(role) else ""


def _role_in(text: str) -> str:
    """``student`` or ``teacher`` for what the file says of a role, which may be several of them:
    “Student, Teaching assistant”, “Teilnehmer/in”. Empty where none of them is known."""
    parts = {header_key(part) for part in re.split(r"[,;/|]", text)} | {header_key(text)}
    if parts & systems.STUDENT_ROLES:
        return "student"
    return "teacher" if parts & systems.TEACHER_ROLES else ""


def _in_its_role(row: Row) -> Row:
    """The row with a teacher's number, address and name in the columns of a teacher."""
    cells, literals = dict(row.cells), dict(row.literals)
    role = _role_in(cells.pop(ROLE, ""))
    cells.pop(STATUS, None)
    cells.pop(ENABLED, None)
    if role == "teacher":
        for part in _OF_A_PERSON:
            student, teacher = f"student_{part}", f"teacher_{part}"
            cells[teacher] = cells.get(teacher) or cells.pop(student, "")
            cells.pop(student, None)
            if student in literals:
                literals[teacher] = literals.pop(student)
        cells.pop("student_department", None)
    return Row(row.line, cells, literals)
