"""The lists of pages: searched, sorted, and shown page by page, the same way in each of them.

``?q=`` holds words to find, ``?sort=`` the key of one of the list's sortings, and ``?page=`` the
page. `components/list_tools.html` shows them, and `components/pages.html` the way through.
"""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict

ROWS_A_PAGE = 50
MOST_ASKED = 200
"""Signs of a search that are read. Nobody's name is longer."""
Row = TypeVar("Row")


@dataclass(frozen=True)
class Sorting:
    """One order in which a list can be shown. ``by`` gives a row's place, or the names of fields
    where the rows are a queryset. Without it the rows stay as they are."""

    key: str
    label: Any
    by: Callable[[Any], Any] | tuple[str, ...] | None = None
    latest_first: bool = False


@dataclass(frozen=True)
class Listing:
    """What a page shows of a list."""

    page: Page
    asked: str
    sortings: Sequence[Sorting]
    sort: str
    is_empty: bool
    """Whether the list has no rows at all, whatever was searched for."""
    kept: list[tuple[str, str]]
    """The address's other parameters, which searching and sorting keep."""
    parameter: str
    """The name of the page's number in the address."""
    query: QueryDict

    @property
    def found(self) -> int:
        return self.page.paginator.count

    @property
    def previous(self) -> str:
        """The query of the page before, or nothing."""
        return self._to(self.page.previous_page_number()) if self.page.has_previous() else ""

    @property
    def next(self) -> str:
        return self._to(self.page.next_page_number()) if self.page.has_next() else ""

    def _to(self, number: int) -> str:
        query = self.query.copy()
        query[self.parameter] = str(number)
        return f"?{query.urlencode()}"


def listing(
    request: HttpRequest,
    rows: QuerySet[Any] | Iterable[Row],
    *,
    words: Callable[[Row], str] | None = None,
    find: Callable[[Any, str], Any] | None = None,
    sortings: Sequence[Sorting] = (),
    name: str = "page",
    rows_a_page: int | None = None,
) -> Listing:
    """The page that the address asks for, or the nearest one that exists.

    ``words`` are what a row is found by; a long list gives ``find`` instead, which narrows the
    queryset. The first of ``sortings`` is the list's own order. ``name`` is the page's parameter,
    where a page of the site has several lists. ``rows_a_page`` is ROWS_A_PAGE unless given.
    """
    asked = " ".join(request.GET.get("q", "")[:MOST_ASKED].replace("\0", " ").split())
    every: Any = rows if isinstance(rows, QuerySet) and words is None else list(rows)
    some = _found(every, asked, words, find)
    sorting = next((s for s in sortings if s.key == request.GET.get("sort")), None)
    chosen = sorting or (sortings[0] if sortings else None)
    pages = Paginator(_sorted(some, chosen), rows_a_page or ROWS_A_PAGE)
    page = pages.get_page(request.GET.get(name))
    is_empty = not asked and not page.paginator.count
    return Listing(
        page=page,
        asked=asked,
        sortings=sortings,
        sort=chosen.key if chosen else "",
        is_empty=is_empty,
        parameter=name,
        query=request.GET,
        kept=[(n, v) for n, v in request.GET.dict().items() if n not in ("q", "sort", name)],
    )


def matches(text: str, asked: str) -> bool:
    """Whether each word that was asked for stands in the text, in upper or lower case."""
    plain = _plain(text)
    return all(word in plain for word in _plain(asked).split())


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def _found(rows: Any, asked: str, words: Any, find: Any) -> Any:
    if not asked:
        return rows
    if find is not None:
        return find(rows, asked)
    return [row for row in rows if matches(words(row), asked)] if words else rows


def _sorted(rows: Any, sorting: Sorting | None) -> Any:
    if sorting is None or sorting.by is None:
        return rows
    if isinstance(sorting.by, tuple):
        return rows.order_by(*sorting.by)
    return sorted(rows, key=sorting.by, reverse=sorting.latest_first)
