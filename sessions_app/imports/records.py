"""Keeps what each import changed: which file, by whom, when, and each change with its values.

A planner gives its plan a record by `record_of`, and `applying.apply` stores it together with the
changes, in the same transaction. So there is no import without a record.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import models

from accounts.models import User
from sessions_app.imports.plans import Change, Revision, RowKind, Step, Write
from sessions_app.models import FILE_NAME_LENGTH, ImportKind, ImportRecord

_NAMED = {RowKind.SUBJECT, RowKind.CLASS_GROUP, RowKind.SESSION}
"""Kinds of rows whose names tell nothing about a person, so that the record may keep them."""
_FOLLOWS = {"imported"}
"""Fields that follow from the others, so that the record need not keep them."""
_VALUED = _NAMED | {RowKind.ENROLMENT, RowKind.COURSE}
"""Kinds of rows whose values are kept too, so that the import can be taken back. What it changed of
a person is not kept."""
MOST_SOURCE = 500


def record_of(
    kind: ImportKind,
    data: bytes,
    *,
    file_name: str = "",
    source: str = "",
    by: User | None,
    now: datetime,
) -> ImportRecord:
    """A record of importing these bytes, not yet stored. ``source`` is the file's name unless
    given."""
    name = file_name[-FILE_NAME_LENGTH:]
    return ImportRecord(
        kind=kind,
        source=(source or name)[:MOST_SOURCE],
        file_name=name,
        digest=hashlib.sha256(data).hexdigest(),
        by=by,
        at=now,
    )


def fill(record: ImportRecord, steps: Iterable[Step]) -> ImportRecord:
    """Write into the record what these steps change. It is to be stored with them."""
    record.changes = [change_of(step.change, step.write) for step in steps if step.write]
    return record


def change_of(change: Change, write: Write) -> dict[str, Any]:
    """A change as the record keeps it: action, kind, the row's id, and what it was before. A mark
    has the id of its session, and that of its student.

    ``before`` and ``after`` hold the values that a revision changed, and are empty for a new row.
    Only names and values that tell nothing about a person are kept.
    """
    told: dict[str, Any] = {
        "action": change.action.value,
        "kind": change.kind.value,
        "id": str(write.row.pk),
    }
    if change.student_id is not None:
        told["student"] = str(change.student_id)
    if change.kind in _NAMED:
        told |= {"name": change.name, "detail": change.detail}
    if change.kind in _VALUED and isinstance(write, Revision):
        after = {name: write.values[name] for name in write.values if name not in _FOLLOWS}
        before = {name: getattr(write.row, name) for name in after}
        told |= {"before": _plain(before), "after": _plain(after)}
    return told


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain_value(value) for name, value in values.items()}


def _plain_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, models.Choices):
        return value.value
    return value if value is None or isinstance(value, bool | int | float | list) else str(value)


def values_of(model: type[models.Model], stored: Mapping[str, Any]) -> dict[str, Any]:
    """Values as the record keeps them, as the fields of the model have them."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    return {name: fields[name].to_python(value) for name, value in stored.items()}


def counts(record: ImportRecord) -> dict[str, int]:
    """How many changes of each action the import made."""
    found: dict[str, int] = {}
    for change in record.changes:
        found[change["action"]] = found.get(change["action"], 0) + 1
    return found
