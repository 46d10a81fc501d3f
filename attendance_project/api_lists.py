"""Searching and sorting the lists of the API, the same way in each of them.

A view names ``search_fields`` and ``ordering_fields``. A view whose rows are no queryset calls
`found_in` and `sorted_by`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.filters import OrderingFilter, SearchFilter
from rest_framework.request import Request

from attendance_project.alphabet import place_of
from attendance_project.lists import MOST_ASKED, matches

Row = TypeVar("Row")
SEARCH, ORDERING = "search", "ordering"
LIST_PARAMETERS = [
    OpenApiParameter(SEARCH, OpenApiTypes.STR, description="Rows that hold all of these words."),
    OpenApiParameter(ORDERING, OpenApiTypes.STR, description="A field; with - from the last."),
]
"""For ``extend_schema`` of views that are no list views of DRF."""


class Search(SearchFilter):
    """``?search=``: rows in which each of the words stands in one of ``search_fields``."""

    def get_search_terms(self, request: Request) -> list[str]:
        require_short_search(request)
        return super().get_search_terms(request)


def require_short_search(request: Request) -> None:
    """Refuse a search of thousands of words: no database takes so long a question."""
    if len(request.query_params.get(SEARCH, "")) > MOST_ASKED:
        told = _("Search with at most %(most)s characters.") % {"most": MOST_ASKED}
        raise ValidationError({SEARCH: [told]})


class Ordering(OrderingFilter):
    """``?ordering=name`` or ``-name``. A name that is none of ``ordering_fields`` is refused."""

    def get_default_valid_fields(
        self, queryset: Any, view: Any, context: Any = None
    ) -> list[tuple[str, str]]:
        return []

    def remove_invalid_fields(
        self, queryset: Any, fields: Any, view: Any, request: Request
    ) -> list[str]:
        known = [name for name, _label in self.get_valid_fields(queryset, view)]
        asked = [str(name) for name in fields]
        _refuse_unknown(asked, known)
        return asked

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> Any:
        asked = request.query_params.get(ORDERING)
        if not asked:
            return queryset
        return queryset.order_by(*(self.get_ordering(request, queryset, view) or ()))


def found_in(request: Request, rows: Sequence[Row], words: Callable[[Row], str]) -> Sequence[Row]:
    """The rows in whose words each word of ``?search=`` stands."""
    require_short_search(request)
    asked = request.query_params.get(SEARCH, "")
    return [row for row in rows if matches(words(row), asked)] if asked.strip() else rows


def sorted_by(
    request: Request, rows: Sequence[Row], keys: Mapping[str, Callable[[Row], Any]]
) -> Sequence[Row]:
    """The rows in the order that ``?ordering=`` asks for, or in their own."""
    asked = request.query_params.get(ORDERING, "").strip()
    if not asked:
        return rows
    _refuse_unknown([asked], list(keys))
    key = keys[asked.removeprefix("-")]
    return sorted(rows, key=lambda row: place_of(key(row)), reverse=asked.startswith("-"))


def _refuse_unknown(asked: Sequence[str], known: Sequence[str]) -> None:
    if unknown := [name for name in asked if name.removeprefix("-") not in known]:
        told = _("This list cannot be sorted by %(name)s. Choose one of: %(known)s.")
        names = ", ".join(known) or "–"
        raise ValidationError({ORDERING: [told % {"name": n, "known": names} for n in unknown]})
