"""Remembers which column of a file is which, where a person had to say so."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from attendance_project.tables import ColumnsUnclear, Layout, Remembered, header_of
from sessions_app.models import ColumnMapping


def remembered(layout: Layout, chosen: Mapping[str, str] | None = None) -> Remembered:
    """What a table asks for the choice of columns: the one just ``chosen``, or the one kept."""
    if chosen is not None:
        return lambda signature: chosen
    rows = ColumnMapping.objects.filter(kind=layout.name)
    return lambda signature: (
        rows.filter(signature=signature).values_list("columns", flat=True).first()
    )


def columns_of(data: bytes, layout: Layout, options: Mapping[str, Any]) -> ColumnsUnclear:
    """The header of an uploaded file as it is understood, for a person to look at. Raises
    ImportRefused."""
    known = remembered(layout, options.get("columns"))
    return header_of(data, layout, encoding=options.get("encoding", ""), remembered=known)


def remember(
    layout: Layout, signature: str, columns: Mapping[str, str], *, by: User | None, now: datetime
) -> None:
    """Keep a choice for the next file with the same header."""
    values = {"columns": dict(columns), "by": by, "at": now}
    rows = ColumnMapping.objects.filter(kind=layout.name, signature=signature)
    if rows.update(**values):
        return
    try:
        with transaction.atomic():
            ColumnMapping.objects.create(kind=layout.name, signature=signature, **values)
    except IntegrityError:  # somebody else has just chosen for the same header
        rows.update(**values)
