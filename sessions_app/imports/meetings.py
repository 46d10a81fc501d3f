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
_LIST_PARTS = frozenset(
    [
        *("participants", "attendees", "teilnehmer", "teilnehmende", "participantes"),
        *("partecipanti", "deelnemers", "uczestnicy", "deltagare", "участники"),
    ]
)


def _keys(names: str) -> frozenset[str]:
    return frozenset(header_key(name) for name in names.split(", "))


_STARTS = _keys(
    "Start time, Meeting start time, Actual start time, Startzeit, Heure de début, "
    "Hora de inicio, Ora di inizio, Hora de início, Begintijd"
)
_ENDS = _keys(
    "End time, Meeting end time, Actual end time, Endzeit, Heure de fin, Hora de finalización, "
    "Hora de fin, Ora di fine, Hora de término, Eindtijd"
)
_OF_A_MEETING = _keys(
    "Topic, Meeting ID, Host, Meeting title, Thema, Meeting-ID, Sujet, ID de réunion, Tema, "
    "ID de reunión, ID de la reunión, Argomento, ID riunione, Tópico, ID da reunião, Onderwerp"
)
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
