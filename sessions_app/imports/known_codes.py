"""Gives the codes of subjects and classes in a file the spelling of those that are here already.

Codes are compared without case and by their plain form. One that is here in no such spelling may
have lost zeros in front, or look like one that is here, with letters of another script.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from attendance_project.look_alikes import in_latin, is_mixed, look_key
from attendance_project.spellings import code_key
from attendance_project.tables import ImportRefused, Problem, Row
from attendance_project.tables.reading import listed
from sessions_app.imports.scripts_in_words import with_scripts
from sessions_app.models import ClassGroup, Subject

_CODES: dict[str, type[Subject] | type[ClassGroup]] = {
    "subject_code": Subject,
    "class_code": ClassGroup,
}


def spell_codes(rows: Sequence[Row]) -> tuple[list[Row], list[str]]:
    """The rows with the codes that are here, and what has to be said of it. Raises ImportRefused
    for a code that looks like several."""
    found, notes, problems = list(rows), list[str](), list[Problem]()
    for column, model in _CODES.items():
        if any(row.cells.get(column) for row in found):
            codes = _Codes(column, model.objects.values_list("code", flat=True))
            found = [codes.spelled(row) if row.cells.get(column) else row for row in found]
            notes += [*zero_notes(codes.zeros_back), *_look_notes(codes.looked)]
            problems += codes.problems
    if problems:
        raise ImportRefused(problems)
    return found, notes


class _Codes:
    """The codes in one column of a file, and those that are here."""

    def __init__(self, column: str, there: Iterable[str]) -> None:
        self.column = column
        self.there = list(there)
        self.literal = set(self.there)
        self.by_key = {code_key(code): code for code in self.there}
        self.by_digits = by_digits(self.there)
        self.by_look: dict[str, list[str]] = defaultdict(list)
        for code in self.there:
            self.by_look[look_key(code)].append(code)
        self.zeros_back: list[str] = []
        self.looked: list[str] = []
        self.problems: list[Problem] = []

    def spelled(self, row: Row) -> Row:
        code, literal = row.cells[self.column], row.literals.get(self.column)
        if literal in self.literal:
            return replace(row, cells=row.cells | {self.column: literal})
        if spelled := self.by_key.get(code_key(code)):
            pass
        elif spelled := self.by_digits.get(code, ""):
            self.zeros_back.append(was_read(row, self.column, code, spelled))
        else:
            spelled = self._by_look(row, code)
        return replace(row, cells=row.cells | {self.column: spelled})

    def _by_look(self, row: Row, code: str) -> str:
        """The one code that looks like this one, or this one as a new code: in Latin letters, where
        it mixes them with others that look like them."""
        alike = self.by_look[look_key(code)]
        if len(alike) > 1:
            self.problems.append(Problem(row.line, self.column, _looks_like(code, alike)))
            return code
        new = in_latin(code) if is_mixed(code) else code
        spelled = alike[0] if alike else new
        if not alike:
            alike.append(spelled)
            self.by_key[code_key(spelled)] = spelled
        if code_key(spelled) != code_key(code):
            self.looked.append(looked(row, self.column, code, spelled))
        return spelled


def _looks_like(code: str, alike: Sequence[str]) -> str:
    told = _(
        "is %(code)s, and several codes look like it: %(alike)s. Write it with the letters of the "
        "one that is meant."
    )
    values = {"code": with_scripts(code), "alike": ", ".join(map(with_scripts, sorted(alike)))}
    return told % values


def by_digits(texts: Iterable[str]) -> dict[str, str]:
    """For the digits without zeros in front the one text that has them, such as 7 for 007."""
    found: dict[str, list[str]] = {}
    for text in texts:
        if text.isascii() and text.isdigit() and text.startswith("0") and text.strip("0"):
            found.setdefault(text.lstrip("0"), []).append(text)
    return {digits: same[0] for digits, same in found.items() if len(same) == 1}


def was_read(row: Row, column: str, was: str, value: str) -> str:
    told = _("line %(line)d, %(column)s: “%(was)s” was read as “%(value)s”")
    return told % {"line": row.line, "column": column, "was": was, "value": value}


def looked(row: Row, column: str, was: str, value: str) -> str:
    """What was read as another text that looks like it, both with the scripts of their letters."""
    told = _("line %(line)d, %(column)s: %(was)s was read as %(value)s")
    texts = {"was": with_scripts(was), "value": with_scripts(value)}
    return told % {"line": row.line, "column": column, **texts}


def zero_notes(mended: list[str]) -> list[str]:
    note = _("Zeros in front were lost and are put back: %(cells)s.")
    return [note % {"cells": listed(mended)}] if mended else []


def _look_notes(found: list[str]) -> list[str]:
    note = _(
        "Codes that look like others, with letters of another script, are read as these: "
        "%(cells)s. Look whether they are meant."
    )
    return [note % {"cells": listed(found)}] if found else []
