"""What the log keeps of errors and refusals, what it never keeps, and that it does no harm."""

import re
import uuid
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError
from django.test import Client
from rest_framework.test import APIClient

from attendance_project import clock
from conftest import PASSWORD
from reports import services
from reports.domain.flood import FloodGate
from reports.models import ErrorEvent
from reports.services import error_log
from reports.tests.urls_that_fail import SECRET

STATS = "/api/v1/admin/stats"
ERRORS = "/api/v1/errors"


@pytest.fixture(autouse=True)
def _open_gates(monkeypatch):
    """Open the gates for each test. They remember what earlier tests let through."""
    for name in ("refusal_gate", "failure_gate"):
        gate = FloodGate(per_kind=services.ROWS_PER_KIND, in_all=300)
        monkeypatch.setattr(error_log, name, gate)


@pytest.fixture
def failing(settings) -> Client:
    settings.ROOT_URLCONF = "reports.tests.urls_that_fail"
    return Client(raise_request_exception=False)


# --- request ids ----------------------------------------------------------------------


@pytest.mark.parametrize("given", ["abcd-1234", "A" * 36, "8fd3ad0c-5f0b-4a5c-9d86-1d6e0c7d1b11"])
def test_request_id_of_the_caller_is_kept_if_sane(given, client, db):
    assert client.get(STATS, headers={"X-Request-ID": given})["X-Request-ID"] == given
    assert ErrorEvent.objects.get().request_id == given


@pytest.mark.parametrize("given", ["", "short", "A" * 37, "a b c d e f", "abcd1234\n", "<script>x"])
def test_request_id_is_new_where_the_callers_is_not_sane(given, client, db):
    answered = client.get(STATS, headers={"X-Request-ID": given})["X-Request-ID"]
    assert answered == str(uuid.UUID(answered))
    assert ErrorEvent.objects.get().request_id == answered


def test_request_id_is_on_pages_and_differs_between_requests(client, db):
    assert client.get("/nothing")["X-Request-ID"] != client.get("/nothing")["X-Request-ID"]


# --- refusals -------------------------------------------------------------------------


def test_refused_call_is_recorded_with_route_code_and_user(as_user, student):
    response = as_user(student).get(STATS)
    event = ErrorEvent.objects.get()
    assert (event.status, event.code) == (403, response.json()["code"])
    assert (event.method, event.route, event.user_id) == ("GET", STATS[1:], student.pk)
    assert abs(clock.now() - event.at) < timedelta(minutes=1)


def test_refused_call_of_nobody_is_recorded_without_a_user(client, db):
    assert client.get(STATS).status_code == 401
    event = ErrorEvent.objects.get()
    assert (event.status, event.user_id) == (401, None)


def test_refused_call_names_the_pattern_and_not_the_path(as_user, outsider, student, course):
    as_user(outsider).get(f"/api/v1/attendance/statistics/all/{student.pk}?q=hunter2")
    as_user(outsider).get("/api/v1/hunter2/ada@school.test")
    routes = set(ErrorEvent.objects.order_by("pk").values_list("route", flat=True))
    assert routes == {"api/v1/attendance/statistics/all/<uuid:user_id>", "(no such address)"}


def test_calls_that_succeed_and_pages_leave_nothing(as_user, admin_user, client):
    assert as_user(admin_user).get(STATS).status_code == 200
    assert client.get("/nothing-here").status_code == 404
    assert not ErrorEvent.objects.exists()


def test_refused_call_keeps_nothing_that_was_sent(student):
    client = APIClient()
    probe = "hunter2-probe"
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {probe}", HTTP_X_PROBE=probe)
    client.cookies["sessionid"] = probe
    body = {"email": f"{probe}@school.test", "password": probe, probe: probe}
    for path in ("login", "register/student", "token/refresh", "errors", "qr/scan", "nothing"):
        assert client.post(f"/api/v1/{path}?q={probe}", body, format="json").status_code >= 400
        assert client.get(f"/api/v1/{path}?q={probe}").status_code >= 400
    client.generic("POST", "/api/v1/login", b"{" + probe.encode(), "application/json")
    assert ErrorEvent.objects.count() >= 12
    assert probe not in _everything()


def test_flood_of_refusals_is_bounded(client, db):
    for _ in range(services.ROWS_PER_KIND + 10):
        assert client.get(STATS).status_code == 401
    assert ErrorEvent.objects.count() == services.ROWS_PER_KIND
    client.get(STATS, REMOTE_ADDR="10.1.2.3")
    assert ErrorEvent.objects.count() == services.ROWS_PER_KIND + 1


def test_flood_of_refusals_hides_no_failure(failing, db, monkeypatch):
    monkeypatch.setattr(error_log, "refusal_gate", FloodGate(per_kind=0, in_all=0))
    failing.get(STATS)
    failing.get("/api/v1/fails")
    assert [e.status for e in ErrorEvent.objects.all()] == [500]


def test_flood_of_failures_is_bounded(failing, db, monkeypatch):
    monkeypatch.setattr(error_log, "failure_gate", FloodGate(per_kind=2, in_all=5))
    for _ in range(4):
        assert failing.get("/api/v1/fails").status_code == 500
    assert ErrorEvent.objects.count() == 2


# --- failures -------------------------------------------------------------------------


def test_failure_is_recorded_with_class_place_and_redacted_message(failing, db):
    response = failing.get(f"/api/v1/fails?token={SECRET}")
    event = ErrorEvent.objects.get()
    assert (event.status, event.code, event.route) == (500, "RuntimeError", "api/v1/fails")
    message, *places = event.detail.splitlines()
    assert message == "no row for […] with […] in […]"
    assert re.fullmatch(r"reports/tests/urls_that_fail\.py:\d+ get", places[-1])
    assert event.request_id == response["X-Request-ID"]
    assert SECRET not in _everything()


