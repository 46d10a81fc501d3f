"""Whole lessons, in which each person has a fate: what happens to them before it opens, while it is
open, before it is closed, once it is closed, and at last.

Most of what can be counted wrongly happens around one lesson: somebody leaves while it is open, or
comes after it and it is closed once more. Single acts, drawn at random, seldom meet like that.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple

from hypothesis import strategies
from hypothesis.stateful import rule

from attendance_project.tests.lives import facts
from attendance_project.tests.lives.lessons import ActsOnLessons
from attendance_project.tests.lives.marks import ActsOnMarks
from attendance_project.tests.lives.people import ActsOnPeople
from attendance_project.tests.lives.played import COURSES, PEOPLE, courses, people


class Fate(NamedTuple):
    """The turns of one person, by name, divided by blanks."""

    before: str = ""
    during: str = ""
    over: str = ""
    closed: str = ""
    at_last: str = ""


FATES = (
    Fate(),
    Fate(during="check_in"),
    Fate(during="check_in clear"),
    Fate(during="check_in", closed="mark"),
    Fate(closed="clear"),
    Fate(before="off", during="on"),
    Fate(during="off on"),
    Fate(during="off", closed="on"),
    Fate(over="off", at_last="on"),
    Fate(over="withdraw", closed="enrol"),
    Fate(before="withdraw", during="enrol"),
    Fate(before="withdraw", closed="enrol"),
    Fate(during="withdraw"),
    Fate(before="enrol", closed="withdraw"),
    Fate(during="move"),
    Fate(before="excuse"),
    Fate(during="check_in", closed="excuse"),
    Fate(closed="withdraw excuse"),
    Fate(closed="excuse excuse revoke"),
    Fate(before="excuse excuse", closed="revoke"),
    Fate(before="excuse_the_end"),
    Fate(closed="excuse_the_end"),
    Fate(over="import"),
    Fate(before="off", during="on merge", at_last="undo_merge"),
    Fate(before="withdraw_kept off", during="on merge", at_last="undo_merge"),
    Fate(during="check_in", closed="merge", at_last="undo_merge"),
    Fate(closed="merge excuse_kept", at_last="undo_merge"),
    Fate(before="withdraw_kept excuse_kept", closed="merge", at_last="undo_merge"),
    Fate(before="withdraw_kept", during="withdraw", closed="enrol_kept merge"),
)
fates = strategies.dictionaries(people, strategies.sampled_from(FATES), min_size=2)


class WholeLessons(ActsOnPeople, ActsOnLessons, ActsOnMarks):
    @rule(
        course=courses,
        there=strategies.sets(people, min_size=1),
        fates=fates,
        opens_after_min=strategies.sampled_from([0, 10, 15, 70]),
        goes_on_min=strategies.sampled_from([5, 60]),
        then=strategies.sampled_from(["", "annulled", "opened again"]),
    )
    def hold_a_lesson(
        self,
        course: str,
        there: set[int],
        fates: Mapping[int, Fate],
        opens_after_min: int,
        goes_on_min: int,
        then: str,
    ) -> None:
        """Plan a lesson in ten minutes, open it, close it, and close it once more.

        It may be annulled for a while in between, or be opened again.
        """
        for person in sorted(there):
            self.enrol(person=person, course=course)
        number = self._plan(course, 10)
        self._go_on(opens_after_min)
        self._turn(fates, "before", number)
        if self._is_before(self.life.lessons[number].dies_at):
            self._open(number)
        self._turn(fates, "during", number)
        self._go_on(goes_on_min)
        self._turn(fates, "over", number)
        self._close_again(number)
        if then == "annulled" and self._has_begun(number):
            self._annul(number)
        self._turn(fates, "closed", number)
        if self.life.lessons[number].state == facts.ANNULLED:
            self._restore(number)
        if then == "opened again" and number in self._openable():
            self._open(number)
        self._close_again(number)
        self._turn(fates, "at_last", number)

    hold_another_lesson = hold_one_more_lesson = hold_a_lesson

    @rule(course=courses, comes=people)
    def open_a_lesson_of_tomorrow(self, course: str, comes: int) -> None:
        """Open a lesson a day too early, and annul it and restore it, as what it was before."""
        number = self._plan(course, 24 * 60)
        self._go_on()
        self._open(number)
        self._turn({comes: Fate(during="check_in")}, "during", number)
        self._annul(number)
        self._go_on()
        self._restore(number)

    @rule(person=people, course=courses, is_next_day=strategies.booleans())
    def come_with_an_excuse(self, person: int, course: str, is_next_day: bool) -> None:
        """Miss a lesson, and come to its course for good with an excuse of the other course. The
        lesson counts as excused once it is closed again, unless it was on a day before."""
        self.enrol(person=person, course=course)
        number = self._plan(course, 10)
        self._go_on(15)
        self._open(number)
        self._close_again(number)
        came = Fate("come_elsewhere excuse_elsewhere" + " a_day_passes" * is_next_day, "move_in")
        self._turn({person: came}, "before", number)
        self._turn({person: came}, "during", number)
        self._close_again(number)

    def _has_begun(self, number: int) -> bool:
        return self.life.lessons[number].state in (facts.OPEN, facts.CLOSED)

    def _close_again(self, number: int) -> None:
        self._go_on()
        if self._has_begun(number):
            self._close(number)

    def _turn(self, fates: Mapping[int, Fate], when: str, number: int) -> None:
        for person, fate in sorted(fates.items()):
            for name in getattr(fate, when).split():
                self._go_on()
                getattr(self, f"_turn_{name}")(person, number)

    def _turn_enrol(self, person: int, number: int) -> None:
        self.enrol(person=person, course=self._course_of(number))

    def _turn_withdraw(self, person: int, number: int) -> None:
        self.withdraw(person=person, course=self._course_of(number))

    def _turn_move(self, person: int, number: int) -> None:
        self.move(person=person, course=self._course_of(number))

    def _turn_off(self, person: int, number: int) -> None:
        if self.life.is_on(person):
            self.switch(person=person)

    def _turn_on(self, person: int, number: int) -> None:
        if not self.life.is_on(person):
            self.switch(person=person)

    def _turn_merge(self, person: int, number: int) -> None:
        self.merge(kept=(person + 1) % PEOPLE, merged=person)

    def _turn_undo_merge(self, person: int, number: int) -> None:
        for pair in self._undoable():
            if pair[0].merged == person:
                self._undo_merge(pair)

    def _turn_check_in(self, person: int, number: int) -> None:
        able = self._able_to_check_in(self.life.lessons[number])
        if number in self._letting_in() and person in able:
            self._check_in(number, person)

    def _turn_mark(self, person: int, number: int) -> None:
        self._mark_if_possible(person, number, facts.ABSENT)

    def _turn_clear(self, person: int, number: int) -> None:
        self._mark_if_possible(person, number, facts.CLEARED)

    def _mark_if_possible(self, person: int, number: int, status: str) -> None:
        if number in self._to_mark() and person in self._markable(number):
            self._mark(number, person, status)

    def _turn_excuse(self, person: int, number: int) -> None:
        """Excuse somebody from both courses for the day."""
        self.excuse(person=person, course=None, from_day=0, days=0, status=facts.EXCUSED)

    def _turn_come_elsewhere(self, person: int, number: int) -> None:
        self.enrol(person=person, course=self._other_course(number))

    def _turn_excuse_elsewhere(self, person: int, number: int) -> None:
        """Excuse somebody from the other course alone, from yesterday until tomorrow."""
        other = self._other_course(number)
        self.excuse(person=person, course=other, from_day=-1, days=2, status=facts.EXCUSED)

    def _turn_move_in(self, person: int, number: int) -> None:
        """Move somebody from the other course to this one, with their excuses."""
        self.move(person=person, course=self._other_course(number))

    def _turn_a_day_passes(self, person: int, number: int) -> None:
        self._go_on(24 * 60)

    def _other_course(self, number: int) -> str:
        return COURSES.replace(self._course_of(number), "")

    def _turn_excuse_kept(self, person: int, number: int) -> None:
        self._turn_excuse((person + 1) % PEOPLE, number)

    def _turn_import(self, person: int, number: int) -> None:
        """Import a list of the course that has this person alone. Nobody is dropped."""
        self.import_enrolments(who={person}, course=self._course_of(number), drop=False)

    def _turn_withdraw_kept(self, person: int, number: int) -> None:
        self._turn_withdraw((person + 1) % PEOPLE, number)

    def _turn_enrol_kept(self, person: int, number: int) -> None:
        self._turn_enrol((person + 1) % PEOPLE, number)

    def _turn_revoke(self, person: int, number: int) -> None:
        """Take back the first excuse of somebody that stands."""
        for pair in [pair for pair in self.given if pair[0].owner == person][:1]:
            self._revoke(pair)

    def _turn_excuse_the_end(self, person: int, number: int) -> None:
        """Excuse somebody from one of the courses, maybe the other one, for the last minutes."""
        lesson = self.life.lessons[number]
        if not self.life.is_merged(person):
            of = COURSES[(person + number) % len(COURSES)]
            begin = lesson.ends_at - timedelta(minutes=5)
            self._excuse(person, of, begin, lesson.ends_at, facts.EXCUSED)

    def _course_of(self, number: int) -> str:
        return self.life.lessons[number].course
