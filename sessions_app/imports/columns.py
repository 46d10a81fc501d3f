"""Remembers which column of a file is which, where a person had to say so."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _

from accounts.models import Role, User
from attendance_project.inserting import one_write
from attendance_project.tables import ColumnsUnclear, Layout, header_of
from sessions_app.models import ColumnMapping


class Remembered:
    """What a table asks for the choice of columns: the one just ``chosen``, or the one kept.

    ``notes`` tell the person afterwards that a kept one was used.
    """

    def __init__(
        self, layout: Layout, chosen: Mapping[str, str] | None = None, *, by: User | None
    ) -> None:
        self.layout = layout
        self.chosen = chosen
        self.by = by
        self.notes: list[str] = []

    @property
    def is_used(self) -> bool:
        """Whether a person has said of this header what its columns are."""
        return self.chosen is not None or bool(self.notes)

    def __call__(self, signature: str) -> Mapping[str, str] | None:
        if self.chosen is not None:
            return self.chosen
        rows = ColumnMapping.objects.filter(kind=self.layout.name, signature=signature)
        kept = _for(list(rows.select_related("by").order_by("-at", "pk")), self.by)
        self.notes = [_note(kept, self.by)] if kept else []
        return kept.columns if kept else None


def _for(rows: Sequence[ColumnMapping], by: User | None) -> ColumnMapping | None:
    """The person's own choice, else the latest one of an admin."""
    own = [row for row in rows if by and row.owner == str(by.pk)]
    of_admins = [row for row in rows if row.by and row.by.role == Role.ADMIN]
    return next(iter([*own, *of_admins]), None)


def _note(row: ColumnMapping, by: User | None) -> str:
    if by and row.owner == str(by.pk):
        return _("The columns are read as you chose them before. Choose again if that is wrong.")
    told = _("The columns are read as %(name)s chose them. Choose again if that is wrong.")
    return told % {"name": row.by.full_name if row.by else ""}


def columns_of(
    data: bytes, layout: Layout, options: Mapping[str, Any], *, by: User
) -> ColumnsUnclear:
    """The header of an uploaded file as it is understood, for a person to look at. Raises
    ImportRefused."""
    known = Remembered(layout, options.get("columns"), by=by)
    return header_of(data, layout, encoding=options.get("encoding", ""), remembered=known)


def in_encoding(
    data: bytes, layout: Layout | None, options: Mapping[str, Any], encoding: str, *, by: User
) -> dict[str, Any]:
    """The options for reading an uploaded file in another encoding. Columns that a person chose
    stay as chosen, under their names in this encoding, unless it divides the names otherwise.
    Raises ImportRefused where the file cannot be read in it."""
    changed = dict(options) | {"encoding": encoding}
    if layout is None or "columns" not in options:
        return changed
    was = columns_of(data, layout, options, by=by).header
    header = columns_of(data, layout, changed, by=by).header
    del changed["columns"]
    if (was.line, len(was.names)) == (header.line, len(header.names)):
        changed["columns"] = dict(zip(header.keys, was.columns, strict=True))
    return changed


def remember(
    layout: Layout, signature: str, columns: Mapping[str, str], *, by: User | None, now: datetime
) -> None:
    """Keep a person's choice for the next file with the same header."""
    values = {"columns": dict(columns), "by": by, "at": now}
    key = {"kind": layout.name, "signature": signature, "owner": str(by.pk) if by else ""}
    rows = ColumnMapping.objects.filter(**key)
    if rows.update(**values):
        return
    try:
        with one_write():
            ColumnMapping.objects.create(**key, **values)
    except IntegrityError:  # another request has just kept it
        rows.update(**values)
