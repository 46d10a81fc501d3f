"""Text that a spreadsheet program must show and never run.

A program that opens a CSV file takes a cell for a formula where its text begins with certain
signs, and a formula can call programs and send data away (OWASP, "CSV Injection"). An export
therefore writes an apostrophe in front of such a text, and an import takes it off again.
"""

import re
import unicodedata

from attendance_project.spellings import normalized

_SIGNS = frozenset("=+-−@|%")
"""The signs with which a text may begin that is run: ``=``, ``+``, ``-`` and ``@`` by every known
program, the others by some. ``−`` is U+2212, to which small and raised minus signs are folded."""

_SKIPPED = frozenset(
    "'\"\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"  # quotes, and fillers that count as letters
)
_SKIPPED_CATEGORIES = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
"""Unicode's general categories of control characters, invisible marks and separators."""

_LINE_BREAKING = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_APOSTROPHE = "'"


def formula_sign(text: str) -> str:
    """The sign for which a spreadsheet may take the text for a formula, empty where there is none.

    Blanks, invisible marks and quotes in front are skipped, since programs drop some of them. Wide,
    small, raised and lowered forms of a sign count as the sign itself.
    """
    for character in text:
        # Each character is folded alone: "=" and a combining stroke would together become one "≠".
        first = normalized("NFKC", character)[0]
        if not _is_skipped(first):
            return character if first in _SIGNS else ""
    return ""


def _is_skipped(character: str) -> bool:
    return (
        character in _SKIPPED
        or unicodedata.category(character) in _SKIPPED_CATEGORIES
        or "\ufe00" <= character <= "\ufe0f"  # variation selectors, which show nothing
    )


def defused(text: str) -> str:
    """The text as a cell of one line, with an apostrophe in front where it might be run.

    Numbers are written as numbers and do not come here, so a text with a minus sign counts as well.
    """
    line = _LINE_BREAKING.sub(" ", text)
    return _APOSTROPHE + line if formula_sign(line) else line


def restored(cell: str) -> str:
    """The text from which `defused` made the cell, as one line."""
    text = cell.removeprefix(_APOSTROPHE)
    return text if formula_sign(text) else cell
