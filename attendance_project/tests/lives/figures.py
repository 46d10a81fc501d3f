"""What everybody must read of a life: what each lesson counts as, and the figures of each student.

The rules of a course are those of docs/rates.md, written once more and as plainly as possible.
"""

from dataclasses import dataclass

from attendance_project.tests.lives.facts import (
    ABSENT,
    ANNULLED,
    CANCELLED,
    CLOSED,
    EXCUSED,
    FEWEST_COUNTED,
    LATE,
    LIMIT_ABSENCES,
    LIMIT_PERCENT,
    OPEN,
    PLANNED,
    PRESENT,
    Lesson,
)
from attendance_project.tests.lives.model import Life

COUNTS, LATE_ABSENCE, ELSEWHERE, WAITING = "status", "late_absence", "elsewhere", "waiting"


@dataclass(frozen=True)
class Figures:
    present: int
    late: int
    excused: int
    absent: int
    late_absences: int
    attended_h: float | None
    counted_h: float | None
    rate_percent: float | None
    absence_streak: int
    at_risk: bool


def closed_lessons(life: Life, course: str) -> list[int]:
    """Numbers of the closed lessons of a course, oldest first."""
    return [n for n in lessons_of(life, course) if life.lessons[n].state == CLOSED]


def lessons_of(life: Life, course: str) -> list[int]:
    numbers = [n for n, lesson in enumerate(life.lessons) if lesson.course == course]
    return sorted(numbers, key=lambda number: life.lessons[number].starts_at)


def statuses(life: Life, person: int, course: str) -> dict[int, str]:
    """The status at each closed lesson where there is one, oldest first."""
    found = {number: life.status(person, number) for number in closed_lessons(life, course)}
    return {number: status for number, status in found.items() if status}


def counted_as(life: Life, person: int, course: str) -> dict[int, str]:
    """What each closed lesson with a status counts as, oldest first."""
    recorded = statuses(life, person, course)
    found = {}
    for number in recorded:
        group = alternatives(life, number)
        one = carrier(life, person, group, recorded)
        found[number] = WAITING if one is None else COUNTS if one == number else ELSEWHERE
    lates = [n for n, said in found.items() if said == COUNTS and recorded[n] == LATE]
    every = life.rules[course].lates_per_absence
    return found | dict.fromkeys(lates[every - 1 :: every] if every else [], LATE_ABSENCE)


def alternatives(life: Life, number: int) -> list[int]:
    """The lessons of the same offering, oldest first, or the lesson alone."""
    lesson = life.lessons[number]
    if not lesson.offering:
        return [number]
    same = lesson.offering.casefold()
    others = lessons_of(life, lesson.course)
    return [n for n in others if life.lessons[n].offering.casefold() == same]


def carrier(life: Life, person: int, group: list[int], recorded: dict[int, str]) -> int | None:
    """The lesson as which an offering counts, or None while it is not decided."""
    held = [number for number in group if number in recorded]
    for status in (PRESENT, LATE, EXCUSED):
        if best := [number for number in held if recorded[number] == status]:
            return best[0]
    is_alone = len(group) == 1
    is_open = not is_alone and any(leaves_open(life, person, number) for number in group)
    return None if is_open else held[-1]


def leaves_open(life: Life, person: int, number: int) -> bool:
    """Whether the person may still attend the lesson, or had left when it took place."""
    lesson = life.lessons[number]
    is_to_come = lesson.state in (PLANNED, OPEN)
    if life.status(person, number):
        return is_to_come
    if lesson.state in (CANCELLED, ANNULLED):
        return False
    return had_left_by(life, person, lesson) or (is_to_come and life.was_on_course(person, lesson))


def had_left_by(life: Life, person: int, lesson: Lesson) -> bool:
    is_to_come = lesson.state in (PLANNED, OPEN)
    has_left = is_to_come and not life.is_enrolled(person, lesson.course)
    return life.had_left(person, lesson) or (has_left and life.was_on_course(person, lesson))


def figures(life: Life, person: int, course: str) -> Figures:
    said = counted_as(life, person, course)
    recorded = statuses(life, person, course)
    counted = [n for n, one in said.items() if one in (COUNTS, LATE_ABSENCE)]
    rows = [recorded[n] for n in counted]
    in_rate = [status for status in rows if status != EXCUSED]
    attended_s, counted_s = weights_s(life, person, course)
    has_hours = life.rules[course].by_hours and bool(in_rate)
    streak = streak_of(rows)
    is_low = 100 * attended_s < LIMIT_PERCENT * counted_s and len(in_rate) >= FEWEST_COUNTED
    return Figures(
        *map(rows.count, (PRESENT, LATE, EXCUSED, ABSENT)),
        late_absences=sum(one == LATE_ABSENCE for one in said.values()),
        attended_h=round(attended_s / 3600, 2) if has_hours else None,
        counted_h=round(counted_s / 3600, 2) if has_hours else None,
        rate_percent=round(100 * attended_s / counted_s, 1) if in_rate else None,
        absence_streak=streak,
        at_risk=(is_low or streak >= LIMIT_ABSENCES)
        and life.is_enrolled(person, course)
        and life.is_on(person),
    )


def weights_s(life: Life, person: int, course: str) -> tuple[int, int]:
    """The weight of what was attended, and of all that counts, in seconds."""
    said = counted_as(life, person, course)
    recorded = statuses(life, person, course)
    counted = [n for n, one in said.items() if one in (COUNTS, LATE_ABSENCE)]
    attended = [n for n in counted if said[n] == COUNTS and recorded[n] in (PRESENT, LATE)]
    in_rate = [n for n in counted if recorded[n] != EXCUSED]
    by_hours = life.rules[course].by_hours
    weights = {n: weight_s(life, person, n, recorded[n]) if by_hours else 3600 for n in in_rate}
    return sum(weights[n] for n in attended), sum(weights.values())


def weight_s(life: Life, person: int, number: int, status: str) -> int:
    """What was attended weighs its own; what was missed, the least of its offering."""
    if status != ABSENT:
        return life.lessons[number].weight_s
    could = [
        life.lessons[n]
        for n in alternatives(life, number)
        if life.lessons[n].state == CLOSED
        and (life.status(person, n) or life.was_on_course(person, life.lessons[n]))
    ]
    return min(lesson.weight_s for lesson in could)


def streak_of(rows: list[str]) -> int:
    """How many times in a row the person was absent at last. An excuse does not end it."""
    streak = 0
    for status in reversed([status for status in rows if status != EXCUSED]):
        if status != ABSENT:
            break
        streak += 1
    return streak
