"""Codes that nobody can tell apart on a screen, since their letters are of several scripts."""

import unicodedata

from attendance_project.spellings import code_key

_LIKE_LATIN = str.maketrans(
    "АВЕКМНОРСТУХЅІЈԚԜҮӀѴ" "аеорсухѕіјԛԝѵ" "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹͿ" "ο",
    "ABEKMHOPCTYXSIJQWYIV" "aeopcyxsijqwv" "ABEZHIKMNOPTYXCJ" "o",
)  # fmt: skip
"""Cyrillic letters, then Greek ones, that nobody can tell from Latin ones."""


def in_latin(text: str) -> str:
    """The text in Latin letters, where each of its letters looks like one, or else as it is: the
    number S1 may be written with a Cyrillic letter by a keyboard of another language."""
    latin = text.translate(_LIKE_LATIN)
    return latin if latin.isascii() else text


def look_key(code: str) -> str:
    """What two codes have in common that look alike, as `code_key` compares them: without case."""
    return code_key(code_key(code).upper().translate(_LIKE_LATIN))


def is_mixed(text: str) -> bool:
    """Whether Latin letters and others stand in one text."""
    return len({letter.isascii() for letter in text if letter.isalpha()}) == 2


def scripts_of(text: str) -> list[str]:
    """The scripts of the letters, as Unicode calls them, each once: LATIN, GREEK."""
    names = (unicodedata.name(sign, "").partition(" ")[0] for sign in text if sign.isalpha())
    return list(dict.fromkeys(names))
