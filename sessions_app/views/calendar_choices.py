"""Choices of a course for titles of a calendar that are not sure, on the preview of an import."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from sessions_app import imports
from sessions_app.imports import Choices, Plan, Unused, UnusedKind
from sessions_app.models import Course
from sessions_app.views.base import SHOWN

MOST_ROWS = 100
"""Titles on the page that are asked about: more than a person decides at once."""
_MOST_OTHERS = 200
_MOST_KEPT = 300
_LONGEST = 1000


@dataclass(frozen=True)
class Option:
    value: str
    label: str


@dataclass(frozen=True)
class Row:
    """One title that is asked about, with the courses that it may mean, the likeliest first."""

    text: str
    title: str
    why: str
    chosen: str
    options: Sequence[Option]


@dataclass(frozen=True)
class CalendarChoices:
    rows: Sequence[Row]
    others: Sequence[Unused]
    """Events of other titles that make no session, one of each title."""
    options: Sequence[Option]
    further: int
    """Titles that are not sure either and are not on the page."""
    is_chosen: bool
    """Whether there is a choice to remember."""


def posted(request: HttpRequest, kept: dict[str, str]) -> dict[str, str]:
    """The choices by title after this form: a course's id, or "none" for what is left out. What is
    not decided is gone."""
    chosen = dict(kept)
    pairs = zip(request.POST.getlist("title"), request.POST.getlist("course"), strict=False)
    for title, value in list(pairs)[:_MOST_KEPT]:
        if not title or len(title) > _LONGEST:
            continue
        chosen.pop(title, None)
        if value and len(chosen) < _MOST_KEPT:
            chosen[title] = value
    return chosen


def as_choices(chosen: dict[str, str], courses: QuerySet[Course]) -> Choices:
    """The courses behind the ids. Raises Http404 for one that is not among ``courses``."""
    try:
        return imports.choices_of(chosen, courses)
    except imports.NoSuchCourse as error:
        raise Http404 from error


def of_plan(plan: Plan, chosen: dict[str, str], courses: QuerySet[Course]) -> CalendarChoices:
    """What the preview asks: each title that is not sure, and each that was chosen."""
    active = courses.filter(is_active=True).select_related(*SHOWN)
    labels = {course.pk: Option(str(course.pk), _label(course)) for course in active}
    unsure = _one_each(plan.unused_of(UnusedKind.UNSURE))
    rows = [Row(text, text[:200], "", value, [*labels.values()]) for text, value in chosen.items()]
    rows += [
        Row(one.text, one.title, one.why, "", _ordered(one, labels))
        for one in unsure
        if one.text not in chosen
    ]
    rest = [*plan.unused_of(UnusedKind.LEFT_OUT), *plan.unused_of(UnusedKind.UNRELATED)]
    others = [one for one in _one_each(rest) if one.text and one.text not in chosen]
    further = max(0, len(rows) - MOST_ROWS)
    return CalendarChoices(
        rows[:MOST_ROWS], others[:_MOST_OTHERS], [*labels.values()], further, bool(chosen)
    )


def _label(course: Course) -> str:
    return f"{course.subject.code} {course.class_group.code}: {course.subject.name}"


def _ordered(one: Unused, labels: dict[Any, Option]) -> list[Option]:
    likely = [labels[pk] for pk in one.choices if pk in labels]
    return [*likely, *(option for option in labels.values() if option not in likely)]


def _one_each(unused: Iterable[Unused]) -> list[Unused]:
    return list({one.text: one for one in reversed(list(unused))}.values())[::-1]
