"""What an import understands: its columns, and what other systems call them."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any


class Kind(enum.Enum):
    """What a column holds, which says how its cells are cleaned."""

    NUMBER = "number"
    """A roll or staff number: who somebody is."""
    CODE = "code"
    EMAIL = "email"
    NAME = "name"
    NAME_PART = "name part"
    """A first or a last name alone."""
    TEXT = "text"
    WORD = "word"
    """A word of another system, such as a role: only compared, never stored."""


IDENTITIES = frozenset({Kind.NUMBER, Kind.CODE, Kind.EMAIL})
"""Kinds by which rows are found, so that their cells have one spelling."""


@dataclass(frozen=True)
class Column:
    """``name`` is the import's own name for it. ``aliases`` are those of other systems, the best
    first. ``label`` is what the page calls it, translated when it is shown."""

    name: str
    kind: Kind
    label: Any
    aliases: tuple[str, ...] = ()
    is_foreign: bool = False
    """Whether it is only read in files of other systems, such as the role of a person."""


@dataclass(frozen=True, eq=False)  # one is another's equal only where it is the same
class Layout:
    """All columns of one kind of import, and what a row needs.

    ``needs`` names groups of columns: where one of the first is there and none of the second, the
    header cannot be used. ``name`` is the import's, under which a person's choice is remembered.
    """

    name: str
    columns: tuple[Column, ...]
    needs: tuple[tuple[frozenset[str], frozenset[str]], ...] = ()
    reads_strangers: bool = False
    """Whether further columns are left out, even beside columns with the import's own names."""
    keeps_faults: bool = False
    """Whether a line at fault is handed on with what is wrong (`Row.problems`), so that the import
    can list it beside the rest. Else it refuses the file."""

    ignored: frozenset[str] = frozenset()
    """Names that a person said to leave out."""

    def named(self, names: Mapping[str, str]) -> "Layout":
        """The layout with further names for its columns, which count before all others. A name
        with an empty column is left out."""
        if not names:
            return self
        columns = tuple(
            replace(c, aliases=(*(n for n, meant in names.items() if meant == c.name), *c.aliases))
            for c in self.columns
        )
        ignored = frozenset(name for name, meant in names.items() if not meant)
        return replace(self, columns=columns, ignored=self.ignored | ignored)

    @property
    def by_name(self) -> Mapping[str, Column]:
        return {column.name: column for column in self.columns}
