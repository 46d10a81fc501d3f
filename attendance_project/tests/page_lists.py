"""Finds the lists of a page in its HTML, with the search, the order and the pages of each.

A list is what has siblings that are alike: rows of a table, items, cards, sections or fields. Which
of them grow with what is stored is seen by who compares two pages.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
HEADINGS = {"h1", "h2", "h3", "h4", "caption", "summary", "legend"}
NO_ROWS = {"tr", "thead", "tfoot", "select", "datalist", "nav", "header", "head", "form", "dl"}
"""Elements whose children are no rows: cells, columns, options, links of the site, one form."""
NOT_SHOWN = {"template", "noscript"}


@dataclass(eq=False)
class Element:
    tag: str
    attributes: dict[str, str]
    parent: "Element | None" = None
    children: "list[Element]" = field(default_factory=list)
    text: str = ""

    def within(self) -> "Iterator[Element]":
        """The element and all in it, in the order of the page."""
        yield self
        for child in self.children:
            yield from child.within()

    def words(self) -> str:
        return " ".join(" ".join(each.text for each in self.within()).split())


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = self.here = Element("page", {})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Element(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.children.append(made)
        if tag not in VOID:
            self.here = made

    def handle_endtag(self, tag: str) -> None:
        at: Element | None = self.here
        while at and at.tag != tag:
            at = at.parent
        if at and at.parent:
            self.here = at.parent

    def handle_data(self, data: str) -> None:
        self.here.text += data


@dataclass(frozen=True)
class PageList:
    """A list of a page. ``name`` is the heading above it, and what its rows are."""

    name: str
    rows: tuple[Element, ...]
    search: Element | None
    """The nearest form above the list that searches."""
    pages: Element | None
    """The way through the pages, between the list and the next list's heading."""

    @property
    def search_name(self) -> str:
        """The parameter of the words to find, or nothing."""
        fields = [each for each in self._of_search() if each.attributes.get("type") == "search"]
        return fields[0].attributes.get("name", "") if fields else ""

    @property
    def orders(self) -> list[str]:
        """The queries that sort the list: of the heads of a table, or of the form above a list."""
        return self._heads() if self.is_table else self._choices()

    @property
    def is_table(self) -> bool:
        return self.rows[0].tag == "tr"

    def _heads(self) -> list[str]:
        body = self.rows[0].parent
        table = body.parent if body else None
        heads = [each for each in table.within() if each.tag == "th"] if table else []
        links = [each for head in heads for each in head.within() if each.tag == "a"]
        queries = [link.attributes.get("href", "") for link in links]
        return [query for query in queries if "sort=" in query]

    def _choices(self) -> list[str]:
        selects = [each for each in self._of_search() if each.tag == "select"]
        return [
            f"?{select.attributes['name']}={option.attributes['value']}"
            for select in selects
            if select.attributes.get("name", "").endswith("sort")
            for option in select.children
        ]

    def _of_search(self) -> list[Element]:
        return list(self.search.within()) if self.search else []

    @property
    def next(self) -> str:
        """The address of the next page, or nothing."""
        links = self.pages.within() if self.pages else ()
        return next((e.attributes["href"] for e in links if e.attributes.get("rel") == "next"), "")


def parsed(html: str) -> Element:
    """The page, with all of its elements in it."""
    builder = _Builder()
    builder.feed(html)
    return builder.root


def lists_of(html: str) -> dict[str, PageList]:
    """The lists of a page by their names."""
    found: dict[str, PageList] = {}
    heading = ""
    searches: list[Element] = []
    waiting: list[str] = []
    for element in parsed(html).within():
        if element.tag in HEADINGS and not _is_in_rows(element):
            heading, waiting = _plain(element.words()), []
        elif element.attributes.get("role") == "search":
            searches.append(element)
        elif element.attributes.get("class") == "pages":
            for name in waiting:
                found[name] = PageList(name, found[name].rows, found[name].search, element)
        for kind, rows in _rows_of(element):
            name = f"{_plain(element.attributes.get('aria-label', '')) or heading}: {kind}"
            if name not in found:
                found[name] = PageList(name, rows, _search_of(element, searches), None)
                waiting.append(name)
    return found


def _rows_of(element: Element) -> Iterator[tuple[str, tuple[Element, ...]]]:
    """The children that are alike, with their tag."""
    outside = NO_ROWS - {"form"} | NOT_SHOWN
    if element.tag in NO_ROWS | NOT_SHOWN or any(up.tag in outside for up in _above(element)):
        return
    for kind in dict.fromkeys(child.tag for child in element.children if child.tag != "nav"):
        yield kind, tuple(child for child in element.children if child.tag == kind)


def _search_of(element: Element, searches: list[Element]) -> Element | None:
    """The nearest search above. One that is named after a section is for that section alone."""
    within = {f"{up.attributes['id']}-head" for up in _above(element) if "id" in up.attributes}
    for search in reversed(searches):
        if search.attributes.get("aria-labelledby", "") in {"", *within}:
            return search
    return None


def _is_in_rows(element: Element) -> bool:
    """Whether a heading belongs to one row, such as the name of a person on their card."""
    return any(up.tag in ("li", "tr") for up in _above(element))


def _above(element: Element) -> Iterator[Element]:
    at = element.parent
    while at:
        yield at
        at = at.parent


def _plain(words: str) -> str:
    return re.sub(r"[\d\s]+", " ", words).strip()
