"""Counts words that a wrong code page makes of names: ãï for דן, Íßêïò for Νίκος."""

import re
import unicodedata
from itertools import islice

_WORD = re.compile(r"[^\W\d_]+")
_MOST_WORDS = 2_000
"""Words beyond ASCII that are looked at: by so many an encoding is sure."""
_NEVER_FIRST = frozenset("ЪЬЫъьыΪΫΐΰ")
"""Cyrillic and Greek letters with which no name begins."""


def odd_words(text: str, encoding: str) -> int:
    """How many words with letters beyond ASCII are unlike names."""
    return sum(_is_odd(word, encoding) for word in _foreign(text))


def titled_words(text: str) -> int:
    """How many words with letters beyond ASCII have one capital, in front, as names have."""
    return sum(len(word) > 1 and word.istitle() for word in _foreign(text))


def _foreign(text: str) -> list[str]:
    words = (found[0] for found in _WORD.finditer(text))
    return list(islice((word for word in words if not word.isascii()), _MOST_WORDS))


def _is_odd(word: str, encoding: str) -> bool:
    scripts = {unicodedata.name(sign, "").partition(" ")[0] for sign in word}
    if "HALFWIDTH" in scripts or word[0] in _NEVER_FIRST:
        return True
    if "CJK" in scripts:  # Korean names are written in Korean signs, and others have two or more
        return encoding == "cp949" or len(word) == 1
    if scripts == {"LATIN"}:
        return len(word) > 1 and not any(map(str.isascii, word))
    if len(scripts) > 1 and "LATIN" in scripts:
        return True
    return bool(scripts & {"CYRILLIC", "GREEK"}) and word.islower()
