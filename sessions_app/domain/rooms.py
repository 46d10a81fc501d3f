"""Which rooms a text names: "A 101, B 202", "A101/B202" and "A 101 und B 202" are two rooms each.

A text may hold a building, a floor or a street as well. Those are no rooms of their own, or all
lectures of one house would be in one room: they stand in front of each room that they belong to.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from attendance_project.spellings import code_key

_BETWEEN = re.compile(
    r"\s*[,;|&\n]\s*|\s+\+\s+|(?<=\d)\+|\s+/\s+|(?<=[^\W_])/(?=[^\W\d])"
    r"|\s+(?:and|und|et|och|og|ja|en|sowie|oraz|ve)\s+|(?<=\d)\s+[yeiuи]\s+",
)
_LETTERS = re.compile(r"[^\W\d_]+")
_NUMBERS = re.compile(r"(.*?)(\d+)((?:/\d+)+)")
"""A text of one room's number and others behind a slash, as in "HS 1/2"."""
_ENDS_IN_NUMBER = re.compile(r"(.*[^\W\d]\W*)(\d+)")
_GLUE = re.compile(r"(?<=[^\W\d])[\s._-]+(?=\d)")
_HOUSE = re.compile(
    r"building|bldg|block|wing|tower|house|campus|floor|level"
    r"|\w*(?:gebäude|geb|haus|trakt|flügel|turm|etage|stock|stockwerk|geschoss)|[0-9]*[uoe]g"
    r"|bâtiment|batiment|bât|bat|étage|etage|edificio|edif|piso|planta|piano|budynek|piętro"
    r"|корпус|корп|этаж"
)
_STREET = re.compile(
    r"\w*(?:straße|strasse|str|gasse|allee|platz)|street|road|avenue|rue|calle|ул|улица"
)
_ADDRESS = "://"
"""Stands in the address of a meeting on the web, whose slashes separate nothing."""
_MOST_BESIDE_PLACE = 1
"""Words beside that of a house: "Building 4" is a place, and "Building A 101" a room."""


def is_bare(text: str) -> bool:
    """Whether the text is only the number of a room, such as “B-204” and “KD 1”, so that a word has
    to say that it is a room. “Lecture Hall 2”, “Aula” and “教室 101” say so themselves."""
    words = _LETTERS.findall(text)
    return bool(text) and not any(len(word) > 2 or _is_word_of_signs(word) for word in words)


def _is_word_of_signs(word: str) -> bool:
    """Whether the word is of a script without upper and lower case, whose words may be short."""
    return len(word) > 1 and word.upper() == word.lower()


@lru_cache(maxsize=4096)
def rooms_in(text: str) -> frozenset[str]:
    """The rooms that the text names, each in one spelling to compare it by. Empty names none."""
    return frozenset(_key(room) for room in _rooms(_parts(text)))


def share_room(one: str, other: str) -> bool:
    """Whether two texts name a room that is the same.

    Names without a number ("Aula, Audimax") may also be parts of an address. They count where one
    of the two texts is that name alone.
    """
    if rooms_in(one) & rooms_in(other):
        return True
    return _key(one) in names_in(other) or _key(other) in names_in(one)


@lru_cache(maxsize=4096)
def names_in(text: str) -> frozenset[str]:
    """The whole text and its parts that may be rooms, in one spelling."""
    parts = _parts(text)
    names = [text, *(part for part in parts if not _is_place(part))] if parts else []
    return frozenset(map(_key, names))


def _key(text: str) -> str:
    return _GLUE.sub("", code_key(text))


def _parts(text: str) -> list[str]:
    if _ADDRESS in text:
        return [text]
    parts: list[str] = []
    for part in _BETWEEN.split(text):
        if part.strip():
            parts += _numbered(part.strip(), parts)
    return parts


def _numbered(part: str, before: list[str]) -> list[str]:
    """The rooms of a part with several numbers, and one for a number alone that goes on from the
    room before: "A 101/102" and "A 101, 102" are the rooms A 101 and A 102."""
    if found := _NUMBERS.fullmatch(part):
        name, first, more = found.groups()
        numbers = [first, *more[1:].split("/")]
        # "4/101" is a room of building 4. Numbers of one length are rooms side by side.
        same_length = len({len(number) for number in numbers}) == 1
        return [name + number for number in numbers] if same_length else [part]
    last = _ENDS_IN_NUMBER.fullmatch(before[-1]) if before and part.isdecimal() else None
    if last and len(last[2]) == len(part) and not _is_place(before[-1]):
        return [last[1] + part]
    return [part]


def _is_place(part: str) -> bool:
    words = re.findall(r"\w+", part.lower())
    if any(_STREET.fullmatch(word) for word in words):
        return True
    houses = [word for word in words if _HOUSE.fullmatch(word)]
    return bool(houses) and len(words) - len(houses) <= _MOST_BESIDE_PLACE


def _rooms(parts: list[str]) -> Iterator[str]:
    """Each room with its place. Parts without a number say more about the room before, so that a
    text of such parts alone is one name."""
    if not any(_is_room(part) for part in parts):
        if parts:
            yield " ".join(parts)
        return
    for places, rooms in _groups(parts):
        for room in rooms:
            yield " ".join([*places, room])


def _groups(parts: Iterable[str]) -> Iterator[tuple[list[str], list[str]]]:
    """The rooms that stand together, with the places before them or behind them."""
    places: list[str] = []
    rooms: list[str] = []
    place_first = None
    for part in parts:
        is_place = _is_place(part)
        if not is_place and not _is_room(part):
            continue
        if place_first is None:
            place_first = is_place
        begins_anew = bool(rooms) and is_place if place_first else bool(places) and not is_place
        if begins_anew:
            yield places, rooms
            places, rooms = [], []
        (places if is_place else rooms).append(part)
    yield places, rooms


def _is_room(part: str) -> bool:
    return not _is_place(part) and any(sign.isdigit() for sign in part)
