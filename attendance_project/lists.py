"""The lists of pages: searched, sorted, and shown page by page, the same way in each of them.

``?q=`` holds words to find, ``?sort=`` the key of one of the list's sortings, with - from the other
end, and ``?page=`` the page. `components/list_tools.html` shows them, `components/sort_head.html`
the head of a column that sorts, and `components/pages.html` the way through.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.shortcuts import resolve_url
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from attendance_project.alphabet import folded, place_of
from attendance_project.by_letters import RowsByLetters
from attendance_project.refusals import Refusal

ROWS_A_PAGE = 50
SHORT = 7
"""Rows that are seen at one glance, so that a list beside the page's own needs no search."""
MOST_ASKED = 200
"""Signs of a search that are read. Nobody's name is longer."""
Row = TypeVar("Row")


@dataclass(frozen=True)
class Sorting:
    """One order in which a list can be shown. ``by`` gives a row's place, or the names of fields
    where the rows are a queryset. Without it the rows stay as they are. Rows whose place is None
    come last from either end."""

    key: str
    label: Any
    by: Callable[[Any], Any] | tuple[str, ...] | None = None
    descending: bool = False
    """Whether the greatest comes first. Names of fields say so themselves too, by their sign."""
    is_by_letters: bool = False
    """Whether the fields are compared by their letters and not by the database. All of the list is
    read for that, so it is for lists of some thousand rows."""
    opposite: str = ""
    """The key of the sorting that shows the same from the other end, if the list names both."""


@dataclass(frozen=True)
class Head:
    """The head of a column that sorts: the query that a press asks for, and how the column is
    sorted now, "ascending" or "descending", or nothing."""

    query: str
    way: str


@dataclass(frozen=True)
class Listing:
    """What a page shows of a list."""

    page: Page
    asked: str
    sortings: Sequence[Sorting]
    sort: str
    """The key of the order, after - where it is from the other end."""
    is_empty: bool
    """Whether the list has no rows at all, whatever was searched for."""
    parameter: str
    """The name of the page's number in the address."""
    query: QueryDict
    is_apart: bool = False
    """Whether the list has a search and an order of its own, beside the page's own list."""
    refusal: str = ""
    """Why the search was not done, in a sentence. Then there are no rows."""

    @property
    def found(self) -> int:
        return self.page.paginator.count

    @property
    def q_name(self) -> str:
        """The name of the words to find in the address."""
        return _name("q", self.parameter, apart=self.is_apart)

    @property
    def sort_name(self) -> str:
        """The name of the order in the address."""
        return _name("sort", self.parameter, apart=self.is_apart)

    @property
    def anchor(self) -> str:
        """Where a list apart stands in its page. Its section has this id."""
        return f"#{self.parameter}" if self.is_apart else ""

    @property
    def is_asked(self) -> bool:
        """Whether the address says anything of this list."""
        return bool(self.query.keys() & {self.parameter, self.q_name, self.sort_name})

    @property
    def has_tools(self) -> bool:
        """Whether the list is searched and sorted by a form above it."""
        return not self.is_empty and (not self.is_apart or bool(self.asked) or self.found > SHORT)

    @property
    def kept(self) -> list[tuple[str, str]]:
        """The address's other parameters, which searching and sorting keep."""
        own = (self.q_name, self.sort_name, self.parameter)
        pairs = self.query.dict().items()
        return [(name, str(value)) for name, value in pairs if name not in own]

    @property
    def choices(self) -> list[tuple[str, Any]]:
        """The orders to choose from. The one in use is among them, whichever its end."""
        named = [(each.key, each.label) for each in self.sortings]
        label = dict(named).get(self.sort.removeprefix("-"), "")
        turned = _("%(order)s, from the other end") % {"order": label}
        return [*named, (self.sort, turned)] if self.sort.startswith("-") else named

    @cached_property
    def heads(self) -> dict[str, Head]:
        """The heads of the columns, by the keys of their sortings."""
        return {each.key: self._head(each) for each in self.sortings}

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
        return f"?{query.urlencode()}{self.anchor}"

    def _head(self, sorting: Sorting) -> Head:
        turned = f"-{sorting.key}"
        other = next((s.key for s in self.sortings if s.opposite == sorting.key), turned)
        query = self.query.copy()
        query.pop(self.parameter, None)
        query[self.sort_name] = other if self.sort == sorting.key else sorting.key
        ways = {sorting.key: sorting.descending, other: not sorting.descending}
        ways[turned] = not sorting.descending
        way = {None: "", False: "ascending", True: "descending"}[ways.get(self.sort)]
        return Head(f"?{query.urlencode()}{self.anchor}", way)


