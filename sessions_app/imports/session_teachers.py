"""Finds the teachers whom a table of sessions names, by what each of its columns holds."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import models

from accounts.models import Role, User, normalise_email, normalise_number
from attendance_project.spellings import code_key
from attendance_project.tables import Row
from sessions_app.imports.known import fetch
from sessions_app.imports.session_layout import EMAIL, NAME, NUMBER, SUBSTITUTE

_ANY = (NAME, SUBSTITUTE)
"""Columns in which files have a name, a number or an address."""


class Teachers:
    """The teachers whom these rows name. Only they are looked up."""

    def __init__(self, rows: Sequence[Row]) -> None:
        anywhere = _texts(rows, _ANY)
        emails = {normalise_email(text) for text in (*_texts(rows, (EMAIL,)), *anywhere)}
        numbers = {normalise_number(text) for text in (*_texts(rows, (NUMBER,)), *anywhere)}
        self.by_email = _by("email", (one for one in emails if "@" in one))
        self.by_number = _by("institution_number", numbers)
        self.by_name = _by_name({code_key(text) for text in anywhere if not self._known(text)})

    def find(self, column: str, text: str) -> User | None:
        """The one teacher whom a cell of this column means: by their number in the column of
        numbers, by their address in that of addresses, and in others also by their name."""
        if column == NUMBER:
            return self.by_number.get(normalise_number(text))
        if column == EMAIL:
            return self.by_email.get(normalise_email(text))
        return self._known(text) or self.by_name.get(code_key(text))

    def _known(self, text: str) -> User | None:
        """The teacher with this number or address."""
        by_number = self.by_number.get(normalise_number(text))
        return by_number or self.by_email.get(normalise_email(text))


def _texts(rows: Sequence[Row], columns: Iterable[str]) -> set[str]:
    return {row.cells.get(column, "") for row in rows for column in columns} - {""}


def _may_teach() -> models.QuerySet[User]:
    return User.objects.filter(role=Role.TEACHER, is_active=True, is_approved=True)


def _by(field: str, values: Iterable[str]) -> dict[str, User]:
    return {getattr(one, field): one for one in fetch(_may_teach(), field, sorted(values))}


def _by_name(wanted: set[str]) -> dict[str, Any]:
    """The teachers with names that only one of them has. No database compares names as we do, so
    the names of all are read, where any is asked for."""
    found: dict[str, list[UUID]] = defaultdict(list)
    names = _may_teach().order_by().values_list("pk", "full_name") if wanted else ()
    for pk, name in names:
        if (key := code_key(name)) in wanted:
            found[key].append(pk)
    ids = [same[0] for same in found.values() if len(same) == 1]
    return {code_key(one.full_name): one for one in fetch(_may_teach(), "pk", ids)}
