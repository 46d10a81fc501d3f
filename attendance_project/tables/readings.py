"""How the names of a file read in each encoding that it may be in, for a person to choose."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

_MOST_LINES = 200
"""Lines with letters beyond ASCII by which two encodings are told apart."""
_SHOWN = 3
_LONGEST_SHOWN = 40
_CELL = re.compile(r"[^,;\t|\"\r\n]+")


@dataclass(frozen=True)
class Reading:
    """``sample`` has some cells of the file as this encoding reads them."""

    encoding: str
    sample: str


def readings_of(data: bytes, encodings: Iterable[str]) -> tuple[Reading, ...]:
    """A reading for each of the encodings that reads the whole file, in their order: the one that
    was taken, and those that may be right. Those that read it alike are one. Empty where there is
    nothing to choose."""
    lines = [line for line in re.split(rb"[\r\n]+", data) if not line.isascii()]
    text = b"\n".join(lines[:_MOST_LINES])
    found: dict[str, str] = {}
    for encoding in encodings:
        try:
            read = text.decode(encoding)
            if found and not _may_be_text(read):
                continue
            found.setdefault(read, encoding)
            data.decode(encoding)
        except UnicodeError:
            found = {read: name for read, name in found.items() if name != encoding}
    if len(found) < 2:
        return ()
    return tuple(Reading(encoding, _sample(read)) for read, encoding in found.items())


def _may_be_text(read: str) -> bool:
    """Whether no sign is of a kind that nobody writes: control signs, and those without meaning."""
    return not any(
        unicodedata.category(sign) in ("Cc", "Co", "Cn") for sign in set(read) - {*"\n\t"}
    )


def _sample(text: str) -> str:
    cells = (cell.strip()[:_LONGEST_SHOWN] for cell in _CELL.findall(text) if not cell.isascii())
    return " · ".join(list(dict.fromkeys(cells))[:_SHOWN])
