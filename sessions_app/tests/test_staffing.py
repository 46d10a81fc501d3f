"""Who may do what with a course and its sessions, and since when: staff and substitutes."""

from datetime import timedelta

import pytest

from accounts.models import Role
from attendance_project import clock
from attendance_project.refusals import Refusal
from conftest import make_user
from sessions_app import services
from sessions_app.models import Course, CourseStaff, Session

API = "/api/v1"


@pytest.fixture
def third(db):
    return make_user(Role.TEACHER, "T3")


@pytest.fixture
def past_session(session) -> Session:
    """A closed session of the week before."""
    before = timedelta(days=7)
    return Session.objects.create(
        course=session.course,
        subject=session.subject,
        class_group=session.class_group,
        teacher=session.teacher,
        starts_at=session.starts_at - before,
        ends_at=session.ends_at - before,
        time_zone=session.time_zone,
        state="closed",
    )


def change(course, to, **how):
    return services.change_teacher(course, to=to, by=None, now=clock.now(), **how)


def add(course, person, role):
    return services.add_staff(course, person=person, role=role, by=None, now=clock.now())


def stand_in(session, person):
    return services.name_substitute(session, person=person, by=None, now=clock.now())


# what each may do: the course, its enrolments, its policy, the session's code, marks and policy
RIGHTS = {
    "teacher": (200, 201, 200, 200, 200, 200),
    "co-teacher": (200, 201, 200, 200, 200, 200),
    "assistant": (200, 403, 404, 200, 200, 403),
    "substitute": (404, 404, 404, 200, 200, 403),
    "former teacher": (404, 404, 404, 404, 404, 404),
    "former substitute": (404, 404, 404, 404, 404, 404),
    "removed assistant": (404, 404, 404, 404, 404, 404),
}


def make(role, session, teacher, colleague):
    """Give the colleague that role, or make the teacher a former one. Returns the person."""
    course = session.course
    if role == "co-teacher":
        add(course, colleague, "teacher")
    elif role == "assistant":
        add(course, colleague, "assistant")
    elif role == "substitute":
        stand_in(session, colleague)
    elif role == "former teacher":
        change(course, colleague)
    elif role == "former substitute":
        stand_in(session, colleague)
        stand_in(session, None)
    elif role == "removed assistant":
        add(course, colleague, "assistant")
        services.remove_staff(course, person_id=colleague.pk, by=None, now=clock.now())
    return teacher if role in ("teacher", "former teacher") else colleague


@pytest.mark.parametrize("role", RIGHTS)
def test_each_role_may_do_what_its_row_says(
    role, api_as, client, open_session, teacher, colleague, student, outsider
):
    person = make(role, open_session, teacher, colleague)
    api, course = api_as(person), open_session.course_id
    client.force_login(person)
    mark = {
        "session": str(open_session.pk),
        "student": str(student.pk),
        "status": "present",
        "reason": "Seen.",
        "nonce": "staffing-nonce",
    }
    session = f"{API}/sessions/{open_session.pk}"
    got = (
        api.get(f"{API}/courses/{course}/enrolments").status_code,
        api.post(
            f"{API}/courses/{course}/enrolments", {"students": [str(outsider.pk)]}, "json"
        ).status_code,
        client.get(f"/courses/{course}/policy/").status_code,
        api.get(f"{API}/qr/generate/{open_session.pk}").status_code,
        api.post(f"{API}/attendance/manual", mark, "json").status_code,
        _policy_change(api, session, open_session),
    )
    assert got == RIGHTS[role]


def _policy_change(api, address, session):
    Session.objects.filter(pk=session.pk).update(state="planned")
    return api.patch(address, {"face": "off"}, "json").status_code


