"""Tables of figures on the reports' pages: one row a course, class or department."""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from attendance_project.lists import Listing, Sorting, listing
from reports.domain.rates import Tally

Row = tuple[Any, Tally]


def tallied(
    request: HttpRequest, name: str, rows: Sequence[Row], *, words: Callable[[Any], str]
) -> Listing:
    """The rows, each a thing and its tally, found by the words of the thing. ``name`` is the
    listing's; the table has a search, an order and pages of its own."""
    return listing(
        request,
        rows,
        words=lambda row: words(row[0]),
        sortings=_sortings(words),
        name=name,
        apart=True,
    )


def _sortings(words: Callable[[Any], str]) -> list[Sorting]:
    return [
        Sorting("name", gettext_lazy("Name"), by=lambda row: words(row[0]).casefold()),
        _most("present", gettext_lazy("Present")),
        _most("late", gettext_lazy("Late")),
        _most("excused", gettext_lazy("Excused")),
        _most("attended", gettext_lazy("Attended")),
        _most("absent", gettext_lazy("Absent")),
        Sorting("rate", gettext_lazy("Rate"), by=lambda row: row[1].rate_percent),
    ]


def _most(figure: str, label: Any) -> Sorting:
    return Sorting(figure, label, by=lambda row: getattr(row[1], figure), descending=True)
