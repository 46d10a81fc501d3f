"""What a role sees and may do of sessions beyond the table of all addresses."""

from accounts.models import User
from sessions_app.models import Session

API = "/api/v1"


def test_lists_hold_only_what_the_role_may_see(api_as, people, session):
    seen = {
        role: (
            api_as(user).get(f"{API}/courses").json()["count"],
            api_as(user).get(f"{API}/sessions").json()["count"],
        )
        for role, user in people.items()
        if user
    }
    shown, hidden = (1, 1), (0, 0)
    assert seen == {
        "student": shown,
        "outsider": hidden,
        "teacher": shown,
        "colleague": hidden,
        "admin": shown,
    }


def test_a_student_who_left_the_course_no_longer_sees_it(api_as, student, session):
    session.course.enrolments.filter(student=student).update(is_active=False)
    api = api_as(student)
    assert api.get(f"{API}/courses").json()["count"] == 0
    assert api.get(f"{API}/sessions/{session.pk}").status_code == 404


def test_an_unapproved_teacher_can_do_nothing(api_as, teacher, open_session):
    User.objects.filter(pk=teacher.pk).update(is_approved=False)
    teacher.refresh_from_db()
    api = api_as(teacher)
    assert api.get(f"{API}/qr/generate/{open_session.pk}").status_code == 403
    assert api.post(f"{API}/sessions/{open_session.pk}/close").status_code == 403
    assert api.get(f"{API}/sessions").json()["count"] == 0
    open_session.refresh_from_db()
    assert open_session.is_open


def test_a_teacher_who_became_a_student_loses_their_sessions(api_as, teacher, open_session):
    User.objects.filter(pk=teacher.pk).update(role="student")
    teacher.refresh_from_db()
    api = api_as(teacher)
    assert api.get(f"{API}/qr/generate/{open_session.pk}").status_code == 403
    assert api.get(f"{API}/sessions/{open_session.pk}").status_code == 404


def test_a_student_sees_no_key_and_no_code_of_a_session(api_as, student, open_session):
    for path in ("/sessions", f"/sessions/{open_session.pk}"):
        body = api_as(student).get(API + path).content.decode()
        assert str(open_session.code) not in body
        assert not any(word in body for word in ("token", "key", "svg", '"code"'))


def test_nobody_but_its_teacher_opens_or_closes_a_session(api_as, people, session):
    for role in ("anonymous", "student", "outsider", "colleague"):
        api_as(people[role]).post(f"{API}/sessions/{session.pk}/open")
        assert Session.objects.get().state == "planned", role
