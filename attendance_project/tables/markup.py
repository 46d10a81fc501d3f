"""Counts what the XML of a workbook is made of, before a library makes objects of it.

An element costs openpyxl up to 80 microseconds, so that 20 kB of packed XML kept it busy for as
long as a file may take. Here only the names of elements are looked for, in 0.01 s for each MB.
"""

import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import IO, Any

from django.utils.translation import gettext as _

from attendance_project.tables.apart import TOO_COSTLY
from attendance_project.tables.problems import refuse

MOST_ELEMENTS = 3_000_000
"""The elements that all parts which are read may have together: half a million cells with their
values, and as many without."""
MOST_TEXTS = 1_000_000
"""The elements among these that may hold texts and say how they look. Half a million texts take 4
seconds to read."""
MOST_OTHERS = 100_000
"""The elements among these that may be neither of cells nor of texts, such as styles, links and
merged cells."""
MOST_TAG_BYTES = 250_000
"""The bytes that an element's name and attributes may have with the text up to the next element. A
cell has up to 32,767 characters."""

_CELLS = frozenset(
    {b"row", b"c", b"v", b"f"}  # of Excel
    | {b"table-row", b"table-cell", b"covered-table-cell"}  # of OpenDocument
)
_TEXTS = frozenset(
    {b"si", b"is", b"t", b"r", b"rPr", b"rPh", b"phoneticPr", b"rFont", b"sz", b"color", b"family"}
    | {b"b", b"i", b"u", b"scheme", b"charset", b"strike", b"vertAlign"}
    | {b"p", b"s", b"span", b"a", b"tab", b"line-break"}  # of OpenDocument
)
_NAME = re.compile(rb"<(?:[^\s/>:<]++:)?+([^\s/>:!?<]++)")
"""An element's name without its prefix, which stands behind the sign of each tag that begins."""
_CHUNK = 1024 * 1024
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError)


class CheckedParts(zipfile.ZipFile):
    """A workbook, packed as a ZIP file, each of whose parts is counted when it is first opened.

    What no reader opens, such as the data behind a pivot table, is not counted. Opening raises
    ImportRefused where the XML of all parts that were opened would take too long.
    """

    def __init__(self, data: bytes) -> None:
        super().__init__(io.BytesIO(data))
        self._found: Counter[bytes] = Counter()
        self._counted: set[int] = set()

    def open(self, name: str | zipfile.ZipInfo, *args: Any, **kwargs: Any) -> IO[bytes]:
        info = self.getinfo(name) if isinstance(name, str) else name
        if info.header_offset not in self._counted:
            self._counted.add(info.header_offset)
            self._count(info)
        return super().open(info, *args, **kwargs)

    def _count(self, info: zipfile.ZipInfo) -> None:
        try:
            with super().open(info) as part:
                for piece in _pieces(part):
                    self._found.update(_NAME.findall(piece))
                    _check(self._found)
        except _DAMAGED:
            return  # who reads it afterwards finds the same


def _pieces(part: IO[bytes]) -> Iterator[bytes]:
    """The text of a part in pieces that end where an element begins, and nothing for a picture."""
    left = part.read(_CHUNK)
    if not _may_be_xml(left):
        return
    while chunk := part.read(_CHUNK):
        whole, sign, begun = (left + chunk).rpartition(b"<")
        _check_tags(whole, begun)
        yield whole
        left = sign + begun
    _check_tags(left)
    yield left


def _may_be_xml(begin: bytes) -> bool:
    """Whether a text begins with an element, in any encoding in which XML may be."""
    signs = begin.removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    return signs.lstrip(b"\0 \t\r\n")[:1] in (b"<", b"")


def _check_tags(*texts: bytes) -> None:
    if any(len(tag) > MOST_TAG_BYTES for text in texts for tag in text.split(b"<")):
        raise refuse(
            _(
                "A cell of the workbook, or something else in it, is far longer than it may be. "
                "Copy the cells into a new workbook."
            ),
            code=TOO_COSTLY,
        )


def _check(found: Counter[bytes]) -> None:
    texts = sum(found[name] for name in _TEXTS)
    others = found.total() - texts - sum(found[name] for name in _CELLS)
    if found.total() > MOST_ELEMENTS or texts > MOST_TEXTS or others > MOST_OTHERS:
        raise refuse(
            _(
                "The workbook has too many texts, styles or other parts. Copy the cells that are "
                "needed into a new workbook, or save the sheet as “CSV UTF-8”."
            ),
            code=TOO_COSTLY,
        )
