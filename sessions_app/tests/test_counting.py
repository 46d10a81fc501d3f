"""Who sets how a course counts, what a session weighs and which offering it belongs to, and how."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from accounts.models import Role
from conftest import make_user
from sessions_app.domain.offerings import offering_of_week
from sessions_app.models import Course, CourseStaff, Session
from sessions_app.tests.test_course_pages import POLICY, plan

API = "/api/v1"
RISK = {"at_risk_percent": "75", "at_risk_absences": "3"}


@pytest.fixture
def assistant(course):
    person = make_user(Role.TEACHER, "T7")
    CourseStaff.objects.create(
        course=course, person=person, role="assistant", added_at="2026-03-02T09:00Z"
    )
    return person


@pytest.fixture
def desk(client, teacher):
    client.force_login(teacher)
    return client


# --- a course -------------------------------------------------------------------------


def test_a_new_course_counts_by_sessions_and_no_late_is_an_absence(course):
    assert (course.lates_per_absence, course.count_by) == (0, "sessions")


def test_the_api_changes_how_a_course_counts(api_as, course, teacher, student):
    path = f"{API}/courses/{course.pk}"
    answer = api_as(teacher).patch(path, {"lates_per_absence": 3, "count_by": "hours"}, "json")
    assert answer.status_code == 200
    assert (answer.json()["lates_per_absence"], answer.json()["count_by"]) == (3, "hours")
    assert api_as(teacher).patch(path, {"lates_per_absence": 0}, "json").status_code == 200
    shown = api_as(student).get(path).json()
    assert (shown["lates_per_absence"], shown["count_by"]) == (0, "hours")
    [listed] = api_as(student).get(f"{API}/courses").json()["results"]
    assert listed == shown


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"lates_per_absence": -1}, "lates_per_absence"),
        ({"lates_per_absence": 21}, "lates_per_absence"),
        ({"lates_per_absence": 1.5}, "lates_per_absence"),
        ({"lates_per_absence": None}, "lates_per_absence"),
        ({"lates_per_absence": "many"}, "lates_per_absence"),
        ({"count_by": "days"}, "count_by"),
        ({"count_by": ""}, "count_by"),
        ({"teacher": str(uuid4())}, "teacher"),
    ],
)
def test_what_a_course_cannot_count_by_is_refused(api_as, course, teacher, body, field):
    answer = api_as(teacher).patch(f"{API}/courses/{course.pk}", body, "json")
    assert answer.status_code == 400
    assert field in answer.json()["fields"]
    assert (Course.objects.get().lates_per_absence, Course.objects.get().count_by) == (
        0,
        "sessions",
    )


def test_assistants_and_strangers_change_nothing(
    api_as, course, session, assistant, colleague, student
):
    path, body = f"{API}/courses/{course.pk}", {"lates_per_absence": 3}
    refused = api_as(assistant).patch(path, body, "json")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_yours_to_change")
    assert api_as(colleague).patch(path, body, "json").status_code == 404
    assert api_as(student).patch(path, body, "json").status_code == 403
    for change in ({"weight_h": 2}, {"offering": "Lab"}):
        answer = api_as(assistant).patch(f"{API}/sessions/{session.pk}", change, "json")
        assert (answer.status_code, answer.json()["code"]) == (403, "not_yours_to_change")
    planned = api_as(assistant).post(
        f"{API}/sessions",
        {
            "course": str(course.pk),
            "starts_at": "2026-12-01T08:00:00Z",
            "ends_at": "2026-12-01T09:00:00Z",
            "offering": "Lab",
        },
        "json",
    )
    assert planned.json()["code"] == "not_yours_to_change"
    assert Course.objects.get().lates_per_absence == 0
    assert Session.objects.get().offering == ""


def test_an_assistant_has_no_page_for_how_a_session_counts(client, session, assistant):
    client.force_login(assistant)
    page = f"/sessions/{session.pk}/counting/"
    assert client.get(page).status_code == 404
    assert client.post(page, {"offering": "Lab"}).status_code == 404
    assert "How it counts" not in client.get(f"/sessions/{session.pk}/register/").content.decode()


def test_the_page_of_a_courses_rules_sets_how_it_counts(desk, course):
    page = f"/courses/{course.pk}/policy/"
    body = POLICY | RISK | {"lates_per_absence": "3", "count_by": "hours"}
    assert desk.post(page, body).status_code == 302
    course.refresh_from_db()
    assert (course.lates_per_absence, course.count_by) == (3, "hours")
    assert desk.post(page, body | {"lates_per_absence": ""}).status_code == 302
    course.refresh_from_db()
    assert (course.lates_per_absence, course.count_by) == (0, "hours")


@pytest.mark.parametrize("wrong", [{"lates_per_absence": "21"}, {"count_by": "days"}])
def test_the_page_refuses_what_a_course_cannot_count_by(desk, course, wrong):
    answer = desk.post(f"/courses/{course.pk}/policy/", POLICY | RISK | wrong)
    assert answer.context["form"].errors.keys() == wrong.keys()


# --- a session ------------------------------------------------------------------------


def test_a_session_weighs_its_length_unless_it_has_a_weight(session):
    assert session.weight_s == 50 * 60
    session.weight_h = 1.5
    assert session.weight_s == 5400


def test_the_api_plans_and_changes_how_a_session_counts(api_as, course, teacher):
    api = api_as(teacher)
    body = {
        "course": str(course.pk),
        "starts_at": "2026-12-01T08:00:00Z",
        "ends_at": "2026-12-01T09:00:00Z",
        "weight_h": 2,
        "offering": " Lab\u200b  1 ",
    }
    planned = api.post(f"{API}/sessions", body, "json").json()
    assert (planned["weight_h"], planned["offering"]) == (2, "Lab 1")
    path = f"{API}/sessions/{planned['id']}"
    changed = api.patch(path, {"weight_h": None, "offering": ""}, "json").json()
    assert (changed["weight_h"], changed["offering"]) == (None, "")


@pytest.mark.parametrize(
    "change",
    [
        *({"weight_h": wrong} for wrong in (0, -1, 24.5, 0.001, "x", "NaN", "Infinity", "1e400")),
        *({"offering": wrong} for wrong in ("x" * 81, None, ["x"])),
    ],
)
def test_what_a_session_cannot_weigh_or_be_called_is_refused(api_as, session, teacher, change):
    path = f"{API}/sessions/{session.pk}"
    answer = api_as(teacher).patch(path, change, "json")
    assert answer.status_code == 400
    session.refresh_from_db()
    assert (session.weight_h, session.offering) == (None, "")


@pytest.mark.parametrize(
    ("state", "status"),
    [("planned", 200), ("open", 200), ("closed", 200), ("cancelled", 409), ("annulled", 409)],
)
def test_how_a_session_counts_can_be_set_as_long_as_it_can_count(
    api_as, session, teacher, state, status
):
    Session.objects.update(state=state)
    path = f"{API}/sessions/{session.pk}"
    answer = api_as(teacher).patch(path, {"weight_h": 2, "offering": "Lab 1"}, "json")
    assert answer.status_code == status


def test_a_teacher_sets_by_page_how_a_session_counts_after_it_took_place(
    desk, course, closed_session
):
    page = f"/sessions/{closed_session.pk}/counting/"
    assert desk.get(page).status_code == 200
    assert desk.post(page, {"weight_h": "25", "offering": ""}).context["form"].errors
    assert desk.post(page, {"weight_h": "1.5", "offering": "Lab 1"}).status_code == 302
    closed_session.refresh_from_db()
    assert (closed_session.weight_h, closed_session.offering) == (1.5, "Lab 1")
    line = desk.get(f"/courses/{course.pk}/").content.decode()
    assert "one of: Lab 1" in line
    assert "weight: 1.5 h" in line
    register = desk.get(f"/sessions/{closed_session.pk}/register/").content.decode()
    assert "one of: Lab 1" in register


def test_an_annulled_session_keeps_how_it_counts(desk, session):
    Session.objects.update(state="annulled")
    answer = desk.post(f"/sessions/{session.pk}/counting/", {"weight_h": "", "offering": "Lab"})
    assert answer.context["form"].errors
    assert Session.objects.get().offering == ""


def test_a_planned_session_is_changed_on_its_page(desk, session):
    start, end = session.local_start, session.local_end
    body = {
        **POLICY,
        "day": start.date().isoformat(),
        "starts": f"{start:%H:%M}",
        "ends": f"{end:%H:%M}",
        "room": "B-1",
        "weight_h": "3",
        "offering": "Lab 1",
    }
    page = f"/sessions/{session.pk}/change/"
    desk.post(page, body)
    session.refresh_from_db()
    assert (session.room, session.weight_h, session.offering) == ("B-1", 3, "Lab 1")
    assert 'value="Lab 1"' in desk.get(page).content.decode()


def test_planned_sessions_are_one_offering_or_one_each_week(desk, course):
    body = {"weekdays": ["1", "3"], "until": "2026-12-10", "offering": "Lab", "weight_h": "2"}
    desk.post(f"/courses/{course.pk}/plan/", plan(**body))
    assert set(Session.objects.values_list("offering", "weight_h")) == {("Lab", 2)}
    Session.objects.all().delete()
    desk.post(f"/courses/{course.pk}/plan/", plan(**body, offering_each_week="on"))
    rows = Session.objects.order_by("starts_at").values_list("offering", flat=True)
    assert list(rows) == ["Lab 2026-W49", "Lab 2026-W49", "Lab 2026-W50", "Lab 2026-W50"]


@pytest.mark.parametrize("text", ["x" * 61, "", "  "])
def test_a_text_that_a_week_cannot_be_added_to_is_refused(desk, course, text):
    body = plan(offering=text, offering_each_week="on")
    answer = desk.post(f"/courses/{course.pk}/plan/", body)
    assert "offering" in answer.context["policy"].errors
    assert Session.objects.count() == 0


def series_of(course, **changes) -> tuple[str, dict]:
    """The address and the body of a call that plans Mondays and Tuesdays of two weeks."""
    body = {"weekdays": [0, 1], "starts": "09:00", "ends": "10:00", "key": str(uuid4())}
    days = {"first": "2027-03-01", "until": "2027-03-14"}
    return f"{API}/courses/{course.pk}/series", body | days | changes


def test_a_series_by_the_api_says_how_its_sessions_count(api_as, course, teacher):
    path, body = series_of(course, weight_h=2, offering="Lab", offering_each_week=True)
    planned = api_as(teacher).post(path, body, "json").json()["sessions"]
    assert {row["weight_h"] for row in planned} == {2}
    weeks = [row["offering"] for row in planned]
    assert weeks == ["Lab 2027-W09", "Lab 2027-W09", "Lab 2027-W10", "Lab 2027-W10"]
    path, body = series_of(course, starts="11:00", ends="12:00")
    plain = api_as(teacher).post(path, body, "json").json()["sessions"]
    assert {(row["weight_h"], row["offering"]) for row in plain} == {(None, "")}


@pytest.mark.parametrize(
    "wrong",
    [
        {"weight_h": 0},
        {"weight_h": 25},
        {"offering": "x" * 81},
        {"offering": "x" * 61, "offering_each_week": True},
        {"offering": "", "offering_each_week": True},
    ],
)
def test_a_series_that_cannot_count_so_is_refused(api_as, course, teacher, wrong):
    path, body = series_of(course, **wrong)
    answer = api_as(teacher).post(path, body, "json")
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [next(iter(wrong))])
    assert not Session.objects.exists()


def test_an_assistant_plans_a_series_and_does_not_say_how_it_counts(api_as, course, assistant):
    path, body = series_of(course, offering="Lab")
    answer = api_as(assistant).post(path, body, "json")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_yours_to_change")
    assert api_as(assistant).post(*series_of(course), "json").status_code == 201


def test_a_week_at_the_turn_of_the_year_is_one():
    last, first = datetime(2026, 12, 31, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    assert offering_of_week("Lab", last.date()) == offering_of_week("Lab", first.date())
    assert offering_of_week("Lab", last.date()) == "Lab 2026-W53"


def test_the_administration_sets_all_of_it(client, course, session, admin_user):
    client.force_login(admin_user)
    shown = client.get(f"/admin/sessions_app/course/{course.pk}/change/").content.decode()
    assert 'name="lates_per_absence"' in shown
    assert 'name="count_by"' in shown
    shown = client.get(f"/admin/sessions_app/session/{session.pk}/change/").content.decode()
    assert 'name="weight_h"' in shown
    assert 'name="offering"' in shown
