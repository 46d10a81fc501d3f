"""The words of a title or a description, in the one spelling by which they are compared."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from attendance_project.spellings import normalized

_DASHES = dict.fromkeys(
    map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"), "-"
)
_PART = re.compile(r"[,;:|()\[\]{}<>=•·\n\"“”«»„]|\.\s|\s-+\s|^-+\s|\s-+$")
"""Signs that end one part of a title and begin the next."""
_LONGEST_KEPT = 1000
"""Signs of a text whose words are kept in memory for the next time."""


@dataclass(frozen=True)
class Token:
    """One word, as it is written and as it is compared, and which part of the text it is in."""

    written: str
    word: str
    part: int
    before: str
    """The signs between the word before and this one."""


def folded(text: str) -> str:
    """The spelling by which texts are compared: of one width, one composition and one case."""
    return normalized("NFC", even(text).casefold())


def even(text: str) -> str:
    """The text in one width, with one kind of dash and single blanks. Its case stays."""
    return " ".join(normalized("NFKC", text).translate(_DASHES).split())


def tokens_of(text: str) -> tuple[Token, ...]:
    """The words of a text. "CSE-A", "C++" and "F#" are one word each."""
    return _known_tokens(text) if len(text) <= _LONGEST_KEPT else _tokens_of(text)


@lru_cache(maxsize=4096)
def _known_tokens(text: str) -> tuple[Token, ...]:
    return _tokens_of(text)


def _tokens_of(text: str) -> tuple[Token, ...]:
    spelled = even(text)
    found: list[Token] = []
    part, last = 0, 0
    for begin, end in _words(spelled):
        between = spelled[last:begin]
        part += bool(_PART.search(between)) and bool(found)
        word = spelled[begin:end]
        found.append(Token(word, normalized("NFC", word.casefold()), part, between))
        last = end
    return tuple(found)


def _words(text: str) -> Iterator[tuple[int, int]]:
    begin = -1
    for place, character in enumerate(text):
        if _is_ideograph(character):
            if begin >= 0:
                yield begin, place
            yield place, place + 1
            begin = -1
        elif _is_of_word(text, place, character, begin):
            begin = place if begin < 0 else begin
        elif begin >= 0:
            yield begin, place
            begin = -1
    if begin >= 0:
        yield begin, len(text)


def _is_of_word(text: str, place: int, character: str, begin: int) -> bool:
    if character.isalnum():
        return True
    if begin < 0:
        return False
    if character in "+#":  # C++ and F#, but not 1 + 1
        return True
    if character in "-'’":
        return text[place + 1 : place + 2].isalnum()
    return unicodedata.category(character)[0] == "M"


def _is_ideograph(character: str) -> bool:
    """Chinese and Japanese have no spaces, so that each sign counts as a word."""
    return "\u3040" <= character <= "\u9fff"
