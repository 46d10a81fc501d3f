"""Content lines and components of an iCalendar file, each with its line number in the file."""

import codecs
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_LINE_ENDS = re.compile(rb"\r\n|\n|\r")
_NAME = re.compile(r"[A-Za-z0-9-]+")
_TOP_LEVEL = {"VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VTIMEZONE"}
"""Components that are never inside of one another. One that begins ends the one before it."""
MOST_DEPTH = 20
"""Components inside of one another. A calendar has four at most."""
MOST_LINE_SIGNS = 100_000
"""Characters of an unfolded line that are read. What comes after them is left out: no room or title
is as long, but pictures inside of a description are. A list of dates is not cut, since its number
of dates is limited (imports/calendars.py)."""
LISTS_OF_DATES = ("RDATE", "EXDATE")
_OF_DATES = ("DTSTART", "DTEND", "RECURRENCE-ID", *LISTS_OF_DATES)
_DATE_VALUE = re.compile(r":(?=\d{8}(?!\d))")
"""Where dates begin. The name of a zone may have a colon too, though it should be in quotes then:
``DTSTART;TZID=(UTC+01:00) Paris:20261201T090000``."""
_WIDE = (
    ("utf-16", (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)),
    ("utf-16-le", ("BE".encode("utf-16-le"),)),
    ("utf-16-be", ("BE".encode("utf-16-be"),)),
)
"""How files in UTF-16 begin: with a mark, or with the letters of BEGIN, two bytes each."""
_CHARSETS = ("iso-8859-1", "windows-1252")
FALLBACK = "cp1252"
"""How lines are read that are not UTF-8: as Windows writes western languages."""


@dataclass(frozen=True)
class Property:
    """One content line: ``DTSTART;TZID=Europe/Paris:20261201T090000``."""

    line: int
    name: str
    params: dict[str, str]
    value: str


@dataclass
class Component:
    """What stands between BEGIN and END. ``is_whole`` tells whether its END is there."""

    name: str
    line: int
    properties: list[Property] = field(default_factory=list)
    children: list["Component"] = field(default_factory=list)
    is_whole: bool = False

    def all(self, name: str) -> list[Property]:
        return [one for one in self.properties if one.name == name]

    def first(self, name: str) -> Property | None:
        return next((one for one in self.properties if one.name == name), None)

    def value(self, name: str) -> str:
        found = self.first(name)
        return found.value if found else ""


@dataclass(frozen=True)
class Read:
    calendars: list[Component]
    odd_lines: list[int]
    """Numbers of the lines that are not UTF-8 and were read as FALLBACK."""


def read_components(data: bytes) -> Read:
    """The calendars of a file. Never raises: what is no calendar holds none."""
    odd_lines: list[int] = []
    root = Component("", 0)
    stack = [root]
    for number, text in _content_lines(_as_utf8(data), odd_lines):
        if found := _property(number, text):
            _place(found, stack)
    calendars = [one for one in root.children if one.name == "VCALENDAR"]
    if not calendars and any(one.name == "VEVENT" and one.properties for one in root.children):
        root.is_whole = True  # events without a calendar around them, as some programs copy them
        calendars = [root]
    return Read(calendars, odd_lines)


def _as_utf8(data: bytes) -> bytes:
    for encoding, begins in _WIDE:
        if data.startswith(begins):
            return data.decode(encoding, errors="replace").encode()
    return data


def _content_lines(data: bytes, odd_lines: list[int]) -> Iterator[tuple[int, str]]:
    """Unfolded lines. They are joined as bytes, since a fold may stand inside a character."""
    started, parts = 0, [b""]
    for number, line in enumerate(_LINE_ENDS.split(data), 1):
        if line[:1] in (b" ", b"\t") and started:
            parts.append(line[1:])
            continue
        if started:
            yield started, _decoded(started, b"".join(parts), odd_lines)
        started, parts = number, [line]
    yield started, _decoded(started, b"".join(parts), odd_lines)


def _decoded(number: int, line: bytes, odd_lines: list[int]) -> str:
    try:
        return line.decode().lstrip("\ufeff")
    except UnicodeDecodeError:
        odd_lines.append(number)
        return line.decode(FALLBACK, errors="replace")


def _property(number: int, text: str) -> Property | None:
    """The line's parts, or None for a line that is not of the form NAME;PARAMETER=VALUE:VALUE."""
    if not text.upper().startswith(LISTS_OF_DATES):
        text = text[:MOST_LINE_SIGNS]
    colon = _colon(text)
    if text.upper().startswith(_OF_DATES) and (late := _DATE_VALUE.search(text, colon)):
        colon = late.start()
    if colon < 0:
        return None
    name, *params = _split(text[:colon], ";")
    name = name.strip().upper()
    if not _NAME.fullmatch(name):
        return None
    pairs = (param.partition("=") for param in params)
    values = {key.strip().upper(): _plain(value) for key, _, value in pairs}
    return Property(number, name, values, _unquoted(text[colon + 1 :], values))


def _plain(value: str) -> str:
    return value.strip().strip('"').replace("\\,", ",")


def _unquoted(value: str, params: dict[str, str]) -> str:
    """The value as text. vCalendar 1.0 writes letters beyond ASCII as H=C3=B6rsaal."""
    if params.get("ENCODING", "").upper() != "QUOTED-PRINTABLE":
        return value
    charset = params.get("CHARSET", "").lower()
    data = quopri.decodestring(value.encode())
    return data.decode(charset if charset in _CHARSETS else "utf-8", errors="replace")


def _colon(text: str) -> int:
    """Where the value begins: at the first colon that is not inside quotes."""
    at, quotes, begin = text.find(":"), 0, 0
    while at >= 0:
        quotes += text.count('"', begin, at)
        if quotes % 2 == 0:
            return at
        begin, at = at, text.find(":", at + 1)
    return text.find(":")


def _split(text: str, separator: str) -> list[str]:
    """The parts between separators that are not inside quotes."""
    if '"' not in text:
        return text.split(separator)
    parts, quoted, begin = [], False, 0
    for place, character in enumerate(text):
        quoted ^= character == '"'
        if character == separator and not quoted:
            parts.append(text[begin:place])
            begin = place + 1
    return [*parts, text[begin:]]


def _place(found: Property, stack: list[Component]) -> None:
    value = found.value.strip().upper()
    if found.name == "BEGIN" and _NAME.fullmatch(value):
        _begin(Component(value, found.line), stack)
    elif found.name == "END" and any(one.name == value for one in stack):
        while stack[-1].name != value:
            stack.pop()
        stack.pop().is_whole = True
    else:
        stack[-1].properties.append(found)


def _begin(component: Component, stack: list[Component]) -> None:
    if len(stack) >= MOST_DEPTH:
        return
    ends = _TOP_LEVEL if component.name in _TOP_LEVEL else set()
    ends = ends | {"VCALENDAR"} | _TOP_LEVEL if component.name == "VCALENDAR" else ends
    for place, one in enumerate(stack):
        if one.name in ends:
            del stack[place:]
            break
    stack[-1].children.append(component)
    stack.append(component)
