"""Takes the lines of an online meeting's report apart: its summary, its list, and what follows.

Teams writes three numbered parts into one file, and Zoom a line on the meeting above the list.
Only the list of people is a table. From the summary come the meeting's start and end.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from attendance_project.spellings import plain
from attendance_project.tables.headers import header_key
from attendance_project.tables.moments import Moment, moment_of
from attendance_project.tables.sources import Line, Source

_PART = re.compile(r"\d+\.\s+\S.*")
_LIST_PARTS = frozenset({"participants", "attendees", "teilnehmer", "participantes"})
_STARTS = frozenset(map(header_key, ("Start time", "Meeting start time", "Actual start time")))
_ENDS = frozenset(map(header_key, ("End time", "Meeting end time", "Actual end time")))
_OF_A_MEETING = frozenset(map(header_key, ("Topic", "Meeting ID", "Host", "Meeting title")))
_MOST_LINES = 40


@dataclass
class Meeting:
    """The lines of the list, and when the meeting was as far as the report says."""

    source: Source
    start: Moment = field(default_factory=Moment)
    end: Moment = field(default_factory=Moment)


def meeting_of(source: Source) -> Meeting:
    meeting = Meeting(source)
    lines = list(_list_part(source.lines))
    begin = lines[:_MOST_LINES]
    for at, (_line, cells) in enumerate(begin):
        keys = [header_key(cell[:100]) for cell in cells]
        if set(keys) & _OF_A_MEETING and set(keys) & (_STARTS | _ENDS):
            values = lines[at + 1][1] if at + 1 < len(lines) else []
            _note(meeting, dict(zip(keys, values, strict=False)))
            lines[at : at + 2] = []
            break
    for _line, cells in source.lines[:_MOST_LINES]:
        if 2 <= len([cell for cell in cells if cell.strip()]) <= 3:
            _note(meeting, {header_key(cells[0][:100]): " ".join(cells[1:])})
    meeting.source = Source(lines, source.text, source.notes)
    return meeting


def _note(meeting: Meeting, told: dict[str, str]) -> None:
    for key, value in told.items():
        moment = moment_of(value)
        if key in _STARTS and moment.days:
            meeting.start = moment
        if key in _ENDS and moment.days:
            meeting.end = moment


def _list_part(lines: list[Line]) -> Iterator[Line]:
    """The lines of the numbered part that lists people, or all lines where no part is numbered."""
    parts = [at for at, (_line, cells) in enumerate(lines) if _is_part(cells)]
    for number, at in enumerate(parts):
        if _title(lines[at][1]) in _LIST_PARTS:
            end = parts[number + 1] if number + 1 < len(parts) else len(lines)
            return iter(lines[at + 1 : end])
    return iter(lines)


def _is_part(cells: list[str]) -> bool:
    filled = [cell for cell in cells if cell.strip()]
    return len(filled) == 1 and bool(_PART.fullmatch(plain(filled[0])))


def _title(cells: list[str]) -> str:
    return plain(" ".join(cells)).partition(".")[2].strip().casefold()
