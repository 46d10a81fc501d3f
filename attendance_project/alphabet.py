"""How texts are compared where people search and sort: by their letters, and not by accents.

Who looks for “Lopez” means “López” as well, and “Émile” stands among the names with E.
"""

import re
from typing import Any

from attendance_project.spellings import normalized

_ACCENTS = re.compile("[\u0300-\u036f]")
_PLAIN_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
"""Letters that Unicode does not take apart, as most people write them where they lack the key."""


def folded(text: str) -> str:
    """The text in small letters without accents: “Åsa Łuk” is “asa luk”."""
    if text.isascii():
        return text.casefold()
    apart = normalized("NFD", text.casefold())
    return normalized("NFC", _ACCENTS.sub("", apart)).translate(_PLAIN_LETTERS)


def place_of(key: Any) -> Any:
    """The key by which a row is sorted, where texts in it count as `folded` says."""
    if isinstance(key, tuple):
        return tuple(place_of(part) for part in key)
    return folded(key) if isinstance(key, str) else key