def test_failure_of_someone_names_them_and_nothing_that_they_sent(failing, student):
    client = APIClient(raise_request_exception=False)
    client.force_authenticate(student)
    response = client.post(f"/api/v1/fails/{SECRET}", {"password": SECRET}, format="json")
    assert response.status_code == 500
    event = ErrorEvent.objects.get()
    assert (event.user_id, event.code) == (student.pk, "KeyError")
    assert event.route == "api/v1/fails/<str:name>"
    assert SECRET not in _everything()


def test_failure_of_the_api_answers_in_the_one_shape(failing, db):
    response = failing.get("/api/v1/fails")
    assert response.status_code == 500
    body = response.json()
    assert (body["code"], body["fields"]) == ("server_error", {})
    assert response["X-Request-ID"] in body["detail"]
    assert SECRET not in response.content.decode()


def test_failure_of_a_page_answers_with_a_page(failing, db):
    response = failing.get("/fails")
    assert response.status_code == 500
    assert "Something went wrong on our side" in response.content.decode()
    assert ErrorEvent.objects.get().code == "ZeroDivisionError"


@pytest.mark.parametrize("path", [STATS, "/api/v1/fails"])
def test_log_that_cannot_be_written_changes_no_answer(path, failing, db, monkeypatch, caplog):
    def full(**fields: object) -> None:
        raise DatabaseError("disk full")

    expected = failing.get(path)
    monkeypatch.setattr(ErrorEvent.objects, "create", full)
    answered = failing.get(path, headers={"X-Request-ID": expected["X-Request-ID"]})
    assert (answered.status_code, answered.content) == (expected.status_code, expected.content)
    assert ErrorEvent.objects.count() == 1
    assert "The error log could not be written." in caplog.text


def _everything() -> str:
    rows = ErrorEvent.objects.order_by("pk").values_list(
        *("request_id", "method", "route", "code", "detail")
    )
    return " ".join(text for row in rows for text in row)


# --- reading and clearing -------------------------------------------------------------


def keep(at: datetime, **fields) -> ErrorEvent:
    fields = {"status": 403, "code": "role_not_allowed", "route": "api/v1/errors"} | fields
    return ErrorEvent.objects.create(at=at, request_id=str(uuid.uuid4()), method="GET", **fields)


def test_errors_are_for_admins(as_user, student, teacher, admin_user):
    for viewer, status in ((None, 401), (student, 403), (teacher, 403), (admin_user, 200)):
        assert as_user(viewer).get(ERRORS).status_code == status


def test_errors_come_newest_first_and_paged(as_user, admin_user):
    start = datetime(2026, 3, 2, tzinfo=UTC)
    events = [keep(start + timedelta(minutes=n)) for n in range(5)]
    client = as_user(admin_user)
    page = client.get(ERRORS, {"page_size": 2, "page": 2}).json()
    assert page["count"] == 5
    assert [row["id"] for row in page["results"]] == [str(events[2].pk), str(events[1].pk)]


def test_errors_narrow_by_every_filter(as_user, admin_user, student):
    old = keep(datetime(2026, 3, 1, 23, 59, 59, tzinfo=UTC), status=500, code="KeyError")
    new = keep(datetime(2026, 3, 2, tzinfo=UTC), user=student, route="api/v1/login")
    for query, expected in (
        ({"kind": "unhandled"}, old),
        ({"kind": "refused"}, new),
        ({"status": 500}, old),
        ({"code": "KeyError"}, old),
        ({"route": "api/v1/login"}, new),
        ({"request_id": new.request_id}, new),
        ({"user": str(student.pk)}, new),
        ({"from": "2026-03-02"}, new),
        ({"to": "2026-03-01"}, old),
    ):
        results = as_user(admin_user).get(ERRORS, query).json()["results"]
        assert [row["id"] for row in results] == [str(expected.pk)], query


def test_errors_refuse_filters_that_make_no_sense(as_user, admin_user):
    for query in ({"status": "9" * 30}, {"kind": "odd"}, {"code": "\0"}, {"from": "0001-01-01"}):
        assert as_user(admin_user).get(ERRORS, query).status_code == 400


def test_purge_deletes_what_is_older_than_the_setting(db, settings):
    settings.ERROR_LOG_KEPT = timedelta(days=90)
    keep(clock.now() - timedelta(days=91))
    kept = keep(clock.now() - timedelta(days=89))
    out = StringIO()
    call_command("purge_errors", stdout=out)
    assert out.getvalue() == "Rows deleted: 1\n"
    assert ErrorEvent.objects.get() == kept


def test_admin_site_shows_the_log_and_lets_nobody_change_it(client, admin_user):
    event = keep(clock.now(), user=admin_user)
    assert client.login(username=admin_user.email, password=PASSWORD)
    page = "/admin/reports/errorevent/"
    listed = client.get(page, {"q": event.request_id, "status__exact": 403})
    assert event.request_id in listed.content.decode()
    assert event.request_id in client.get(f"{page}{event.pk}/change/").content.decode()
    assert client.get(f"{page}add/").status_code == 403
    assert client.post(f"{page}{event.pk}/change/", {"code": "x"}).status_code == 403
    assert client.post(f"{page}{event.pk}/delete/", {"post": "yes"}).status_code == 403
    assert ErrorEvent.objects.get().code == "role_not_allowed"
