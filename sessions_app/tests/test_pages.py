"""The pages of teaching: who sees which, and what they show."""

import json
import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.contrib.messages import get_messages

from accounts.models import User
from attendance_project import clock
from attendance_project.csp import STRICT
from conftest import NOW
from sessions_app import hooks, queries, services
from sessions_app.models import Attendance, AttendanceMark, Session, new_session_code

LOGIN = "/login/?next="


@pytest.fixture
def as_(client):
    def log_in(user):
        client.logout()
        if user is not None:
            client.force_login(user)
        return client

    return log_in


TABLE = [
    # method, path                        anonymous student outsider teacher colleague admin
    ("get", "/", (302, 200, 200, 200, 200, 200)),
    ("get", "/sessions/{s}/live/", (302, 404, 404, 200, 404, 200)),
    ("get", "/sessions/{s}/live/state", (401, 404, 404, 200, 404, 200)),
    ("get", "/sessions/{s}/live/short-code", (302, 404, 404, 200, 404, 200)),
    ("get", "/sessions/{s}/register/", (302, 404, 404, 200, 404, 200)),
    ("get", "/sessions/{s}/register/{p}/", (302, 404, 404, 200, 404, 200)),
    ("post", "/sessions/{s}/register/{p}/", (302, 404, 404, 400, 404, 400)),
    ("post", "/sessions/{s}/open/", (302, 404, 404, 302, 404, 302)),
    ("post", "/sessions/{s}/close/", (302, 404, 404, 302, 404, 302)),
    ("get", "/sessions/{s}/open/", (405, 405, 405, 405, 405, 405)),
    ("get", "/sessions/{s}/close/", (405, 405, 405, 405, 405, 405)),
    ("get", "/Q/ABC", (200, 200, 200, 200, 200, 200)),
]
ROLES = ("anonymous", "student", "outsider", "teacher", "colleague", "admin")


@pytest.mark.parametrize(
    ("method", "path", "role", "status"),
    [
        pytest.param(method, path, role, status, id=f"{method} {path} {role}")
        for method, path, row in TABLE
        for role, status in zip(ROLES, row, strict=True)
    ],
)
def test_every_role_gets_the_answer_of_the_table(
    as_, people, open_session, method, path, role, status
):
    url = path.format(s=open_session.pk, p=people["student"].pk)
    response = getattr(as_(people[role]), method)(url)
    assert response.status_code == status
    if role == "anonymous" and status == 302:
        assert response.headers["Location"] == LOGIN + url


def test_nobody_but_its_teacher_and_admins_closes_a_session(as_, people, open_session):
    for role in ("anonymous", "student", "outsider", "colleague"):
        as_(people[role]).post(f"/sessions/{open_session.pk}/close/")
        assert Session.objects.get().state == "open", role


@pytest.mark.parametrize("page", ["open/", "close/", "register/{p}/"])
def test_a_post_without_csrf_token_changes_nothing(client, teacher, student, session, page):
    client.handler.enforce_csrf_checks = True
    client.force_login(teacher)
    response = client.post(f"/sessions/{session.pk}/{page.format(p=student.pk)}")
    assert response.status_code == 403
    assert Session.objects.get().state == "planned"


def test_home_shows_todays_sessions_on_their_own_clock(as_, teacher, session, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    there = NOW.astimezone(ZoneInfo("Asia/Kolkata"))
    start = there.replace(hour=17, minute=30)
    Session.objects.update(starts_at=start, ends_at=start + (session.ends_at - session.starts_at))
    Session.objects.update(time_zone="Asia/Kolkata")
    html = as_(teacher).get("/").content.decode()
    assert "Operating Systems · CSE-A" in html
    assert ">17:30</time>–<time" in html
    assert ">18:20</time>" in html
    assert "Open and show code" in html


@pytest.mark.parametrize(("begun_h_ago", "is_shown"), [(1, True), (3, False)])
def test_home_shows_what_began_before_midnight_while_it_goes_on(
    begun_h_ago, is_shown, teacher, session
):
    after_midnight = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)  # it is half past midnight in Paris
    start = after_midnight - timedelta(hours=begun_h_ago)
    Session.objects.update(starts_at=start, ends_at=start + timedelta(hours=2))
    assert bool(queries.sessions_today(teacher, after_midnight)) == is_shown


def test_home_says_what_to_expect_where_there_is_nothing(as_, colleague, session):
    html = as_(colleague).get("/").content.decode()
    assert "No sessions today" in html
    assert "Operating Systems" not in html


