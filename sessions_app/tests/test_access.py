"""Who may call what, with a row for each route and method and a column for each role."""

from uuid import uuid4

import pytest

from accounts.models import User
from sessions_app.models import ExcuseKind, Guest, ImportRecord, Session

API = "/api/v1"
ROLES = ("anonymous", "student", "outsider", "teacher", "colleague", "admin")
TABLE = [
    # method, path                                 anon stud outs teac coll admin
    ("get", "/subjects", (401, 200, 200, 200, 200, 200)),
    ("post", "/subjects", (401, 403, 403, 403, 403, 400)),
    ("get", "/classes", (401, 200, 200, 200, 200, 200)),
    ("post", "/classes", (401, 403, 403, 403, 403, 400)),
    ("get", "/courses", (401, 200, 200, 200, 200, 200)),
    ("post", "/courses", (401, 403, 403, 403, 403, 400)),
    ("get", "/courses/{course}/enrolments", (401, 403, 403, 200, 404, 200)),
    ("post", "/courses/{course}/enrolments", (401, 403, 403, 400, 404, 400)),
    ("delete", "/courses/{course}/enrolments/{student}", (401, 403, 403, 204, 404, 204)),
    ("post", "/courses/{course}/enrolments/{student}/move", (401, 403, 403, 400, 404, 400)),
    ("get", "/courses/{course}/staff", (401, 403, 403, 200, 404, 200)),
    ("post", "/courses/{course}/staff", (401, 403, 403, 400, 404, 400)),
    ("patch", "/courses/{course}/staff/{person}", (401, 403, 403, 404, 404, 404)),
    ("delete", "/courses/{course}/staff/{person}", (401, 403, 403, 404, 404, 404)),
    ("put", "/courses/{course}/teacher", (401, 403, 403, 400, 404, 400)),
    ("put", "/sessions/{session}/substitute", (401, 403, 403, 400, 404, 400)),
    ("get", "/imports", (401, 403, 403, 200, 200, 200)),
    ("get", "/imports/{record}", (401, 403, 403, 200, 404, 200)),
    ("post", "/imports/{record}/take-back", (401, 403, 403, 200, 404, 200)),
    ("get", "/sessions", (401, 200, 200, 200, 200, 200)),
    ("post", "/sessions", (401, 403, 403, 400, 400, 400)),
    ("get", "/sessions/{session}", (401, 200, 404, 200, 404, 200)),
    ("patch", "/sessions/{session}", (401, 403, 403, 200, 404, 200)),
    ("post", "/sessions/{session}/open", (401, 403, 403, 200, 404, 200)),
    ("post", "/sessions/{session}/close", (401, 403, 403, 200, 404, 200)),
    ("post", "/sessions/{session}/annul", (401, 403, 403, 400, 404, 400)),
    ("post", "/sessions/{session}/restore", (401, 403, 403, 200, 404, 200)),
    ("post", "/sessions/{session}/cancel", (401, 403, 403, 409, 404, 409)),
    ("post", "/sessions/{session}/record", (401, 403, 403, 409, 404, 409)),
    ("get", "/sessions/{session}/events", (401, 403, 403, 200, 404, 200)),
    ("get", "/sessions/{session}/register", (401, 403, 403, 200, 404, 200)),
    ("get", "/sessions/{session}/guests", (401, 403, 403, 200, 404, 200)),
    ("post", "/sessions/{session}/guests", (401, 403, 403, 400, 404, 400)),
    ("delete", "/guests/{guest}", (401, 403, 403, 204, 404, 204)),
    ("post", "/guests/{guest}/enrol", (401, 403, 403, 409, 404, 409)),
    ("get", "/excuse-kinds", (401, 200, 200, 200, 200, 200)),
    ("post", "/excuse-kinds", (401, 403, 403, 403, 403, 400)),
    ("patch", "/excuse-kinds/{kind}", (401, 403, 403, 403, 403, 200)),
    ("get", "/excuses", (401, 200, 200, 200, 200, 200)),
    ("post", "/excuses", (401, 403, 403, 400, 400, 400)),
    ("post", "/excuses/{excuse}/revoke", (401, 403, 403, 404, 404, 404)),
    ("get", "/sessions/{session}/short-code", (401, 403, 403, 200, 404, 200)),
    ("get", "/sessions/{session}/code-showings", (401, 403, 403, 200, 404, 200)),
    ("get", "/sessions/{session}/beacon", (401, 403, 403, 200, 404, 403)),
    ("get", "/beacon/assignment", (401, 403, 403, 403, 403, 403)),
    ("get", "/qr/generate/{session}", (401, 403, 403, 200, 404, 200)),
    ("post", "/attendance/manual", (401, 403, 403, 400, 400, 400)),
]
CASES = [
    pytest.param(method, path, role, status, id=f"{method} {path} {role}")
    for method, path, row in TABLE
    for role, status in zip(ROLES, row, strict=True)
]


@pytest.mark.parametrize(("method", "path", "role", "status"), CASES)
def test_every_role_gets_the_answer_of_the_table(
    api_as, people, open_session, method, path, role, status
):
    ids = {
        "session": open_session.pk,
        "course": open_session.course_id,
        "student": people["student"].pk,
        "person": people["colleague"].pk,
        "record": _record(open_session).pk,
        "guest": _guest(open_session).pk,
        "kind": ExcuseKind.objects.order_by("code").first().pk,
        "excuse": uuid4(),
    }
    body = {} if method in ("post", "put", "patch") else None
    response = getattr(api_as(people[role]), method)(API + path.format(**ids), body, "json")
    assert response.status_code == status, response.content
    if status >= 400:
        assert set(response.json()) == {"code", "detail", "fields"}


def _record(session: Session) -> ImportRecord:
    """An import of the session's teacher that changed nothing."""
    return ImportRecord.objects.create(
        kind="timetable", digest="0" * 64, by_id=session.teacher_id, at=session.starts_at
    )


def _guest(session: Session) -> Guest:
    """A guest of the session whose number no account has."""
    return Guest.objects.create(
        session=session, name="Grace", number="", by_id=session.teacher_id, at=session.starts_at
    )


def test_the_table_has_a_row_for_every_route():
    from sessions_app.api.urls import urlpatterns

    rows = {(method, path) for method, path, _ in TABLE}
    for pattern in urlpatterns:
        route = "/" + str(pattern.pattern).replace("<uuid:", "{").replace("_id>", "}")
        view = pattern.callback.view_class
        for method in {"get", "post", "put", "patch", "delete"} & set(dir(view)):
            assert (method, route) in rows


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
