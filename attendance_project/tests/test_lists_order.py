"""No list repeats or loses a row between its pages where rows are alike in its order."""

import ast
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db.models import Count, QuerySet
from django.test import RequestFactory
from rest_framework.request import Request

from accounts.queries import directory
from attendance_project.lists import Sorting, in_one_order, listing
from attendance_project.pagination import Pages
from reports.models import ErrorEvent

MANY = 90
ONE_MOMENT = datetime(2026, 11, 23, 9, tzinfo=UTC)
ENDS_AN_ORDER = {"pk", "key"}
"""Fields that are another one in each row."""
COUNTED = {
    ("reports/queries/sessions.py", "status"),
    ("verification/queries/warnings.py", "student_id"),
}
"""Orders of groups, by file and last field."""


@pytest.fixture
def alike(db: None) -> set[Any]:
    """Rows of one moment. Returns their keys."""
    ErrorEvent.objects.bulk_create(
        ErrorEvent(request_id=f"r{n % 7}", at=ONE_MOMENT, method="GET", route="x", status=400)
        for n in range(MANY)
    )
    return set(ErrorEvent.objects.values_list("pk", flat=True))


@pytest.mark.parametrize("sort", ["own", "-own", "route", "-route"])
def test_the_pages_of_a_list_hold_each_row_once_though_all_are_alike(alike, sort):
    sortings = [Sorting("own", "Own"), Sorting("route", "Route", by=("route",))]

    def page(number: int) -> Any:
        request = RequestFactory().get("/", {"sort": sort, "page": number})
        return listing(request, ErrorEvent.objects.all(), sortings=sortings, rows_a_page=7).page

    pages = [page(n + 1) for n in range(page(1).paginator.num_pages)]
    found = [row.pk for each in pages for row in each]
    assert (len(found), set(found)) == (MANY, alike)


@pytest.mark.parametrize("order", [(), ("route",), ("-status",)])
def test_the_pages_of_the_api_hold_each_row_once_though_all_are_alike(alike, order):
    rows = ErrorEvent.objects.all()
    asked = rows.order_by(*order) if order else rows
    found = []
    for number in range(1, MANY // 7 + 2):
        request = Request(RequestFactory().get("/", {"page": number, "page_size": 7}))
        found += [row.pk for row in Pages().paginate_queryset(asked, request)]
    assert (len(found), set(found)) == (MANY, alike)


@pytest.mark.parametrize(
    ("rows", "order"),
    [
        (ErrorEvent.objects.all(), ("-at", "pk")),
        (ErrorEvent.objects.order_by(), ("pk",)),
        (ErrorEvent.objects.order_by("status"), ("status", "pk")),
        (ErrorEvent.objects.order_by("status", "-pk"), ("status", "-pk")),
        (ErrorEvent.objects.order_by("-id", "status"), ("-id", "status")),
        (ErrorEvent.objects.order_by("at")[:5], ("at",)),
        (ErrorEvent.objects.values("status").annotate(n=Count("pk")).order_by("n"), ("n",)),
    ],
)
def test_the_key_comes_last_but_once_and_never_among_groups(rows: QuerySet[Any], order):
    assert in_one_order(rows).query.order_by == order


def test_every_order_of_a_query_ends_with_a_key():
    lacking = [
        (str(path.relative_to(settings.BASE_DIR)), last)
        for path in Path(settings.BASE_DIR).glob("*/queries/*.py")
        for last in _last_fields(path)
        if last not in ENDS_AN_ORDER
    ]
    assert set(lacking) == COUNTED


def _last_fields(path: Path) -> Iterator[str]:
    """The last field of each order in a file that names its fields."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            last = node.args[-1] if node.args else None
            if node.func.attr == "order_by" and isinstance(last, ast.Constant):
                yield str(last.value).removeprefix("-")


def test_a_search_of_people_finds_the_rows_of_all_of_them(world, monkeypatch):
    ErrorEvent.objects.all().delete()
    student, admin = world.people["student"], world.people["admin"]
    for n, person in enumerate((student, admin)):
        at = ONE_MOMENT + timedelta(seconds=n)
        ErrorEvent.objects.create(
            request_id=f"r{n}", at=at, method="GET", route="x", status=400, user=person
        )
    path = "/office/errors/?q=school.test&from=2026-11-01&to=2026-11-30"
    found = world.client("admin", path).get(path)
    assert found.context["list"].found == 2
    monkeypatch.setattr(directory, "MOST_NAMED", 1)
    refused = world.client("admin", path).get(path)
    assert (refused.status_code, refused.context["list"].found) == (200, 0)
    html = refused.content.decode()
    assert "More than 1 people match. Add a word, such as a family name." in html
    assert "Nothing found" not in html