def test_home_of_a_teacher_who_waits_for_approval_says_so(as_, teacher, session):
    User.objects.filter(pk=teacher.pk).update(is_approved=False)
    html = as_(teacher).get("/").content.decode()
    assert "is waiting for approval" in html
    assert "Operating Systems" not in html


def test_home_sends_students_to_the_app_and_admins_to_the_administration(
    as_, student, admin_user, session
):
    assert "Check in on your own page" in as_(student).get("/").content.decode()
    html = as_(admin_user).get("/").content.decode()
    assert 'href="/admin/"' in html
    assert 'href="/api/v1/docs"' in html
    assert "Open and show code" not in html


def test_an_open_session_of_another_day_stays_on_the_page(as_, teacher, open_session):
    Session.objects.update(starts_at=NOW)
    assert "Show code" in as_(teacher).get("/").content.decode()


def test_home_shows_open_sessions_first_and_closed_ones_last(as_, teacher, open_session):
    Session.objects.update(starts_at=clock.now(), ends_at=clock.now() + timedelta(hours=1))
    earlier = Session.objects.get()
    earlier.starts_at -= timedelta(seconds=1)  # only by start these would come first
    for state in ("closed", "planned"):
        earlier.pk, earlier.code, earlier._state.adding = uuid4(), state[:6].upper(), True
        earlier.state = state
        earlier.code = new_session_code()
        earlier.save()
    sessions = as_(teacher).get("/").context["today"].page
    assert [session.state for session in sessions] == ["open", "planned", "closed"]


def test_no_name_stands_in_the_walls_markup(as_, teacher, student, open_session):
    """Names come with the register's data only, and the register's panel is closed."""
    html = as_(teacher).get(f"/sessions/{open_session.pk}/live/").content.decode()
    markup = re.sub(r'<script id="first".*?</script>', "", html, flags=re.S)
    assert student.full_name not in markup
    assert re.search(r'<aside[^>]*id="register-panel"[^>]* hidden>', markup)


def test_the_wall_carries_no_code_until_the_script_asks(as_, teacher, open_session):
    html = as_(teacher).get(f"/sessions/{open_session.pk}/live/").content.decode()
    assert "<svg" not in html
    assert services.current_code(open_session, now=clock.now()).token[:12] not in html


@pytest.mark.parametrize("page", ["/", "/sessions/{}/live/", "/sessions/{}/register/", "/Q/A"])
def test_pages_keep_the_strict_policy(as_, teacher, open_session, page):
    response = as_(teacher).get(page.format(open_session.pk))
    html = response.content.decode()
    assert response.headers["Content-Security-Policy"] == STRICT
    assert not re.search(r"\son\w+=|\sstyle=|<style|javascript:", html)
    for tag in re.findall(r"<script[^>]*>", html):
        assert "src=" in tag or 'type="application/json"' in tag
    assert "http://" not in html.replace("http://www.w3.org", "")
    assert '<a class="skip" href="#content">' in html
    assert "{#" not in html


def test_a_name_cannot_break_out_of_the_page(as_, teacher, student, open_session):
    User.objects.filter(pk=student.pk).update(full_name="</script><script>alert(1)</script>")
    html = as_(teacher).get(f"/sessions/{open_session.pk}/register/").content.decode()
    assert "<script>alert" not in html


def test_the_polled_state_is_what_the_websocket_would_push(as_, teacher, open_session):
    response = as_(teacher).get(f"/sessions/{open_session.pk}/live/state")
    register, code = response.json()["messages"]
    assert (register["type"], register["counts"]["enrolled"]) == ("register", 2)
    assert (code["type"], code["svg"][:5]) == ("code", "<svg ")
    assert "no-store" in response.headers["Cache-Control"]


def test_polling_without_a_log_in_is_refused_in_the_one_shape(client, open_session):
    response = client.get(f"/sessions/{open_session.pk}/live/state")
    assert response.status_code == 401
    assert response.json() == {
        "code": "not_authenticated",
        "detail": "You are logged out. Log in again.",
        "fields": {},
    }


def test_the_polled_state_holds_no_code_for_admins_or_when_closed(
    as_, teacher, admin_user, open_session
):
    path = f"/sessions/{open_session.pk}/live/state"
    assert [m["type"] for m in as_(admin_user).get(path).json()["messages"]] == ["register"]
    Session.objects.update(state="closed")
    assert [m["type"] for m in as_(teacher).get(path).json()["messages"]] == ["register"]


def test_the_short_code_is_for_an_open_session(as_, teacher, open_session):
    path = f"/sessions/{open_session.pk}/live/short-code"
    assert re.fullmatch(r"\d{6}", as_(teacher).get(path).json()["digits"])
    Session.objects.update(state="closed")
    assert as_(teacher).get(path).status_code == 409


