"""Plans sessions from a calendar and the planned ones (docs/imports.md)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from attendance_project.tables.apart import read_apart
from sessions_app.domain.ical.dates import Date, Stray, Why
from sessions_app.domain.ical.events import Event, Series
from sessions_app.domain.ical.lines import FALLBACK
from sessions_app.domain.web_addresses import without_secret
from sessions_app.imports.calendars import ANSWER, Calendar, events_in, short, shown
from sessions_app.imports.comparing import compare
from sessions_app.imports.event_keys import EventKeys
from sessions_app.imports.mappings import remember, remembered, source_of
from sessions_app.imports.matching import Match, Matching
from sessions_app.imports.meeting_others import closed_days_in, overlaps_in
from sessions_app.imports.plans import Plan, Unused, UnusedKind
from sessions_app.imports.reckoning import Answer, Reckoned, Trouble, Wish, reckon
from sessions_app.imports.records import record_of
from sessions_app.imports.wanted import Asked, Wanted
from sessions_app.models import Course, ImportKind
from sessions_app.services.teaching import YEARS

LOOK_AHEAD = timedelta(days=366)
_RELATED = ("subject", "class_group", "teacher")
_MOST_LINES_TOLD = 20


@dataclass(frozen=True)
class Choices:
    """What the importer says now about titles. None leaves the events of a title out.

    ``titles`` are whole titles, ``parts`` are words that may stand among others.
    """

    titles: Mapping[str, Course | None] = field(default_factory=dict)
    parts: Mapping[str, Course | None] = field(default_factory=dict)


NO_CHOICES = Choices()


def plan_timetable(
    data: bytes,
    *,
    courses: QuerySet[Course],
    course: Course | None = None,
    by: User | None,
    now: datetime,
    file_name: str = "",
    source: str = "",
    choices: Choices = NO_CHOICES,
    drop_missing: bool = False,
) -> Plan:
    """What importing the calendar would do, with nothing written. Raises ImportRefused.

    ``courses`` are those for which the importer may plan. All events are ``course``'s, if it is
    given. Only what is still to come within LOOK_AHEAD is planned. ``source`` is by what the
    calendar is known the next time, when ``choices`` are remembered: its own name or the file's
    unless given.
    """
    known = list(courses.filter(is_active=True).select_related(*_RELATED))

    def matching(calendar: Calendar) -> Matching:
        by_this = without_secret(source or source_of(calendar.name, file_name))
        return Matching(known, course, remembered(by_this, known, by=by, choices=choices))

    planner = _Planner(matching, now)
    answer: Answer = read_apart(
        reckon, data, now, planner.until, planner.until + LOOK_AHEAD, ask=planner.choose
    )
    planner.read(answer)
    calendar, plan = planner.calendar, planner.plan
    origin = without_secret(source or calendar.name)
    file_name = without_secret(source or file_name)
    source = without_secret(source or source_of(calendar.name, file_name))
    plan.record = record_of(
        ImportKind.TIMETABLE,
        data,
        file_name=file_name,
        source=source,
        by=by,
        now=now,
    )
    may_drop = drop_missing and not calendar.is_cut_off
    compare(
        plan,
        planner.asked,
        origin=origin,
        by=by,
        now=now,
        until=now + LOOK_AHEAD,
        drop_missing=may_drop,
    )
    plan.holds_nothing = not calendar.series and not plan.unused
    plan.notes += [*_notes(calendar, planner), *closed_days_in(plan, planner.asked)]
    plan.overlaps = lambda: overlaps_in(plan, planner.asked)
    if choices.titles or choices.parts:
        plan.afterwards.append(lambda: remember(source, choices, by=by, now=now))
    return plan


class _Planner:
    """Goes through the events: each of their dates is asked for, or listed with why not."""

    calendar: Calendar
    matching: Matching
    events: EventKeys
    """The keys of the events whose UID is theirs alone."""

    def __init__(self, matching_for: Callable[[Calendar], Matching], now: datetime) -> None:
        self.matching_for = matching_for
        self.now = now
        self.until = now + LOOK_AHEAD
        self.plan = Plan()
        self.asked = Asked()
        self.begun_before: set[int] = set()
        """Lines of repeating events with dates that are past."""
        self.goes_on: set[int] = set()
        """Lines of repeating events with dates that are too far ahead."""
        self.notes: list[str] = []
        self.chosen: list[_Chosen] = []
        self.shared: dict[str, set[int]] = {}
        """Lines of events that have one UID although they are no series."""
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
        reckoned = iter(answer.reckoned)
        for chosen in self.chosen:
            self._read_series(chosen, reckoned)
        for copy in self.calendar.copies:
            why = _("is replaced by a newer version on line %(line)d.") % {"line": copy.by_line}
            self._unused(copy.event, why, UnusedKind.LEFT_OUT)
        for other in self.calendar.no_events:
            why = _NO_EVENTS[other.kind]()
            self.plan.unused.append(Unused(other.line, other.title, why, UnusedKind.UNRELATED))

    def _choose(self, series: Series) -> "_Chosen":
        """Each event of a series may be another course's, as one date may be given away."""
        matches = {event.line: self._match(event) for event in events_in(series)}
        if series.master.is_cancelled and series.master.start is None:
            return _Chosen(series, matches, {}, [])
        faults = {event.line: why for event in events_in(series) if (why := _fault(event))}
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
            self.notes += match.notes
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
            why = _WHY[Why.CANCELLED]()
            kind = UnusedKind.LEFT_OUT if courses else UnusedKind.UNRELATED
            self._unused(event, why, kind)

    def _take(self, series: Series, course: Course, lines: set[int], found: Reckoned) -> None:
        """Take the dates of a series into the plan, or list it with why it has none."""
        if found.trouble is not None:
            self._unused(series.master, _TROUBLES[found.trouble](), UnusedKind.LEFT_OUT)
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
                self.shared.setdefault(event.uid, set()).add(event.line)

    def _tell_strays(self, strays: Iterable[Stray], course: Course) -> None:
        told = _(
            "“%(title)s” (line %(line)d) leaves out or changes a date that its series does not "
            "have: %(at)s. Check the dates of that day."
        )
        for stray in strays:
            if self.now <= stray.at < self.until:
                at = date_format(_local(stray.at, course), "j F Y, H:i")
                values = {"title": shown(stray.event), "line": stray.event.line, "at": at}
                self.notes.append(told % values)

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
            shown_times = ", ".join(f"{time:%H:%M}" for time in sorted(times))
            values = {"title": shown(master), "line": master.line, "times": shown_times}
            self.notes.append(told % values)

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
            return _WHY[date.why]()
        if not YEARS[0] <= date.starts_at < YEARS[1]:
            return _PAST() if date.starts_at < YEARS[0] else _FAR()
        if date.ends_at <= self.now:
            return _PAST()
        if date.starts_at < self.now:
            return _("has begun already.")
        return _FAR() if date.starts_at >= self.until else None

    def _tell(self, dates: list[Date], why: str, course: Course, *, repeats: bool) -> None:
        event, first = dates[0].event, dates[0]
        if why == _PAST() and repeats:
            self.begun_before.add(event.line)
        elif why == _FAR() and repeats:
            self.goes_on.add(event.line)
        elif first.why is not Why.EXCLUDED:
            at = _day(first, course) if len(dates) == 1 else _days(dates, course)
            self._unused(event, f"{why} ({at})", UnusedKind.LEFT_OUT)

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


