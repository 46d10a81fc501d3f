"""Goes through the events of a calendar: each date is asked for, or listed with why not."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from attendance_project.days import when
from sessions_app.domain.ical.dates import Date, Stray, Why
from sessions_app.domain.ical.events import Event, Series
from sessions_app.domain.series import Meeting
from sessions_app.imports.calendar_notes import Told
from sessions_app.imports.calendar_words import (
    NO_EVENTS,
    TROUBLES,
    WHY,
    begun,
    day_of,
    days_of,
    far,
    fault_of,
    local,
    past,
)
from sessions_app.imports.calendars import Calendar, events_in, shown
from sessions_app.imports.event_keys import EventKeys
from sessions_app.imports.matching import Match, Matching
from sessions_app.imports.passed import Passed, advice
from sessions_app.imports.plans import Plan, Unused, UnusedKind
from sessions_app.imports.reckoning import Answer, Reckoned, Wish
from sessions_app.imports.wanted import Asked, Wanted
from sessions_app.models import Course
from sessions_app.services.teaching import YEARS


class CalendarEvents:
    """Goes through the events: each of their dates is asked for, or listed with why not."""

    calendar: Calendar
    matching: Matching
    events: EventKeys
    """The keys of the events whose UID is theirs alone."""

    def __init__(
        self, matching_for: Callable[[Calendar], Matching], *, now: datetime, until: datetime
    ) -> None:
        self.matching_for = matching_for
        self.now = now
        self.until = until
        self.plan = Plan()
        self.asked = Asked()
        self.told = Told()
        self.chosen: list[_Chosen] = []
        self.passed: list[Passed] = []
        """Dates that are listed since they are past or have begun."""
        self.partly_read: set[int] = set()
        """Lines of series with changes that cannot be read, so that not all dates are known."""

    def choose(self, calendar: Calendar) -> list[Wish]:
        """Find the courses of each event. Returns the series whose dates are needed, each with the
        clock of the course: they are reckoned in the process that read the file."""
        self.calendar = calendar
        self.matching = self.matching_for(calendar)
        self.events = EventKeys(calendar.series)
        self.chosen = [self._choose(series) for series in calendar.series]
        return [
            Wish(part, str(course.pk), course.zone)
            for chosen in self.chosen
            for part, course, _lines in chosen.asks
        ]

    def read(self, answer: Answer) -> None:
        """Go through the events with their dates, which are in the order of the wishes."""
        self.calendar.zones.unknown |= answer.unknown_zones
        self.calendar.zones.floats |= answer.floats
        reckoned = iter(answer.reckoned)
        for chosen in self.chosen:
            self._read_series(chosen, reckoned)
        self.plan.advice = list(advice(self.passed))
        for copy in self.calendar.copies:
            why = _("is replaced by a newer version on line %(line)d.") % {"line": copy.by_line}
            self._unused(copy.event, why, UnusedKind.LEFT_OUT)
            if copy.is_by_date:
                self.told.by_date.setdefault(copy.by_line, []).append(copy.event.line)
        for other in self.calendar.no_events:
            why = NO_EVENTS[other.kind]()
            self.plan.unused.append(Unused(other.line, other.title, why, UnusedKind.UNRELATED))

    def _choose(self, series: Series) -> "_Chosen":
        """Each event of a series may be another course's, as one date may be given away."""
        matches = {event.line: self._match(event) for event in events_in(series)}
        if series.master.is_cancelled and series.master.start is None:
            return _Chosen(series, matches, {}, [])
        faults = {event.line: why for event in events_in(series) if (why := fault_of(event))}
        asks: list[tuple[Series, Course, set[int]]] = []
        for part in _usable(series, faults):
            own = matches[part.master.line].courses
            others = [c for e in part.changes for c in matches[e.line].courses if c not in own]
            for course in dict.fromkeys([*own, *others]):
                lines = {line for line, match in matches.items() if course in match.courses}
                if part.master.line in lines:  # who cancels a date may give it another title
                    lines |= {event.line for event in part.changes if event.is_cancelled}
                asks.append((part, course, lines))
        return _Chosen(series, matches, faults, asks)

    def _read_series(self, chosen: "_Chosen", reckoned: Iterator[Reckoned]) -> None:
        series, matches = chosen.series, chosen.matches
        if series.master.is_cancelled and series.master.start is None:
            self._call_off(series, matches[series.master.line].courses)
            return
        for event in events_in(series):
            match = matches[event.line]
            is_told_later = event.is_cancelled and matches[series.master.line].courses
            if match.unused and not is_told_later:
                self.plan.unused.append(match.unused)
            self.told.notes += match.notes
        for event in events_in(series):
            if event.line in chosen.faults and matches[event.line].courses:
                self._unused(event, chosen.faults[event.line], UnusedKind.LEFT_OUT)
        if chosen.faults:
            self.partly_read.add(series.master.line)
        for part, course, lines in chosen.asks:
            self._take(part, course, lines, next(reckoned))

    def _match(self, event: Event) -> Match:
        """The courses of an event. What is cancelled may have lost its title, and is found by the
        sessions that it has."""
        match = self.matching.match(event)
        if not event.is_cancelled or match.courses:
            return match
        courses = self.events.courses_of(event, self.matching.courses)
        return Match(courses) if courses else match

    def _call_off(self, series: Series, courses: Iterable[Course]) -> None:
        """Note that an event is cancelled as a whole, or from one of its dates on."""
        event = series.master
        for course in courses:
            if key := self.events.key_of(event):
                since = None
                if event.instead_of is not None:
                    since = self.calendar.zones.moment(event.instead_of, course.zone)
                self.asked.call_off(course, key, since)
        if event.start is None:
            why = WHY[Why.CANCELLED]()
            kind = UnusedKind.LEFT_OUT if courses else UnusedKind.UNRELATED
            self._unused(event, why, kind)

    def _take(self, series: Series, course: Course, lines: set[int], found: Reckoned) -> None:
        """Take the dates of a series into the plan, or list it with why it has none."""
        if found.trouble is not None:
            self._unused(series.master, TROUBLES[found.trouble](), UnusedKind.LEFT_OUT)
            return
        self._tell_strays(found.strays, course)
        self._follow(series, course)
        self._sort(found.dates, course, lines, series.master)
        self._tell_shift(found.dates, course, series.master)

    def _follow(self, series: Series, course: Course) -> None:
        """Note of which events the file tells all dates, and which it calls off."""
        event = series.master
        if event.is_cancelled and (event.instead_of is None or event.and_later):
            self._call_off(series, [course])
        elif event.instead_of is None:
            key = self.events.key_of(event)
            if key and not self.calendar.is_cut_off and event.line not in self.partly_read:
                self.asked.follow(course, key)
            elif not key and event.uid:
                self.told.shared.setdefault(event.uid, set()).add(event.line)

    def _tell_strays(self, strays: Iterable[Stray], course: Course) -> None:
        told = _(
            "“%(title)s” (line %(line)d) leaves out or changes a date that its series does not "
            "have: %(at)s. Check the dates of that day."
        )
        for stray in strays:
            if self.now <= stray.at < self.until:
                at = when(local(stray.at, course), "long day and time")
                values = {"title": shown(stray.event), "line": stray.event.line, "at": at}
                self.told.notes.append(told % values)

    def _tell_shift(self, dates: Sequence[Date], course: Course, master: Event) -> None:
        """Point out a series in UTC that a change of clocks moves by an hour."""
        own = [date for date in dates if date.event.line == master.line]
        own = [date for date in own if self._why_not(date) is None]
        times = {date.starts_at.astimezone(course.zone).time() for date in own}
        if master.rules and master.begin.zone == "UTC" and len(times) > 1:
            told = _(
                "“%(title)s” (line %(line)d) repeats by UTC, so it begins at different times on "
                "the course's clock: %(times)s. Check whether that is meant."
            )
            shown_times = ", ".join(when(time, "time") for time in sorted(times))
            values = {"title": shown(master), "line": master.line, "times": shown_times}
            self.told.notes.append(told % values)

    def _sort(self, dates: list[Date], course: Course, lines: set[int], master: Event) -> None:
        """Ask for the dates to come, and list the others: each reason once for each event."""
        repeats = bool(master.rules)
        told: dict[tuple[int, str], list[Date]] = {}
        for date in dates:
            if date.event.line not in lines:
                if master.line in lines:  # one date was given to another course
                    self.asked.leave_out(course, date, self.events.key_of(date.event))
            elif (why := self._why_not(date)) is None:
                self.asked.want(_wanted(course, date, self.events.key_of(date.event)))
            elif date.why in (Why.CANCELLED, Why.EXCLUDED, Why.WHOLE_DAY):
                self.asked.leave_out(course, date, self.events.key_of(date.event))
                told.setdefault((date.event.line, why), []).append(date)
            else:
                told.setdefault((date.event.line, why), []).append(date)
        planned = {date.event.line for date in dates if self._why_not(date) is None}
        for (line, why), found in told.items():
            self._tell(found, why, course, repeats=repeats and line in planned)

    def _why_not(self, date: Date) -> str | None:
        if date.why is not None:
            return WHY[date.why]()
        if not YEARS[0] <= date.starts_at < YEARS[1]:
            return past() if date.starts_at < YEARS[0] else far()
        if date.ends_at <= self.now:
            return past()
        if date.starts_at < self.now:
            return begun()
        return far() if date.starts_at >= self.until else None

    def _tell(self, dates: list[Date], why: str, course: Course, *, repeats: bool) -> None:
        event, first = dates[0].event, dates[0]
        if why == past() and repeats:
            self.told.begun_before.add(event.line)
        elif why == far() and repeats:
            self.told.goes_on.add(event.line)
        elif first.why is not Why.EXCLUDED:
            self._note_passed(dates, why, course)
            at = day_of(first, course) if len(dates) == 1 else days_of(dates, course)
            self._unused(event, f"{why} ({at})", UnusedKind.LEFT_OUT)

    def _note_passed(self, dates: list[Date], why: str, course: Course) -> None:
        if why not in (past(), begun()):
            return
        for date in dates:
            if date.starts_at >= YEARS[0]:
                times = Meeting(date.starts_at, date.ends_at)
                is_over = date.ends_at <= self.now
                self.passed.append(Passed(course, times, date.event.line, is_over=is_over))

    def _unused(self, event: Event, why: str, kind: UnusedKind) -> None:
        unused = Unused(event.line, shown(event), why, kind)
        if unused not in self.plan.unused[-5:]:  # a joint lecture is told once
            self.plan.unused.append(unused)


@dataclass
class _Chosen:
    """A series with the courses of its events, and the faults of those that cannot be read, each by
    the event's line. ``asks`` are the parts whose dates are needed, with the lines that count."""

    series: Series
    matches: dict[int, Match]
    faults: dict[int, str]
    asks: list[tuple[Series, Course, set[int]]]


def _usable(series: Series, faults: Mapping[int, str]) -> list[Series]:
    """The series without the events that cannot be read."""
    changes = [one for one in series.changes if one.line not in faults]
    if series.master.line in faults:
        return [Series(one) for one in changes]
    return [Series(series.master, changes)]


def _wanted(course: Course, date: Date, event: str) -> Wanted:
    return Wanted(
        course=course,
        line=date.event.line,
        title=shown(date.event),
        starts_at=date.starts_at,
        ends_at=date.ends_at,
        rooms=(date.event.room,) if date.event.room else (),
        event=event,
    )
