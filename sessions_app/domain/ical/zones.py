"""Time zones of a calendar: by the rules in the file, or by a name that is known."""

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from sessions_app.domain.ical.lines import Component
from sessions_app.domain.ical.recurrence import Budget, Rule, rule_of, walls_of
from sessions_app.domain.ical.values import At, Unreadable, at_of, periods_of

_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)(?::?(\d\d))?")
_NAMED_OFFSET = re.compile(r"\(?(?:UTC|GMT)\s*([+-])(\d{1,2}):?(\d\d)?\)?", re.IGNORECASE)
_UTC_NAMES = {"utc", "gmt", "z", "zulu", "etc/utc", "coordinated universal time"}
_BACK = timedelta(days=800)
"""How far back a change of clocks is looked for. Rules repeat each year, but not on 29 February."""


@dataclass(frozen=True)
class _Observance:
    """Summer or winter time: since when, by which rule, and seconds from UTC before and then."""

    start: datetime
    rules: tuple[Rule, ...]
    dates: tuple[datetime, ...]
    offset_from: timedelta
    offset_to: timedelta


class FileZone:
    """A zone by the rules of the file's VTIMEZONE, whatever its name."""

    def __init__(self, observances: Iterable[_Observance], budget: Budget) -> None:
        self.observances = list(observances)
        self.budget = budget
        self.known: dict[int, tuple[list[datetime], list[timedelta]]] = {}

    def offset_at(self, wall: datetime) -> timedelta:
        """How far this wall clock is ahead of UTC. Raises TooMuch."""
        if wall.year not in self.known:
            changes = self._changes(wall.year)
            offsets = [changes[0][1], *(change[2] for change in changes)]
            self.known[wall.year] = ([change[0] for change in changes], offsets)
        times, offsets = self.known[wall.year]
        return offsets[bisect_right(times, wall)]

    def _changes(self, year: int) -> list[tuple[datetime, timedelta, timedelta]]:
        """The changes of clocks that matter in this year: (when, offset before, offset after)."""
        found = [
            (at, one.offset_from, one.offset_to)
            for one in self.observances
            for at in (one.start, *one.dates, *self._by_rules(one, year))
        ]
        self.budget.spend(len(found))
        return sorted(found, key=lambda change: change[0])

    def _by_rules(self, one: _Observance, year: int) -> list[datetime]:
        found: list[datetime] = []
        for rule in one.rules:
            end = datetime.combine(date(year, 12, 31), time.max)
            until = min(rule.until.wall, end) if rule.until else end
            last = until.date()
            since = max(last, date(3, 12, 31)) - _BACK
            walls = walls_of(rule, one.start, since=since, last=last, budget=self.budget)
            # UNTIL is in UTC here, and the wall clock may be some hours ahead of it.
            found += [wall for wall in walls if wall - one.offset_from <= until]
        return found


Zone = FileZone | tzinfo


def to_utc(wall: datetime, zone: Zone) -> datetime:
    """The moment at which the wall clock shows this. Raises OverflowError, TooMuch."""
    if isinstance(zone, FileZone):
        return (wall - zone.offset_at(wall)).replace(tzinfo=UTC)
    return wall.replace(tzinfo=zone).astimezone(UTC)


def to_wall(moment: datetime, zone: Zone) -> datetime:
    """What the zone's wall clock shows at this moment. Raises OverflowError, TooMuch."""
    if isinstance(zone, FileZone):
        plain = moment.astimezone(UTC).replace(tzinfo=None)
        return plain + zone.offset_at(plain + zone.offset_at(plain))
    return moment.astimezone(zone).replace(tzinfo=None)