def _fault(event: Event) -> str:
    """Why the event cannot be read, or empty."""
    if not event.is_whole:
        return _("is cut off: its end is missing. Export the calendar again.")
    name, value = event.fault
    if name in ("RRULE", "EXRULE"):
        told = _("repeats in a way that is not supported: %(rule)s. Repeat it by days or weeks.")
        return told % {"rule": value}
    if name:
        told = _("cannot be read: %(name)s is “%(value)s”. Correct the event.")
        return told % {"name": name, "value": value}
    if event.start is None:
        return _("has no start. Add one.")
    return ""


def _day(date: Date, course: Course) -> str:
    """The date on the course's own clock."""
    return date_format(
        _local(date.starts_at, course), "j F Y" if date.event.lasts_days else "j F Y, H:i"
    )


def _local(moment: datetime, course: Course) -> datetime:
    """The moment on the course's own clock, or in UTC where it is too far away for a zone."""
    is_near = YEARS[0] <= moment < YEARS[1]
    return moment.astimezone(course.zone) if is_near else moment


def _days(dates: Sequence[Date], course: Course) -> str:
    told = _("%(n)d dates from %(first)s to %(last)s")
    first, last = _day(dates[0], course), _day(dates[-1], course)
    return told % {"n": len(dates), "first": first, "last": last}


