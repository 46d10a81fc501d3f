"""The pages and the API of who teaches a course, and who takes one of its sessions."""

import re
from datetime import timedelta

import pytest

from accounts.models import Role
from attendance_project import clock
from conftest import make_user
from sessions_app import services
from sessions_app.models import Course, CourseStaff, Session, StaffEvent

API = "/api/v1"


@pytest.fixture
def third(db):
    return make_user(Role.TEACHER, "T3")


def staff_by_role() -> dict[str, str]:
    rows = CourseStaff.objects.select_related("person")
    return {row.person.institution_number: row.role for row in rows}


def text(response) -> str:
    return response.content.decode()


def test_a_teacher_adds_changes_and_removes_an_assistant_by_page(
    client, course, teacher, colleague
):
    client.force_login(teacher)
    page = f"/courses/{course.pk}/staff/"
    client.post(page, {"person": "t2", "role": "assistant"})
    assert staff_by_role() == {"T2": "assistant"}
    assert colleague.full_name in text(client.get(page))
    client.post(f"{page}{colleague.pk}/role/")
    assert staff_by_role() == {"T2": "teacher"}
    client.post(f"{page}{colleague.pk}/remove/")
    assert staff_by_role() == {}


def test_the_page_says_who_changed_the_staff_and_when(
    client, course, teacher, colleague, third, admin_user
):
    client.force_login(teacher)
    page = f"/courses/{course.pk}/staff/"
    assert "Changes" not in text(client.get(page))
    client.post(page, {"person": "T2", "role": "assistant"})
    client.post(f"{page}{colleague.pk}/role/")
    client.post(f"{page}{colleague.pk}/remove/")
    client.force_login(admin_user)
    client.post(f"/courses/{course.pk}/teacher/", {"teacher": "T3", "planned": "follow"})
    rows = StaffEvent.objects.order_by("at").select_related("person", "former", "by")
    kept = [(row.kind, row.role, row.person, row.former, row.by) for row in rows]
    assert kept == [
        ("added", "assistant", colleague, None, teacher),
        ("role", "teacher", colleague, None, teacher),
        ("removed", "", colleague, None, teacher),
        ("main", "", third, teacher, admin_user),
    ]
    shown = text(client.get(page))
    assert f"{third.full_name} is the main teacher, in place of {teacher.full_name}." in shown
    assert f"{colleague.full_name} was removed." in shown
    assert shown.index("is the main teacher") < shown.index("was removed"), "the latest first"


def test_what_changes_nothing_is_not_kept(course, teacher, colleague):
    for _again in range(2):
        services.add_staff(course, person=colleague, by=teacher, now=clock.now())
        services.change_teacher(course, to=teacher, by=teacher, now=clock.now())
    services.remove_staff(course, person_id=teacher.pk, by=teacher, now=clock.now())
    assert [row.kind for row in StaffEvent.objects.all()] == ["added"]


def test_the_administration_keeps_changes_of_the_staff_too(client, course, colleague, admin_user):
    client.force_login(admin_user)
    form = {"course": course.pk, "person": colleague.pk, "role": "assistant"}
    client.post("/admin/sessions_app/coursestaff/add/", form)
    row = CourseStaff.objects.get()
    client.post(f"/admin/sessions_app/coursestaff/{row.pk}/delete/", {"post": "yes"})
    kept = StaffEvent.objects.order_by("at").values_list("kind", "by")
    assert list(kept) == [("added", admin_user.pk), ("removed", admin_user.pk)]


def test_a_teacher_is_found_by_address_and_an_unknown_one_is_named(client, course, teacher):
    make_user(Role.TEACHER, "T3")
    client.force_login(teacher)
    page = f"/courses/{course.pk}/staff/"
    client.post(page, {"person": "T3@School.test", "role": "teacher"})
    assert staff_by_role() == {"T3": "teacher"}
    for wrong in ("nobody@school.test", "S1", "\x00", "T" * 255):
        answer = client.post(page, {"person": wrong, "role": "teacher"})
        assert answer.status_code == 400
        assert answer.context["form"].errors
    assert staff_by_role() == {"T3": "teacher"}


def test_an_assistant_reads_the_list_and_changes_nothing(client, course, colleague, third):
    CourseStaff.objects.create(
        course=course, person=colleague, role="assistant", added_at="2026-03-02T09:00Z"
    )
    client.force_login(colleague)
    page = f"/courses/{course.pk}/staff/"
    shown = text(client.get(page))
    assert "Main teacher" in shown
    assert '<form method="post" action="/courses' not in shown
    assert client.post(page, {"person": "T3", "role": "teacher"}).status_code == 404
    assert client.post(f"{page}{colleague.pk}/role/").status_code == 404
    assert client.post(f"{page}{colleague.pk}/remove/").status_code == 404
    assert client.post(f"/courses/{course.pk}/teacher/", {"teacher": "T2"}).status_code == 404
    assert staff_by_role() == {"T2": "assistant"}