@pytest.mark.parametrize("role", ["co-teacher", "assistant", "substitute"])
def test_who_stands_in_opens_shows_marks_and_closes_by_page_and_api(
    role, api_as, client, session, teacher, colleague, student
):
    person = make(role, session, teacher, colleague)
    client.force_login(person)
    page = f"/sessions/{session.pk}"
    assert client.post(f"{page}/open/", {"back": "register"}).status_code == 302
    assert client.get(f"{page}/live/").status_code == 200
    assert client.get(f"{page}/live/state").json()["messages"][1]["type"] == "code"
    assert client.get(f"{page}/register/{student.pk}/").status_code == 200
    assert str(session.pk) in client.get("/").content.decode()
    mine = api_as(person).get(f"{API}/sessions?mine=true").json()["results"]
    assert [each["id"] for each in mine] == [str(session.pk)]
    assert api_as(person).post(f"{API}/sessions/{session.pk}/close").status_code == 200


def test_an_assistant_neither_enrols_nor_withdraws_nor_changes_rules_by_page(
    client, course, session, colleague, student
):
    add(course, colleague, "assistant")
    client.force_login(colleague)
    page = f"/courses/{course.pk}"
    for path, body in (
        ("/students/", {"numbers": "S9"}),
        (f"/students/{student.pk}/withdraw/", {}),
        ("/policy/", {"level": "room"}),
    ):
        assert client.post(page + path, body).status_code == 404
    shown = client.get(page + "/students/").content.decode()
    assert "withdraw" not in shown
    assert "policy" not in shown
    assert course.enrolments.filter(is_active=True).count() == 2


def test_an_assistant_plans_with_the_courses_own_rules_only(client, api_as, course, colleague):
    add(course, colleague, "assistant")
    times = {"starts_at": "2026-12-02T09:00:00Z", "ends_at": "2026-12-02T10:00:00Z"}
    plan = {"course": str(course.pk), **times}
    api = api_as(colleague)
    answer = api.post(f"{API}/sessions", plan | {"face": "off"}, "json")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_yours_to_change")
    assert api.post(f"{API}/sessions", plan, "json").status_code == 201
    client.force_login(colleague)
    form = {
        "first": "2026-12-03",
        "starts": "09:00",
        "ends": "10:00",
        "key": "5f8e8a52-51dc-4d3f-9bb0-62cf0f9fb70b",
        "plan": "1",
        "level": "room",
        "bluetooth": "off",
        "qr_slot_s": "30",
        "qr_slots_needed": "1",
        "late_after_min": "600",
    }
    assert client.post(f"/courses/{course.pk}/plan/", form).status_code == 302
    assert {s.level for s in Session.objects.all()} == {course.level}


def test_an_assistant_moves_a_session_and_its_rules_stay(client, session, colleague):
    Session.objects.filter(pk=session.pk).update(starts_at=clock.now(), level="strict")
    add(session.course, colleague, "assistant")
    client.force_login(colleague)
    form = {"day": "2026-12-05", "starts": "09:00", "ends": "10:00", "room": "C-1", "level": "room"}
    assert client.post(f"/sessions/{session.pk}/change/", form).status_code == 302
    session.refresh_from_db()
    assert (session.room, session.level) == ("C-1", "strict")


def test_a_substitute_changes_the_room_but_neither_the_time_nor_cancels(
    api_as, client, session, colleague
):
    stand_in(session, colleague)
    address = f"{API}/sessions/{session.pk}"
    api = api_as(colleague)
    assert api.patch(address, {"room": "C-1"}, "json").status_code == 200
    refused = api.patch(address, {"starts_at": "2026-12-02T09:00:00Z"}, "json")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_yours_to_change")
    client.force_login(colleague)
    for page in ("change", "cancel", "restore"):
        assert client.post(f"/sessions/{session.pk}/{page}/").status_code == 404
    session.refresh_from_db()
    assert session.state == "planned"


def test_a_substitute_sees_no_other_session_of_the_course(
    api_as, open_session, past_session, colleague
):
    stand_in(open_session, colleague)
    api = api_as(colleague)
    assert api.get(f"{API}/sessions/{open_session.pk}/register").status_code == 200
    assert api.get(f"{API}/sessions/{past_session.pk}/register").status_code == 404
    assert api.get(f"{API}/courses").json()["count"] == 0