def listing(
    request: HttpRequest,
    rows: QuerySet[Any] | Iterable[Row],
    *,
    words: Callable[[Row], str] | None = None,
    find: Callable[[Any, str], Any] | None = None,
    sortings: Sequence[Sorting] = (),
    name: str = "page",
    apart: bool = False,
    rows_a_page: int | None = None,
) -> Listing:
    """The page that the address asks for, or the nearest one that exists.

    ``words`` are what a row is found by; a long list gives ``find`` instead, which narrows the
    queryset, or raises a Refusal that the page shows instead of rows. The first of ``sortings`` is
    the list's own order. ``name`` is the page's parameter, where a page of the site has several
    lists. They share one search and one order; a list ``apart`` has its own. ``rows_a_page`` is
    ROWS_A_PAGE unless given.
    """
    asked = request.GET.get(_name("q", name, apart=apart), "")[:MOST_ASKED]
    asked = " ".join(asked.replace("\0", " ").split())
    every: Any = in_one_order(rows) if isinstance(rows, QuerySet) else list(rows)
    found, refusal = _found(list(every) if words else every, asked, words, find)
    sort = request.GET.get(_name("sort", name, apart=apart), "")
    chosen, turned = _chosen(sort, sortings)
    pages = Paginator(_sorted(found, chosen, turned=turned), rows_a_page or ROWS_A_PAGE)
    page = pages.get_page(request.GET.get(name))
    return Listing(
        page=page,
        asked=asked,
        sortings=sortings,
        sort=("-" if turned else "") + chosen.key if chosen else "",
        is_empty=not asked and not page.paginator.count,
        parameter=name,
        query=request.GET,
        is_apart=apart,
        refusal=refusal,
    )


def in_one_order(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows in the order that they have, and those that are alike in it by their primary key.

    A database returns rows that are alike in any order, and MongoDB in another one for each page.
    Without the key, pages would repeat some rows and leave out others. Rows that are cut already,
    and rows that stand for groups, stay as they are.
    """
    query, meta = rows.query, rows.model._meta
    if query.is_sliced or isinstance(query.group_by, tuple):
        return rows
    own = meta.ordering if query.default_ordering else ()
    names = [*(query.order_by or own or ())]
    keys = {"pk", meta.pk.name} if meta.pk else {"pk"}
    if any(isinstance(name, str) and name.removeprefix("-") in keys for name in names):
        return rows
    return rows.order_by(*names, "pk")


def back_to_list(request: HttpRequest, to: str, *args: Any, at: str = "") -> HttpResponseRedirect:
    """Lead from a button in a list back to the list, with the words, order and page that it had.

    The browser names the page with the button (Referer, which the policy of the site keeps for its
    own pages). Only its query is used, and only where it is the page of the list. ``at`` is the
    place in the page.
    """
    address = resolve_url(to, *args)
    page, mark, query = request.headers.get("Referer", "").partition("?")
    is_its_page = page.endswith(f"//{request.get_host()}{address}")
    return HttpResponseRedirect(f"{address}{mark}{query}{at}" if is_its_page else f"{address}{at}")


def matches(text: str, asked: str) -> bool:
    """Whether each word that was asked for stands in the text, in upper or lower case and with or
    without accents."""
    plain = folded(text)
    return all(word in plain for word in folded(asked).split())


def finding(words: Callable[[Row], str]) -> Callable[[Iterable[Row], str], list[Row]]:
    """A ``find`` that reads every row, for a long list that a page shows in parts without it."""
    return lambda rows, asked: [row for row in rows if matches(words(row), asked)]


def _found(rows: Any, asked: str, words: Any, find: Any) -> tuple[Any, str]:
    """The rows that are asked for, and why they were not looked for, or nothing."""
    if words is not None and find is None:
        find = finding(words)
    if not asked or find is None:
        return rows, ""
    try:
        return find(rows, asked), ""
    except Refusal as refusal:
        return (rows.none() if isinstance(rows, QuerySet) else []), refusal.sentence


def _name(part: str, list_name: str, *, apart: bool) -> str:
    return f"{list_name}-{part}" if apart else part


def _chosen(sort: str, sortings: Sequence[Sorting]) -> tuple[Sorting | None, bool]:
    """The sorting that is asked for, or the list's own, and whether it is from the other end."""
    for sorting in sortings:
        if sort.removeprefix("-") == sorting.key:
            return sorting, sort.startswith("-")
    return (sortings[0] if sortings else None), False


def _sorted(rows: Any, sorting: Sorting | None, *, turned: bool) -> Any:
    if sorting is None or (sorting.by is None and not turned):
        return rows
    if sorting.by is None:
        return rows.reverse() if isinstance(rows, QuerySet) else list(reversed(rows))
    if isinstance(sorting.by, tuple) and sorting.is_by_letters:
        return RowsByLetters(rows, sorting.by, is_turned=turned)
    if isinstance(sorting.by, tuple):
        names = (_turned(name) if turned else name for name in sorting.by)
        return in_one_order(rows.order_by(*names))
    place = sorting.by
    placed = [row for row in rows if place(row) is not None]
    last = [row for row in rows if place(row) is None]
    turned_round = sorting.descending != turned
    return [*sorted(placed, key=lambda row: place_of(place(row)), reverse=turned_round), *last]


def _turned(name: str) -> str:
    return name.removeprefix("-") if name.startswith("-") else f"-{name}"
