"""Reads an uploaded file as text, and finds out its encoding."""

import codecs
import re
import unicodedata
from dataclasses import dataclass, replace

import charset_normalizer
from django.utils.translation import gettext as _

from attendance_project.tables.odd_words import odd_words, titled_words
from attendance_project.tables.problems import ImportRefused, Problem, refuse
from attendance_project.tables.readings import Reading, readings_of

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # it begins as the mark of UTF-16 does, so it comes first
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CODE_PAGES = [
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256"),
    *("cp932", "cp949", "gb18030"),
]
"""What spreadsheets save, by country. Among all encodings short files cannot be told apart."""

_RARER = ("cp950", "cp874", "cp1257", "cp1258", "koi8_r", "cp866")
"""Only chosen by a person, since too many files in other encodings look as if they were in one of
these: of Taiwan, Thailand, the Baltic states and Vietnam, and Russian ones of Unix and DOS."""

_OLDER = ("mac_roman", "cp850", "cp437")
"""Tried where no newer encoding gives names: what Excel for the Mac and programs of DOS saved."""

_AS_GOOD = 0.1
"""How much more "chaos" (charset-normalizer's measure, 0 to 1) a short text may have by chance: a
list of one Polish name has 0.07 in its own code page."""

_BOUNDS = 4096
"""Bytes at the beginning by which UTF-16 without a mark is recognised."""
_LONGEST_SHOWN = 60
"""Signs of a line that is shown to a person."""
_UTF8 = ("utf-8", "utf-8-sig")


@dataclass(frozen=True)
class Text:
    text: str
    encoding: str
    is_guess: bool
    """Whether another encoding would have fitted too, so that a person has to look."""
    readings: tuple[Reading, ...] = ()
    """How the file reads in this encoding, and then in others that fit. Empty where none does."""


def read_text(data: bytes, encoding: str = "") -> Text:
    """The file as text, in the given encoding or the one found out. Raises ImportRefused, which
    names each line that is in another encoding than the rest."""
    data = data.rstrip(b"\x1a")  # the end of a file, as DOS wrote it
    if not encoding:
        encoding = _marked(data) or _wide(data)
    elif encoding in (*_CODE_PAGES, *_RARER, *_OLDER):
        return _with_readings(data, _decoded(data, encoding))
    if encoding:
        return _decoded(data, encoding)
    try:
        return Text(data.decode(), "utf-8", is_guess=False)
    except UnicodeDecodeError:
        is_utf8 = _is_mostly_utf8(data)
        return _decoded(data, "utf-8") if is_utf8 else _with_readings(data, _guessed(data))


def _with_readings(data: bytes, text: Text) -> Text:
    encodings = dict.fromkeys([text.encoding, *_CODE_PAGES, *_RARER])
    return replace(text, readings=readings_of(data, encodings))


def _marked(data: bytes) -> str:
    return next((name for mark, name in _MARKS if data.startswith(mark)), "")


def _wide(data: bytes) -> str:
    """UTF-16 without a mark, in which every second byte of a western text is zero."""
    begin = data[:_BOUNDS]
    pairs = len(begin) // 2
    if pairs < 4:
        return ""
    for name, zeros, others in (("utf-16-le", 1, 0), ("utf-16-be", 0, 1)):
        if begin[zeros::2].count(0) * 10 > pairs * 8 and not begin[others::2].count(0):
            return name
    return ""


def _decoded(data: bytes, encoding: str) -> Text:
    try:
        return Text(data.decode(encoding), encoding, is_guess=False)
    except (UnicodeError, LookupError, ValueError) as error:
        name = "utf-8" if encoding in _UTF8 else encoding
        if problems := _lines_at_fault(data, name):
            raise ImportRefused(problems) from error
        raise refuse(
            _("The file is not %(encoding)s text. Save it as “CSV UTF-8”.") % {"encoding": encoding}
        ) from error


def _lines_at_fault(data: bytes, encoding: str) -> list[Problem]:
    """The lines that the encoding cannot read, if it reads the others and keeps line breaks."""
    if encoding != "utf-8" and encoding not in _CODE_PAGES:
        return []
    lines = re.split(rb"\r\n|\r|\n", data)
    wrong = [(number, line) for number, line in enumerate(lines, 1) if not _fits(line, encoding)]
    return [_in_another_encoding(number, line, encoding) for number, line in wrong]


def _fits(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeError:
        return False
    return True


def _in_another_encoding(number: int, line: bytes, encoding: str) -> Problem:
    text = _(
        "is not %(encoding)s text as the other lines are: %(line)s. Correct this line, and save "
        "the file as “CSV UTF-8”."
    )
    shown = line.decode("cp1252", errors="replace")[:_LONGEST_SHOWN]
    return Problem(number, "", text % {"encoding": encoding.upper(), "line": f"“{shown}”"})


def _is_mostly_utf8(data: bytes) -> bool:
    """Whether at least as many letters beyond ASCII, or lines with such letters, fit UTF-8 as not.

    A letter takes several bytes in UTF-8, which other encodings hardly ever have by chance.
    """
    if b"\0" in data:
        return False
    lines = [line.decode(errors="replace") for line in data.splitlines() if not line.isascii()]
    wrong = sum(line.count("\ufffd") for line in lines)
    right = sum(ord(sign) > 127 for line in lines for sign in line) - wrong
    wrong_lines = sum("\ufffd" in line for line in lines)
    return right >= wrong or len(lines) - wrong_lines >= wrong_lines


def _guessed(data: bytes) -> Text:
    matches = charset_normalizer.from_bytes(data, cp_isolation=_CODE_PAGES)
    best = matches.best()
    if best is None or b"\0" in data:
        raise refuse(
            _("This file cannot be read as text. Choose its encoding, or save it as “CSV UTF-8”.")
        )
    fitting = [match for match in matches if match.chaos <= best.chaos + _AS_GOOD]
    match = min(fitting, key=_oddness)
    if _signs(str(match)) and (older := _of_older_systems(data)):
        return older
    return Text(str(match), match.encoding, is_guess=True)


def _oddness(match: charset_normalizer.CharsetMatch) -> tuple[int, int, int, int, bool]:
    """How unlike names the text is. Of equally good ones, cp1252 is most used."""
    text = str(match)
    odd, titled = odd_words(text, match.encoding), titled_words(text)
    return _signs(text), odd, -titled, _odd_capitals(text), match.encoding != "cp1252"


def _of_older_systems(data: bytes) -> Text | None:
    """The file in an encoding of old Macs or of DOS, if all its letters are of names then."""
    texts = [(name, data.decode(name, errors="replace")) for name in _OLDER]
    fitting = [pair for pair in texts if not _signs(pair[1])]
    name, text = min(fitting, key=lambda pair: _odd_capitals(pair[1]), default=("", ""))
    return Text(text, name, is_guess=True) if name else None


def _odd_capitals(text: str) -> int:
    """Capitals beyond ASCII in the middle of words, as a wrong encoding makes them: MÅller."""
    places = range(1, len(text) - 1)
    odd = (at for at in places if ord(text[at]) > 127 and text[at].isupper())
    return sum(text[at - 1].isalpha() and text[at + 1].islower() for at in odd)


def _signs(text: str) -> int:
    """How many characters are not of names, as a wrong code page makes them: Micha³, Јukasz."""
    pairs = zip(text, text[1:] + " ", strict=True)
    return sum(ord(one) > 127 and (not one.isalpha() or _mixed(one, two)) for one, two in pairs)


def _mixed(one: str, two: str) -> bool:
    return two.isascii() and two.isalpha() and not unicodedata.name(one, "").startswith("LATIN")
