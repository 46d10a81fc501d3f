"""Finds the line that names the columns, and understands the names that other systems use."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from django.utils.translation import gettext as _

from attendance_project.spellings import normalized, visible
from attendance_project.tables.layouts import Column, Layout
from attendance_project.tables.problems import Problem

MOST_TITLE_LINES = 30
"""Lines above the header: the name of the course, the term, who wrote the report and when."""
LEFT_OUT = ""
"""Stands for a column of the file that the import does not read."""

_SLASHES = re.compile(r"[/|]")
_GIVEN, _FAMILY, _WHOLE_NAME = "given_name", "family_name", "Full name"
_WHOLE_NAMES = ("student_name", "teacher_name")
Choice = Mapping[str, str]
"""The column of the import for the key of each name in the file, as a person chose it."""


@lru_cache(maxsize=8192)
def header_key(name: str) -> str:
    """What spellings of one name have in common: ``Last Name``, ``last_name`` and ``LASTNAME``."""
    folded = normalized("NFKD", visible(name)).casefold()
    return "".join(sign for sign in folded if sign.isalnum())


def _short_key(name: str) -> str:
    """The key of a name without what stands in brackets behind it: ``E-mail (university)``."""
    return header_key(re.split(r"[(\[{（]", name)[0])


_PREFERRED = frozenset(map(header_key, ("Preferred name", "Preferred first name")))
"""Names of columns with the first name that somebody goes by."""


@dataclass(frozen=True)
class Header:
    """``names`` are those of the file. ``columns`` are those of the import, in the same order,
    where LEFT_OUT stands for a column that is not read."""

    line: int
    names: list[str]
    columns: list[str]
    is_own: bool = False
    """Whether all names that are read are the import's own."""
    problems: list[Problem] = field(default_factory=list)

    @property
    def keys(self) -> list[str]:
        return [header_key(name) for name in self.names]

    @property
    def signature(self) -> str:
        return signature_of(self.keys)

    @property
    def unread(self) -> list[str]:
        """The names of the columns that the import does not read."""
        pairs = zip(self.names, self.columns, strict=True)
        return [name for name, column in pairs if column == LEFT_OUT and name]


def signature_of(keys: Sequence[str]) -> str:
    """What files with the same columns have in common, whatever stands in their rows."""
    return hashlib.sha256("\x1f".join(keys).encode()).hexdigest()


def worth_in(layout: Layout) -> Callable[[list[str]], int]:
    """A function that tells how many names of a line the layout knows."""
    known = _known(layout)

    def worth(cells: list[str]) -> int:
        return len({key for cell in cells if (key := _known_key(cell[:100], known))})

    return worth


@lru_cache(maxsize=32)  # it is asked for several times for each file
def _known(layout: Layout) -> Mapping[str, Sequence[tuple[int, Column]]]:
    """For each key the columns that it may mean, each with its rank: 0 is the column's own name."""
    known: dict[str, list[tuple[int, Column]]] = {}
    for column in layout.columns:
        names = column.aliases if column.is_foreign else (column.name, *column.aliases)
        for rank, name in enumerate(names, 1 if column.is_foreign else 0):
            known.setdefault(header_key(name), []).append((rank, column))
    for name in layout.ignored:
        known.pop(header_key(name), None)
    return known


def _known_key(name: str, known: Mapping[str, Sequence[tuple[int, Column]]]) -> str:
    """The key by which a name is known, or empty: of the whole name, of what stands before a
    bracket, or of names with a slash between."""
    for key in (header_key(name), _short_key(name)):
        if key in known:
            return key
    return _key_of_parts(name, known) if "/" in name or "|" in name else ""


def _key_of_parts(name: str, known: Mapping[str, Sequence[tuple[int, Column]]]) -> str:
    """The key for “Matrikelnummer / Student ID”, which is one column in two languages, and for
    “First name / Last name”, which is the whole name."""
    parts = [_known_key(part, known) for part in _SLASHES.split(name)]
    columns = [{column.name for _rank, column in known.get(part, ())} for part in parts]
    if not all(columns):
        return ""
    if set.intersection(*columns):
        return parts[0]
    meant = set.union(*columns)
    is_whole = any(c.endswith(_GIVEN) for c in meant) and any(c.endswith(_FAMILY) for c in meant)
    return header_key(_WHOLE_NAME) if is_whole and header_key(_WHOLE_NAME) in known else ""