class Zones:
    """The zones of one calendar. ``unknown`` collects the names that nobody knows."""

    def __init__(self, calendars: Iterable[Component], budget: Budget) -> None:
        calendars = list(calendars)
        self.unknown: set[str] = set()
        self.floats = False
        """Whether a time without a zone was read by the calendar's own one."""
        names = {_zone_name(one) for one in calendars} - {""}
        self.floating = names.pop() if len(names) == 1 else ""
        """The name of the zone of times without one (X-WR-TIMEZONE), or empty."""
        self.in_file: dict[str, FileZone] = {}
        for component in (child for one in calendars for child in one.children):
            if component.name == "VTIMEZONE" and (observances := _observances(component)):
                self.in_file[_zone_key(component.value("TZID"))] = FileZone(observances, budget)

    def moment(self, at: At, own: tzinfo) -> datetime:
        """The moment in UTC. ``own`` is the zone of times with an unknown one, and of times without
        one where the calendar names none. Whole days are always ``own``."""
        return to_utc(at.wall, self.zone_of(at, own))

    def zone_of(self, at: At, own: tzinfo) -> Zone:
        name = at.zone or ("" if at.is_day else self.floating)
        if not name:
            return own
        found = self.in_file.get(_zone_key(name)) or named_zone(name)
        if found is None:
            self.unknown.add(name)
        self.floats |= found is not None and not at.zone
        return found or own


def _zone_name(calendar: Component) -> str:
    return " ".join(calendar.value("X-WR-TIMEZONE").split())


def _zone_key(name: str) -> str:
    """What spellings of one zone's name have in common: quotes, blanks and case say nothing."""
    return " ".join(name.replace('"', " ").split()).casefold()


@lru_cache(maxsize=512)
def named_zone(name: str) -> tzinfo | None:
    """The zone that programs call so: by IANA, Windows or Exchange, or a fixed distance to UTC."""
    plain = " ".join(name.strip().strip('"').split())[:200]
    if plain.casefold() in _UTC_NAMES:
        return UTC
    known = _known_names()
    windows = WINDOWS_TO_OLSON.get(plain) or known.get(plain.casefold())
    # Evolution and Mozilla write /freeassociation.sourceforge.net/Europe/Paris and the like.
    parts = plain.strip("/").split("/")
    tails = ("/".join(parts[place:]).casefold() for place in range(len(parts)))
    spelled = (spelling for tail in tails for spelling in (tail, tail.replace(" ", "_")))
    found = windows or next((known[name] for name in spelled if name in known), None)
    found = found or _by_city(plain)
    return ZoneInfo(found) if found else _fixed(plain)


@lru_cache(maxsize=1)
def _known_names() -> dict[str, str]:
    windows = {name.casefold(): olson for name, olson in WINDOWS_TO_OLSON.items()}
    return windows | {name.casefold(): name for name in available_timezones()}


@lru_cache(maxsize=1)
def _cities() -> dict[str, str]:
    names = sorted(name for name in available_timezones() if name.count("/") == 1)
    return {n.split("/")[1].replace("_", " ").casefold(): n for n in names if n[:4] != "Etc/"}


def _by_city(name: str) -> str | None:
    """Exchange writes (UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna."""
    cities = re.split(r"[,()]", name)
    return next(
        (_cities()[c] for one in cities if (c := one.strip().casefold()) in _cities()), None
    )


def _fixed(name: str) -> tzinfo | None:
    found = _NAMED_OFFSET.match(name) or _OFFSET.fullmatch(name)
    if not found:
        return None
    offset = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    if offset >= timedelta(hours=24):
        return None
    return timezone(-offset if found[1] == "-" else offset)


def _observances(component: Component) -> list[_Observance]:
    """Its summer and winter times, or none where one of them cannot be read."""
    parts = [one for one in component.children if one.name in ("STANDARD", "DAYLIGHT")]
    found = [_observance(one) for one in parts]
    return [one for one in found if one] if all(found) else []


def _observance(component: Component) -> _Observance | None:
    start = component.first("DTSTART")
    offsets = [_offset(component.value(name)) for name in ("TZOFFSETFROM", "TZOFFSETTO")]
    if start is None or offsets[1] is None:
        return None
    try:
        return _Observance(
            start=at_of(start).wall,
            rules=tuple(rule_of(one.value) for one in component.all("RRULE")),
            dates=tuple(p.start.wall for one in component.all("RDATE") for p in periods_of(one)),
            offset_from=offsets[1] if offsets[0] is None else offsets[0],
            offset_to=offsets[1],
        )
    except Unreadable:
        return None


def _offset(text: str) -> timedelta | None:
    found = _OFFSET.fullmatch(text.strip())
    if not found:
        return None
    offset = timedelta(hours=int(found[2]), minutes=int(found[3]), seconds=int(found[4] or 0))
    return -offset if found[1] == "-" else offset
