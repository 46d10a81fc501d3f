"""Text that a spreadsheet program must show and never run."""

import re
import unicodedata

# A cell that starts with one of these is read as a formula; so is one that does after blanks,
# and after the wide forms of the signs have been folded into the narrow ones.
_FORMULA_STARTS = ("=", "+", "-", "@", "|", "%")
_BLANKS = re.compile(r"^[\s\x00-\x1f\u200b-\u200f\u2060\ufeff'\"]*")


def defused(text: str) -> str:
    """The text as one line, led by an apostrophe where a spreadsheet could take it for a formula.

    Numbers are passed as numbers and not through here, so a minus sign is defused too.
    """
    line = " ".join(text.split("\x00")).replace("\r", " ").replace("\n", " ").replace("\t", " ")
    first = unicodedata.normalize("NFKC", _BLANKS.sub("", line)[:1])
    return "'" + line if first.startswith(_FORMULA_STARTS) else line