def test_a_co_teacher_manages_the_staff_but_hands_nothing_over(
    client, api_as, course, colleague, third
):
    CourseStaff.objects.create(
        course=course, person=colleague, role="teacher", added_at="2026-03-02T09:00Z"
    )
    client.force_login(colleague)
    client.post(f"/courses/{course.pk}/staff/", {"person": "T3", "role": "assistant"})
    assert staff_by_role() == {"T2": "teacher", "T3": "assistant"}
    assert client.get(f"/courses/{course.pk}/teacher/").status_code == 404
    answer = api_as(colleague).put(
        f"{API}/courses/{course.pk}/teacher", {"institution_number": "T2"}, "json"
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "not_yours_to_change")
    course.refresh_from_db()
    assert course.teacher.institution_number == "T1"


def test_a_co_teacher_who_leaves_is_led_away(client, course, colleague):
    CourseStaff.objects.create(
        course=course, person=colleague, role="teacher", added_at="2026-03-02T09:00Z"
    )
    client.force_login(colleague)
    answer = client.post(f"/courses/{course.pk}/staff/{colleague.pk}/remove/", follow=True)
    assert answer.status_code == 200
    assert answer.redirect_chain == [("/courses/", 302)]


@pytest.mark.parametrize("planned", ["follow", "stay"])
def test_changing_the_teacher_asks_what_becomes_of_planned_sessions(
    client, course, session, teacher, colleague, planned
):
    client.force_login(teacher)
    page = f"/courses/{course.pk}/teacher/"
    assert client.get(page).context["form"]["planned"].value() == "follow"
    answer = client.post(page, {"teacher": "T2", "planned": planned}, follow=True)
    assert answer.redirect_chain == [("/courses/", 302)]
    session.refresh_from_db()
    assert Course.objects.get().teacher == colleague
    stays = planned == "stay"
    assert session.substitute == (teacher if stays else None)
    assert client.get(f"/sessions/{session.pk}/register/").status_code == (200 if stays else 404)
    assert client.get(f"/courses/{course.pk}/").status_code == 404


def test_an_admin_changes_the_teacher_in_the_administration(
    client, course, session, admin_user, colleague, student
):
    client.force_login(admin_user)
    page = f"/admin/sessions_app/course/{course.pk}/change/"
    fields = {
        "subject": course.subject_id,
        "class_group": course.class_group_id,
        "time_zone": "Europe/London",
        "is_active": "on",
        **{
            name: getattr(course, name)
            for name in (
                *("level", "face_one_in", "bluetooth"),
                *("qr_slot_s", "qr_slots_needed", "late_after_min"),
                *("at_risk_percent", "at_risk_absences"),
            )
        },
    }
    wrong = client.post(page, fields | {"teacher": student.pk})
    assert wrong.status_code == 200
    assert client.post(page, fields | {"teacher": colleague.pk}).status_code == 302
    course.refresh_from_db()
    session.refresh_from_db()
    assert (course.teacher, course.time_zone) == (colleague, "Europe/London")
    assert session.teacher == colleague


def test_a_substitute_is_named_and_taken_back_by_page(client, session, teacher, colleague):
    client.force_login(teacher)
    page = f"/sessions/{session.pk}/substitute/"
    client.post(page, {"substitute": "T2"})
    session.refresh_from_db()
    assert session.substitute == colleague
    for where in (f"/sessions/{session.pk}/register/", f"/courses/{session.course_id}/", "/"):
        assert f"substitute: {colleague.full_name}" in text(client.get(where))
    client.post(page, {"substitute": ""})
    session.refresh_from_db()
    assert session.substitute is None


def test_a_substitute_names_no_other(client, api_as, session, colleague, third):
    Session.objects.filter(pk=session.pk).update(substitute=colleague)
    client.force_login(colleague)
    page = f"/sessions/{session.pk}/substitute/"
    assert client.post(page, {"substitute": "T3"}).status_code == 404
    answer = api_as(colleague).put(
        f"{API}/sessions/{session.pk}/substitute", {"institution_number": "T3"}, "json"
    )
    assert answer.status_code == 404
    session.refresh_from_db()
    assert session.substitute == colleague


def leads_to(page) -> list[str]:
    """The pages about sessions and courses to which a page leads."""
    main = text(page).partition("<main")[2]
    return re.findall(r'href="(/(?:sessions|courses|imports/marks)/[^"#]*)', main)


@pytest.mark.parametrize(
    ("state", "begins_in_h"),
    [
        *[("planned", hours) for hours in (0.2, -30, 30)],
        *[("open", 0), ("closed", -3), ("cancelled", 0), ("annulled", -3)],
    ],
)
def test_a_substitutes_pages_lead_to_no_page_that_is_closed(
    client, session, colleague, state, begins_in_h
):
    starts_at = clock.now() + timedelta(hours=begins_in_h)
    Session.objects.filter(pk=session.pk).update(
        substitute=colleague,
        state=state,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
    )
    client.force_login(colleague)
    seen, to_see = set(), ["/", "/sessions/forgotten/", f"/sessions/{session.pk}/live/"]
    to_see += [f"/sessions/{session.pk}/{name}/" for name in ("register", "record")]
    while to_see:
        where = to_see.pop()
        seen.add(where)
        page = client.get(where)
        if page.status_code == 302:
            continue
        assert page.status_code == 200, where
        to_see += [path for path in leads_to(page) if path not in seen | set(to_see)]
    assert f"/sessions/{session.pk}/register/" in seen
    early = client.post(f"/sessions/{session.pk}/open/", follow=True)
    assert {client.get(path).status_code for path in leads_to(early)} <= {200, 302}


