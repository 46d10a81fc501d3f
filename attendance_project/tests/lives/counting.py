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

STATUSES = ("present", "late", "excused", "absent")
SPELLINGS = (str, str.lower, str.upper)
lists = strategies.dictionaries(people, strategies.sampled_from(STATUSES), min_size=2)


class ActsOnCounting(Played):
    @rule(course=courses, lates=strategies.sampled_from([0, 2, 3]), by_hours=strategies.booleans())
    def choose_rules(self, course: str, lates: int, by_hours: bool) -> None:
        self._go_on()
        self._choose_rules(course, facts.Rules(lates, by_hours))

    @precondition(lambda self: self._lessons(facts.PLANNED, facts.OPEN, facts.CLOSED))
    @rule(data=anything, offering=offerings, weight_h=weights)
    def choose_what_a_lesson_weighs(self, data: Any, offering: str, weight_h: float | None) -> None:
        number = self._one(data, self._lessons(facts.PLANNED, facts.OPEN, facts.CLOSED))
        services.change_session(self._session(number), offering=offering, weight_h=weight_h)
        lesson = self.life.lessons[number]
        lesson.offering, lesson.weight_h = offering, weight_h

    @rule(
        course=courses,
        held=strategies.lists(strategies.tuples(lists, weights), min_size=2, max_size=3),
        offering=strategies.sampled_from(["", "Lab", "Seminar"]),
    )
    def record_what_was_held(
        self, course: str, held: list[tuple[dict[int, str], float | None]], offering: str
    ) -> None:
        """Record several lessons of the last two hours, in one go, so that much counts soon.

        They may be alternatives. How the text of their offering is written makes no difference.
        """
        for spelling, (listed, weight_h) in zip(SPELLINGS, held, strict=False):
            self._go_on()
            number = self._plan(course, -120, offering=spelling(offering), weight_h=weight_h)
            self._record(number, listed)
