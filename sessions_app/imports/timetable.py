"""Plans sessions from a calendar and the planned ones (docs/imports.md)."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from attendance_project.refusals import Refusal
from attendance_project.tables import ImportRefused, Problem
from attendance_project.tables.cells import cleaned
from sessions_app import live, services
from sessions_app.imports.calendars import Occurrence, read_calendar
from sessions_app.imports.known import fetch
from sessions_app.imports.plans import Action, Addition, Change, Plan, Revision, RowKind
from sessions_app.imports.records import record_of
from sessions_app.models import (
    ROOM_LENGTH,
    ClassGroup,
    Course,
    ImportKind,
    Session,
    SessionState,
    new_session_code,
)

LOOK_AHEAD = timedelta(days=366)


@dataclass(frozen=True)
class _Wanted:
    """A session that the calendar asks for."""

    course: Course
    line: int
    starts_at: datetime
    ends_at: datetime
    room: str

    @property
    def pk(self) -> UUID:
        """An id made from course and start, so that two imports at once make one session."""
        return uuid5(self.course.pk, f"timetable:{self.starts_at.isoformat()}")

    @property
    def name(self) -> str:
        return _name(self.course, self.starts_at, self.ends_at, self.room)


def plan_timetable(
    data: bytes,
    *,
    courses: QuerySet[Course],
    course: Course | None = None,
    by: User | None,
    now: datetime,
    file_name: str = "",
    drop_missing: bool = False,
) -> Plan:
    """What importing the calendar would do, with nothing written. Raises ImportRefused.

    ``courses`` are those for which the importer may plan. All events are ``course``'s, if it is
    given. Only what is still to come within LOOK_AHEAD is read.
    """
    until = now + LOOK_AHEAD
    calendar = read_calendar(data, since=now, until=until)
    known = list(courses.filter(is_active=True).select_related(*_RELATED))
    matched = _Matching(known, course)
    wanted = _wanted(calendar.occurrences, matched)
    wanted = [want for want in wanted if now <= want.starts_at < until]
    plan = _compared(wanted, by, now, until, drop_missing=drop_missing)
    if calendar.left_out:
        plan.notes.append(_left_out(calendar.left_out))
    if matched.unnamed:
        plan.notes.append(_unnamed(sorted(matched.unnamed)))
    plan.record = record_of(ImportKind.TIMETABLE, data, file_name=file_name, by=by, now=now)
    return plan


_RELATED = ("subject", "class_group", "teacher")


class _Matching:
    """Finds the course that an event means. ``unnamed`` collects the titles that name none."""

    def __init__(self, courses: Sequence[Course], only: Course | None) -> None:
        self.courses = courses
        self.only = only
        self.class_codes = list(ClassGroup.objects.values_list("code", flat=True))
        self.unnamed: set[str] = set()

    def course_of(self, occurrence: Occurrence) -> Course | Problem | None:
        if self.only is not None:
            return self.only
        of_subject = [c for c in self.courses if _names_subject(occurrence.words, c)]
        if any(_has(occurrence.words, code) for code in self.class_codes):
            of_subject = [c for c in of_subject if _has(occurrence.words, c.class_group.code)]
        if not of_subject:
            self.unnamed.add(occurrence.title)
            return None
        found = [c for c in of_subject if c.teacher.email == occurrence.organiser] or of_subject
        if len(found) == 1:
            return found[0]
        candidates = ", ".join(f"{c} ({c.teacher.full_name})" for c in found)
        text = _(
            "“%(title)s” matches several courses: %(courses)s. Add the class, or choose a course."
        ) % {
            "title": occurrence.title,
            "courses": candidates,
        }
        return Problem(occurrence.line, "SUMMARY", text)


def _names_subject(words: str, course: Course) -> bool:
    return _has(words, course.subject.code) or _has(words, course.subject.name)


def _has(words: str, name: str) -> bool:
    """Whether the name stands there as words of its own: OS is not in "closed"."""
    return bool(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", words, re.IGNORECASE))


def _wanted(occurrences: Iterable[Occurrence], matched: _Matching) -> list[_Wanted]:
    wanted: dict[tuple[object, datetime], _Wanted] = {}
    problems: set[Problem] = set()
    for occurrence in occurrences:
        course = matched.course_of(occurrence)
        if isinstance(course, Problem):
            problems.add(course)
        elif course is not None:
            want, wrong = _checked(occurrence, course)
            problems |= wrong
            other = wanted.setdefault((course.pk, want.starts_at), want)
            if other is not want:
                text = _(
                    "“%(title)s” and the event on line %(line)d are in the same course at the "
                    "same time, %(at)s. Remove one of them."
                ) % {
                    "title": occurrence.title,
                    "line": other.line,
                    "at": date_format(want.starts_at, "j F Y, H:i"),
                }
                problems.add(Problem(occurrence.line, "DTSTART", text))
    if problems:
        raise ImportRefused(problems)
    return list(wanted.values())


def _checked(occurrence: Occurrence, course: Course) -> tuple[_Wanted, set[Problem]]:
    zone = ZoneInfo(course.time_zone)
    starts_at, ends_at = (_placed(at, zone) for at in (occurrence.starts_at, occurrence.ends_at))
    problems = set()
    try:
        services.check_times(starts_at, ends_at)
        cleaned(occurrence.room)
    except Refusal as error:
        told = " ".join(text for texts in error.fields.values() for text in texts)
        problems.add(Problem(occurrence.line, "DTSTART", f"“{occurrence.title}”: {told}"))
    except ValueError as error:
        problems.add(Problem(occurrence.line, "LOCATION", str(error)))
    if len(occurrence.room) > ROOM_LENGTH:
        text = _("is longer than %(most)s characters. Shorten the room's name.") % {
            "most": ROOM_LENGTH
        }
        problems.add(Problem(occurrence.line, "LOCATION", text))
    return _Wanted(course, occurrence.line, starts_at, ends_at, occurrence.room), problems


def _placed(at: datetime, zone: ZoneInfo) -> datetime:
    placed = at.replace(tzinfo=zone) if at.tzinfo is None else at
    return placed.astimezone(ZoneInfo("UTC"))


def _compared(
    wanted: list[_Wanted], by: User | None, now: datetime, until: datetime, *, drop_missing: bool
) -> Plan:
    plan = Plan()
    courses = {want.course.pk: want.course for want in wanted}
    ahead = Session.objects.filter(starts_at__gte=now, starts_at__lt=until)
    there = {(s.course_id, s.starts_at): s for s in fetch(ahead, "course_id", list(courses))}
    moved = {s.pk: s for s in fetch(Session.objects.all(), "pk", [w.pk for w in wanted])}
    for want in wanted:
        session = there.pop((want.course.pk, want.starts_at), None)
        if session is not None:
            _change(plan, want, session)
        elif want.pk in moved:
            there.pop((want.course.pk, moved[want.pk].starts_at), None)
            at = date_format(moved[want.pk].local_start, "j F Y, H:i")
            detail = _("moved by hand to %(at)s") % {"at": at}
            plan.add(Change(Action.KEPT, RowKind.SESSION, want.name, detail), None)
        else:
            plan.add(
                Change(Action.ADDED, RowKind.SESSION, want.name), Addition(_new(want)), want.line
            )
    give_free_codes(list(_added(plan)))
    for session in sorted(there.values(), key=lambda s: s.starts_at):
        if session.state == SessionState.PLANNED:
            _miss(plan, session, courses[session.course_id], by, now, drop=drop_missing)
    return plan


def _change(plan: Plan, want: _Wanted, session: Session) -> None:
    """Only a planned session follows the calendar, but not an opened or cancelled one."""
    if session.state != SessionState.PLANNED:
        return
    changes: dict[str, object] = {}
    told = []
    if session.ends_at != want.ends_at:
        changes["ends_at"] = want.ends_at
        told.append(
            _("end: %(old)s → %(new)s")
            % {
                "old": f"{session.local_end:%H:%M}",
                "new": f"{session.local_time(want.ends_at):%H:%M}",
            }
        )
    if want.room and session.room != want.room:
        changes["room"] = want.room
        told.append(_("room: %(old)s → %(new)s") % {"old": session.room or "–", "new": want.room})
    if changes:
        change = Change(Action.CHANGED, RowKind.SESSION, want.name, ", ".join(told))
        plan.add(change, Revision(session, changes, guards=("state", "starts_at")), want.line)


def _new(want: _Wanted) -> Session:
    return services.new_session(
        want.course, starts_at=want.starts_at, ends_at=want.ends_at, room=want.room, pk=want.pk
    )


def _added(plan: Plan) -> Iterator[Session]:
    for step in plan.steps:
        if isinstance(step.write, Addition) and isinstance(step.write.row, Session):
            yield step.write.row


def give_free_codes(sessions: Sequence[Session]) -> None:
    """Draw codes that no other session has. With 5,000 new sessions beside 100,000 old ones, one
    import in nine would fail by chance (5,000 * 100,000 / 2**32)."""
    free: set[int] = set()
    while sessions:
        codes = [session.code for session in sessions]
        taken = {s.code for s in fetch(Session.objects.only("code"), "code", codes)}
        clashing = []
        for session in sessions:
            if session.code in taken or session.code in free:
                session.code = new_session_code()
                clashing.append(session)
            else:
                free.add(session.code)
        sessions = clashing


def _miss(
    plan: Plan, session: Session, course: Course, by: User | None, now: datetime, *, drop: bool
) -> None:
    name = _name(course, session.starts_at, session.ends_at, session.room)
    if drop:
        values = services.cancellation(by=by, now=now)
        change = Change(Action.DROPPED, RowKind.SESSION, name, _("is cancelled"))
        plan.add(change, Revision(session, values))
        event = {"type": "state", "state": values["state"]}
        plan.afterwards.append(partial(live.publish, session.pk, event))
    else:
        plan.add(Change(Action.KEPT, RowKind.SESSION, name, _("not in the calendar")), None)


def _name(course: Course, starts_at: datetime, ends_at: datetime, room: str) -> str:
    zone = ZoneInfo(course.time_zone)
    start, end = starts_at.astimezone(zone), ends_at.astimezone(zone)
    day = date_format(start, "D j F Y, H:i")
    return f"{course}, {day}–{end:%H:%M}" + (f", {room}" if room else "")


def _left_out(titles: list[str]) -> str:
    return _(
        "Skipped because they last all day or are cancelled (%(n)d): %(titles)s. "
        "Plan them on the course's page if they take place."
    ) % {"n": len(titles), "titles": ", ".join(titles)}


def _unnamed(titles: list[str]) -> str:
    return _(
        "Skipped because they name no course (%(n)d): %(titles)s. Add the "
        "subject's code to the title, or choose a course."
    ) % {"n": len(titles), "titles": ", ".join(titles)}
