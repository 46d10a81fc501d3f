"""What the lines of a file say about one student in one session."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from attendance_project.tables import Problem, Row
from attendance_project.tables.headers import header_key
from attendance_project.tables.moments import minutes_of
from attendance_project.tables.placeholders import is_placeholder
from sessions_app.imports.marks_layout import STATUSES
from sessions_app.models import AttendanceStatus, Session

LEAST_SHARE = 0.5
"""The part of a session that somebody has to be there to count, where only minutes are known and
nobody says how many are needed."""
_FLOAT = re.compile(r"([01])[.,]0+$")
"""What a spreadsheet makes of 1 and 0."""
_SHARE = re.compile(r"(\d{1,3}(?:[.,]\d+)?)\s*(?:%|/\s*(\d{1,3}))")
"""The part of a session or of its points, such as ``100 %`` and ``2/2``."""


@dataclass
class Presence:
    """``minutes`` is the sum over all lines, since who loses the connection joins again."""

    lines: list[int] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)
    minutes: float | None = None
    joined_at: datetime | None = None
    left_at: datetime | None = None

    def status(self, session: Session, least_minutes: int | None) -> str:
        """The status that follows, or empty where the student was there too short a time."""
        if self.statuses:
            return next(iter(self.statuses))
        minutes = self._minutes_there()
        length_min = (session.ends_at - session.starts_at).total_seconds() / 60
        needed = least_minutes if least_minutes is not None else LEAST_SHARE * length_min
        if minutes is not None and minutes < needed:
            return ""
        late_at = session.starts_at + timedelta(minutes=session.late_after_min)
        is_late = self.joined_at is not None and self.joined_at > late_at
        return AttendanceStatus.LATE if is_late else AttendanceStatus.PRESENT

    def _minutes_there(self) -> float | None:
        if self.minutes is not None or self.joined_at is None or self.left_at is None:
            return self.minutes
        return max(0.0, (self.left_at - self.joined_at).total_seconds() / 60)


def status_of(text: str) -> str:
    """The status that a word of a file stands for, or empty for a cell that holds nothing, such as
    ``-`` or ``n/a``. Raises ValueError for a word that is none."""
    if is_placeholder(text):
        return ""
    word = (text.partition("(")[0].strip() or text.strip("()[] ")).strip(".").casefold()
    word = _FLOAT.sub(r"\1", word)
    share = _SHARE.fullmatch(word)
    if share:
        status = _status_of_share(float(share[1].replace(",", ".")), float(share[2] or 100))
    else:
        status = STATUSES.get(word) or STATUSES.get(header_key(word), "")
    if not status:
        told = _("%(word)s is no status. Write present, late, excused or absent.")
        raise ValueError(told % {"word": repr(text)})
    return status


def _status_of_share(part: float, whole: float) -> str:
    """The status in ``100 %`` or ``2/2``, or in none of it. What lies between says no status."""
    if part == 0 < whole:
        return AttendanceStatus.ABSENT
    return AttendanceStatus.PRESENT if 0 < part == whole else ""


def note(
    presence: Presence, row: Row, joined_at: datetime | None, left_at: datetime | None
) -> None:
    """Add what a line says. Raises ValueError where its words or lengths cannot be read."""
    presence.lines.append(row.line)
    if status := status_of(row.cells.get("status", "")):
        presence.statuses.setdefault(status, row.line)
    if length := row.cells.get("minutes", ""):
        minutes = minutes_of(length)
        if minutes is None:
            raise ValueError(_("%(text)s is no length of time.") % {"text": repr(length)})
        presence.minutes = (presence.minutes or 0) + minutes
    presence.joined_at = _least(presence.joined_at, joined_at)
    presence.left_at = max(filter(None, (presence.left_at, left_at)), default=None)


def _least(one: datetime | None, two: datetime | None) -> datetime | None:
    return min(filter(None, (one, two)), default=None)


def contradictions(presences: Iterable[Presence]) -> list[Problem]:
    """Lines that give one student two statuses in one session."""
    found = []
    for presence in presences:
        if len(presence.statuses) > 1:
            (one, first), (two, second), *_more = presence.statuses.items()
            text = _("is %(two)s, but line %(line)s has %(one)s for the same student and session.")
            values = {"two": repr(two), "one": repr(one), "line": first}
            found.append(Problem(second, "status", text % values, other_line=first))
    return found
