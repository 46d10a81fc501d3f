"""Plans people, subjects, classes, courses and enrolments from a CSV file and existing rows.

docs/imports.md lists the columns.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from attendance_project.tables import ImportRefused, Layout, Table
from attendance_project.tables import Remembered as Choosing
from attendance_project.tables.apart import read_apart
from attendance_project.tables.headers import worth_in
from attendance_project.tables.reading import listed, table_of, unclear_column
from attendance_project.tables.sources import Source, read_source
from sessions_app.imports import one_roster, status_words
from sessions_app.imports.columns import Remembered
from sessions_app.imports.courses import taught
from sessions_app.imports.faults import Lines, plan_without_faults
from sessions_app.imports.known import as_there
from sessions_app.imports.layout import (
    ENABLED,
    ENROLMENTS,
    STATUS,
    STUDENT_FAMILY,
    STUDENT_GIVEN,
)
from sessions_app.imports.persons import persons_of
from sessions_app.imports.planning import Planning
from sessions_app.imports.planning_courses import plan_courses
from sessions_app.imports.planning_membership import plan_membership
from sessions_app.imports.planning_people import plan_people
from sessions_app.imports.plans import Action, Plan
from sessions_app.imports.records import record_of
from sessions_app.imports.rows import RowKind, lines_said_again, things_of
from sessions_app.imports.status_words import FoundWord, Meanings, words_in
from sessions_app.models import Course, ImportKind

_NEEDED = ("student_number", "student_email", "student_name")
"""Columns without which nobody new can be imported."""


def plan_enrolments(
    data: bytes,
    *,
    now: datetime,
    by: User | None = None,
    file_name: str = "",
    encoding: str = "",
    drop_missing: bool = False,
    move: bool = False,
    course: Course | None = None,
    columns: Mapping[str, str] | None = None,
    names: Mapping[str, str] | None = None,
    words: Meanings | None = None,
    leave_out_faults: bool = False,
) -> Plan:
    """What importing the file would do, with nothing written. Raises ImportRefused with everything
    that is wrong with the file. With ``leave_out_faults`` the lines that are right are planned.

    ``by`` is None where a command does it. All students are on ``course``, if it is given. With
    ``move`` they leave other classes of the same subject.
    ``columns`` is a person's choice for the whole header (`imports.columns`), and ``names`` are
    further names of columns. ``words`` say what statuses mean, before what was kept of them.
    """
    layout = ENROLMENTS.named(names or {})
    asked = _Asked(drop_missing, move, course, status_words.kept() | dict(words or {}), by, now)

    def plan_of(without: Lines) -> Plan:
        chosen = Remembered(layout, columns, by=by)
        table: Table = read_apart(_table, data, layout, encoding, without, ask=chosen)
        plan = _planned(table, layout, asked.with_all_there() if without else asked)
        plan.notes += chosen.notes
        return plan

    # The lines of a set are those of several files, so that their numbers do not tell them apart.
    can_leave_out = leave_out_faults and not one_roster.is_set(data)
    plan = plan_without_faults(plan_of, leave_out=can_leave_out)
    plan.record = record_of(ImportKind.ENROLMENTS, data, file_name=file_name, by=by, now=now)
    return plan


@dataclass(frozen=True)
class _Asked:
    """What a person wants of an import besides its file."""

    drop_missing: bool
    move: bool
    course: Course | None
    meanings: Meanings
    by: User | None
    now: datetime
    keeps_teachers: bool = False
    """Whether no teacher loses a course to another one whom the file names."""
    notes: tuple[str, ...] = ()

    def with_all_there(self) -> "_Asked":
        """The same for a file of which lines are left out. Whoever stands on one of these is not
        missing from the file, so nobody leaves a course, and no teacher loses one."""
        asked = replace(self, keeps_teachers=True)
        if not (self.drop_missing or self.move):
            return asked
        told = _("Nobody is removed from a course or moved, since lines of the file are left out.")
        return replace(asked, drop_missing=False, move=False, notes=(told,))


def words_of(data: bytes, options: Mapping[str, Any], *, by: User) -> list[FoundWord]:
    """The statuses in an uploaded file with what they mean, for a person to look at. Raises
    ImportRefused."""
    chosen = Remembered(ENROLMENTS, options.get("columns"), by=by)
    encoding = options.get("encoding", "")
    table: Table = read_apart(_table, data, ENROLMENTS, encoding, frozenset(), ask=chosen)
    return words_in(table.rows, status_words.kept())


def _planned(table: Table, layout: Layout, asked: _Asked) -> Plan:
    """The plan for the rows of a table. Raises ImportRefused."""
    persons = persons_of(table, asked.meanings)
    known = as_there(persons.rows, course=asked.course)
    courses = taught(known.rows, is_own=table.header.is_own, unread=table.header.unread)
    if courses.problems:
        raise ImportRefused(courses.problems)
    try:
        things = things_of(courses.rows)
        planning = Planning(
            things,
            courses.there,
            by=asked.by,
            now=asked.now,
            keeps_teachers=asked.keeps_teachers,
        )
        plan = _in_order(planning, drop_missing=asked.drop_missing, move=asked.move)
    except ImportRefused as refused:
        raise _unclear(refused, table, layout) or refused from None
    plan.notes += [*asked.notes, *_notes(plan), *table.notes, *persons.notes, *known.notes]
    plan.notes += [*courses.notes, *_repeated(lines_said_again(things))]
    plan.has_words = bool({STATUS, ENABLED} & set(table.columns))
    plan.readings = table.readings
    return plan


def _in_order(planning: Planning, *, drop_missing: bool, move: bool) -> Plan:
    """The plan, in the order in which it is written. Raises ImportRefused."""
    plan_people(planning)
    plan_courses(planning)
    if planning.problems:
        raise ImportRefused(planning.problems)
    plan_membership(planning, drop_missing=drop_missing, move=move)
    return planning.result


def _table(data: bytes, layout: Layout, encoding: str, without: Lines, chosen: Choosing) -> Table:
    return table_of(_source(data, layout, encoding), layout, chosen, without=without)


def _source(data: bytes, layout: Layout, encoding: str) -> Source:
    if one_roster.is_set(data):
        return one_roster.joined(data)
    return one_roster.alone(read_source(data, worth_in(layout), encoding))


def _unclear(refused: ImportRefused, table: Table, layout: Layout) -> ImportRefused | None:
    """The same refusal as a question for a column, where a column that people need is missing and
    may be one of those whose names are not known."""
    header = table.header
    if header.is_own or not header.unread or one_roster.is_of_enrolments(header.keys):
        return None
    lacking = {problem.column for problem in refused.problems} - set(table.columns)
    needed = [column for column in _NEEDED if column in lacking]
    is_joined = {STUDENT_GIVEN, STUDENT_FAMILY} & set(table.columns)
    needed = [column for column in needed if column != "student_name" or not is_joined]
    return unclear_column(table, layout, needed[0]) if needed else None


def _repeated(lines: list[int]) -> list[str]:
    if not lines:
        return []
    told = ngettext(
        "%(n)d line names a student once more for the same course and was read once: %(lines)s.",
        "%(n)d lines name students once more for the same course and were read once: %(lines)s.",
        len(lines),
    )
    return [told % {"n": len(lines), "lines": listed([str(line) for line in lines])}]


def _notes(plan: Plan) -> list[str]:
    teachers = [c for c in plan.changes(Action.ADDED) if c.kind == RowKind.TEACHER]
    if not teachers:
        return []
    told = ngettext(
        "%(n)d new teacher. Their account is waiting for approval by an admin.",
        "%(n)d new teachers. Their accounts are waiting for approval by an admin.",
        len(teachers),
    )
    return [told % {"n": len(teachers)}]
