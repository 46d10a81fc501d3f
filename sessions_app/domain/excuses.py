"""Which sessions an excuse covers, and with which kinds of excuse an institution begins.

**The rule.** An excuse covers a session that overlaps its time span, by however little, on the
clock of the session's own place. A session that only touches the span is not covered. A session
belongs to the day on which it starts: a span that begins at 00:00 does not cover a session that
began on the evening before.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

DAY_BEGINS, DAY_ENDS = "00:00", "24:00"

_KINDS = UUID("5b1a3f0e-8f0e-4f52-9a53-6d0f8f5a7c11")
STANDARD_KINDS = {
    code: (uuid5(_KINDS, code), name)
    for code, name in (
        ("medical", "Medical"),
        ("official", "Official"),
        ("sport", "Sport"),
        ("religious", "Religious"),
        ("other", "Other"),
    )
}
"""Id and name of each kind, by its code. The ids are the same on every database, so that rows can
be moved from one to another."""

STATUS_OF = {"not_counted": "excused", "present": "present", "absent": "absent"}
"""The status of who did not come and has an excuse, by what its kind counts as. It is stored with
the mark, so every rate, report and file follows it, and a later change of a kind rewrites nothing
that is past."""


@dataclass(frozen=True)
class ExcuseSpan:
    """A span of days and times, ``YYYY-MM-DD`` and ``HH:MM``. ``24:00`` is the end of a day."""

    from_date: str
    from_time: str
    until_date: str
    until_time: str

    @property
    def is_empty(self) -> bool:
        """Whether the span ends before, or at the moment when, it begins."""
        return (self.until_date, self.until_time) <= (self.from_date, self.from_time)

    @property
    def is_whole_days(self) -> bool:
        return (self.from_time, self.until_time) == (DAY_BEGINS, DAY_ENDS)

    def covers(self, starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> bool:
        """Whether a session with these times is covered, by the rule above."""
        begins_at = _moment(self.from_date, self.from_time, zone, fold=0)
        until_at = _moment(self.until_date, self.until_time, zone, fold=1)
        if self.from_time == DAY_BEGINS:
            return begins_at <= starts_at < until_at
        return begins_at < ends_at and starts_at < until_at


def is_time(text: str) -> bool:
    """Whether it is ``HH:MM`` from ``00:00`` to ``24:00``."""
    return bool(re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00", text, re.ASCII))


def _moment(day: str, clock: str, zone: ZoneInfo, *, fold: int) -> datetime:
    """The moment in UTC. Where a clock shows a time twice, ``fold`` says which of the two."""
    on = date.fromisoformat(day)
    if clock == DAY_ENDS:
        on, clock = on + timedelta(days=1), DAY_BEGINS
        fold = 0
    local = datetime.combine(on, time.fromisoformat(clock), zone).replace(fold=fold)
    return local.astimezone(UTC)
