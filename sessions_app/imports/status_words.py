"""What the words in a column of statuses mean: whether somebody is still there, or gone.

Words of many systems are known. An institution has words of its own besides. They are asked about,
and the answer is kept, since a wrong guess enrols who left, or leaves out who is there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from attendance_project.inserting import one_write
from attendance_project.tables import ImportRefused, Problem, Row, systems
from attendance_project.tables.headers import header_key
from sessions_app.imports.layout import ENABLED, STATUS
from sessions_app.models import StatusWord

LONGEST = 100
"""Signs of a word. What is longer is cut, and a remark more than a status."""
MOST_WORDS = 50
_COLUMNS = (STATUS, ENABLED)
Meanings = Mapping[str, bool]
"""For the key of a word whether it says that somebody is gone."""


@dataclass
class FoundWord:
    """A word of a file. ``is_gone`` is None where nobody knows what it means."""

    key: str
    word: str
    column: str
    is_gone: bool | None
    lines: list[int] = field(default_factory=list)


class WordsUnclear(ImportRefused):
    """A status is not understood, so that a person has to say what it means."""

    def __init__(self, words: Iterable[FoundWord]) -> None:
        super().__init__(map(_problem, words))


def _problem(found: FoundWord) -> Problem:
    told = ngettext(
        "“%(word)s” is not known, on %(n)d line. Choose on the page if such people are gone, or "
        "give --status “%(word)s=gone” or “%(word)s=here”.",
        "“%(word)s” is not known, on %(n)d lines. Choose on the page if such people are gone, or "
        "give --status “%(word)s=gone” or “%(word)s=here”.",
        len(found.lines),
    )
    return Problem(found.lines[0], found.column, told % {"word": found.word, "n": len(found.lines)})


def kept() -> dict[str, bool]:
    return dict(StatusWord.objects.order_by().values_list("key", "is_gone"))


def words_in(rows: Iterable[Row], meanings: Meanings) -> list[FoundWord]:
    """The words of the rows' statuses, by where they stand first. Raises ImportRefused for too many
    of them, which are remarks."""
    found: dict[str, FoundWord] = {}
    for row in rows:
        for column in _COLUMNS:
            if key := word_key(text := row.cells.get(column, "")):
                is_gone = meaning_of(key, meanings)
                word = found.setdefault(key, FoundWord(key, text[:LONGEST], column, is_gone))
                word.lines.append(row.line)
    if sum(word.is_gone is None for word in found.values()) > MOST_WORDS:
        raise ImportRefused([_too_many(next(iter(found.values())))])
    return list(found.values())


def _too_many(first: FoundWord) -> Problem:
    told = _(
        "More than %(n)d words of statuses are not known. Choose which column is which, so that "
        "this one is not read."
    )
    return Problem(first.lines[0], first.column, told % {"n": MOST_WORDS})


def word_key(text: str) -> str:
    return header_key(text[:LONGEST]) or text.strip()[:LONGEST]


def meaning_of(key: str, meanings: Meanings) -> bool | None:
    """What a person said of the word, else what it means in the words of many systems."""
    if key in meanings:
        return meanings[key]
    if key in systems.GONE:
        return True
    return False if key in systems.HERE else None


def gone_word(row: Row, meanings: Meanings) -> str:
    """The word that says that the row's person is gone, or empty."""
    words = (row.cells.get(column, "") for column in _COLUMNS)
    return next((word for word in words if meaning_of(word_key(word), meanings)), "")


def remember(choice: Meanings, words: Iterable[FoundWord], *, by: User, now: datetime) -> None:
    """Keep what these words mean for all later files."""
    for word in words:
        if word.key in choice and choice[word.key] != word.is_gone:
            _keep(word, {"is_gone": choice[word.key], "by": by, "at": now})


def _keep(word: FoundWord, values: dict[str, Any]) -> None:
    rows = StatusWord.objects.filter(key=word.key)
    if rows.update(**values):
        return
    try:
        with one_write():
            StatusWord.objects.create(key=word.key, word=word.word, **values)
    except IntegrityError:  # another request has just kept it
        rows.update(**values)
