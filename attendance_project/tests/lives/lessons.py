"""Acts on lessons: planning, opening, closing, recording, cancelling, annulling, restoring."""

from datetime import timedelta
from typing import Any

from hypothesis import strategies
from hypothesis.stateful import precondition, rule

from attendance_project.tests.lives import facts
from attendance_project.tests.lives.played import (
    Played,
    anything,
    courses,
    offerings,
    people,
    statuses,
    weights,
)
from sessions_app import services


class ActsOnLessons(Played):
    @rule(minutes=strategies.sampled_from([5, 12, 30, 60, 24 * 60]))
    def wait(self, minutes: int) -> None:
        self._go_on(minutes)

    @rule(
        course=courses,
        begins_in_min=strategies.sampled_from([-200, -30, -5, 10, 60, 24 * 60]),
        offering=offerings,
        weight_h=weights,
    )
    def plan(self, course: str, begins_in_min: int, offering: str, weight_h: float | None) -> None:
        self._go_on()
        self._plan(course, begins_in_min, offering=offering, weight_h=weight_h)

    @precondition(lambda self: self._openable())
    @rule(data=anything)
    def open(self, data: Any) -> None:
        number = self._one(data, self._openable())
        self._open(number)

    def _openable(self) -> list[int]:
        in_time = self.now - timedelta(hours=23)
        again = [n for n in self._lessons(facts.CLOSED) if in_time < self.life.lessons[n].ends_at]
        planned = self._lessons(facts.PLANNED)
        return [*(n for n in planned if self._is_before(self.life.lessons[n].dies_at)), *again]

    @precondition(lambda self: self._lessons(facts.OPEN, facts.CLOSED))
    @rule(data=anything)
    def close(self, data: Any) -> None:
        """Close a session, also one that is closed already."""
        number = self._one(data, self._lessons(facts.OPEN, facts.CLOSED))
        self._close(number)

    @rule()
    def close_what_was_left_open(self) -> None:
        self._go_on()
        services.close_overdue(now=self.now)
        for number in self._lessons(facts.OPEN):
            if self.now >= self.life.lessons[number].dies_at:
                self.life.close(number, self.now)

    @precondition(lambda self: self._forgotten())
    @rule(data=anything, statuses=strategies.dictionaries(people, statuses.filter(bool)))
    def record_from_a_list(self, data: Any, statuses: dict[int, str]) -> None:
        number = self._one(data, self._forgotten())
        self._record(number, statuses)

    @precondition(lambda self: self._lessons(facts.PLANNED, facts.CANCELLED))
    @rule(data=anything)
    def cancel(self, data: Any) -> None:
        """Cancel a session, or let it take place after all."""
        number = self._one(data, self._lessons(facts.PLANNED, facts.CANCELLED))
        lesson = self.life.lessons[number]
        if lesson.state == facts.PLANNED:
            services.cancel_session(self._session(number), by=self.teacher, now=self.now)
            lesson.state = facts.CANCELLED
        else:
            services.restore_session(self._session(number))
            lesson.state = facts.PLANNED

    @precondition(lambda self: self._lessons(facts.OPEN, facts.CLOSED))
    @rule(data=anything)
    def annul(self, data: Any) -> None:
        self._annul(self._one(data, self._lessons(facts.OPEN, facts.CLOSED)))

    def _annul(self, number: int) -> None:
        services.annul(self._session(number), by=self.admin, reason="A slip.", now=self.now)
        self.life.annul(number)

    @precondition(lambda self: self._lessons(facts.ANNULLED))
    @rule(data=anything)
    def restore(self, data: Any) -> None:
        self._restore(self._one(data, self._lessons(facts.ANNULLED)))

    def _restore(self, number: int) -> None:
        services.restore(self._session(number), by=self.admin, now=self.now)
        self.life.restore(number, self.now)
