"""Acts on people: who is on a course, whose account is off, and which accounts are one person."""

from typing import Any

from hypothesis import strategies
from hypothesis.stateful import precondition, rule

import accounts.services
from accounts.domain.callers import Caller
from accounts.models import AccountMerge
from attendance_project.tests.lives import facts
from attendance_project.tests.lives.played import COURSES, Played, anything, courses, people
from sessions_app import imports, services
from sessions_app.tests.import_files import csv_of


class ActsOnPeople(Played):
    @rule(person=people, course=courses)
    def enrol(self, person: int, course: str) -> None:
        if not self.life.is_merged(person):
            self._enrol(person, course)

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
        if any(person in (pair[0].kept, pair[0].merged) for pair in self.merges):
            return  # undoing a merge looks at its excuses once more
        student = self.students[person]
        services.move_student(self.courses[course], student, to=self.courses[other], now=self.now)
        self.life.move(person, course, other, self.now)

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

    @rule(kept=people, merged=people)
    def merge(self, kept: int, merged: int) -> None:
        self._go_on()
        if kept == merged or not self.life.is_on(kept):
            return
        if self.life.is_merged(kept) or self.life.is_merged(merged):
            return
        if self.life.has_late_excuse(kept) or self.life.has_late_excuse(merged):
            return  # a merge looks at the excuses of both once more
        done = accounts.services.merge_accounts(
            self._student(kept), self._student(merged), by=self.admin, now=self.now
        )
        self.life.merge(kept, merged, self.now)
        self.merges.append((self.life.merges[-1], done))

    @precondition(lambda self: self.merges)
    @rule(data=anything)
    def undo_a_merge(self, data: Any) -> None:
        self._undo_merge(data.draw(strategies.sampled_from(self._undoable())))

    def _undoable(self) -> list[tuple[facts.Merge, AccountMerge]]:
        return [pair for pair in self.merges if not self.life.is_merged(pair[0].kept)]

    def _undo_merge(self, pair: tuple[facts.Merge, AccountMerge]) -> None:
        self._go_on()
        ours, theirs = pair
        accounts.services.undo_merge(theirs, by=self.admin, now=self.now)
        self.life.undo_merge(ours, self.now)
        self.merges.remove(pair)
