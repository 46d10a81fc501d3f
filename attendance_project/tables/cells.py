"""Makes single cells of a file uniform when they are read."""

import html
import re
import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext as _

from attendance_project.spellings import normalized, plain, plain_address, visible
from attendance_project.spreadsheets import formula_sign, restored
from attendance_project.tables import numbers
from attendance_project.tables.layouts import IDENTITIES, Kind
from attendance_project.tables.placeholders import is_dashes

_TURNS_TEXT = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
"""Marks that make a name look like another. The joiners of Persian and Indic names stay."""
_AS_TEXT = re.compile(r'="([^"]*)"')
"""How some programs keep a spreadsheet from reading a text as a number: ``="00123"``."""
_AT_NUMBER = re.compile(r"@\d{5,9}", re.A)
"""Banner's numbers of people. With digits alone behind its sign this is no formula."""
_NO_NAME = "."
"""What systems that ask for two names are given by people who have one."""
_NOTHING = frozenset({"NULL", "(NULL)", "<NULL>", "#N/A", "NAN", "N/A", "NONE", "NIL", "\\N"})
"""What databases write for an empty cell. Somebody may be called Null, but no number is."""
NOT_AVAILABLE = "#N/A"
"""What spreadsheets show where a formula has looked something up and not found it."""
_ERRORS = re.compile(r"#(?:REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA|#+)")
"""What spreadsheets show where a formula fails, or a column is too narrow for a number."""
_SUFFIX = re.compile(r"(?:jr|sr|[ivx]+|esq|ph\.?d|m\.?d|m\.?a|b\.?a|m\.?sc|b\.?sc|dr)\.?", re.I)
"""What may follow a name after a comma without being the first name."""
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8}\d{0,2});")
"""How web pages write a sign that has a meaning there."""
_QUOTES = frozenset([("'", "'"), ('"', '"'), ("\u201c", "\u201d"), ("\u2018", "\u2019")])
_WRAPPED = re.compile(r"[^<>]*<([^<>]+)>")


class Dated(str):
    """The text of a cell that a spreadsheet holds as a date, ``YYYY-MM-DD`` and maybe a time."""

    __slots__ = ()


class Truth(str):
    """The text of a cell that a spreadsheet holds as true or false."""

    __slots__ = ()


class Broken(str):
    """A cell that has no value. The text says why."""

    __slots__ = ()


@dataclass(frozen=True)
class Cleaned:
    """``literal`` is the value as it stood in the file, which a row in the database may have."""

    value: str
    literal: str
    is_mended: bool = False


def clean(cell: str, kind: Kind) -> Cleaned:
    """The value of a cell in one spelling. Raises ValueError with a sentence for a cell that cannot
    be meant."""
    if isinstance(cell, Broken):
        raise ValueError(str(cell))
    if kind == Kind.WORD:  # it is only compared, so a "+" for present is no formula
        return Cleaned(plain(cell), plain(cell))
    if is_dashes(cell) or (kind == Kind.NAME_PART and cell.strip() == _NO_NAME):
        return Cleaned("", "")
    if kind not in IDENTITIES:
        return _text(cell, kind)
    return _identity(cell, kind)


def _text(cell: str, kind: Kind) -> Cleaned:
    literal = cleaned(cell if is_defused(cell) else _without_quotes(cell.strip()))
    value = unscrambled(literal)
    if value == NOT_AVAILABLE and kind == Kind.TEXT:
        return Cleaned("", "")
    if _ERRORS.fullmatch(value) or value == NOT_AVAILABLE:
        raise ValueError(_broken(value))
    if kind == Kind.NAME:
        turned_value = turned(value)
        return Cleaned(turned_value, literal, turned_value != value)
    return Cleaned(value, literal)


def _broken(value: str) -> str:
    return _("is %(error)s, an error of a spreadsheet.") % {"error": value}


def unscrambled(text: str) -> str:
    """The text as it was before programs changed it: ``Zoë`` for ``ZoÃ«``, which is UTF-8 that was
    read in another encoding and saved again, and ``O'Brien`` for ``O&#39;Brien``, which stood in a
    web page.

    By chance hardly any text has the bytes of UTF-8, so what fits is meant. Raises ValueError with
    a sentence where the text cannot be meant.
    """
    if _ENTITY.search(text):
        text = cleaned(_ENTITY.sub(lambda match: html.unescape(match[0]), text))
    if text.isascii():
        return text
    try:
        mended = text.encode("cp1252").decode()
    except UnicodeError:
        return text
    return visible(mended)


