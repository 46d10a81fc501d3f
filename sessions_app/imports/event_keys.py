"""Knows the events of a calendar again, by the sessions that they have from imports before."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from sessions_app.domain.ical.events import Event, Series
from sessions_app.imports.known import fetch
from sessions_app.imports.wanted import event_key
from sessions_app.models import Course, Session, SessionState


class EventKeys:
    """The keys of the events of one file. An event whose UID others have too has none, since
    programs that give one UID to several events say nothing by it."""

    def __init__(self, series: Iterable[Series]) -> None:
        self.series = list(series)
        masters = [one.master for one in self.series if one.master.instead_of is None]
        self.times = Counter(event.uid for event in masters)

    def key_of(self, event: Event) -> str:
        return event_key(event.uid) if self.times[event.uid] <= 1 else ""

    @cached_property
    def _course_ids(self) -> dict[str, set[Any]]:
        """For the key of each event that is cancelled the courses that have sessions of it."""
        events = [event for one in self.series for event in (one.master, *one.changes)]
        keys = {self.key_of(event) for event in events if event.is_cancelled} - {""}
        planned = Session.objects.filter(state=SessionState.PLANNED).order_by()
        found: dict[str, set[Any]] = defaultdict(set)
        for session in fetch(planned, "calendar_event", sorted(keys)):
            found[session.calendar_event].add(session.course_id)
        return found

    def courses_of(self, event: Event, courses: Sequence[Course]) -> tuple[Course, ...]:
        """Those of the courses that have planned sessions of this event."""
        ids = self._course_ids.get(self.key_of(event), set())
        return tuple(course for course in courses if course.pk in ids)
