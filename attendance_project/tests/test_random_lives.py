"""Random lives of a course: whatever happens, everybody reads the figures of `life_model`.

Each example makes people and courses of its own, since MongoDB takes nothing back. The clock goes
on by at least a minute with each step, so that no two things happen at once.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import settings, strategies
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

import accounts.services
from accounts.domain.callers import Caller
from accounts.models import AccountMerge, Role, User
from attendance_project import clock
from attendance_project.tests import life_model as model
from attendance_project.tests import life_shown as shown
from attendance_project.tests.life_model import Life
from conftest import make_user
from sessions_app import imports, services
from sessions_app import models as teaching
from sessions_app.tests.import_files import csv_of

BEGIN = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
PEOPLE, COURSES = 4, "AB"
LESSON = timedelta(minutes=50)
EXAMPLES = max(1, settings.default.max_examples // 10)
"""Each example is a whole life of some thirty steps: fewer of them than of other properties."""
SETTINGS = settings(max_examples=EXAMPLES, stateful_step_count=30)

people = strategies.integers(0, PEOPLE - 1)
courses = strategies.sampled_from(COURSES)
statuses = strategies.sampled_from(["present", "late", "absent", ""])
anything = strategies.data()
T = TypeVar("T")


class LifeOfACourse(RuleBasedStateMachine):
    """Does each thing to the product and to the model."""

    numbers: ClassVar = count(1)
    playing: ClassVar[Any] = None

    @initialize()
    def begin(self) -> None:
        teaching.Session.objects.filter(state="open").update(state="cancelled")  # of other lives
        LifeOfACourse.playing = self
        self.tag = f"{next(self.numbers):05d}"
        self.now = BEGIN
        self.life = Life(PEOPLE, COURSES)
        self.keys = (f"{self.tag}-{number}" for number in count(1))
        self.teacher = make_user(Role.TEACHER, f"T{self.tag}")
        self.admin = make_user(Role.ADMIN, f"A{self.tag}", is_superuser=True)
        self.students = [make_user(Role.STUDENT, f"S{self.tag}{n}") for n in range(PEOPLE)]
        self.subject = teaching.Subject.objects.create(code=f"OS{self.tag}", name="Systems")
        self.courses = {name: self._course(name) for name in COURSES}
        self.sessions: list[Any] = []
        self.given: list[tuple[model.Excuse, teaching.Excuse]] = []
        self.merges: list[tuple[model.Merge, AccountMerge]] = []
        self.kinds = {
            status: services.add_kind(name=f"{counts_as} {self.tag}", counts_as=counts_as)
            for status, counts_as in (("present", "present"), ("excused", "not_counted"))
        }
        for person in (0, 1):
            self._enrol(person, "A")
        self._begin_a_lesson()

    def _begin_a_lesson(self) -> None:
        """Open a session, since most of what may go wrong happens while one is open."""
        self.plan("A", 1)
        self._go_on(2)
        services.open_session(self._session(0), by=self.teacher, now=self.now)
        self.life.open(0, self.now)

    def _course(self, name: str) -> teaching.Course:
        group = teaching.ClassGroup.objects.create(code=f"{name}{self.tag}", name=name)
        return teaching.Course.objects.create(
            subject=self.subject, class_group=group, teacher=self.teacher, time_zone="Europe/Paris"
        )

    def _go_on(self, minutes: int = 1) -> None:
        self.now += timedelta(minutes=minutes)

    def _session(self, number: int) -> teaching.Session:
        return teaching.Session.objects.select_related("course").get(pk=self.sessions[number])

    def _student(self, person: int) -> User:
        return User.objects.get(pk=self.students[person].pk)

    def _lessons(self, *states: str) -> list[int]:
        return [n for n, lesson in enumerate(self.life.lessons) if lesson.state in states]

    # Time and plans

    @rule(minutes=strategies.sampled_from([5, 12, 30, 60, 24 * 60]))
    def wait(self, minutes: int) -> None:
        self._go_on(minutes)

    @rule(course=courses, begins_in_min=strategies.sampled_from([-200, -30, -5, 10, 60, 24 * 60]))
    def plan(self, course: str, begins_in_min: int) -> None:
        self._go_on()
        starts_at = self.now + timedelta(minutes=begins_in_min)
        session = services.create_session(
            self.courses[course], starts_at=starts_at, ends_at=starts_at + LESSON
        )
        self.sessions.append(session.pk)
        self.life.lessons.append(model.Lesson(course, starts_at, starts_at + LESSON))

    # Who is on the course

    @rule(person=people, course=courses)
    def enrol(self, person: int, course: str) -> None:
        if not self.life.is_merged(person):
            self._enrol(person, course)

    def _enrol(self, person: int, course: str) -> None:
        self._go_on()
        services.enrol(self.courses[course], [self.students[person]], now=self.now)
        self.life.enrol(person, course, self.now)

    @rule(who=strategies.sets(people, min_size=1), course=courses, drop=strategies.booleans())
    def import_enrolments(self, who: set[int], course: str, drop: bool) -> None:
        self._go_on()
        named = sorted(p for p in who if self.life.is_on(p) and not self.life.is_merged(p))
        if not named:
            return
        about = {
            "subject_code": self.subject.code,
            "class_code": self.courses[course].class_group.code,
            "teacher_number": self.teacher.institution_number,
        }
        lines = (about | {"student_number": self.students[p].institution_number} for p in named)
        imports.apply(imports.plan_enrolments(csv_of(*lines), now=self.now, drop_missing=drop))
        for person in self.life.people:
            if person in named:
                self.life.enrol(person, course, self.now)
            elif drop and not self.life.is_merged(person):
                self.life.withdraw(person, course, self.now)

    @rule(person=people, course=courses)
    def withdraw(self, person: int, course: str) -> None:
        self._go_on()
        if not self.life.is_merged(person):
            services.end_enrolment(self.courses[course], self.students[person].pk, now=self.now)
            self.life.withdraw(person, course, self.now)

    @rule(person=people, course=courses)
    def move(self, person: int, course: str) -> None:
        self._go_on()
        other = COURSES.replace(course, "")
        if not self.life.is_enrolled(person, course) or self.life.is_merged(person):
            return
        if self.life.lasting_excuses(person, course, self.now) and self._is_noted(person, other):
            return  # what is noted already stays, until the session is closed again
        student = self.students[person]
        services.move_student(self.courses[course], student, to=self.courses[other], now=self.now)
        self.life.move(person, course, other, self.now)

    def _is_noted(self, person: int, course: str) -> bool:
        lessons = (n for n, lesson in enumerate(self.life.lessons) if lesson.course == course)
        return any(self.life.status(person, number) for number in lessons)

    @rule(person=people)
    def switch(self, person: int) -> None:
        """Switch an account off, or on again."""
        self._go_on()
        if self.life.is_merged(person):
            return
        is_on = self.life.is_on(person)
        accounts.services.update_profile(
            self._student(person),
            {"is_active": not is_on},
            by=self.admin,
            caller=Caller("127.0.0.1"),
            now=self.now,
        )
        (self.life.switch_off if is_on else self.life.switch_on)(person, self.now)

    @rule(person=people)
    def switch_for_a_while(self, person: int) -> None:
        """Switch an account to the other state and back, maybe during a session."""
        self.switch(person)
        self.switch(person)

    @rule(kept=people, merged=people)
    def merge(self, kept: int, merged: int) -> None:
        self._go_on()
        if kept == merged or not self.life.is_on(kept):
            return
        if self.life.is_merged(kept) or self.life.is_merged(merged):
            return
        done = accounts.services.merge_accounts(
            self._student(kept), self._student(merged), by=self.admin, now=self.now
        )
        self.life.merge(kept, merged, self.now)
        self.merges.append((self.life.merges[-1], done))

    @precondition(lambda self: self.merges)
    @rule(data=anything)
    def undo_a_merge(self, data: Any) -> None:
        self._go_on()
        undoable = [pair for pair in self.merges if not self.life.is_merged(pair[0].kept)]
        ours, theirs = pair = data.draw(strategies.sampled_from(undoable))
        accounts.services.undo_merge(theirs, by=self.admin, now=self.now)
        self.life.undo_merge(ours, self.now)
        self.merges.remove(pair)

    # The life of a session

    @precondition(lambda self: self._openable())
    @rule(data=anything)
    def open(self, data: Any) -> None:
        number = self._one(data, self._openable())
        services.open_session(self._session(number), by=self.teacher, now=self.now, early=True)
        self.life.open(number, self.now)

    def _openable(self) -> list[int]:
        in_time = self.now - timedelta(hours=23)
        again = [n for n in self._lessons(model.CLOSED) if in_time < self.life.lessons[n].ends_at]
        planned = self._lessons(model.PLANNED)
        return [*(n for n in planned if self._is_before(self.life.lessons[n].dies_at)), *again]

    def _is_before(self, moment: datetime) -> bool:
        """Whether it is before the moment when the next thing happens."""
        return self.now + timedelta(minutes=1) < moment

    @precondition(lambda self: self._lessons(model.OPEN, model.CLOSED))
    @rule(data=anything)
    def close(self, data: Any) -> None:
        """Close a session, also one that is closed already."""
        number = self._one(data, self._lessons(model.OPEN, model.CLOSED))
        services.close_session(self._session(number), by=self.teacher, now=self.now)
        self.life.close(number, self.now)

    @rule()
    def close_what_was_left_open(self) -> None:
        self._go_on()
        services.close_overdue(now=self.now)
        for number in self._lessons(model.OPEN):
            if self.now >= self.life.lessons[number].dies_at:
                self.life.close(number, self.now)

    @precondition(lambda self: self._forgotten())
    @rule(data=anything, statuses=strategies.dictionaries(people, statuses.filter(bool)))
    def record_from_a_list(self, data: Any, statuses: dict[int, str]) -> None:
        number = self._one(data, self._forgotten())
        on_it = {p: s for p, s in statuses.items() if p in self._markable(number)}
        services.record_session(
            self._session(number),
            statuses={self.students[p].pk: status for p, status in on_it.items()},
            by=self.teacher,
            now=self.now,
        )
        for person, status in on_it.items():
            self.life.mark(person, number, model.HAND, status, self.now)
        self.life.close(number, self.now)

    def _forgotten(self) -> list[int]:
        planned = self._lessons(model.PLANNED)
        return [n for n in planned if self.life.lessons[n].ends_at <= self.now]

    @precondition(lambda self: self._lessons(model.PLANNED, model.CANCELLED))
    @rule(data=anything)
    def cancel(self, data: Any) -> None:
        """Cancel a session, or let it take place after all."""
        number = self._one(data, self._lessons(model.PLANNED, model.CANCELLED))
        lesson = self.life.lessons[number]
        if lesson.state == model.PLANNED:
            services.cancel_session(self._session(number), by=self.teacher, now=self.now)
            lesson.state = model.CANCELLED
        else:
            services.restore_session(self._session(number))
            lesson.state = model.PLANNED

    @precondition(lambda self: self._lessons(model.OPEN, model.CLOSED))
    @rule(data=anything)
    def annul(self, data: Any) -> None:
        number = self._one(data, self._lessons(model.OPEN, model.CLOSED))
        services.annul(self._session(number), by=self.admin, reason="A slip.", now=self.now)
        self.life.annul(number)

    @precondition(lambda self: self._lessons(model.ANNULLED))
    @rule(data=anything)
    def restore(self, data: Any) -> None:
        number = self._one(data, self._lessons(model.ANNULLED))
        services.restore(self._session(number), by=self.admin, now=self.now)
        self.life.restore(number, self.now)

    # Marks and excuses

    @precondition(lambda self: self._letting_in())
    @rule(data=anything)
    def check_in(self, data: Any) -> None:
        number = self._one(data, self._letting_in())
        lesson = self.life.lessons[number]
        person = data.draw(strategies.sampled_from(self._able_to_check_in(lesson)))
        is_late = self.now > lesson.starts_at + model.LATE_AFTER
        status = model.LATE if is_late else model.PRESENT
        services.record_mark(
            session=self._session(number),
            student=self.students[person],
            status=status,
            source="check_in",
            key=next(self.keys),
            now=self.now,
        )
        self.life.mark(person, number, model.SEEN, status, self.now)

    def _letting_in(self) -> list[int]:
        lessons = ((n, self.life.lessons[n]) for n in self._lessons(model.OPEN))
        return [
            number
            for number, lesson in lessons
            if self._is_before(lesson.dies_at) and self._able_to_check_in(lesson)
        ]

    def _able_to_check_in(self, lesson: model.Lesson) -> list[int]:
        life = self.life
        return [p for p in life.people if life.is_on(p) and life.is_enrolled(p, lesson.course)]

    @precondition(lambda self: self._to_mark())
    @rule(data=anything, status=statuses)
    def mark_by_hand(self, data: Any, status: str) -> None:
        """Mark somebody by hand, or clear what counts of them."""
        number = self._one(data, self._to_mark())
        person = data.draw(strategies.sampled_from(self._markable(number)))
        services.mark_by_hand(
            self._session(number),
            self.students[person],
            status=status,
            reason="Seen.",
            by=self.teacher,
            now=self.now,
            key=next(self.keys),
        )
        self.life.mark(person, number, model.HAND, status, self.now)

    def _to_mark(self) -> list[int]:
        lessons = self._lessons(model.PLANNED, model.OPEN, model.CLOSED)
        return [number for number in lessons if self._markable(number)]

    def _markable(self, number: int) -> list[int]:
        life, lesson = self.life, self.life.lessons[number]
        return [
            person
            for person in life.people
            if not life.is_merged(person)
            and (life.is_enrolled(person, lesson.course) or life.was_on_course(person, lesson))
        ]

    @rule(
        person=people,
        course=strategies.sampled_from([*COURSES, None]),
        from_day=strategies.integers(-1, 1),
        days=strategies.integers(0, 1),
        status=strategies.sampled_from(["excused", "present"]),
    )
    def excuse(
        self, person: int, course: str | None, from_day: int, days: int, status: str
    ) -> None:
        self._go_on()
        if self.life.is_merged(person):
            return
        first = (self.now + timedelta(days=from_day)).date()
        last = first + timedelta(days=days)
        excuse = services.give_excuse(
            self.courses[course] if course else None,
            self.students[person],
            from_date=first,
            until_date=last,
            kind=self.kinds[status],
            note=next(self.keys),
            by=self.admin,
            now=self.now,
        )
        midnight = datetime(first.year, first.month, first.day, tzinfo=self.courses["A"].zone)
        until = midnight + timedelta(days=days + 1)
        ours = model.Excuse(
            *(person, course, midnight.astimezone(UTC), until.astimezone(UTC)),
            *(status, excuse.note, self.now),
        )
        self.life.excuses.append(ours)
        self.given.append((ours, excuse))

    @precondition(lambda self: self.given)
    @rule(data=anything)
    def revoke_an_excuse(self, data: Any) -> None:
        self._go_on()
        ours, theirs = pair = data.draw(strategies.sampled_from(self.given))
        theirs.refresh_from_db()
        services.revoke_excuse(theirs, by=self.admin, now=self.now)
        ours.is_revoked = True
        self.given.remove(pair)

    def _one(self, data: Any, candidates: Sequence[T]) -> T:
        self._go_on()
        return data.draw(strategies.sampled_from(candidates))

    # What everybody reads

    @invariant()
    def what_is_stored_is_what_the_model_says(self) -> None:
        numbers = {pk: number for number, pk in enumerate(self.sessions)}
        rows = teaching.Attendance.objects.filter(session_id__in=self.sessions).order_by()
        who = {student.pk: person for person, student in enumerate(self.students)}
        closed = set(self._lessons(model.CLOSED))
        stored = {
            (who[student], numbers[session]): status
            for student, session, status in rows.values_list("student_id", "session_id", "status")
            if numbers[session] in closed
        }
        life = self.life
        wanted = {(p, n): life.status(p, n) for p in life.people for n in closed}
        assert stored == {key: status for key, status in wanted.items() if status}

    @rule()
    def everybody_reads(self) -> None:
        for name in COURSES:
            self._read_course(name)
        for person in self.life.people:
            if not self.life.is_merged(person):
                self._read_student(person)

    def _read_course(self, name: str) -> None:
        life, course = self.life, self.courses[name]
        wanted, wanted_statuses = {}, {}
        for person in life.people:
            by_lesson = life.statuses(person, name)
            if life.is_enrolled(person, name) or by_lesson:
                number = self.students[person].institution_number
                wanted[number] = life.figures(person, name)
                wanted_statuses[number] = {self.sessions[n]: s for n, s in by_lesson.items()}
        figures, by_session = shown.report(course, self.teacher)
        known = {number: each for number, each in figures.items() if number in wanted}
        assert known == wanted
        assert {number: by_session[number] for number in wanted} == wanted_statuses
        assert not any(by_session[number] for number in figures.keys() - wanted.keys())
        assert {n: f for n, f in shown.file(course, self.teacher).items() if n in wanted} == wanted
        listed = shown.on_list(course, self.teacher)
        assert listed["at_risk"] == sum(each.at_risk for each in wanted.values())
        for kind in ("present", "late", "excused", "absent"):
            assert listed["tally"][kind] == sum(getattr(each, kind) for each in wanted.values())

    def _read_student(self, person: int) -> None:
        life, student = self.life, self._student(person)
        on = [c for c in COURSES if (person, c) in life.on_course or life.statuses(person, c)]
        wanted = {str(self.courses[name].pk): life.figures(person, name) for name in on}
        held = {
            str(self.sessions[n]): s for c in COURSES for n, s in life.statuses(person, c).items()
        }
        viewers = [self.teacher] * bool(on) + [student] * life.is_on(person)
        for viewer in viewers:
            assert shown.by_api(student, viewer) == wanted
            assert shown.sessions_by_api(student, viewer) == held
        if on:
            assert shown.page(student, self.teacher) == wanted

    def teardown(self) -> None:
        if hasattr(self, "life"):
            self.everybody_reads()


@pytest.fixture
def clock_of_the_life(db, monkeypatch) -> None:
    """The program's clock shows the time of the life that is played."""
    LifeOfACourse.playing = None
    monkeypatch.setattr(clock, "now", lambda: LifeOfACourse.playing.now)


def test_whatever_happens_everybody_reads_the_figures_of_the_model(clock_of_the_life):
    run_state_machine_as_test(LifeOfACourse, settings=SETTINGS)