def find_header(lines: Sequence[tuple[int, list[str]]], layout: Layout) -> int:
    """The index of the line that names most columns. 0 where no line names any.

    One name alone is a header only in the first line, since a title may contain a name by chance.
    """
    worth = worth_in(layout)
    worths = [worth(cells) for _line, cells in lines[:MOST_TITLE_LINES]]
    best = max(worths, default=0)
    if best == 0:
        return _widest(lines)
    return worths.index(best) if best > 1 or worths[0] == best else _widest(lines)


def _widest(lines: Sequence[tuple[int, list[str]]]) -> int:
    """The first line that is as wide as most, for a header in words that nobody knows."""
    begin = [sum(map(bool, cells)) for _line, cells in lines[:MOST_TITLE_LINES]]
    return begin.index(max(begin)) if begin else 0


def understand(line: int, cells: Sequence[str], layout: Layout, choice: Choice | None) -> Header:
    """Which column of the import each name means. A person's ``choice`` counts first."""
    names = [visible(cell) for cell in cells]
    if choice is not None:
        columns = [choice.get(header_key(name), LEFT_OUT) for name in names]
        known = layout.by_name
        columns = [column if column in known else LEFT_OUT for column in columns]
        return Header(line, names, columns, problems=_twice(line, names, columns))
    ranks = _ranks(names, layout)
    columns = _without_preferred(names, [_column_of(at, ranks) for at in range(len(names))])
    own = {header_key(column.name) for column in layout.columns if not column.is_foreign}
    foreign = {column.name for column in layout.columns if column.is_foreign}
    pairs = zip(names, columns, strict=True)
    is_own = all(header_key(n) in own for n, column in pairs if column and column not in foreign)
    if is_own:
        columns = [LEFT_OUT if column in foreign else column for column in columns]
    header = Header(line, names, columns, is_own=is_own)
    if is_own and not layout.reads_strangers:
        header.problems.extend(_strangers(header, frozenset(map(header_key, layout.ignored))))
    header.problems.extend(_twice(line, names, _same_names(names, columns)))
    return header


def _ranks(names: Sequence[str], layout: Layout) -> dict[str, tuple[int, int]]:
    """For each column of the import the best rank among the file's names, and where it stands.

    A name that may mean several columns goes to the one for which it ranks best.
    """
    known = _known(layout)
    found: dict[str, tuple[int, int]] = {}
    wanted = sorted(
        (rank, at, column.name)
        for at, name in enumerate(names)
        for rank, column in known.get(_known_key(name, known), ())
    )
    used: set[int] = set()
    for rank, at, column in wanted:
        if column not in found and at not in used:
            found[column] = (rank, at)
            used.add(at)
    return found


def _without_preferred(names: Sequence[str], columns: Sequence[str]) -> list[str]:
    """The columns, where a preferred first name beside a whole name is not joined to that."""
    has_parts = any(column.endswith(_FAMILY) for column in columns)
    has_whole = any(column in _WHOLE_NAMES for column in columns)
    if has_parts or not has_whole:
        return list(columns)
    return [
        LEFT_OUT if column.endswith(_GIVEN) and header_key(name) in _PREFERRED else column
        for name, column in zip(names, columns, strict=True)
    ]


def _column_of(at: int, ranks: Mapping[str, tuple[int, int]]) -> str:
    return next((column for column, (_rank, where) in ranks.items() if where == at), LEFT_OUT)


def _same_names(names: Sequence[str], columns: Sequence[str]) -> list[str]:
    """The columns, where a name that the file has twice means the same column twice."""
    meant = {header_key(name): c for name, c in zip(names, columns, strict=True) if c}
    return [meant.get(header_key(name), LEFT_OUT) for name in names]


def _strangers(header: Header, ignored: frozenset[str]) -> list[Problem]:
    """In the import's own form a name that it does not know is a slip of the pen."""
    unread = {header_key(name) for name in header.unread}
    read = {header_key(n) for n, c in zip(header.names, header.columns, strict=True) if c}
    return [
        Problem(
            header.line,
            name,
            _("is not a column of this import. Rename it, or remove it."),
        )
        for name in header.unread
        if header_key(name) in unread - read - ignored
    ]


def _twice(line: int, names: Sequence[str], columns: Sequence[str]) -> list[Problem]:
    twice = {column for column in columns if column and columns.count(column) > 1}
    return [
        Problem(line, column, _("appears twice. Keep one of them.")) for column in sorted(twice)
    ]
