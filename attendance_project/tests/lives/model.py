"""A course's life in plain lists, without a database: who was there, and what is recorded.

The model knows nothing of the product's code: it repeats the rules of docs/glossary.md as plainly
as it can, so that `test_random_lives` can compare the two. `figures` has what follows from it.
"""

from datetime import datetime

from attendance_project.tests.lives.facts import (
    ABSENT,
    ANNULLED,
    BEST_FIRST,
    CLEARED,
    CLOSED,
    HAND,
    NEVER,
    NOTED,
    OPEN,
    PARIS,
    PLANNED,
    SEEN,
    Excuse,
    Lesson,
    Mark,
    Merge,
    Rules,
    Times,
    joined,
    without,
)


class Life:
    """The facts, and what follows from them."""

    def __init__(self, people: int, courses: str) -> None:
        self.people = range(people)
        self.courses = courses
        self.rules = {course: Rules() for course in courses}
        self.lessons: list[Lesson] = []
        self.on_course: dict[tuple[int, str], Times] = {}
        self.off: dict[int, Times] = {person: [] for person in self.people}
        self.marks: list[Mark] = []
        self.excuses: list[Excuse] = []
        self.merges: list[Merge] = []

    # Who is there

    def is_on(self, person: int) -> bool:
        return not self.off[person] or self.off[person][-1][1] != NEVER

    def is_enrolled(self, person: int, course: str) -> bool:
        times = self.on_course.get((person, course), [])
        return bool(times) and times[-1][1] == NEVER

    def is_merged(self, person: int) -> bool:
        return any(merge.merged == person for merge in self.merges)

    def enrol(self, person: int, course: str, now: datetime) -> None:
        if not self.is_enrolled(person, course):
            self.on_course.setdefault((person, course), []).append((now, NEVER))

    def withdraw(self, person: int, course: str, now: datetime) -> None:
        if self.is_enrolled(person, course):
            times = self.on_course[person, course]
            times[-1] = (times[-1][0], now)

    def switch_off(self, person: int, now: datetime) -> None:
        self.off[person].append((now, NEVER))

    def switch_on(self, person: int, now: datetime) -> None:
        self.off[person][-1] = (self.off[person][-1][0], now)

    def was_on_course(self, person: int, lesson: Lesson) -> bool:
        times = self.on_course.get((person, lesson.course), [])
        return any(begin <= lesson.from_at < end for begin, end in times)

    def had_left(self, person: int, lesson: Lesson) -> bool:
        """Whether the person was on the course earlier, but not when the lesson took place."""
        times = self.on_course.get((person, lesson.course), [])
        came = any(begin <= lesson.from_at for begin, _ in times)
        return came and not self.was_on_course(person, lesson)

    def is_expected(self, person: int, lesson: Lesson) -> bool:
        """Whether a closing may say that the person was absent."""
        if lesson.closed_at is not None and lesson.closed_at < lesson.starts_at:
            return False
        if not (self.is_on(person) and self.is_enrolled(person, lesson.course)):
            return False
        was_off = any(
            begin <= lesson.from_at < end or lesson.from_at <= begin < lesson.ends_at
            for begin, end in self.off[person]
        )
        return self.was_on_course(person, lesson) and not was_off

    # The life of a lesson

    def open(self, number: int, now: datetime) -> None:
        lesson = self.lessons[number]
        if lesson.state == PLANNED:
            lesson.opened_at = now
        else:
            lesson.reopened_at, lesson.closed_at = now, None
        lesson.state = OPEN

    def close(self, number: int, now: datetime) -> None:
        lesson = self.lessons[number]
        if lesson.state != CLOSED:
            lesson.state, lesson.closed_at = CLOSED, now
        for person in filter(lambda each: self.is_expected(each, lesson), self.people):
            self._look_at_excuses(person, number)
            if self.status(person, number) in (None, CLEARED):
                self.marks.append(Mark(person, number, NOTED, ABSENT, now))

    def annul(self, number: int) -> None:
        lesson = self.lessons[number]
        lesson.was, lesson.state = lesson.state, ANNULLED

    def restore(self, number: int, now: datetime) -> None:
        lesson = self.lessons[number]
        lesson.state = lesson.was
        is_marked = any(mark.lesson == number for mark in self.marks)
        if lesson.state == OPEN and now < lesson.day_begins_at and not is_marked:
            lesson.state, lesson.opened_at = PLANNED, None
            return
        if lesson.state == CLOSED or now >= lesson.dies_at:
            self.close(number, now)

    # Marks

    def mark(self, person: int, number: int, kind: str, status: str, now: datetime) -> None:
        self.marks.append(Mark(person, number, kind, status, now))

    def status(self, person: int, number: int) -> str | None:
        """What counts: by hand the latest, of check-ins the first, then excuses, then absence."""
        own = [m for m in self.marks if (m.owner, m.lesson) == (person, number)]
        by_hand = [mark for mark in own if mark.kind == HAND]
        seen = [mark for mark in own if mark.kind == SEEN]
        if by_hand:
            return max(by_hand, key=lambda mark: mark.at).status
        if seen:
            return min(seen, key=lambda mark: mark.at).status
        if not own:
            return None
        excuses = [
            excuse
            for excuse in self.excuses
            if self._covers(excuse, person, self.lessons[number])
            and number not in excuse.not_yet_in
        ]
        return min(excuses, key=lambda excuse: excuse.at).status if excuses else ABSENT

    def excuses_of(self, person: int, number: int) -> list[Excuse]:
        """The excuses of the person that cover the lesson."""
        lesson = self.lessons[number]
        return [excuse for excuse in self.excuses if self._covers(excuse, person, lesson)]

    def _covers(self, excuse: Excuse, person: int, lesson: Lesson) -> bool:
        return (
            excuse.owner == person
            and not excuse.is_revoked
            and excuse.course in (None, lesson.course)
            and excuse.covers(lesson)
        )

    def give_or_revoke(self, excuse: Excuse, *, is_revoked: bool = False) -> None:
        """Give the excuse, or take it back. What was noted in its lessons is looked at again."""
        if not is_revoked:
            self.excuses.append(excuse)
        for number, lesson in enumerate(self.lessons):
            if self._covers(excuse, excuse.owner, lesson):
                self._look_at_excuses(excuse.owner, number)
        excuse.is_revoked = is_revoked

    def _look_at_excuses(self, person: int, number: int) -> None:
        for excuse in self.excuses:
            if excuse.owner == person:
                excuse.not_yet_in.discard(number)

    def has_late_excuse(self, person: int) -> bool:
        """Whether an excuse of the person does not count yet in some lesson."""
        return any(excuse.owner == person and excuse.not_yet_in for excuse in self.excuses)

    def lasting_excuses(self, person: int, course: str, now: datetime) -> list[Excuse]:
        """The person's excuses for this one course that last beyond now, the first given first."""
        of_course = (e for e in self.excuses if (e.owner, e.course) == (person, course))
        standing = [e for e in of_course if not e.is_revoked and e.until_at > now]
        return sorted(standing, key=lambda excuse: excuse.at)

    def move(self, person: int, course: str, to: str, now: datetime) -> None:
        """Move a person to another course, where their excuses count from today on."""
        today = now.astimezone(PARIS).replace(hour=0, minute=0)
        for excuse in self.lasting_excuses(person, course, now):
            begins = max(excuse.from_at, today)
            copy = Excuse(person, to, begins, excuse.until_at, excuse.status, excuse.note, now)
            if not any(each.says_the_same_as(copy) for each in self.excuses):
                numbers = range(len(self.lessons))
                copy.not_yet_in = {n for n in numbers if self.status(person, n) is not None}
                self.excuses.append(copy)
        self.enrol(person, to, now)
        self.withdraw(person, course, now)

    # Two accounts of one person

    def merge(self, kept: int, merged: int, now: datetime) -> None:
        both = {
            number: (self.status(kept, number), self.status(merged, number))
            for number in range(len(self.lessons))
        }
        was_on = self.is_on(merged)
        done = Merge(
            kept,
            merged,
            now,
            was_on,
            marks=[mark for mark in self.marks if mark.owner == merged],
            excuses=[excuse for excuse in self.excuses if excuse.owner == merged],
            places=self._put_places_together(kept, merged, now),
        )
        if was_on:
            self.switch_off(merged, now)
        for moved in (*done.marks, *done.excuses):
            moved.owner = kept
        for number, statuses in both.items():
            better = min(statuses, key=BEST_FIRST.index)
            if None not in statuses and self.status(kept, number) != better:
                done.added.append(Mark(kept, number, HAND, better, now))
        self.marks += done.added
        self.merges.append(done)

    def _put_places_together(self, kept: int, merged: int, now: datetime) -> dict[str, tuple]:
        """The places before and after. Times off are no times on a course for the kept account."""
        places = {}
        for course in self.courses:
            mine, others = (self.on_course.get((who, course)) for who in (kept, merged))
            if others is None:
                continue
            gaps = [(begin, min(end, now)) for begin, end in self.off[merged]]
            together = joined([*(mine or []), *without(others, gaps)]) or (mine or others)
            places[course] = (mine, list(others), list(together))
            self.on_course[kept, course] = together
            self.on_course.pop((merged, course))
        return places

    def undo_merge(self, done: Merge, now: datetime) -> None:
        kept, merged = done.kept, done.merged
        self.merges.remove(done)
        for mark in done.added:
            self.marks.remove(mark)
        for moved in (*done.marks, *done.excuses):
            moved.owner = merged
        self._forget_noted(kept, {mark.lesson for mark in done.marks}, done.at)
        for course, (mine, others, together) in done.places.items():
            present = self.on_course[kept, course]
            is_unchanged = present == together
            if mine is None:
                self.on_course[merged, course] = others if is_unchanged else present
                self.on_course.pop((kept, course))
                if self._is_marked(kept, course):
                    self.on_course[kept, course] = [(done.at, now)]
            else:
                self.on_course[merged, course] = others
                self.on_course[kept, course] = mine if is_unchanged else present
        if done.was_on:
            self.switch_on(merged, now)

    def _forget_noted(self, person: int, numbers: set[int], since: datetime) -> None:
        """Forget what was noted of the person since then, in those of these lessons in which
        nothing else is known of them: it was the other account that was absent there."""
        for number in numbers:
            own = [m for m in self.marks if (m.owner, m.lesson) == (person, number)]
            if all(mark.kind == NOTED and mark.at >= since for mark in own):
                self.marks = [mark for mark in self.marks if mark not in own]

    def _is_marked(self, person: int, course: str) -> bool:
        numbers = (n for n, lesson in enumerate(self.lessons) if lesson.course == course)
        return any(self.status(person, number) for number in numbers)
