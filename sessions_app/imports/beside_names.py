"""Numbers of people as files write them beside something else: beside a name, or behind a label."""

import re
from collections.abc import Container
from itertools import islice

from attendance_project.spellings import code_key, plain

_BRACKETS = re.compile(r"[(\[{]([^()\[\]{}]*)[)\]}]")
_NUMBER = re.compile(r"\d{5,12}|[A-Za-z]{1,4}[-.]?\d{3,}[\w.-]*")
"""A shorter one may be a count or a year: “Ann Berg (2)”, “Ann Berg (2024)”."""
_WORD = re.compile(r"[^\W_]+")
_MOST_WORDS = 12
_MOST_PARTS = 4
"""Parts of a number: CS-2026-0001 has three."""
_LABEL = re.compile(
    r"(?:(?:student|stud|roll|registration|reg|matriculation|matrikel|matr|enrolment|enrollment"
    r"|index|id|number|nummer|numéro|numero|num|nr|no)[\s._-]*|n[°º]\s*|№\s*)+",
    re.I,
)
_SIGN = re.compile(r"\s*[.:°º№]\s*")
_LABEL_ALONE = re.compile(r"(?:id|no|nr)\s+(?=\d{5})", re.I)
"""“№ 20240012” is “No 20240012” by the time that it is looked at."""


def number_in_name(name: str) -> tuple[str, str]:
    """The name and the number in “Ann Berg (20240012)”. Without such a number the name as it is."""
    numbers = [m for m in _BRACKETS.finditer(name) if _NUMBER.fullmatch(m[1].strip())]
    if len(numbers) != 1:
        return name, ""
    (match,) = numbers
    rest = " ".join(f"{name[: match.start()]} {name[match.end() :]}".split())
    return (rest, match[1].strip()) if rest else (name, "")


def without_brackets(name: str) -> str:
    """The name without what stands in brackets beside it, such as Zoom's original name."""
    return " ".join(_BRACKETS.sub(" ", name).split()) or name


def without_label(number: str) -> str:
    """The number in “Nr. 20240012” and “Student ID: 20240012”. A label without a sign behind it may
    be a part of the number and stays: “ID20240012”."""
    begin = _end_of_label(number)
    return number[begin:] if number[begin : begin + 1].isdigit() else number


def _end_of_label(number: str) -> int:
    if alone := _LABEL_ALONE.match(number):
        return alone.end()
    label = _LABEL.match(number)
    if label is None:
        return 0
    if sign := _SIGN.match(number, label.end()):
        return sign.end()
    return label.end() if label[0].rstrip()[-1] in ".:°º№" else 0


def numbers_beside(text: str, numbers: Container[str]) -> list[str]:
    """The numbers that stand in the text as words of their own. The text and the numbers are
    compared by their `code_key`. One that stands only within another one that does, as S1 in S1-2,
    is left out."""
    key = code_key(text)
    words = [match.span() for match in islice(_WORD.finditer(key), _MOST_WORDS)]
    texts = {
        key[start:end]
        for at, (start, _end) in enumerate(words)
        for _start, end in words[at : at + _MOST_PARTS]
    }
    found = [one for one in sorted(texts) if one in numbers and any(map(str.isdigit, one))]
    return [one for one in found if not any(one != other and one in other for other in found)]


def share_a_word(one: str, other: str) -> bool:
    """Whether two names have a word in common, of two letters or more."""
    return bool(_words(one) & _words(other))


def _words(name: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]{2,}", code_key(plain(name))))
