"""A queryset in the order of its letters, the same on each database.

Both databases put “Émile” and “anna” behind “Zoe”. So the texts are compared here, and only the
rows of the page that is shown are fetched.
"""

from collections.abc import Sequence
from typing import Any, overload

from django.db.models import QuerySet

from attendance_project.alphabet import place_of


class RowsByLetters(Sequence[Any]):
    """The rows sorted by these fields as `alphabet` compares them, and then by their keys."""

    def __init__(
        self, rows: QuerySet[Any], names: Sequence[str], *, is_turned: bool = False
    ) -> None:
        self._rows = rows.order_by()
        read = self._rows.values_list("pk", *names)
        placed = sorted((place_of(tuple(texts)), str(pk), pk) for pk, *texts in read)
        self._ids = [pk for _place, _key, pk in placed]
        if is_turned:
            self._ids.reverse()

    def __len__(self) -> int:
        return len(self._ids)

    @overload
    def __getitem__(self, at: int) -> Any: ...
    @overload
    def __getitem__(self, at: slice) -> list[Any]: ...
    def __getitem__(self, at: int | slice) -> Any:
        if isinstance(at, int):
            return self._rows.get(pk=self._ids[at])
        ids = self._ids[at]
        found = {row.pk: row for row in self._rows.filter(pk__in=ids)}
        return [found[pk] for pk in ids if pk in found]
