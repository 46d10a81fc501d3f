"""Makes single cells of a CSV file uniform when they are read."""

import unicodedata

from django.utils.translation import gettext as _

from attendance_project.spreadsheets import formula_sign, restored

_TURNS_TEXT = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
"""Marks that make a name look like another. The joiners of Persian and Indic names stay."""


def cleaned(cell: str) -> str:
    """The value of a cell in one spelling: with composed characters and single spaces.

    A value that `attendance_project.spreadsheets` defused comes back as it was. Raises ValueError
    with a sentence for a cell that cannot be meant.
    """
    trimmed = cell.strip()
    text = restored(trimmed)
    value = unicodedata.normalize("NFC", text)
    if any(unicodedata.category(c) in ("Cc", "Cs") or c in _TURNS_TEXT for c in value):
        raise ValueError(_("contains a line break or an invisible character. Remove it."))
    if text == trimmed and (sign := formula_sign(text)):
        raise ValueError(
            _(
                "begins with %(sign)s, which spreadsheets read as a formula. Remove it, "
                "or put ' in front to keep it."
            )
            % {"sign": repr(sign)}
        )
    return " ".join(value.split())