def test_planned_sessions_follow_a_new_teacher_and_past_ones_keep_the_name(
    course, session, past_session, teacher, colleague
):
    change(course, colleague)
    for each in (course, session, past_session):
        each.refresh_from_db()
    assert (course.teacher, session.teacher) == (colleague, colleague)
    assert past_session.teacher == teacher, "who took it is history"
    assert set(Session.objects.run_by(colleague)) == {session, past_session}
    assert not Session.objects.run_by(teacher).exists()
    assert not Course.objects.visible_to(teacher).exists()


def test_planned_sessions_stay_with_the_former_teacher_where_that_was_chosen(
    course, session, past_session, teacher, colleague
):
    change(course, colleague, sessions_follow=False)
    session.refresh_from_db()
    assert session.substitute == teacher
    assert set(Session.objects.run_by(teacher)) == {session}
    assert set(Session.objects.run_by(colleague)) == {session, past_session}
    assert not Course.objects.run_by(teacher).exists()


def test_a_change_that_was_cut_short_is_finished_by_doing_it_again(
    course, session, teacher, colleague, monkeypatch
):
    """The power goes at the moment when the course was handed over."""
    from sessions_app.services import staffing

    real = staffing._hand_over

    def cut_short(*given):
        real(*given)
        raise RuntimeError("the power went")

    with monkeypatch.context() as patch:
        patch.setattr(staffing, "_hand_over", cut_short)
        with pytest.raises(RuntimeError):
            change(Course.objects.get(), colleague, sessions_follow=False)
    change(Course.objects.get(), colleague, sessions_follow=False)
    session.refresh_from_db()
    assert session.substitute == teacher
    assert set(Session.objects.run_by(teacher)) == {session}


def test_a_change_that_is_refused_names_no_substitute(course, session, colleague):
    Course.objects.create(subject=course.subject, class_group=course.class_group, teacher=colleague)
    with pytest.raises(Refusal):
        change(course, colleague, sessions_follow=False)
    session.refresh_from_db()
    assert session.substitute is None


def test_who_waits_for_approval_is_named_nowhere(
    api_as, client, course, session, teacher, admin_user, third
):
    """Nobody but an admin could work with a course whose only teacher waits for approval."""
    type(third).objects.filter(pk=third.pk).update(is_approved=False)
    by, api = {"institution_number": "T3"}, api_as(teacher)
    for method, address, body in (
        ("put", f"{API}/courses/{course.pk}/teacher", by),
        ("post", f"{API}/courses/{course.pk}/staff", by),
        ("put", f"{API}/sessions/{session.pk}/substitute", by),
    ):
        answer = getattr(api, method)(address, body, "json")
        assert (answer.status_code, answer.json()["code"]) == (409, "not_approved"), address
    client.force_login(teacher)
    for address, body in (
        (f"/courses/{course.pk}/staff/", {"person": "T3", "role": "teacher"}),
        (f"/courses/{course.pk}/teacher/", {"teacher": "T3", "planned": "follow"}),
        (f"/sessions/{session.pk}/substitute/", {"substitute": "T3"}),
    ):
        assert "waits for approval" in client.post(address, body).content.decode(), address
    body = {"subject": course.subject_id, "class_group": course.class_group_id, "teacher": third.pk}
    assert api_as(admin_user).post(f"{API}/courses", body, "json").status_code == 400
    course.refresh_from_db()
    session.refresh_from_db()
    assert (course.teacher, session.substitute) == (teacher, None)
    assert not CourseStaff.objects.exists()


def test_a_course_that_comes_back_has_its_sessions_as_before(course, session, teacher, colleague):
    change(course, colleague, sessions_follow=False)
    change(course, teacher)
    session.refresh_from_db()
    assert (session.teacher, session.substitute) == (teacher, None)
    assert not Session.objects.run_by(colleague).exists()


def test_a_co_teacher_who_becomes_the_main_teacher_is_there_once(course, colleague):
    add(course, colleague, "assistant")
    change(course, colleague)
    assert not CourseStaff.objects.exists()
    assert list(Course.objects.managed_by(colleague)) == [course]


def test_changing_the_teacher_twice_over_is_harmless(course, session, colleague):
    change(course, colleague)
    stamp = Session.objects.get(pk=session.pk).change_stamp
    change(course, colleague)
    assert Session.objects.get(pk=session.pk).teacher == colleague
    assert Session.objects.get(pk=session.pk).change_stamp != stamp


