"""The lines of a table of sessions: what each says, or why it cannot be used."""

from collections.abc import Sequence
from dataclasses import dataclass

from attendance_project.tables import ImportRefused, Problem, Row
from sessions_app.imports.session_fields import FieldReader, SessionFields
from sessions_app.imports.session_times import When, no_end


@dataclass(frozen=True)
class Line:
    """``when`` is None, or ``problems`` has something, in a line that cannot be used."""

    row: Row
    when: When | None
    fields: SessionFields
    problems: tuple[Problem, ...]

    @property
    def why(self) -> str:
        """All that is wrong, in one text, each with its column."""
        return " ".join(
            f"{one.column}: {one.text}" if one.column else one.text for one in self.problems
        )


def lines_of(
    rows: Sequence[Row], whens: Sequence[When | Problem], fields: FieldReader
) -> list[Line]:
    """The lines of the table, those at fault among them. Raises ImportRefused with all that is
    wrong where no line can be used: then it is more likely that the columns are other ones."""
    lines = [_line(row, when, fields) for row, when in zip(rows, whens, strict=True)]
    if lines and all(line.problems for line in lines):
        problems = [problem for line in lines for problem in line.problems]
        raise ImportRefused(problems, rows=len(lines))
    return lines


def _line(row: Row, when: When | Problem, reader: FieldReader) -> Line:
    fields = reader.read(row)
    problems = list(row.problems)
    if isinstance(when, Problem):
        if when.column not in {problem.column for problem in problems}:
            problems.append(when)
    elif not when.has_end and not fields.is_cancelled:
        problems.append(no_end(row))
    own_when = None if isinstance(when, Problem) else when
    return Line(row, own_when, fields, (*problems, *fields.problems))