def test_the_api_manages_the_staff(api_as, course, teacher, colleague):
    api = api_as(teacher)
    address = f"{API}/courses/{course.pk}/staff"
    added = api.post(address, {"person": str(colleague.pk), "role": "assistant"}, "json")
    assert added.status_code == 201
    assert (added.json()["institution_number"], added.json()["role"]) == ("T2", "assistant")
    listed = [(r["institution_number"], r["role"]) for r in api.get(address).json()["results"]]
    assert listed == [("T1", "main"), ("T2", "assistant")]
    found = api.get(f"{address}?search=t2&ordering=-name").json()["results"]
    assert [row["role"] for row in found] == ["assistant"]
    changed = api.patch(f"{address}/{colleague.pk}", {"role": "teacher"}, "json")
    assert changed.json()["role"] == "teacher"
    assert api.delete(f"{address}/{colleague.pk}").status_code == 204
    assert api.delete(f"{address}/{colleague.pk}").status_code == 404
    assert api.get(address).json()["count"] == 1


def test_the_api_lists_what_was_done_to_the_staff(api_as, course, teacher, colleague, admin_user):
    api, address = api_as(teacher), f"{API}/courses/{course.pk}/staff"
    api.post(address, {"person": str(colleague.pk), "role": "assistant"}, "json")
    api.delete(f"{address}/{colleague.pk}")
    answer = api_as(admin_user).get(f"{API}/courses/{course.pk}/staff-events").json()
    told = [(row["kind"], row["person_name"], row["by"]) for row in answer["results"]]
    name, by = colleague.full_name, str(teacher.pk)
    assert told == [("removed", name, by), ("added", name, by)]
    assert answer["results"][1]["role"] == "assistant"


def test_an_assistant_does_not_read_what_was_done_to_the_staff(api_as, course, teacher, colleague):
    services.add_staff(course, person=colleague, role="assistant", by=teacher, now=clock.now())
    answer = api_as(colleague).get(f"{API}/courses/{course.pk}/staff-events")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_yours_to_change")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "invalid_input"),
        ({"person": "x"}, "invalid_input"),
        ({"institution_number": "S1"}, "invalid_input"),
        ({"institution_number": "\x00"}, "invalid_input"),
        ({"institution_number": "T2", "role": "owner"}, "invalid_input"),
        ({"institution_number": "T1"}, "is_main_teacher"),
    ],
)
def test_the_api_says_what_is_wrong_with_a_person(api_as, course, teacher, colleague, body, code):
    answer = api_as(teacher).post(f"{API}/courses/{course.pk}/staff", body, "json")
    assert answer.status_code in (400, 409)
    assert answer.json()["code"] == code


def test_the_api_changes_the_teacher_and_names_a_substitute(
    api_as, course, session, teacher, colleague, admin_user
):
    answer = api_as(admin_user).put(
        f"{API}/courses/{course.pk}/teacher",
        {"institution_number": "T2", "sessions_follow": False},
        "json",
    )
    assert answer.json()["teacher"] == str(colleague.pk)
    shown = api_as(colleague).get(f"{API}/sessions/{session.pk}").json()
    assert shown["substitute"] == str(teacher.pk)
    nobody = api_as(colleague).put(
        f"{API}/sessions/{session.pk}/substitute", {"person": None}, "json"
    )
    assert nobody.json()["substitute"] is None
    assert api_as(teacher).get(f"{API}/sessions/{session.pk}").status_code == 404


@pytest.mark.parametrize("known", ["T2", "t2@school.test", "zoë  ÅBERG"])
def test_a_substitute_is_named_by_number_address_or_name(
    client, session, teacher, colleague, known
):
    type(colleague).objects.filter(pk=colleague.pk).update(full_name="Zoë Åberg")
    client.force_login(teacher)
    client.post(f"/sessions/{session.pk}/substitute/", {"substitute": known})
    session.refresh_from_db()
    assert session.substitute == colleague


def test_a_name_that_several_teachers_or_no_teacher_has_names_nobody(
    client, session, teacher, colleague, third, student
):
    for person in (colleague, third):
        type(person).objects.filter(pk=person.pk).update(full_name="Zoë Åberg")
    client.force_login(teacher)
    page = f"/sessions/{session.pk}/substitute/"
    several = client.post(page, {"substitute": "Zoë Åberg"})
    assert "Several teachers have this name" in text(several)
    for known in (student.full_name, "Zoë", "%", "x" * 250):
        answer = client.post(page, {"substitute": known})
        assert (answer.status_code, "There is no teacher" in text(answer)) == (400, True)
    session.refresh_from_db()
    assert session.substitute is None