def test_opening_and_closing_by_the_buttons(as_, teacher, session):
    client = as_(teacher)
    response = client.post(f"/sessions/{session.pk}/open/")
    assert response.headers["Location"] == f"/sessions/{session.pk}/live/"
    assert Session.objects.get().state == "open"
    response = client.post(f"/sessions/{session.pk}/close/", {"back": "register"})
    assert response.headers["Location"] == f"/sessions/{session.pk}/register/"
    assert Session.objects.get().state == "closed"
    assert Attendance.objects.filter(status="absent").count() == 2


def test_a_refused_opening_is_told(as_, teacher, closed_session):
    Session.objects.update(starts_at=NOW, ends_at=NOW)
    response = as_(teacher).post(f"/sessions/{closed_session.pk}/open/")
    assert [str(m) for m in get_messages(response.wsgi_request)] == [
        "This session ended more than a day ago. Mark attendance by hand instead."
    ]
    assert Session.objects.get().state == "closed"


def test_marking_by_hand_on_the_page(as_, teacher, student, open_session):
    client, path = as_(teacher), f"/sessions/{open_session.pk}/register/{student.pk}/"
    key = re.search(r'name="key" value="([^"]+)"', client.get(path).content.decode())[1]
    body = {"status": "excused", "reason": "Doctor.", "key": key}
    for _ in range(2):  # a double click sends it so
        assert client.post(path, body).status_code == 302
    mark = AttendanceMark.objects.get()
    assert (mark.status, mark.reason, mark.by_id) == ("excused", "Doctor.", teacher.pk)
    history = client.get(path).content.decode()
    assert "Doctor." in history
    assert teacher.full_name in history


@pytest.mark.parametrize(
    "change",
    [
        {"reason": ""},
        {"reason": " "},
        {"reason": "x" * 301},
        {"reason": "a\0b"},
        {"status": "king"},
        {"key": "short"},
        {"key": "x" * 41},
    ],
    ids=str,
)
def test_a_mark_that_makes_no_sense_is_shown_again(as_, teacher, student, open_session, change):
    body = {"status": "excused", "reason": "Doctor.", "key": "key-00001"} | change
    response = as_(teacher).post(f"/sessions/{open_session.pk}/register/{student.pk}/", body)
    assert response.status_code == 400
    assert 'role="alert"' in response.content.decode()
    assert not AttendanceMark.objects.exists()


def test_who_is_not_on_the_register_cannot_be_marked(as_, teacher, outsider, open_session):
    body = {"status": "present", "reason": "Friend.", "key": "key-00001"}
    path = f"/sessions/{open_session.pk}/register/{outsider.pk}/"
    assert as_(teacher).post(path, body).status_code == 404


def test_the_register_page_holds_reviews_with_their_decision(
    as_, teacher, student, open_session, monkeypatch
):
    extra = {"outcome": "review", "reasons": ["No Bluetooth was heard."], "decision_id": "d1"}
    monkeypatch.setattr(hooks, "register_extras", [lambda session: {student.pk: extra}])
    html = as_(teacher).get(f"/sessions/{open_session.pk}/register/").content.decode()
    first = json.loads(re.search(r'<script id="first"[^>]*>(.*?)</script>', html, re.S)[1])
    row = next(r for r in first["rows"] if r["student_id"] == str(student.pk))
    assert (row["status"], row["decision_id"]) == ("review", "d1")
    assert row["reasons"] == ["No Bluetooth was heard."]


def test_a_code_leads_students_on_and_not_who_teaches(as_, client, teacher, student, admin_user):
    path = "/Q/" + "A" * 32
    assert "js/code_page.js" in client.get(path).content.decode()
    assert "js/code_page.js" in as_(student).get(path).content.decode()
    for person in (teacher, admin_user):
        html = as_(person).get(path).content.decode()
        assert "js/code_page.js" not in html
        assert "This code is for students" in html


@pytest.mark.parametrize("path", ["/Q/{}", "/q/{}", "/Q/{}/", "/q/%00{}", "/Q/<script>{}"])
def test_a_stock_camera_lands_on_a_page_that_judges_nothing(
    client, db, path, django_assert_num_queries
):
    with django_assert_num_queries(0):
        response = client.get(path.format("A" * 32))
    html = response.content.decode()
    assert response.status_code == 200
    assert "Continue to check in" in html
    assert "<script>" not in html
    assert "A" * 32 not in html
