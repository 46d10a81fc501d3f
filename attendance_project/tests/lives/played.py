"""Plays a life to the product and to the model alike: the people, the clock, the first lesson."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, ClassVar, TypeVar

from hypothesis import strategies
from hypothesis.stateful import RuleBasedStateMachine, initialize

from accounts.models import AccountMerge, Role, User
from attendance_project.tests.lives import facts
from attendance_project.tests.lives.model import Life
from conftest import make_user
from sessions_app import models as teaching
from sessions_app import services

BEGIN = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
PEOPLE, COURSES = 4, "AB"
LESSON = timedelta(minutes=50)

people = strategies.integers(0, PEOPLE - 1)
courses = strategies.sampled_from(COURSES)
statuses = strategies.sampled_from(["present", "late", "absent", ""])
offerings = strategies.sampled_from(["", "", "Lab", "lab"])
weights = strategies.sampled_from([None, 2.0, 0.5])
anything = strategies.data()
T = TypeVar("T")


class Played(RuleBasedStateMachine):
    """A life as both have it. What acts need of it is here, the acts are in the classes above."""

    numbers: ClassVar = count(1)
    playing: ClassVar[Any] = None

    @initialize()
    def begin(self) -> None:
        teaching.Session.objects.filter(state="open").update(state="cancelled")  # of other lives
        Played.playing = self
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
        self.given: list[tuple[facts.Excuse, teaching.Excuse]] = []
        self.merges: list[tuple[facts.Merge, AccountMerge]] = []
        self.kinds = {
            status: services.add_kind(name=f"{counts_as} {self.tag}", counts_as=counts_as)
            for status, counts_as in (("present", "present"), ("excused", "not_counted"))
        }
        for person, course in ((0, "A"), (1, "A"), (1, "B"), (2, "B")):
            self._enrol(person, course)
        self._choose_rules("B", facts.Rules(lates_per_absence=2, by_hours=True))
        self._begin_a_lesson()

    def _begin_a_lesson(self) -> None:
        """Open a session, since most of what may go wrong happens while one is open."""
        self._plan("A", 1)
        self._go_on(2)
        self._open(0)

    def plan_what_is_ahead(self) -> None:
        """Plan lessons of tomorrow: two alternatives, and three for which somebody is marked as
        present already. What may still be missed follows from them."""
        for spelling, weight_h in (("Seminar", 2.0), ("seminar", 0.5)):
            self._plan("B", 24 * 60, offering=spelling, weight_h=weight_h)
        for _ in range(3):
            number = self._plan("A", 24 * 60)
            self._go_on()
            services.mark_by_hand(
                self._session(number),
                self.students[0],
                status=facts.PRESENT,
                reason="Known.",
                by=self.teacher,
                now=self.now,
                key=next(self.keys),
            )
            self.life.mark(0, number, facts.HAND, facts.PRESENT, self.now)

    def _course(self, name: str) -> teaching.Course:
        group = teaching.ClassGroup.objects.create(code=f"{name}{self.tag}", name=name)
        return teaching.Course.objects.create(
            subject=self.subject, class_group=group, teacher=self.teacher, time_zone="Europe/Paris"
        )

    def _choose_rules(self, course: str, rules: facts.Rules) -> None:
        lates, count_by = rules.lates_per_absence, "hours" if rules.by_hours else "sessions"
        services.change_counting(self.courses[course], lates_per_absence=lates, count_by=count_by)
        self.life.rules[course] = rules

    def _go_on(self, minutes: int = 1) -> None:
        self.now += timedelta(minutes=minutes)

    def _session(self, number: int) -> teaching.Session:
        return teaching.Session.objects.select_related("course").get(pk=self.sessions[number])

    def _student(self, person: int) -> User:
        return User.objects.get(pk=self.students[person].pk)

    def _lessons(self, *states: str) -> list[int]:
        return [n for n, lesson in enumerate(self.life.lessons) if lesson.state in states]

    def _plan(self, course: str, begins_in_min: int, **counting: Any) -> int:
        """Plan a lesson, not for a moment when another one of the course begins. Its number."""
        starts_at = self.now + timedelta(minutes=begins_in_min)
        while any(lesson.starts_at == starts_at for lesson in self.life.lessons):
            starts_at += timedelta(minutes=1)
        times = {"starts_at": starts_at, "ends_at": starts_at + LESSON}
        session = services.create_session(self.courses[course], **times, **counting)
        self.sessions.append(session.pk)
        self.life.lessons.append(facts.Lesson(course, **times, **counting))
        return len(self.sessions) - 1

    def _open(self, number: int) -> None:
        services.open_session(self._session(number), by=self.teacher, now=self.now, early=True)
        self.life.open(number, self.now)

    def _close(self, number: int) -> None:
        services.close_session(self._session(number), by=self.teacher, now=self.now)
        self.life.close(number, self.now)

    def _record(self, number: int, statuses: Mapping[int, str]) -> None:
        """Record a forgotten lesson from a list. Who is not on its register is left out."""
        on_it = {p: s for p, s in statuses.items() if p in self._markable(number)}
        services.record_session(
            self._session(number),
            statuses={self.students[p].pk: status for p, status in on_it.items()},
            by=self.teacher,
            now=self.now,
        )
        for person, status in on_it.items():
            self.life.mark(person, number, facts.HAND, status, self.now)
        self.life.close(number, self.now)

    def _enrol(self, person: int, course: str) -> None:
        self._go_on()
        services.enrol(self.courses[course], [self.students[person]], now=self.now)
        self.life.enrol(person, course, self.now)

    def _forgotten(self) -> list[int]:
        planned = self._lessons(facts.PLANNED)
        return [n for n in planned if self.life.lessons[n].ends_at <= self.now]

    def _markable(self, number: int) -> list[int]:
        life, lesson = self.life, self.life.lessons[number]
        return [
            person
            for person in life.people
            if not life.is_merged(person)
            and (life.is_enrolled(person, lesson.course) or life.was_on_course(person, lesson))
        ]

    def _one(self, data: Any, candidates: Sequence[T]) -> T:
        self._go_on()
        return data.draw(strategies.sampled_from(candidates))

    def _is_before(self, moment: datetime) -> bool:
        """Whether it is before the moment when the next thing happens."""
        return self.now + timedelta(minutes=1) < moment
