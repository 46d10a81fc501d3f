"""Marks that belong to the letter before them, and how many of them a letter may have."""

import re
import unicodedata
from itertools import groupby

MOST_IN_A_ROW = 30
"""Marks in a row that texts keep: the number of Unicode's "stream-safe" texts (UAX 15, section 13),
of which it says that no language needs as many."""
_LAST = 0x1FFFF
"""No mark has a higher number. Looking at all signs would make each start longer."""


def is_mark(sign: str) -> bool:
    """Whether the sign, or the first that it is made of, is sorted among its neighbours."""
    return unicodedata.combining(unicodedata.normalize("NFKD", sign)[0]) != 0


def _ranges() -> str:
    """All marks, as a regular expression lists them between brackets."""
    marks = [number for number in range(_LAST + 1) if is_mark(chr(number))]
    runs = (list(run) for _, run in groupby(enumerate(marks), lambda one: one[1] - one[0]))
    return "".join(f"{chr(run[0][1])}-{chr(run[-1][1])}" for run in runs)


LONG_RUN = re.compile(f"[{_ranges()}]{{{MOST_IN_A_ROW + 1},}}")
"""More marks in a row than texts keep."""
