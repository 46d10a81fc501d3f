"""Single cells of a CSV file: made uniform on the way in, harmless on the way out."""

import unicodedata

from django.utils.translation import gettext as _

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet run a cell instead of showing it (OWASP, "CSV Injection")."""


_TURNS_TEXT = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
"""Marks that make a name read as another. The joiners of Persian and Indic names stay."""


def defused(value: str) -> str:
    """The value as a cell that a spreadsheet shows as text."""
    return f"'{value}" if value.startswith(FORMULA_STARTS) else value


def cleaned(cell: str) -> str:
    """The value of a cell, in one spelling: composed characters and single spaces.

    Raises ValueError with a sentence for a cell that cannot be meant.
    """
    value = unicodedata.normalize("NFC", cell).strip()
    if any(unicodedata.category(c) in ("Cc", "Cs") or c in _TURNS_TEXT for c in value):
        raise ValueError(_("has a line break or an invisible character in it. Take it out."))
    if value.startswith(FORMULA_STARTS):
        raise ValueError(
            _(
                "begins with %(sign)s, which spreadsheets take for a formula. Take "
                "it out, or put ' in front if it is meant."
            )
            % {"sign": repr(value[0])}
        )
    value = value[1:] if value.startswith("'") and value[1:].startswith(FORMULA_STARTS) else value
    return " ".join(value.split())