def cleaned(cell: str) -> str:
    """The value of a cell in one spelling: with composed characters and single spaces.

    A value that `attendance_project.spreadsheets` defused comes back as it was. Raises ValueError
    with a sentence for a cell that cannot be meant.
    """
    trimmed = cell.strip()
    if text := _AS_TEXT.fullmatch(trimmed):
        trimmed = text[1].strip()
    kept = restored(trimmed)
    if kept != trimmed:
        return _defused(kept)
    if any(unicodedata.category(sign) in ("Cc", "Cs") for sign in trimmed):
        raise ValueError(_unseen())
    if "\ufffd" in trimmed:
        raise ValueError(
            _("contains �: a letter was lost when the file was saved. Write it again.")
        )
    _refuse_formula(trimmed)
    value = visible(trimmed)
    _refuse_formula(value)
    return value


def _defused(text: str) -> str:
    value = normalized("NFC", text)
    if any(unicodedata.category(c) in ("Cc", "Cs") or c in _TURNS_TEXT for c in value):
        raise ValueError(_unseen())
    return " ".join(value.split())


def _unseen() -> str:
    return _("contains a line break or an invisible character. Remove it.")


def _refuse_formula(text: str) -> None:
    if sign := formula_sign(text):
        raise ValueError(
            _(
                "begins with %(sign)s, which spreadsheets read as a formula. Remove it, "
                "or put ' in front to keep it."
            )
            % {"sign": repr(sign)}
        )


def _identity(cell: str, kind: Kind) -> Cleaned:
    """A number, a code or an address, in the one spelling by which it is found."""
    if isinstance(cell, Truth):
        told = _("is %(text)s, which a spreadsheet made of another text. Correct it.")
        raise ValueError(told % {"text": str(cell)})
    if isinstance(cell, Dated):
        raise ValueError(
            _("is the date %(date)s. A spreadsheet may have made it of another text. Correct it.")
            % {"date": str(cell)}
        )
    if is_defused(cell):
        return Cleaned(cleaned(cell), cleaned(cell))
    trimmed = cell.strip()
    if kind == Kind.NUMBER and _AT_NUMBER.fullmatch(trimmed):
        return Cleaned(trimmed, trimmed)
    literal = cleaned(_without_apostrophe(_without_quotes(trimmed)))
    value = plain(literal)
    if _ERRORS.fullmatch(value):
        raise ValueError(_broken(value))
    if value.upper() in _NOTHING:
        return Cleaned("", "")
    if kind == Kind.EMAIL:
        return Cleaned(address(value), literal)
    is_text = trimmed[:1] != literal[:1]
    mended = numbers.mended(value, has_groups=kind == Kind.NUMBER, is_text=is_text)
    return Cleaned(mended, literal, mended != value)


def is_defused(cell: str) -> bool:
    """Whether the cell is text that looks like a formula, with an apostrophe in front."""
    return restored(cell.strip()) != cell.strip()


def _without_quotes(cell: str) -> str:
    """The cell without quotes around it, which some programs write besides those of the file."""
    first, last = cell[:1], cell[-1:]
    is_quoted = len(cell) > 2 and (first, last) in _QUOTES and first not in cell[1:-1]
    return cell[1:-1].strip() if is_quoted else cell


def _without_apostrophe(cell: str) -> str:
    """The cell without the apostrophe that marks a number as text in a spreadsheet: ``'00123``."""
    rest = cell[1:] if cell[:1] in ("'", "\u2019", "\u2018", "`") else cell
    rest = rest if rest[:1].isalnum() else cell
    return rest[:-1] if rest[-1:] == "'" and rest[:-1].isalnum() else rest


def address(text: str) -> str:
    """The e-mail address in ``mailto:ann@x.example`` or ``Ann Berg <ann@x.example>``."""
    if wrapped := _WRAPPED.fullmatch(text.rstrip(",; ")):
        text = wrapped[1]
    text = text.strip(" ,;<>\"'")
    if text.lower().startswith("mailto:"):
        text = text[len("mailto:") :].partition("?")[0]
    return plain_address(text)


def turned(name: str) -> str:
    """``Ann Berg`` for ``Berg, Ann``. Other names stay as they are."""
    last, comma, first = (part.strip() for part in name.partition(","))
    if not comma or not last or not first or "," in first or _SUFFIX.fullmatch(first):
        return name
    return f"{first} {last}"
