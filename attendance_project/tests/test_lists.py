"""Every list that a teacher or an admin sees is searched, sorted, and read page by page."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import RequestFactory

from attendance_project import lists
from attendance_project.lists import Sorting, listing
from attendance_project.tests.described import description
from attendance_project.tests.test_access import ROWS, Row, path_of
from attendance_project.tests.world import World
from sessions_app.models import ClosedDay

PAGES = {
    "people/waiting/": "T9",
    "people/erasures/": None,
    "people/merges/": None,
    "sessions/forgotten/": None,
    "imports/": "term.ics",
    "beacons/": "CSE-A",
    "closed-days/": "New Year",
    "courses/": "Operating",
    "courses/<uuid:course_id>/": "B-204",
    "courses/<uuid:course_id>/students/": "S1",
    "courses/<uuid:course_id>/staff/": "T1",
    "courses/<uuid:course_id>/students/<uuid:student_id>/excuse/": "doctor",
    "excuse-kinds/": "medical",
    "reports/courses/<uuid:course_id>/": "S1",
    "reports/students/<uuid:student_id>/": None,
    "imports/invitations/": None,
    "approvals/": "S1",
    "reports/": "Operating",
    "reports/attendance/": None,
    "reports/classes/<uuid:class_id>/": None,
    "reports/subjects/<uuid:subject_id>/": None,
    "reports/sessions/": "Operating",
    "reports/check-ins/": "S1",
    "reports/reviews/": "S1",
    "reports/warned/": "S1",
    "office/errors/": "S1",
}
"""The pages that list rows, and words by which the world's row is found there. None where the world
has no row of that kind."""
NOTHING = "zzz-no-such-thing"


def _row(route: str) -> Row:
    return next(row for row in ROWS if row.method == "GET" and row.route == route)


def _page(world: World, route: str, query: str) -> str:
    path = path_of(_row(route), world)
    response = world.client("admin", path).get(path + query)
    assert response.status_code == 200, response.content
    return str(response.content.decode())


@pytest.mark.slow
def test_a_page_finds_by_words_and_sorts(world: World, subtests):
    for route, words in PAGES.items():
        if words:
            with subtests.test(route):
                _finds_and_sorts(world, route, words)


def _finds_and_sorts(world: World, route: str, words: str) -> None:
    html = _page(world, route, "")
    assert 'name="q"' in html
    assert 'name="sort"' in html
    found = _page(world, route, f"?q={words}&sort=no-such-order&page=7")
    assert "Nothing found" not in found
    assert "Nothing found" in _page(world, route, f"?q={NOTHING}")


@pytest.mark.slow
def test_a_page_takes_any_search_and_order(world: World, subtests):
    for route in PAGES:
        with subtests.test(route):
            _page(world, route, "?q=%00%22%3E%3Cscript%3E&sort=name&page=x")
            _page(world, route, f"?q={'x' * 3000}&sort={'y' * 300}&page=-1")


def _lists(world: World) -> list[Row]:
    """Every list of the API: what answers with pages."""
    rows = [row for row in ROWS if row.method == "GET" and row.route.startswith("api/")]
    return [row for row in rows if row.statuses[-1] == 200 and "results" in _body(world, row)]


def _answer(world: World, row: Row, query: str = "") -> Any:
    path = path_of(row, world)
    return world.client("admin", path).get(path + query)


def _body(world: World, row: Row, query: str = "") -> Any:
    response = _answer(world, row, query)
    return response.json() if "json" in response.headers.get("Content-Type", "") else {}


@pytest.mark.slow
def test_every_list_of_the_api_is_searched_sorted_and_paged(world: World, subtests):
    found = _lists(world)
    assert len(found) >= 12
    for row in found:
        with subtests.test(row.route):
            assert _body(world, row, f"?search={NOTHING}")["count"] == 0
            assert _body(world, row, "?page_size=1")["count"] == _body(world, row)["count"]
            _takes_each_order_both_ways(world, row)


def _takes_each_order_both_ways(world: World, row: Row) -> None:
    """The orders are those that the answer to an unknown one names."""
    refused = _answer(world, row, "?ordering=password")
    assert refused.status_code == 400
    names = refused.json()["fields"]["ordering"][0].partition(": ")[2].rstrip(".").split(", ")
    assert names != ["–"]
    for name in names:
        for order in (name, f"-{name}"):
            assert _answer(world, row, f"?ordering={order}").status_code == 200, order


LISTED = {"page", "page_size", "search", "ordering"}
V1 = "/api/v1/"
WHOLE = {
    "admin/student-profile/{student_id}": "one document about one student",
    "attendance/statistics/all/{user_id}": "one person's courses, with the sum over them",
    "attendance/statistics/today/{user_id}": "one person's sessions of one day",
    "attendance/weeks": "a series of figures over time, one row for each week",
    "face": "the two faces that one student can have, the one in use and the one that waits",
    "face/consent": "the latest answer for each purpose, of which there are two",
    "imports/{record_id}": "one import with all that it changed, to be kept as a whole",
    "my-data": "a person's whole data, which the law wants in one file",
    "sessions/{session_id}/register": "the students of one session, as the live page shows them",
}
"""GETs that answer rows without pages, each with the reason."""


def _holds_rows(schema: Any, components: dict[str, Any], seen: tuple[str, ...] = ()) -> bool:
    """Whether what is described has a list of objects somewhere in it."""
    name = schema.get("$ref", "").rpartition("/")[2]
    if name:
        return name not in seen and _holds_rows(components[name], components, (*seen, name))
    if schema.get("type") == "array":
        item = schema["items"]
        while "$ref" in item:
            item = components[item["$ref"].rpartition("/")[2]]
        return item.get("type") == "object"
    inner = [*schema.get("properties", {}).values()]
    inner += [each for kind in ("allOf", "oneOf", "anyOf") for each in schema.get(kind, [])]
    return any(_holds_rows(each, components, seen) for each in inner)


def test_every_list_that_the_api_describes_is_paged_searched_and_sorted():
    described = description()
    components = described["components"]["schemas"]
    whole, lists_found = set(), 0
    for path, methods in described["paths"].items():
        answer = methods.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
        if not any(_holds_rows(each["schema"], components) for each in answer.values()):
            continue
        named = {p["name"] for p in methods["get"].get("parameters", []) if p["in"] == "query"}
        if named >= LISTED:
            lists_found += 1
        else:
            whole.add(path.removeprefix(V1))
    assert lists_found > 20
    assert whole == WHOLE.keys()


def test_a_search_of_the_api_finds(world: World):
    assert _body(world, _row("api/v1/courses"), "?search=operating cse")["count"] == 1
    assert _body(world, _row("api/v1/sessions"), "?search=B-204")["count"] == 1


def _listing(query: dict[str, str], rows: Any, **options: Any) -> lists.Listing:
    return listing(RequestFactory().get("/", query), rows, **options)


def test_words_are_found_in_any_case_order_and_spelling():
    rows = ["E\u0301cole Nationale", "Straße", "other"]
    find = {"words": str}
    assert list(_listing({"q": "nationale école"}, rows, **find).page) == rows[:1]
    assert list(_listing({"q": "STRASSE"}, rows, **find).page) == rows[1:2]
    assert list(_listing({"q": "ecole"}, rows, **find).page) == rows[:1]
    assert _listing({"q": "absent"}, rows, **find).found == 0
    assert not _listing({"q": "absent"}, rows, **find).is_empty
    assert _listing({}, [], **find).is_empty


def test_names_are_sorted_by_their_letters_whatever_their_accents_and_case():
    rows = ["Zoë Łuk", "Émile Zola", "de Vries", "Eva Berg", "Åsa Öberg", "Dora", "علي"]
    shown = _listing({}, rows, words=str, sortings=[Sorting("name", "Name", by=str.casefold)])
    names = ["Åsa Öberg", "de Vries", "Dora", "Émile Zola", "Eva Berg", "Zoë Łuk", "علي"]
    assert list(shown.page) == names


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        *(("José López", "lopez jose"), ("Zoë Łuk", "zoe luk"), ("Ødegård", "ODEGARD")),
        *(("Lopez", "López"), ("Nguyễn Văn An", "nguyen van"), ("Æsir", "aesir"), ("Ürün", "urun")),
    ],
)
def test_accents_need_not_be_typed(text, asked):
    assert lists.matches(text, asked)


def test_a_list_is_sorted_and_paged_and_keeps_what_else_the_address_says():
    sortings = [Sorting("own", "Own"), Sorting("back", "Back", by=lambda n: -n)]
    asked = {"sort": "back", "page": "2", "from": "2026-01-01"}
    shown = _listing(asked, range(120), words=str, sortings=sortings)
    assert next(iter(shown.page)) == 69
    assert shown.kept == [("from", "2026-01-01")]
    assert shown.next == "?sort=back&page=3&from=2026-01-01"
    assert shown.previous == "?sort=back&page=1&from=2026-01-01"


def test_an_order_from_the_other_end_keeps_rows_without_a_place_last():
    rows = [("a", 3), ("b", None), ("c", 1)]
    sortings = [Sorting("own", "Own"), Sorting("rate", "Rate", by=lambda row: row[1])]
    found = {
        sort: "".join(row[0] for row in _listing({"sort": sort}, rows, sortings=sortings).page)
        for sort in ("own", "-own", "rate", "-rate", "--rate", "no-such-order", "-no-such-order")
    }
    assert found == {
        "own": "abc",
        "-own": "cba",
        "rate": "cab",
        "-rate": "acb",
        "--rate": "abc",
        "no-such-order": "abc",
        "-no-such-order": "abc",
    }


def test_a_head_sorts_its_column_and_then_turns_it_round():
    sortings = [
        Sorting("latest", "Latest first", descending=True),
        Sorting("oldest", "Oldest first", by=str, opposite="latest"),
        Sorting("name", "Name", by=str),
    ]

    def head(key: str, **query: str) -> tuple[str, str]:
        shown = _listing({"page": "3", "from": "2026-01-01"} | query, "ab", sortings=sortings)
        return shown.heads[key].query, shown.heads[key].way

    assert head("latest") == ("?from=2026-01-01&sort=oldest", "descending")
    assert head("latest", sort="oldest") == ("?from=2026-01-01&sort=latest", "ascending")
    assert head("name") == ("?from=2026-01-01&sort=name", "")
    assert head("name", sort="name") == ("?from=2026-01-01&sort=-name", "ascending")
    assert head("name", sort="-name") == ("?from=2026-01-01&sort=name", "descending")


def test_a_list_apart_has_a_search_an_order_and_pages_of_its_own():
    asked = {"q": "own", "sort": "name", "page": "2", "guests-q": "1", "guests": "2"}
    sortings = [Sorting("name", "Name"), Sorting("number", "Number", by=str)]
    options = {"words": str, "sortings": sortings, "name": "guests", "apart": True}
    shown = _listing(asked, range(200), rows_a_page=20, **options)
    assert shown.asked == "1"
    assert shown.sort == "name"
    assert shown.page.number == 2
    assert shown.kept == [("q", "own"), ("sort", "name"), ("page", "2")]
    assert shown.next == "?q=own&sort=name&page=2&guests-q=1&guests=3#guests"
    number = "?q=own&sort=name&page=2&guests-q=1&guests-sort=number#guests"
    assert shown.heads["number"].query == number
    assert not _listing({}, range(7), **options).has_tools
    assert _listing({}, range(8), **options).has_tools
    assert _listing({"guests-q": "absent"}, range(7), **options).has_tools


@pytest.mark.parametrize(
    ("referer", "query"),
    [
        ("http://testserver/closed-days/?q=x&page=2", "?q=x&page=2"),
        ("http://elsewhere.test/closed-days/?q=x", ""),
        ("http://testserver/courses/?q=x", ""),
        ("http://testserver/closed-days/", ""),
        ("http://[", ""),
        ("", ""),
    ],
)
def test_a_button_leads_back_to_the_page_of_its_list(referer: str, query: str):
    request = RequestFactory().post("/", headers={"referer": referer})
    answer = lists.back_to_list(request, "closed-days", at="#list")
    assert answer.headers["Location"] == f"/closed-days/{query}#list"


@pytest.mark.django_db
def test_a_long_list_shows_the_way_through(client, admin_user):
    first = date(2027, 1, 1)
    days = [ClosedDay(date=first + timedelta(days=n), name=f"Day {n}") for n in range(120)]
    ClosedDay.objects.bulk_create(days)
    client.force_login(admin_user)
    html = client.get("/closed-days/?page=2&sort=latest").content.decode()
    assert "Page 2 of 3, 120 rows" in html
    assert 'rel="next" href="?page=3&amp;sort=latest"' in html
    assert "Day 69" in html
