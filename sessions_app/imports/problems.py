"""What is wrong with an imported file, and where."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

MOST_TOLD = 200
"""More problems than a person mends in one go; the count of the rest is told."""


@dataclass(frozen=True, order=True)
class Problem:
    """``line`` counts from 1 as a spreadsheet does; 0 and an empty column mean the file."""

    line: int
    column: str
    text: str

    def __str__(self) -> str:
        place = [_("line %(line)d") % {"line": self.line}] if self.line else []
        place += [self.column] if self.column else []
        return ": ".join([", ".join(place), self.text]) if place else self.text


class ImportRefused(Exception):
    """The file cannot be imported, and nothing was written. ``problems`` says all of why."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__("; ".join(map(str, self.problems[:3])))


def refuse(text: str, *, line: int = 0, column: str = "") -> ImportRefused:
    return ImportRefused([Problem(line, column, text)])
