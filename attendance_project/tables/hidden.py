"""What a workbook hides: rows of a filter, columns and sheets.

Whoever filters a list and saves it means the rows that they see. Hidden rows are therefore left
out, and named. Rows of a group that is folded up, and hidden columns, belong to what is seen: they
are read, and named. A hidden sheet is read only where no other one has a header.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from openpyxl.utils import get_column_letter

_A_HEADER = 2
"""Known names in a line that is no person's: systems hide such a line, and people do not filter
it."""
_MOST_NAMED = 12


@dataclass
class Hidden:
    """What one sheet hides. Rows and columns count from 1 on."""

    rows: set[int] = field(default_factory=set)
    folded: set[int] = field(default_factory=set)
    """Rows of groups that are folded up."""
    columns: set[int] = field(default_factory=set)
    sheet: bool = False


def without_hidden(
    title: str,
    lines: Sequence[tuple[int, list[str]]],
    hidden: Hidden,
    worth: Callable[[list[str]], int],
) -> tuple[list[tuple[int, list[str]]], list[str]]:
    """The lines that are read, and a note on each kind of what is hidden."""
    filled = [(line, cells) for line, cells in lines if any(cell.strip() for cell in cells)]
    out = {n for n, cells in filled if n in hidden.rows and worth(cells) < _A_HEADER}
    folded = {line for line, _cells in filled} & hidden.folded
    width = max((len(cells) for _line, cells in filled), default=0)
    columns = {at for at in hidden.columns if at <= width and _is_used(filled, at)}
    notes = [*_sheet_notes(title, hidden), *_row_notes(out, folded), *_column_notes(columns)]
    return [(line, cells) for line, cells in lines if line not in out], notes


def _is_used(lines: Iterable[tuple[int, list[str]]], column: int) -> bool:
    return any(len(cells) >= column and cells[column - 1].strip() for _line, cells in lines)


def _sheet_notes(title: str, hidden: Hidden) -> list[str]:
    if not hidden.sheet:
        return []
    return [_("The sheet “%(sheet)s” is hidden in the workbook, and was read.") % {"sheet": title}]


def _row_notes(out: set[int], folded: set[int]) -> list[str]:
    notes = []
    if out:
        told = ngettext(
            "Left out, since the sheet hides it by a filter or by hand: row %(rows)s. Show the row "
            "and save the file, if it is to be read.",
            "Left out, since the sheet hides them by a filter or by hand: rows %(rows)s, %(n)d in "
            "all. Show the rows and save the file, if they are to be read.",
            len(out),
        )
        notes.append(told % {"rows": _ranges(out), "n": len(out)})
    if folded:
        told = ngettext(
            "Read, although it is in a group that is folded up: row %(rows)s.",
            "Read, although they are in groups that are folded up: rows %(rows)s.",
            len(folded),
        )
        notes.append(told % {"rows": _ranges(folded)})
    return notes


def _column_notes(columns: set[int]) -> list[str]:
    if not columns:
        return []
    told = ngettext(
        "Read, although the sheet hides it: column %(columns)s.",
        "Read, although the sheet hides them: columns %(columns)s.",
        len(columns),
    )
    return [told % {"columns": ", ".join(get_column_letter(at) for at in sorted(columns))}]


def _ranges(numbers: Iterable[int]) -> str:
    """Numbers with those that follow each other as one: 3, 5–9."""
    ranges: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    told = [f"{a}" if a == b else f"{a}–{b}" for a, b in ranges[:_MOST_NAMED]]
    return ", ".join(told) + (" …" if len(ranges) > _MOST_NAMED else "")
