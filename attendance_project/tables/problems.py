"""What is wrong with an imported file, and where."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

MOST_TOLD = 200
"""Problems that are told: more than a person corrects at once. The number of the others is told."""
_MOST_RUNS = 12
"""Runs of lines of one problem that are named by their numbers."""


@dataclass(frozen=True, order=True)
class Problem:
    """``line`` counts from 1 as spreadsheets do. Line 0 and an empty column mean the file."""

    line: int
    column: str
    text: str
    other_line: int = 0
    """The line that this one contradicts, or 0."""

    def __str__(self) -> str:
        return str(SameProblem((self.line,), self.column, self.text))


@dataclass(frozen=True)
class SameProblem:
    """What is wrong in the same words on one or several ``lines``, said once.

    ``is_everywhere`` says whether these are all lines of the file.
    """

    lines: tuple[int, ...]
    column: str
    text: str
    is_everywhere: bool = False

    @property
    def line(self) -> int:
        """The only line, or 0 where there are several or none."""
        return self.lines[0] if len(self.lines) == 1 else 0

    @property
    def count_in_words(self) -> str:
        """How many lines, where they are several."""
        n = len(self.lines)
        if self.is_everywhere:
            return ngettext("the only line", "all %(n)d lines", n) % {"n": n}
        return ngettext("%(n)d line", "%(n)d lines", n) % {"n": n}

    @property
    def lines_in_words(self) -> str:
        """The numbers of the lines: ``2–40, 45``."""
        runs = _runs(self.lines)
        named = ", ".join(f"{a}–{b}" if b > a else str(a) for a, b in runs[:_MOST_RUNS])
        left = sum(b - a + 1 for a, b in runs[_MOST_RUNS:])
        return _("%(lines)s and %(n)d more") % {"lines": named, "n": left} if left else named

    def __str__(self) -> str:
        place = []
        if self.line:
            place = [_("line %(line)d") % {"line": self.line}]
        elif len(self.lines) > 1:
            place = [f"{self.count_in_words} ({self.lines_in_words})"]
        place += [self.column] if self.column else []
        return ": ".join([", ".join(place), self.text]) if place else self.text


def _runs(lines: Iterable[int]) -> list[tuple[int, int]]:
    """The first and the last of each run of lines that follow one another."""
    runs: list[tuple[int, int]] = []
    for line in lines:
        if runs and line == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], line)
        else:
            runs.append((line, line))
    return runs


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
    """The file was not imported, and nothing was written. ``problems`` holds all the causes, and
    ``rows`` how many lines the file has, where that is known.

    ``code`` is invalid_file, one of tables.apart (the file takes too much to read, or the server is
    too busy to read it), changed_meanwhile (the database is no longer as the plan saw it), or one
    of attendance_project.transactions. Of these only outcome_unknown may mean that the whole file
    was written.
    """

    def __init__(
        self, problems: Iterable[Problem], code: str = "invalid_file", *, rows: int = 0
    ) -> None:
        self.problems = sorted(problems)
        self.code = code
        self.rows = rows
        super().__init__("; ".join(map(str, self.told[:3])))

    @property
    def lines(self) -> frozenset[int]:
        """The lines without which the file may be right, or none where a problem is of no line."""
        if not all(problem.line for problem in self.problems):
            return frozenset()
        both = (line for one in self.problems for line in (one.line, one.other_line))
        return frozenset(line for line in both if line)

    @property
    def told(self) -> list[SameProblem]:
        """The problems in the order of the file, those of several lines once."""
        lines: dict[tuple[str, str], dict[int, None]] = {}
        for one in self.problems:
            lines.setdefault((one.column, one.text), {})[one.line] = None
        return [
            SameProblem(tuple(same), column, text, is_everywhere=len(same) == self.rows)
            for (column, text), same in lines.items()
        ]

    def __reduce__(self) -> tuple[Any, ...]:
        """How it is copied from the process that read the file (tables.apart)."""
        return partial(type(self), rows=self.rows), (self.problems, self.code)

    @property
    def advice(self) -> str:
        """What became of the file, and what to do."""
        return str(_ADVICE.get(self.code, _NOTHING))


class HeaderRefused(ImportRefused):
    """The names of the columns are wrong, without which no other line is understood."""

    @property
    def lines(self) -> frozenset[int]:
        """No line: to leave out this one would not help."""
        return frozenset()


def refuse(
    text: str, *, line: int = 0, column: str = "", code: str = "invalid_file"
) -> ImportRefused:
    return ImportRefused([Problem(line, column, text)], code)
