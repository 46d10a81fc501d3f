"""Says of sessions that are past or have begun why they are not planned, and what to do."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from sessions_app.domain.series import Meeting
from sessions_app.imports.calendar_notes import lines_in_words
from sessions_app.imports.calendar_words import begun, past
from sessions_app.imports.known import fetch
from sessions_app.models import OF_NO_EFFECT, Course, Session

_ADVICE = {
    (True, True): _("If the sessions on these lines took place, import their marks: %(lines)s."),
    (True, False): _(
        "Only sessions to come are imported. If those on these lines took place, plan them on "
        "their course's page, and then import their marks: %(lines)s."
    ),
    (False, True): _(
        "The sessions on these lines are planned already. Open them on their course's page: "
        "%(lines)s."
    ),
    (False, False): _(
        "Only sessions to come are imported. To open those on these lines, plan them on their "
        "course's page: %(lines)s."
    ),
}
"""What to do, by whether a session is over and whether it is here already."""


@dataclass(frozen=True)
class Passed:
    """A session of a line that begins before now."""

    course: Course
    times: Meeting
    line: int
    is_over: bool

    @property
    def place(self) -> tuple[Any, datetime]:
        return (self.course.pk, self.times.starts_at)

    @property
    def why(self) -> str:
        return past() if self.is_over else begun()


def advice(passed: Sequence[Passed]) -> Iterator[str]:
    """What to do about these sessions, a sentence for each kind of them."""
    here = _here(passed)
    kinds: dict[tuple[bool, bool], set[int]] = defaultdict(set)
    for one in passed:
        kinds[one.is_over, one.place in here].add(one.line)
    for kind, told in _ADVICE.items():
        if lines := kinds[kind]:
            yield str(told) % {"lines": lines_in_words(sorted(lines))}


def _here(passed: Sequence[Passed]) -> set[tuple[Any, datetime]]:
    """The places of these sessions that have one which may be opened or marked."""
    if not passed:
        return set()
    starts = [one.times.starts_at for one in passed]
    rows = Session.objects.filter(starts_at__gte=min(starts), starts_at__lte=max(starts))
    rows = rows.exclude(state__in=OF_NO_EFFECT).order_by().only("course_id", "starts_at")
    courses = {one.course.pk for one in passed}
    return {(row.course_id, row.starts_at) for row in fetch(rows, "course_id", courses)}
