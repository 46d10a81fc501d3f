"""Acts on what is recorded: check-ins, marks by hand, excuses."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies
from hypothesis.stateful import precondition, rule

from attendance_project.tests.lives import facts
from attendance_project.tests.lives.played import COURSES, Played, anything, people, statuses
from sessions_app import services
from sessions_app.models import Excuse


class ActsOnMarks(Played):
    @precondition(lambda self: self._letting_in())
    @rule(data=anything)
    def check_in(self, data: Any) -> None:
        number = self._one(data, self._letting_in())
        able = self._able_to_check_in(self.life.lessons[number])
        self._check_in(number, data.draw(strategies.sampled_from(able)))

    def _check_in(self, number: int, person: int) -> None:
        lesson = self.life.lessons[number]
        is_late = self.now > lesson.starts_at + facts.LATE_AFTER
        status = facts.LATE if is_late else facts.PRESENT
        services.record_mark(
            session=self._session(number),
            student=self.students[person],
            status=status,
            source="check_in",
            key=next(self.keys),
            now=self.now,
        )
        self.life.mark(person, number, facts.SEEN, status, self.now)

    def _letting_in(self) -> list[int]:
        lessons = ((n, self.life.lessons[n]) for n in self._lessons(facts.OPEN))
        return [
            number
            for number, lesson in lessons
            if self._is_before(lesson.dies_at) and self._able_to_check_in(lesson)
        ]

    def _able_to_check_in(self, lesson: facts.Lesson) -> list[int]:
        life = self.life
        return [p for p in life.people if life.is_on(p) and life.is_enrolled(p, lesson.course)]

    @precondition(lambda self: self._to_mark())
    @rule(data=anything, status=statuses)
    def mark_by_hand(self, data: Any, status: str) -> None:
        """Mark somebody by hand, or clear what counts of them."""
        number = self._one(data, self._to_mark())
        person = data.draw(strategies.sampled_from(self._markable(number)))
        self._mark(number, person, status)

    def _mark(self, number: int, person: int, status: str) -> None:
        services.mark_by_hand(
            self._session(number),
            self.students[person],
            status=status,
            reason="Seen.",
            by=self.teacher,
            now=self.now,
            key=next(self.keys),
        )
        self.life.mark(person, number, facts.HAND, status, self.now)

    def _to_mark(self) -> list[int]:
        lessons = self._lessons(facts.PLANNED, facts.OPEN, facts.CLOSED)
        return [number for number in lessons if self._markable(number)]

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
        midnight = datetime(first.year, first.month, first.day, tzinfo=facts.PARIS)
        self._excuse(person, course, midnight, midnight + timedelta(days=days + 1), status)

    @precondition(lambda self: self._ever_on_course())
    @rule(
        data=anything,
        minutes=strategies.sampled_from([(-60, 0), (-60, 1), (49, 120), (50, 120), (10, 20)]),
        of_all=strategies.booleans(),
    )
    def excuse_part_of_a_day(self, data: Any, minutes: tuple[int, int], of_all: bool) -> None:
        """Excuse somebody for minutes around a lesson's 50, counted from its begin."""
        person, number = self._one(data, self._ever_on_course())
        lesson = self.life.lessons[number]
        edges = (lesson.starts_at + timedelta(minutes=each) for each in minutes)
        self._excuse(person, None if of_all else lesson.course, *edges, "excused")

    def _ever_on_course(self) -> list[tuple[int, int]]:
        return [
            (person, number)
            for number, lesson in enumerate(self.life.lessons)
            for person in self.life.people
            if self.life.was_on_course(person, lesson) and not self.life.is_merged(person)
        ]

    def _excuse(
        self, person: int, course: str | None, begin: datetime, end: datetime, status: str
    ) -> None:
        from_at, until_at = (each.astimezone(facts.PARIS) for each in (begin, end))
        is_whole = (from_at.hour, from_at.minute, until_at.hour, until_at.minute) == (0, 0, 0, 0)
        excuse = services.give_excuse(
            self.courses[course] if course else None,
            self.students[person],
            from_date=from_at.date(),
            from_time=f"{from_at:%H:%M}",
            until_date=(until_at - timedelta(days=is_whole)).date(),
            until_time="24:00" if is_whole else f"{until_at:%H:%M}",
            kind=self.kinds[status],
            note=next(self.keys),
            by=self.admin,
            now=self.now,
        )
        ours = facts.Excuse(
            *(person, course, begin.astimezone(UTC), end.astimezone(UTC)),
            *(status, excuse.note, self.now),
        )
        self.life.give_or_revoke(ours)
        self.given.append((ours, excuse))

    @precondition(lambda self: self.given)
    @rule(data=anything)
    def revoke_an_excuse(self, data: Any) -> None:
        self._revoke(data.draw(strategies.sampled_from(self.given)))

    def _revoke(self, pair: tuple[facts.Excuse, Excuse]) -> None:
        self._go_on()
        ours, theirs = pair
        theirs.refresh_from_db()
        services.revoke_excuse(theirs, by=self.admin, now=self.now)
        self.life.give_or_revoke(ours, is_revoked=True)
        self.given.remove(pair)
