"""Pair files: which two pictures are compared, and whether they show one person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

TSV_HEADER = ["first", "second", "same"]


class PairFileError(ValueError):
    """A pair file has another form. The message names the file, the line and what is wrong."""


@dataclass(frozen=True)
class Pair:
    """Two pictures, as paths within the folder of images.

    fold    the part of the file in which the pair stands, from 1; None in a file without parts
    """

    first: str
    second: str
    same: bool
    fold: int | None = None


@dataclass(frozen=True)
class _Line:
    """A line that is not empty, split at its tabs, or at its blanks where it has no tab."""

    where: str
    fields: list[str]

    def error(self, problem: str) -> PairFileError:
        return PairFileError(f"{self.where}: {problem}")

    def number(self, field: int) -> int:
        text = self.fields[field]
        if not (text.isascii() and text.isdigit() and int(text) > 0):
            raise self.error(f"{text!r} is not a number from 1 on")
        return int(text)


def read_pairs(path: Path) -> list[Pair]:
    """The pairs of LFW's `pairs.txt`, or of a table with the header first, second, same.

    Raises PairFileError, and OSError where the file cannot be read.
    """
    lines = list(_lines(path))
    if not lines:
        raise PairFileError(f"{path.name} is empty")
    header, *rows = lines
    if header.fields == TSV_HEADER:
        pairs = [_table_row(row) for row in rows]
    elif len(header.fields) <= 2 and all(field.isdigit() for field in header.fields):
        pairs = _lfw_pairs(header, rows)
    else:
        raise header.error(
            "neither LFW's header (such as 10, tab, 300) nor a table's (first, second, same)"
        )
    if {pair.same for pair in pairs} != {True, False}:
        raise PairFileError(f"{path.name}: pairs of one person and of two people are both needed")
    return pairs


def subject_of(name: str) -> str:
    """The person whom a picture shows: its folder, or the picture itself where it is in none."""
    folder = PurePosixPath(name).parent.as_posix()
    return name if folder == "." else folder


def _lines(path: Path) -> Iterator[_Line]:
    try:
        # utf-8-sig, since spreadsheets put a byte order mark in front.
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise PairFileError(f"{path.name} is not UTF-8 text") from error
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            fields = line.split("\t") if "\t" in line else line.split()
            yield _Line(f"{path.name}, line {number}", [field.strip() for field in fields])


def _table_row(row: _Line) -> Pair:
    if len(row.fields) != 3:
        raise row.error(f"three fields are needed, there are {len(row.fields)}")
    first, second, same = row.fields
    if same not in ("0", "1"):
        raise row.error(f"same is 1 or 0, not {same!r}")
    return Pair(first, second, same == "1")


def _lfw_pairs(header: _Line, rows: list[_Line]) -> list[Pair]:
    """Read a file without folds. One number n heads it: n pairs of one person, then n of two."""
    folds = header.number(0) if len(header.fields) == 2 else 1
    size = 2 * header.number(-1)
    if len(rows) != folds * size:
        where = rows[-1] if rows else header
        raise where.error(f"the header promises {folds * size} pairs, there are {len(rows)}")
    return [_lfw_row(row, n // size + 1 if folds > 1 else None) for n, row in enumerate(rows)]


def _lfw_row(row: _Line, fold: int | None) -> Pair:
    """Read a row: name and two numbers for one person, name and number twice for two."""
    if len(row.fields) == 3:
        name = row.fields[0]
        return Pair(_picture(name, row.number(1)), _picture(name, row.number(2)), True, fold)
    if len(row.fields) == 4:
        first, second = row.fields[0], row.fields[2]
        return Pair(_picture(first, row.number(1)), _picture(second, row.number(3)), False, fold)
    raise row.error(f"three or four fields are needed, there are {len(row.fields)}")


def _picture(name: str, number: int) -> str:
    return f"{name}/{name}_{number:04d}.jpg"
