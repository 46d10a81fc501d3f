"""A mark can be cleared by hand, at any time. Then nothing counts, until somebody marks again."""

from datetime import timedelta

import pytest

from attendance_project import clock
from conftest import NOW
from reports.queries.students import student_overall
from sessions_app import hooks, queries, services
from sessions_app.models import Attendance, AttendanceMark, Enrolment, Session

API = "/api/v1/attendance/manual"


@pytest.fixture(autouse=True)
def no_check_ins(monkeypatch):
    monkeypatch.setattr(hooks, "register_extras", [])


def by_hand(session, student, teacher, status="", *, key="clear-one", now=NOW):
    return services.mark_by_hand(
        session, student, status=status, reason="By mistake.", by=teacher, now=now, key=key
    )


def check_in(session, student, *, now=NOW):
    return services.record_mark(
        session=session, student=student, status="present", source="check_in", key="k", now=now
    )


def row_of(session, student):
    return next(row for row in queries.register_of(session) if row.student_id == student.pk)


def rate_of(student):
    return student_overall(student, viewer=student, now=clock.now()).total.tally.rate_percent


def close(session, teacher):
    return services.close_session(session, by=teacher, now=session.ends_at)


def test_a_clear_takes_away_what_was_there_and_says_who_and_why(open_session, student, teacher):
    check_in(open_session, student)
    assert by_hand(open_session, student, teacher, now=NOW + timedelta(minutes=1)) is None
    assert not Attendance.objects.exists()
    assert (row_of(open_session, student).status, rate_of(student)) == ("cleared", None)
    mark = AttendanceMark.objects.get(source="manual")
    assert (mark.status, mark.by_id, mark.reason) == ("", teacher.pk, "By mistake.")
    assert mark.get_status_display() == "No mark"


@pytest.mark.parametrize("closings", [1, 2])
def test_closing_notes_no_absence_of_who_was_cleared(
    open_session, student, classmate, teacher, closings
):
    by_hand(open_session, student, teacher)
    for _ in range(closings):
        close(open_session, teacher)
    assert Attendance.objects.get().student_id == classmate.pk
    assert row_of(open_session, student).status == "cleared"
    assert rate_of(student) is None


def test_an_absence_of_a_closed_session_can_be_cleared_and_marked_again(
    open_session, student, teacher
):
    close(open_session, teacher)
    assert rate_of(student) == 0
    by_hand(open_session, student, teacher)
    assert rate_of(student) is None
    later = NOW + timedelta(minutes=1)
    assert (
        by_hand(open_session, student, teacher, "late", key="mark-two", now=later).status == "late"
    )
    assert (row_of(open_session, student).status, rate_of(student)) == ("late", 100)


def test_an_excuse_does_not_bring_it_back(open_session, student, teacher):
    by_hand(open_session, student, teacher)
    day = open_session.local_start.date()
    give = {"from_date": day, "until_date": day, "note": "Ill.", "by": teacher, "now": NOW}
    services.give_excuse(open_session.course, student, **give)
    close(open_session, teacher)
    assert row_of(open_session, student).status == "cleared"
    assert not Attendance.objects.filter(student_id=student.pk).exists()


def test_a_clear_can_be_undone(open_session, student, teacher):
    close(open_session, teacher)
    by_hand(open_session, student, teacher)
    mark = AttendanceMark.objects.get(source="manual")
    undo = queries.undos_of(open_session, since=NOW - services.UNDO_WITHIN)
    assert student.pk in undo
    left = services.undo_mark(mark, by=teacher, now=NOW + timedelta(seconds=1))
    assert (left.status, row_of(open_session, student).status) == ("absent", "absent")


def test_a_clear_before_closing_that_is_undone_after_it_leaves_an_absence(
    open_session, student, teacher
):
    by_hand(open_session, student, teacher, now=open_session.ends_at)
    close(open_session, teacher)
    mark = AttendanceMark.objects.get(source="manual")
    left = services.undo_mark(mark, by=teacher, now=open_session.ends_at + timedelta(seconds=1))
    assert left.status == "absent"


def test_undoing_a_mark_leaves_an_earlier_clear_in_force(open_session, student, teacher):
    by_hand(open_session, student, teacher)
    later = NOW + timedelta(minutes=1)
    by_hand(open_session, student, teacher, "present", key="mark-two", now=later)
    mark = AttendanceMark.objects.get(status="present")
    assert services.undo_mark(mark, by=teacher, now=later) is None
    assert row_of(open_session, student).status == "cleared"


def test_a_check_in_after_a_clear_ranks_below_it(open_session, student, teacher):
    by_hand(open_session, student, teacher)
    assert check_in(open_session, student, now=NOW + timedelta(minutes=1)) is None
    assert row_of(open_session, student).status == "cleared"


def test_who_left_and_was_cleared_can_still_be_marked(open_session, student, teacher):
    check_in(open_session, student)
    by_hand(open_session, student, teacher, now=NOW + timedelta(minutes=1))
    Enrolment.objects.filter(student=student).update(is_active=False, withdrawn_at=NOW)
    assert queries.on_register(open_session).filter(pk=student.pk).exists()
    assert row_of(open_session, student).status == "cleared"


def body(session, student, **fields):
    values = {"session": str(session.pk), "student": str(student.pk), "status": ""}
    return values | {"reason": "By mistake.", "nonce": "clear-one"} | fields


def test_the_api_clears_and_repeating_is_harmless(api_as, open_session, student, teacher):
    check_in(open_session, student)
    for _ in range(2):
        answer = api_as(teacher).post(API, body(open_session, student), format="json")
        assert answer.status_code == 200
        assert answer.json() == {
            "id": None,
            "session": str(open_session.pk),
            "student": str(student.pk),
            "status": "",
            "source": "manual",
            "evidence": [],
            "marked_at": None,
        }
    register = api_as(teacher).get(f"/api/v1/sessions/{open_session.pk}/register").json()
    assert register["counts"]["cleared"] == 1


@pytest.mark.parametrize("wrong", [{"status": "cleared"}, {"status": None}, {"reason": " "}])
def test_the_api_refuses_what_says_nothing(api_as, open_session, student, teacher, wrong):
    answer = api_as(teacher).post(API, body(open_session, student, **wrong), format="json")
    assert answer.status_code == 400
    assert not AttendanceMark.objects.exists()


def test_a_cancelled_session_has_nothing_to_clear(api_as, session, student, teacher):
    Session.objects.update(state="cancelled")
    answer = api_as(teacher).post(API, body(session, student), format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "session_cancelled")


def test_the_page_clears_and_shows_it_in_the_history(client, open_session, student, teacher):
    client.force_login(teacher)
    page = f"/sessions/{open_session.pk}/register/{student.pk}/"
    assert "No mark" in client.get(page).content.decode()
    sent = client.post(page, {"status": "", "reason": "By mistake.", "key": "clear-one"})
    assert sent.status_code == 302
    assert "No mark</td>" in client.get(page).content.decode()
    shown = client.get(f"/sessions/{open_session.pk}/register/").content.decode()
    assert "<td>No mark</td>" in shown.replace("\n", "")


def test_a_form_without_a_status_clears_nothing(client, open_session, student, teacher):
    client.force_login(teacher)
    page = f"/sessions/{open_session.pk}/register/{student.pk}/"
    assert client.post(page, {"reason": "By mistake.", "key": "clear-one"}).status_code == 400
    assert not AttendanceMark.objects.exists()
