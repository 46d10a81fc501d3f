"""What a student may still miss of a life, worked out once more and as plainly as possible.

What is known before a lesson is closed is put into a copy of the life, as if that were closed.
What is ahead is then added to the figures of that copy: all attended, or the heaviest missed.
"""

from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from attendance_project.tests.lives.facts import (
    CLOSED,
    EXCUSED,
    HAND,
    LATE,
    LIMIT_PERCENT,
    NEVER,
    OPEN,
    PLANNED,
    PRESENT,
    Mark,
)
from attendance_project.tests.lives.figures import alternatives, lessons_of, weights_s
from attendance_project.tests.lives.model import Life

SETTLED = (PRESENT, LATE, EXCUSED)


@dataclass(frozen=True)
class Spare:
    sessions_ahead: int
    may_still_miss: int
    can_be_met: bool
    ahead_h: float | None
    may_still_miss_h: float | None
    excused_ahead: int


class Outlook:
    """One student's lessons of a course, as they are at one moment."""

    def __init__(self, life: Life, person: int, course: str, now: datetime) -> None:
        self.life, self.person, self.course, self.now = life, person, course, now
        self.numbers = lessons_of(life, course)

    def spare(self) -> Spare:
        """What may be missed. Only where nothing else reaches the limit, a student who is excused
        has to come all the same."""
        usual, with_excused = self._spare(with_excused=False), self._spare(with_excused=True)
        return with_excused if with_excused.can_be_met and not usual.can_be_met else usual

    def _spare(self, *, with_excused: bool) -> Spare:
        attended_s, counted_s = self._as_known()
        ahead = self._ahead(with_excused)
        least, most = [one for one, _ in ahead], [one for _, one in ahead]
        needed = Fraction(LIMIT_PERCENT, 100)
        left_s = attended_s + sum(least) - needed * (counted_s + sum(least))
        heaviest = sorted(least, reverse=True)
        fitting = [n for n in range(len(least) + 1) if sum(heaviest[:n]) <= left_s]
        by_hours = self.life.rules[self.course].by_hours
        is_any_short = bool(least) and min(least) <= left_s
        miss_s = min(left_s, sum(least)) if is_any_short else 0
        return Spare(
            len(ahead),
            max(fitting, default=0),
            attended_s + sum(most) >= needed * (counted_s + sum(most)),
            round(sum(least) / 3600, 2) if by_hours else None,
            int(Fraction(miss_s) * 100 / 3600) / 100 if by_hours else None,
            0 if with_excused else sum(self._is_excused_ahead(n) for n in self.numbers),
        )

    def _as_known(self) -> tuple[int, int]:
        """The weights of what was attended and of what counts, with all that is settled."""
        known = deepcopy(self.life)
        for number in filter(self._is_settled, self.numbers):
            known.lessons[number].state = CLOSED
            status = self._sure_status(number)
            if status and known.status(self.person, number) != status:
                known.marks.append(Mark(self.person, number, HAND, status, NEVER))
        return weights_s(known, self.person, self.course)

    def _ahead(self, with_excused: bool) -> list[tuple[int, int]]:
        """The least and the most that each lesson ahead weighs, with each offering once."""
        found = []
        for group in {tuple(alternatives(self.life, number)) for number in self.numbers}:
            settled = {self._sure_status(n) for n in group if self._is_settled(n)}
            to_come = [n for n in group if self._may_come(n)]
            if not to_come or settled - ({EXCUSED} if with_excused else set()):
                continue
            could = [self._weight_s(n) for n in group if self._could_be_there(n)]
            found.append((min(could), max(self._weight_s(n) for n in to_come)))
        return found

    def _weight_s(self, number: int) -> int:
        is_by_hours = self.life.rules[self.course].by_hours
        return self.life.lessons[number].weight_s if is_by_hours else 3600

    def _sure_status(self, number: int) -> str | None:
        """What is recorded or, before anything is, what an excuse will make of the lesson."""
        status = self.life.status(self.person, number)
        if status is not None or self.life.lessons[number].state not in (PLANNED, OPEN):
            return status
        excuses = self.life.excuses_of(self.person, number)
        return min(excuses, key=lambda excuse: excuse.at).status if excuses else None

    def _is_settled(self, number: int) -> bool:
        return self._could_be_there(number) and self._sure_status(number) in SETTLED

    def _is_excused_ahead(self, number: int) -> bool:
        return self._may_come(number) and self._is_settled(number)

    def _may_come(self, number: int) -> bool:
        lesson = self.life.lessons[number]
        ends_at = {PLANNED: lesson.ends_at, OPEN: lesson.dies_at}.get(lesson.state)
        is_to_come = ends_at is not None and self.now < ends_at
        is_recorded = self.life.status(self.person, number) in SETTLED
        return is_to_come and not is_recorded and self._could_be_there(number)

    def _could_be_there(self, number: int) -> bool:
        """Whether it took place, or may still, while the student was on the course."""
        lesson = self.life.lessons[number]
        takes_place = lesson.state in (OPEN, CLOSED) or (
            lesson.state == PLANNED and self.now < lesson.ends_at
        )
        is_on = self.life.is_enrolled(self.person, self.course) or lesson.state == CLOSED
        was_on = is_on and self.life.was_on_course(self.person, lesson)
        return takes_place and (bool(self.life.status(self.person, number)) or was_on)
