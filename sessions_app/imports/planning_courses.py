"""Plans courses and who teaches them: a course is found by subject and class."""

from datetime import datetime
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from attendance_project.tables import Problem
from sessions_app import services
from sessions_app.imports.planning import Planning
from sessions_app.imports.plans import Action, Addition, Change, Deed
from sessions_app.imports.rows import TIME_ZONE, Key, RowKind, Thing
from sessions_app.models import Course, CourseStaff, Session, SessionState, StaffRole


def plan_courses(planning: Planning) -> None:
    for key, thing in planning.things[RowKind.COURSE].items():
        zone = thing.values.get(TIME_ZONE, "")
        if zone:
            planning.check(thing, Course(time_zone=zone), only=TIME_ZONE)
        row = _course_there(planning, key)
        if row is None:
            _plan_new_course(planning, thing)
        elif not row.is_active:
            text = _("The course %(course)s is inactive. Activate it first.") % {
                "course": _label(key, row.teacher.institution_number)
            }
            planning.problems.append(Problem(thing.line, "subject_code", text))
        else:
            _plan_course(planning, thing, row)


def _course_there(planning: Planning, key: Key) -> Course | None:
    """The course of a subject and a class, an active one first. Where several are active, the
    key names the teacher."""
    courses = planning.courses.get((key[0], key[1]), [])
    fitting = [c for c in courses if key[2] in ("", c.teacher.institution_number)]
    return max(fitting, key=lambda course: course.is_active, default=None)


def _plan_new_course(planning: Planning, thing: Thing) -> None:
    main, *others = [*thing.teachers, ""]
    if not main:
        text = _("is empty: a new course needs a teacher. Give their number.")
        planning.problems.append(Problem(thing.line, "teacher_number", text))
        return
    fresh = Course(**_parts(planning, (*thing.key[:2], main)), **thing.values)
    planning.labels[thing.key] = _label(thing.key, main)
    planning.add(thing, planning.labels[thing.key], fresh)
    for number in filter(None, others):
        person = planning.row(RowKind.TEACHER, (number,))
        row = CourseStaff(course=fresh, person=person, added_at=planning.now, added_by=planning.by)
        _add_staff(planning, thing, number, Addition(row))


def _plan_course(planning: Planning, thing: Thing, row: Course) -> None:
    planning.found[RowKind.COURSE, thing.key] = row
    planning.labels[thing.key] = _label(thing.key, row.teacher.institution_number)
    planning.change(thing, row)
    _plan_teachers(planning, thing, row)


def _plan_teachers(planning: Planning, thing: Thing, row: Course) -> None:
    """Another teacher is a change. Of several, one who teaches the course already stays its
    teacher, and the others teach it too. All of them do where a line was left out, since that line
    may name the teacher."""
    there = {row.teacher.institution_number, *_further_teachers(planning, row)}
    new = [number for number in thing.teachers if number not in there]
    if new and len(new) == len(thing.teachers) and not planning.keeps_teachers:
        _plan_change_of_teacher(planning, thing, row, new.pop(0))
    for number in new:
        person = planning.row(RowKind.TEACHER, (number,))
        planning.come += [(row, person)] if person else []
        act = partial(_let_teach, person=person, by=planning.by, now=planning.now)
        _add_staff(planning, thing, number, Deed(row, act, guards=("is_active",)))


def _further_teachers(planning: Planning, row: Course) -> list[str]:
    staff = row.staff.filter(role=StaffRole.TEACHER).select_related("person")
    return [each.person.institution_number for each in staff]


def _plan_change_of_teacher(planning: Planning, thing: Thing, row: Course, number: str) -> None:
    person = planning.row(RowKind.TEACHER, (number,))
    planning.come += [(row, person)] if person else []
    ahead = Session.objects.filter(course_id=row.pk, state=SessionState.PLANNED).count()
    follow = ngettext("%(n)d planned session follows", "%(n)d planned sessions follow", ahead) % {
        "n": ahead
    }
    detail = f"teacher_number: {row.teacher} → {person}; {follow}"
    if person and not person.is_approved:
        detail += "; " + _(
            "%(former)s teaches it too, since the account of %(new)s waits for approval"
        ) % {"former": row.teacher, "new": person}
    change = Change(Action.CHANGED, RowKind.COURSE, planning.labels[thing.key], detail)
    act = partial(_change_teacher, to=person, by=planning.by, now=planning.now)
    deed = Deed(row, act, guards=("teacher_id", "is_active"))
    planning.result.add(change, deed, thing.teachers[number])
    planning.labels[thing.key] = _label(thing.key, number)


def _add_staff(planning: Planning, thing: Thing, number: str, write: Addition | Deed) -> None:
    name = _("%(teacher)s in %(course)s") % {
        "teacher": planning.row(RowKind.TEACHER, (number,)),
        "course": planning.labels[thing.key],
    }
    change = Change(Action.ADDED, RowKind.STAFF, name)
    planning.result.add(change, write, thing.teachers[number])


def _parts(planning: Planning, key: Key) -> dict[str, Any]:
    subject, group, teacher = key
    return {
        "subject": planning.row(RowKind.SUBJECT, (subject,)),
        "class_group": planning.row(RowKind.CLASS_GROUP, (group,)),
        "teacher": planning.row(RowKind.TEACHER, (teacher,)),
    }


def _label(key: Key, teacher: str) -> str:
    return " · ".join((*key[:2], teacher))


def _change_teacher(course: Course, *, to: User, by: User | None, now: datetime) -> None:
    teacher = User.objects.get(pk=to.pk)
    services.change_teacher(course, to=teacher, may_wait=True, by=by, now=now)


def _let_teach(course: Course, *, person: User, by: User | None, now: datetime) -> None:
    teacher = User.objects.get(pk=person.pk)
    services.add_staff(course, person=teacher, may_wait=True, by=by, now=now)