def test_a_second_course_of_the_same_teaching_is_not_made_by_a_change(course, colleague):
    Course.objects.create(subject=course.subject, class_group=course.class_group, teacher=colleague)
    with pytest.raises(Refusal) as refused:
        change(course, colleague)
    assert refused.value.code == "already_exists"


def test_students_and_switched_off_teachers_teach_nothing(course, session, student, third):
    third.is_active = False
    third.save()
    for person in (student, third):
        for act in (
            lambda p: change(course, p),
            lambda p: add(course, p, "teacher"),
            lambda p: stand_in(session, p),
        ):
            with pytest.raises(Refusal) as refused:
                act(person)
            assert refused.value.code == "invalid_input"


def test_an_unapproved_teacher_on_the_staff_can_do_nothing_yet(course, session, colleague):
    add(course, colleague, "teacher")
    stand_in(session, colleague)
    colleague.is_approved = False
    colleague.save()
    assert not Course.objects.visible_to(colleague).exists()
    assert not Session.objects.run_by(colleague).exists()


def test_the_same_person_again_changes_the_role(course, colleague):
    add(course, colleague, "teacher")
    add(course, colleague, "assistant")
    assert [row.role for row in CourseStaff.objects.all()] == ["assistant"]
    assert not Course.objects.managed_by(colleague).exists()


def test_the_main_teacher_is_not_added_again(course, teacher):
    with pytest.raises(Refusal) as refused:
        add(course, teacher, "assistant")
    assert refused.value.code == "is_main_teacher"
    assert not CourseStaff.objects.exists()


def test_a_beacon_of_somebody_who_lost_the_session_learns_nothing_more(
    open_session, teacher, colleague
):
    now = clock.now()
    _row, text = services.issue_session_token(open_session, by=teacher, now=now)
    assert services.beacon_with(text, now=now) is not None
    change(open_session.course, colleague)
    assert services.beacon_with(text, now=now) is None


def test_an_admin_who_shows_the_code_is_seen_by_the_teacher(
    api_as, client, open_session, admin_user, teacher
):
    assert api_as(admin_user).get(f"{API}/qr/generate/{open_session.pk}").status_code == 200
    assert api_as(admin_user).get(f"{API}/qr/generate/{open_session.pk}").status_code == 200
    assert api_as(admin_user).get(f"{API}/sessions/{open_session.pk}/short-code").status_code == 200
    seen = api_as(teacher).get(f"{API}/sessions/{open_session.pk}/code-showings").json()["results"]
    assert [(row["name"], row["way"]) for row in seen] == [
        ("Admin One", "code"),
        ("Admin One", "short_code"),
    ]
    client.force_login(teacher)
    assert "Admin One" in client.get(f"/sessions/{open_session.pk}/register/").content.decode()


def test_an_admins_register_shows_no_code_and_notes_nothing(client, open_session, admin_user):
    client.force_login(admin_user)
    client.get(f"/sessions/{open_session.pk}/register/")
    state = f"/sessions/{open_session.pk}/live/state"
    assert [m["type"] for m in client.get(state).json()["messages"]] == ["register"]
    assert not open_session.code_showings.exists()
    shown = client.get(f"{state}?show=code").json()["messages"]
    assert [m["type"] for m in shown] == ["register", "code"]
    assert open_session.code_showings.get().by == admin_user


def test_a_showing_goes_on_while_the_page_asks_and_a_later_one_is_another(open_session, admin_user):
    began = clock.now()
    for after_s in (0, 5, 60, 110, 600):
        services.note_showing(
            open_session, by=admin_user, way="code", now=began + timedelta(seconds=after_s)
        )
    rows = [
        ((row.shown_at - began).seconds, (row.shown_until - began).seconds)
        for row in open_session.code_showings.all()
    ]
    assert rows == [(0, 110), (600, 600)]


def test_a_teachers_own_showing_is_not_noted(api_as, open_session, teacher):
    assert api_as(teacher).get(f"{API}/qr/generate/{open_session.pk}").status_code == 200
    assert not open_session.code_showings.exists()
