"""Acts on how a course counts: lates, hours, weights, and lessons that are alternatives."""

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
    weights,
)
from sessions_app import services

lists = strategies.dictionaries(people, strategies.sampled_from(["present", "late", "absent"]))


class ActsOnCounting(Played):
    @rule(course=courses, lates=strategies.sampled_from([0, 2, 3]), by_hours=strategies.booleans())
    def choose_rules(self, course: str, lates: int, by_hours: bool) -> None:
        self._go_on()
        count_by = "hours" if by_hours else "sessions"
        services.change_counting(self.courses[course], lates_per_absence=lates, count_by=count_by)
        self.life.rules[course] = facts.Rules(lates, by_hours)

    @precondition(lambda self: self._lessons(facts.PLANNED, facts.OPEN, facts.CLOSED))
    @rule(data=anything, offering=offerings, weight_h=weights)
    def choose_what_a_lesson_weighs(self, data: Any, offering: str, weight_h: float | None) -> None:
        number = self._one(data, self._lessons(facts.PLANNED, facts.OPEN, facts.CLOSED))
        services.change_session(self._session(number), offering=offering, weight_h=weight_h)
        lesson = self.life.lessons[number]
        lesson.offering, lesson.weight_h = offering, weight_h

    @rule(
        course=courses,
        held=strategies.lists(strategies.tuples(lists, offerings, weights), min_size=2, max_size=3),
    )
    def record_what_was_held(
        self, course: str, held: list[tuple[dict[int, str], str, float | None]]
    ) -> None:
        """Record several lessons of the last two hours, in one go, so that much counts soon."""
        for listed, offering, weight_h in held:
            self._go_on()
            number = self._plan(course, -120, offering=offering, weight_h=weight_h)
            self._record(number, listed)
