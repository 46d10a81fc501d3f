"""Names as people read them: what may stand in one, and which two nobody can tell apart.

The library confusable-homoglyphs has no skeleton of a text, and Unicode's whole table would call
honest names of one script alike. So what stands here are the letters of names in Cyrillic, Greek,
Armenian and Cherokee that are drawn like Latin ones, digits, and pairs of letters.
"""

from __future__ import annotations

import unicodedata

from attendance_project import spellings

_NOT_OF_A_LINE = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
_DRAWN_ALIKE_IN_CAPITALS = {
    "АВСЕНІЈКМОРЅТУХԚԜҮӀ": "ABCEHIJKMOPSTYXQWYI",  # Cyrillic
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ": "ABEZHIKMNOPTYX",  # Greek
    "ՕՍՏ": "OUS",  # Armenian
    "ᎪᏴᏟᎬᏀᎻᎫᏦᏞᎷᏢᎡᏚᎢᏙᎳᏃ": "ABCEGHJKLMPRSTVWZ",  # Cherokee
    "01|": "OII",
}
_DRAWN_ALIKE = {
    "асеһіјкорԛѕԝхуү": "acehijkopqswxyy",  # Cyrillic
    "αηικνορυωγ": "anikvopuwy",  # Greek
    "օոսհցյ": "onuhgj",  # Armenian
    "ɑɡı": "agi",  # Latin letters of other languages
    "0": "o",
    "IlІӀӏΙ|": "1111111",  # a capital i and a small L, which is why case matters here
}
_PAIRS = (("rn", "m"), ("vv", "w"))


def _table(alike: dict[str, str]) -> dict[int, str]:
    signs = (zip(*drawn, strict=True) for drawn in alike.items())
    return {ord(one): other for pairs in signs for one, other in pairs}


_CAPITALS, _SMALL = _table(_DRAWN_ALIKE_IN_CAPITALS), _table(_DRAWN_ALIKE)
_ONCE_SMALL = {sign: other for sign, other in _SMALL.items() if other != "1"}
"""For letters that were capitals: a capital L was none of those that are drawn like a small one."""


def is_visible_line(text: str) -> bool:
    """Whether the text is one line of signs that show themselves: no control characters, no marks
    of direction, nothing invisible. The joiners of Persian and Indic names may stand in it."""
    if any(unicodedata.category(sign) in _NOT_OF_A_LINE for sign in text):
        return False
    hidden = [sign for sign in text if spellings.is_invisible(sign)]
    composed = spellings.normalized("NFC", text)
    return len(hidden) == sum(map(spellings.is_invisible, spellings.visible(composed)))


def has_letter(text: str) -> bool:
    return any(unicodedata.category(sign).startswith("L") for sign in text)


def looks(name: str) -> frozenset[str]:
    """What the name looks like in capitals and as it is written. Accents, dots, hyphens and the
    order of its words make no difference."""
    plain = "".join(
        sign
        for sign in spellings.normalized("NFKD", name)
        if not unicodedata.combining(sign) and not spellings.is_invisible(sign)
    )
    capitals = plain.upper().translate(_CAPITALS)
    small = plain.translate(_SMALL).casefold().translate(_ONCE_SMALL)
    for pair, letter in _PAIRS:
        small = small.replace(pair, letter)
    return frozenset({f"capitals {_words(capitals)}", f"small {_words(small)}"})


def are_alike(one: str, other: str) -> bool:
    """Whether nobody can tell the two names apart on a screen."""
    return bool(looks(one) & looks(other))


def _words(text: str) -> str:
    signs = "".join(sign if sign.isalnum() else " " for sign in text)
    return " ".join(sorted(signs.split()))
