"""What is wrong with an imported file, and where."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MOST_TOLD = 200
"""Problems that are told: more than a person corrects at once. The number of the others is told."""


@dataclass(frozen=True, order=True)
class Problem:
    """``line`` counts from 1 as spreadsheets do. Line 0 and an empty column mean the file."""

    line: int
    column: str
    text: str

    def __str__(self) -> str:
        place = [_("line %(line)d") % {"line": self.line}] if self.line else []
        place += [self.column] if self.column else []
        return ": ".join([", ".join(place), self.text]) if place else self.text


_NOTHING = gettext_lazy("Nothing was imported.")
_ADVICE = {
    "invalid_file": gettext_lazy("Nothing was imported. Correct the file and try again."),
    "changed_meanwhile": gettext_lazy(
        "Nothing was imported. Import the file again to see what is left to do."
    ),
    "files_busy": "",
    "outcome_unknown": "",
}


class ImportRefused(Exception):
    """The file was not imported, and nothing was written. ``problems`` holds all the causes.

    ``code`` is invalid_file, one of tables.apart (the file takes too much to read, or others are
    being read), changed_meanwhile (the database is no longer as the plan saw it), or one of
    attendance_project.transactions. Of these only outcome_unknown may mean that the whole file was
    written.
    """

    def __init__(self, problems: Iterable[Problem], code: str = "invalid_file") -> None:
        self.problems = sorted(problems)
        self.code = code
        super().__init__("; ".join(map(str, self.problems[:3])))

    def __reduce__(self) -> tuple[Any, ...]:
        """How it is copied from the process that read the file (tables.apart)."""
        return type(self), (self.problems, self.code)

    @property
    def advice(self) -> str:
        """What became of the file, and what to do."""
        return str(_ADVICE.get(self.code, _NOTHING))


def refuse(
    text: str, *, line: int = 0, column: str = "", code: str = "invalid_file"
) -> ImportRefused:
    return ImportRefused([Problem(line, column, text)], code)
