"""The pages of a course: planning, moving, cancelling, policy, students, excuses, heads."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from attendance_project import clock
from conftest import NOW
from sessions_app import services
from sessions_app.models import Attendance, Course, Enrolment, Excuse, Session

POLICY = {
    "level": "strict",
    "face_one_in": "3",
    "bluetooth": "off",
    "qr_slot_s": "2",
    "qr_slots_needed": "2",
    "late_after_min": "15",
}


@pytest.fixture
def desk(client, teacher):
    client.force_login(teacher)
    return client


def plan(**changes):
    return {
        "first": "2026-12-01",  # a Tuesday
        "starts": "09:00",
        "ends": "10:00",
        "room": "B-1",
        "every_weeks": "1",
        "until": "",
        "skip": "",
        "key": str(uuid4()),
        "plan": "1",
    } | {**POLICY, **changes}


def url(course, page):
    return f"/courses/{course.pk}/{page}"


def test_one_session_is_planned_on_the_clock_of_the_course(desk, course):
    assert desk.post(url(course, "plan/"), plan()).status_code == 302
    row = Session.objects.get()
    assert (row.starts_at.isoformat(), row.room) == ("2026-12-01T08:00:00+00:00", "B-1")
    assert (row.bluetooth, row.late_after_min, row.series) == ("off", 15, None)


def test_a_series_leaves_out_the_days_to_skip_and_sending_it_twice_plans_once(desk, course):
    body = plan(weekdays=["1", "3"], until="2026-12-15", skip="2026-12-08, 2026-12-10")
    for _ in range(2):
        desk.post(url(course, "plan/"), body)
    days = [row.local_start.date().isoformat() for row in Session.objects.order_by("starts_at")]
    assert days == ["2026-12-01", "2026-12-03", "2026-12-15"]


def test_showing_the_dates_plans_nothing(desk, course):
    body = plan(weekdays=["1"], until="2026-12-15")
    del body["plan"]
    html = desk.post(url(course, "plan/"), body).content.decode()
    assert "Tue 15 Dec 2026, 09:00" in html
    assert "Plan 3 sessions" in html
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"ends": "08:00"}, "an end that is after the start"),
        ({"weekdays": ["1"]}, "Choose the last day"),
        ({"until": "2026-11-01"}, "not before the first"),
        ({"skip": "Christmas"}, "2026-12-24"),
        ({"first": "0001-01-01"}, "between 2000 and 2100"),
        ({"first": "9999-12-31"}, "between 2000 and 2100"),
        ({"weekdays": ["9"], "until": "2026-12-15"}, "not one of the available choices"),
        ({"weekdays": ["1"], "until": "9999-12-31"}, "two years ahead"),
        ({"qr_slot_s": "0"}, "greater than or equal to 1"),
        ({"level": "maybe"}, "not one of the available choices"),
        ({"room": "x" * 256}, "at most 255"),
        ({"key": "nonsense"}, 'role="alert"'),
    ],
)
def test_what_cannot_be_planned_is_explained_and_plans_nothing(desk, course, changes, sentence):
    answer = desk.post(url(course, "plan/"), plan(**changes))
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert not Session.objects.exists()


def move(session, **changes):
    start, end = session.local_start, session.local_end
    return {
        "day": start.date().isoformat(),
        "starts": f"{start:%H:%M}",
        "ends": f"{end:%H:%M}",
        "room": "C-3",
    } | {**POLICY, **changes}


def test_a_planned_session_is_moved_and_given_its_own_policy(desk, session):
    body = move(session, day="2026-12-01", starts="14:00", ends="15:00")
    assert desk.post(f"/sessions/{session.pk}/change/", body).status_code == 302
    session.refresh_from_db()
    assert session.starts_at.isoformat() == "2026-12-01T13:00:00+00:00"
    assert (session.room, session.bluetooth) == ("C-3", "off")
    assert session.course.bluetooth == "preferred"


@pytest.mark.parametrize("change", [{"ends": "00:00", "starts": "01:00"}, {"day": "9999-12-31"}])
def test_a_move_that_makes_no_sense_changes_nothing(desk, session, change):
    assert desk.post(f"/sessions/{session.pk}/change/", move(session, **change)).status_code == 400
    session.refresh_from_db()
    assert session.room == "B-204"


def test_an_opened_session_is_neither_moved_nor_cancelled(desk, open_session):
    desk.post(f"/sessions/{open_session.pk}/change/", move(open_session))
    page = desk.post(f"/sessions/{open_session.pk}/cancel/", {"which": "this"}, follow=True)
    assert "can no longer be cancelled" in page.content.decode()
    open_session.refresh_from_db()
    assert (open_session.state, open_session.room) == ("open", "B-204")


def test_a_session_is_cancelled_and_restored(desk, session):
    desk.post(f"/sessions/{session.pk}/cancel/", {"which": "this"})
    session.refresh_from_db()
    assert session.state == "cancelled"
    page = desk.post(f"/sessions/{session.pk}/open/", follow=True)
    assert "was cancelled" in page.content.decode()
    desk.post(f"/sessions/{session.pk}/restore/")
    session.refresh_from_db()
    assert session.state == "planned"


def test_the_policy_is_for_sessions_to_come(desk, course, session):
    body = POLICY | {"at_risk_percent": "80", "at_risk_absences": "2"}
    assert desk.post(url(course, "policy/"), body).status_code == 302
    course.refresh_from_db()
    session.refresh_from_db()
    assert (course.late_after_min, course.at_risk_percent) == (15, 80)
    assert session.late_after_min == 10
    html = desk.get(url(course, "")).content.decode()
    assert "Strict: code and face required; late after 15 min" in html


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({}, "Rules saved. They apply to sessions that you plan from now on."),
        ({"late_after_min": "15"}, "Rules saved. They apply to sessions that you plan"),
        ({"lates_per_absence": "3"}, "Saved. It applies to the whole course at once."),
        ({"count_by": "hours", "late_after_min": "15"}, "how attendance counts to the whole"),
    ],
)
def test_saving_the_rules_says_from_when_the_change_applies(desk, course, change, told):
    page = url(course, "policy/")
    body = desk.get(page).context["form"].initial | change
    assert told in desk.post(page, body, follow=True).content.decode()


@pytest.mark.parametrize("change", [{"at_risk_percent": "101"}, {"at_risk_absences": "0"}])
def test_a_policy_that_makes_no_sense_is_not_saved(desk, course, change):
    body = POLICY | {"at_risk_percent": "80", "at_risk_absences": "2"} | change
    assert desk.post(url(course, "policy/"), body).status_code == 400
    assert Course.objects.get().late_after_min == 10


def test_a_policy_form_cannot_give_the_course_away(desk, course, colleague):
    body = POLICY | {"at_risk_percent": "80", "at_risk_absences": "2", "teacher": colleague.pk}
    desk.post(url(course, "policy/"), body)
    assert Course.objects.get().teacher_id == course.teacher_id


def test_students_are_added_by_number_all_or_none(desk, course, outsider):
    bad = desk.post(url(course, "students/"), {"numbers": "S9, T1 S404"})
    assert "S404" in bad.content.decode()
    assert Enrolment.objects.count() == 2
    desk.post(url(course, "students/"), {"numbers": "s9\n"})
    assert Enrolment.objects.filter(student=outsider, is_active=True).exists()


def test_taking_a_student_off_keeps_what_was_marked(desk, course, student):
    desk.post(url(course, f"students/{student.pk}/withdraw/"))
    assert not Enrolment.objects.get(student=student).is_active


def test_nobody_is_excused_who_was_never_on_the_course(desk, course, outsider):
    assert desk.get(url(course, f"students/{outsider.pk}/excuse/")).status_code == 404


def test_an_excuse_is_given_shown_and_taken_back(desk, course, student):
    page = url(course, f"students/{student.pk}/excuse/")
    body = {"from_date": "2026-12-01", "until_date": "2026-12-03", "note": "<b>Ill</b>"}
    assert desk.post(page, body | {"until_date": "2026-11-30"}).status_code == 400
    assert not Excuse.objects.exists()
    desk.post(page, body)
    html = desk.get(url(course, "students/")).content.decode()
    assert "Excused from 1 Dec 2026 to 3 Dec 2026: &lt;b&gt;Ill" in html
    desk.post(f"/excuses/{Excuse.objects.get().pk}/revoke/")
    assert Excuse.objects.get().revoked_at is not None
    assert "Withdrawn" in desk.get(page).content.decode()


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        ("2026-11-30", "2026-11-30", "30 Nov"),
        ("2026-11-28", "2026-11-30", "28–30 Nov"),
        ("2026-11-28", "2026-12-02", "28 Nov–2 Dec"),
        ("2026-12-30", "2027-01-02", "30 Dec 2026–2 Jan 2027"),
        ("2026-12-05", "2027-12-03", "5 Dec 2026–3 Dec 2027"),
    ],
)
def test_the_message_of_an_excuse_names_its_days_in_short(desk, course, student, first, last, days):
    body = {"from_date": first, "until_date": last, "note": "Ill"}
    page = desk.post(url(course, f"students/{student.pk}/excuse/"), body, follow=True)
    assert [str(m) for m in page.context["messages"]] == [f"Excuse saved for {days}."]


@pytest.mark.parametrize(("sent", "kept"), [("41", 41), ("0", 0), ("", None)])
def test_heads_are_kept(desk, open_session, sent, kept):
    Session.objects.update(head_count=7)
    desk.post(f"/sessions/{open_session.pk}/heads/", {"heads": sent})
    assert Session.objects.get().head_count == kept


@pytest.mark.parametrize("sent", ["-1", "many", "99999999999999999999"])
def test_heads_that_nobody_counts_are_told_and_not_kept(desk, open_session, sent):
    body = {"heads": sent, "back": "register"}
    page = desk.post(f"/sessions/{open_session.pk}/heads/", body, follow=True)
    assert "up to 9999" in page.content.decode()
    assert Session.objects.get().head_count is None


def test_next_sessions_stand_on_the_first_page(desk, session):
    start = clock.now() + timedelta(days=3)
    Session.objects.update(starts_at=start, ends_at=start + timedelta(hours=1))
    assert [s.pk for s in desk.get("/").context["coming"]] == [session.pk]
    Session.objects.update(state="cancelled")
    assert desk.get("/").context["coming"] == []


@pytest.mark.parametrize("size", [1, 30])
def test_a_courses_pages_take_as_many_queries_for_any_size(
    desk, course, django_assert_max_num_queries, size
):
    desk.post(url(course, "plan/"), plan(weekdays=["1"], until="2026-12-29", first="2026-12-01"))
    for n in range(size):
        Excuse.objects.create(
            student=course.enrolments.first().student,
            course=course,
            from_date=f"2026-12-{n + 1:02}",
            until_date=f"2026-12-{n + 1:02}",
            note="Ill.",
            by=course.teacher,
            at=clock.now(),
        )
    for page, most in (("", 11), ("students/", 8)):
        with django_assert_max_num_queries(most):
            desk.get(url(course, page))


def test_a_session_goes_by_the_day_of_its_place_wherever_the_server_is(desk, course, session):
    evening = datetime(2026, 11, 21, 1, tzinfo=UTC)  # Saturday in UTC, still Friday there
    Session.objects.filter(pk=session.pk).update(
        time_zone="America/New_York", starts_at=evening, ends_at=evening + timedelta(hours=1)
    )
    ask = desk.get(f"/sessions/{session.pk}/cancel/").content.decode()
    assert "Cancel Friday 20 November 2026?" in ask
    listed = desk.get(url(course, "")).content.decode()
    assert 'aria-label="Register of 20 November 2026"' in listed
    change = desk.get(f"/sessions/{session.pk}/change/").content.decode()
    assert "America/New_York</h1>" in change


def test_what_was_marked_ahead_goes_with_a_session_that_is_moved(desk, session, student, teacher):
    services.mark_by_hand(
        session, student, status="excused", reason="Fair", by=teacher, now=NOW, key="key-one-1"
    )
    moved = {"day": "2026-12-01", "starts": "09:00", "ends": "10:00", "room": "B-2"}
    assert desk.post(f"/sessions/{session.pk}/change/", moved | POLICY).status_code == 302
    assert Attendance.objects.get().local_date == "2026-12-01"


def test_a_session_past_midnight_can_change_its_room(desk, session):
    late = datetime(2026, 12, 1, 22, tzinfo=UTC)  # it is 23:00 in Paris
    times = {"starts_at": late, "ends_at": late + timedelta(hours=2)}
    Session.objects.filter(pk=session.pk).update(**times)
    sent = {"day": "2026-12-01", "starts": "23:00", "ends": "01:00", "room": "Roof"}
    address = f"/sessions/{session.pk}/change/"
    assert desk.post(address, sent | POLICY).status_code == 302
    assert Session.objects.filter(pk=session.pk, room="Roof", **times).exists()
    assert desk.post(address, sent | POLICY | {"starts": "22:00"}).status_code == 302
    assert Session.objects.get(pk=session.pk).starts_at == late - timedelta(hours=1)