def _PAST() -> str:
    return _("is past.")


def _FAR() -> str:
    return _("is more than a year ahead. Import the calendar again later.")


_WHY = {
    Why.CANCELLED: lambda: _("is cancelled in the calendar."),
    Why.EXCLUDED: lambda: _("is left out of its series."),
    Why.WHOLE_DAY: lambda: _(
        "lasts the whole day. Plan it on the course's page if it takes place."
    ),
    Why.NO_END: lambda: _("has no end. Add one."),
    Why.NO_LENGTH: lambda: _("ends when it starts. Correct its end."),
    Why.ENDS_BEFORE: lambda: _("ends before it starts. Correct its times."),
    Why.TOO_LONG: lambda: _("lasts more than 24 hours."),
}
_TROUBLES = {
    Trouble.TOO_MUCH: lambda: _(
        "repeats too often to be reckoned. Correct its rule or split the calendar."
    ),
    Trouble.UNREADABLE: lambda: _("has dates that cannot be reckoned. Correct its times."),
}
_NO_EVENTS = {
    "VTODO": lambda: _("is a task, not an event."),
    "VJOURNAL": lambda: _("is a note, not an event."),
    ANSWER: lambda: _("is somebody's answer to an invitation, and no date of a calendar."),
    "VFREEBUSY": lambda: _("says when somebody is busy, and is no event."),
}


def _notes(calendar: Calendar, planner: _Planner) -> Iterator[str]:
    yield from dict.fromkeys(planner.notes)
    if calendar.is_cut_off:
        yield _(
            "This file is cut off: its end is missing. What is there was read, and nothing is "
            "cancelled for being missing. Export the calendar again."
        )
    if calendar.odd_lines:
        yield _(
            "Not UTF-8 text, and read as %(encoding)s instead: lines %(lines)s. Look at the names "
            "with accents."
        ) % {"encoding": FALLBACK, "lines": _lines(calendar.odd_lines)}
    for name in sorted(calendar.zones.unknown):
        yield _(
            "The time zone “%(zone)s” is not known. Its times were read on the course's own "
            "clock: check them."
        ) % {"zone": short(name)}
    for lines in planner.shared.values():
        if len(lines) > 1:
            yield _(
                "The events on lines %(lines)s have one UID, and all of them are planned. If some "
                "are older versions of the same event, cancel their sessions."
            ) % {"lines": _lines(sorted(lines))}
    if planner.begun_before:
        yield ngettext(
            "Dates that are past were left out of %(n)d repeating event.",
            "Dates that are past were left out of %(n)d repeating events.",
            len(planner.begun_before),
        ) % {"n": len(planner.begun_before)}
    if planner.goes_on:
        yield _(
            "Dates after %(day)s are too far ahead and not planned yet (repeating events: %(n)d). "
            "Import the calendar again later."
        ) % {"day": date_format(planner.until, "j F Y"), "n": len(planner.goes_on)}


def _lines(numbers: Sequence[int]) -> str:
    told = ", ".join(map(str, numbers[:_MOST_LINES_TOLD]))
    left = len(numbers) - _MOST_LINES_TOLD
    return told if left <= 0 else _("%(lines)s and %(n)d more") % {"lines": told, "n": left}
