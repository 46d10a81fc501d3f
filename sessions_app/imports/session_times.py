"""Reads when the sessions of a table begin and end, on a clock that its course tells later."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from attendance_project.days import when
from attendance_project.spellings import plain
from attendance_project.tables import Problem, Row
from attendance_project.tables.clock_times import times_of
from attendance_project.tables.moments import (
    Moment,
    dated_moment_of,
    days_in,
    in_one_order,
    is_on_another_weekday,
    minutes_of,
    serial_moment,
)
from attendance_project.tables.placeholders import is_placeholder
from attendance_project.tables.reading import listed
from attendance_project.tables.several_days import has_several_days
from sessions_app.domain.series import (
    END_OF_DAY,
    ClockChange,
    ImpossibleSeries,
    Meeting,
    check_span,
    clock_change,
    clock_changes,
    meeting,
    moment,
)
from sessions_app.imports.serial_days import serial_notes
from sessions_app.services.teaching import LONGEST, YEARS

_CELLS = ("date", "begin", "end_date", "end")
_LEAST_MINUTES = 10
"""A shorter length without a unit may as well be in hours."""
_TOO_LONG = LONGEST + timedelta(minutes=1)
"""All lengths beyond LONGEST are read as this one: Python has none of a million years."""


@dataclass(frozen=True)
class When:
    """When a line's session takes place: ``day`` and ``starts`` on the course's clock, or
    ``starts_at`` where the file says how far its clock is from UTC. The same for its end, which may
    also follow from its ``length``. A cancelled one may have no end."""

    day: date
    starts: time
    ends: time | None = None
    end_day: date | None = None
    length: timedelta | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    @property
    def has_end(self) -> bool:
        return (self.ends or self.length or self.ends_at) is not None

    def meeting(self, zone: ZoneInfo) -> Meeting:
        """The moments, where it begins and ends by the zone's clock. One without an end lasts no
        time. Raises ValueError with a sentence for times that no session has."""
        starts_at = self.starts_at or moment(self.day, self.starts, zone)
        if self.ends_at is not None or self.length is not None or not self.has_end:
            ends_at = self.ends_at or starts_at + (self.length or timedelta())
            return _checked(Meeting(starts_at, ends_at), needs_end=self.has_end)
        return _checked(self._by_clock(starts_at, zone))

    def _by_clock(self, starts_at: datetime, zone: ZoneInfo) -> Meeting:
        ends = self.ends or time()
        if self.end_day in (None, self.day) and self.starts_at is None:
            if self.end_day is None or ends <= self.starts:
                _check_span(self.starts, ends)
            return meeting(self.day, self.starts, ends, zone)
        end_day = self.end_day or self.day
        if end_day - self.day > timedelta(days=1):
            told = _("goes on until %(day)s. Give a line for each day on which there is a session.")
            raise ValueError(told % {"day": when(end_day, "long day")})
        if ends == END_OF_DAY:
            end_day, ends = end_day + timedelta(days=1), time()
        return Meeting(starts_at, moment(end_day, ends, zone))

    def clock_changes(self, zone: ZoneInfo) -> list[ClockChange]:
        """Where the clock skips or repeats the start or the end."""
        if self.starts_at is not None:
            return []
        if self.ends is not None and self.end_day in (None, self.day):
            return clock_changes(self.day, self.starts, self.ends, zone)
        change = clock_change(datetime.combine(self.day, self.starts), zone)
        return [change] if change else []


def _check_span(starts: time, ends: time) -> None:
    try:
        check_span(starts, ends)
    except ImpossibleSeries as error:
        raise ValueError(_("ends before it starts. Correct its times.")) from error


def _checked(times: Meeting, *, needs_end: bool = True) -> Meeting:
    if needs_end and times.ends_at <= times.starts_at:
        raise ValueError(_("ends before it starts. Correct its times."))
    if times.ends_at - times.starts_at > LONGEST:
        raise ValueError(_("lasts more than 24 hours."))
    if not YEARS[0] <= times.starts_at < YEARS[1]:
        raise ValueError(_("is in a year that cannot be meant. Correct its day."))
    return times


@dataclass(frozen=True)
class _Cell:
    column: str
    text: str
    moment: Moment
    times: tuple[time, ...]

    @property
    def is_filled(self) -> bool:
        """Whether it says anything, which ``TBA`` and ``-`` do not."""
        return not is_placeholder(self.text)


@dataclass(frozen=True)
class Times:
    """When each row's session is, or the problem for which that cannot be read, with notes on
    numbers that were read as days."""

    whens: list[When | Problem]
    notes: list[str]


def whens_of(rows: Sequence[Row]) -> Times:
    cells = [_cell(row, name) for row in rows for name in _CELLS]
    ordered = in_one_order([cell.moment for cell in cells])
    found: list[When | Problem] = []
    for at, row in enumerate(rows):
        four = slice(len(_CELLS) * at, len(_CELLS) * (at + 1))
        pairs = zip(cells[four], ordered[four], strict=True)
        own = {cell.column: replace(cell, moment=day) for cell, day in pairs}
        try:
            found.append(_when(row, own))
        except _Unread as error:
            found.append(Problem(row.line, error.column, error.sentence))
    return Times(found, [*serial_notes(_serials(rows)), *_weekday_notes(rows)])


def _weekday_notes(rows: Sequence[Row]) -> Iterator[str]:
    """What has to be said where a cell names another weekday than its day is on."""
    doubtful = [
        _("line %(line)d “%(text)s”") % {"line": row.line, "text": text}
        for row in rows
        for text in (row.cells.get(name, "")[:100] for name in _CELLS)
        if is_on_another_weekday(text)
    ]
    if doubtful:
        told = _("Days that are on another weekday than the file says. Check them: %(lines)s.")
        yield told % {"lines": listed(doubtful)}


class _Unread(Exception):
    def __init__(self, column: str, sentence: str) -> None:
        super().__init__(sentence)
        self.column, self.sentence = column, sentence


def _cell(row: Row, name: str) -> _Cell:
    text = row.cells.get(name, "")[:100]
    of_day = name in ("date", "end_date")
    moment_ = dated_moment_of(text) if of_day else _of_time_column(text)
    rest = text if not moment_.tells_day else days_in(plain(text))[1]
    times = times_of(rest.strip(" ,;T")) or ((moment_.time,) if moment_.time else ())
    return _Cell(name, text, moment_, times)


def _of_time_column(text: str) -> Moment:
    """What a cell of times says of a day: only a whole date, since 10.11 is a time there."""
    found = serial_moment(text) or dated_moment_of(text)
    is_day = bool(found.days) and found.days[0].year >= YEARS[0].year
    return found if is_day else Moment(time=found.time)


def _when(row: Row, cells: dict[str, _Cell]) -> When:
    day = _day(cells["date"]) or _day(cells["begin"])
    if day is None:
        raise _dayless(row, cells["date"], cells["begin"])
    starts, ends = _starts(cells)
    end_cell = cells["end"]
    if end_cell.is_filled and not end_cell.times:
        raise _Unread("end", _no_time(end_cell.text))
    ends = end_cell.times[-1] if end_cell.times else ends
    end_day = _day(cells["end_date"]) or _day(end_cell)
    length = None if ends else _length(row)
    at, end_at = _at(cells["begin"]) or _at(cells["date"]), _at(end_cell)
    if starts == END_OF_DAY:
        day, starts = day + timedelta(days=1), time()
    return When(day, starts, ends, end_day, length, at, end_at)


def _dayless(row: Row, day: _Cell, begin: _Cell) -> "_Unread":
    """Names the cell that should tell the day: where there is no other one, the begin."""
    is_day_expected = not begin.times or "date" not in row.cells
    if begin.text and is_day_expected and not day.text:
        told = _("“%(text)s” has no day that can be read. Write it as YYYY-MM-DD HH:MM.")
        return _Unread("begin", told % {"text": begin.text})
    return _Unread("date", _no_day(day.text))


def _starts(cells: dict[str, _Cell]) -> tuple[time, time | None]:
    """The start, and the end where one cell holds both: 10:00-11:30."""
    cell = cells["begin"]
    times = cell.times or ([] if cell.is_filled else cells["date"].times)
    if not times:
        raise _Unread("begin", _no_time(cell.text))
    return times[0], times[1] if len(times) > 1 else None


def _day(cell: _Cell) -> date | None:
    days = cell.moment.days
    if len(days) > 1:
        told = _("“%(text)s” may be %(one)s or %(two)s. Write it as YYYY-MM-DD.")
        one, two = (when(day, "long day") for day in days[:2])
        raise _Unread(cell.column, told % {"text": cell.text, "one": one, "two": two})
    if not days and cell.is_filled and cell.column in ("date", "end_date"):
        raise _Unread(cell.column, _no_day(cell.text))
    if days and not YEARS[0].year <= days[0].year < YEARS[1].year:
        told = _("“%(text)s” is in a year that cannot be meant. Correct its day.")
        raise _Unread(cell.column, told % {"text": cell.text})
    return days[0] if days else None


def _at(cell: _Cell) -> datetime | None:
    """The moment in UTC, since the id of a session is made from how it is written."""
    if cell.moment.at is None:
        return None
    _day(cell)  # Python has no moments before the year 1 and after the year 9999
    return cell.moment.at.astimezone(UTC)


def _no_day(text: str) -> str:
    if not text:
        return _("is empty. Give the day of the session.")
    if has_several_days(text):
        return _("“%(text)s” holds several days. Write a line for each.") % {"text": text}
    if dated_moment_of(text).yearly:
        return _("“%(text)s” has no year. Write it as YYYY-MM-DD.") % {"text": text}
    return _("“%(text)s” is no day that can be read. Write it as YYYY-MM-DD.") % {"text": text}


def _no_time(text: str) -> str:
    if not text:
        return _("is empty. Give the time, such as 10:30.")
    return _("“%(text)s” is no time that can be read. Write it as 10:30.") % {"text": text}


def _length(row: Row) -> timedelta | None:
    text = row.cells.get("duration", "")
    if is_placeholder(text):
        return None
    minutes = minutes_of(text)
    if minutes is None:
        raise _Unread("duration", _("“%(text)s” is no length of time.") % {"text": text})
    if minutes < _LEAST_MINUTES and text.replace(",", ".").replace(".", "").isdigit():
        told = _("“%(text)s” may be hours or minutes. Write it as 90 min or 1:30.")
        raise _Unread("duration", told % {"text": text})
    return (
        _TOO_LONG if minutes * 60 > LONGEST.total_seconds() else timedelta(minutes=round(minutes))
    )


def _serials(rows: Sequence[Row]) -> Iterator[tuple[int, str]]:
    for row in rows:
        for name in _CELLS:
            if serial_moment(text := row.cells.get(name, "")):
                yield row.line, text


def no_end(row: Row) -> Problem:
    """The problem of a line that does not say when its session ends."""
    for column in ("end", "duration"):
        if text := row.cells.get(column, ""):
            told = _("“%(text)s” is no end. Give the end or the duration.")
            return Problem(row.line, column, told % {"text": text})
    return Problem(row.line, "end", _("is empty. Give the end or the duration."))
