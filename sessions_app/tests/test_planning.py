"""Planning many sessions, cancelling them, and counting heads."""

from datetime import date, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from attendance_project.refusals import Refusal
from conftest import NOW
from sessions_app import queries, services
from sessions_app.domain.series import meetings
from sessions_app.models import Attendance, Course, Session

KEY = uuid4()


@pytest.fixture
def weekly():
    return meetings(
        weekdays=[0],
        starts=time(9),
        ends=time(10),
        first=date(2026, 3, 2),
        until=date(2026, 4, 6),
        zone=ZoneInfo("Europe/Paris"),
    )


def test_a_session_starts_from_its_courses_policy(course, weekly):
    Course.objects.update(bluetooth="off", late_after_min=25, qr_slot_s=3)
    course.refresh_from_db()
    row = services.plan_sessions(course, weekly, key=KEY, level="standard")[0]
    assert (row.bluetooth, row.late_after_min, row.qr_slot_s) == ("off", 25, 3)
    assert row.level == "standard"
    Course.objects.update(late_after_min=5)
    row.refresh_from_db()
    assert row.late_after_min == 25


def test_a_series_shares_its_id_and_one_session_has_none(course, weekly):
    rows = services.plan_sessions(course, weekly, key=KEY, room="B-1")
    assert len(rows) == 6
    assert len({row.series for row in rows}) == 1
    assert rows[0].series is not None
    assert [row.starts_at for row in rows] == [m.starts_at for m in weekly]
    (single,) = services.plan_sessions(course, weekly[:1], key=uuid4())
    assert single.series is None


def test_planning_twice_with_one_key_plans_once_and_finishes_what_was_cut_short(course, weekly):
    services.plan_sessions(course, weekly, key=KEY)
    gone = Session.objects.order_by("starts_at")[2]
    Session.objects.filter(pk=gone.pk).delete()
    assert len(services.plan_sessions(course, weekly, key=KEY)) == 6
    assert Session.objects.count() == 6


def test_the_same_key_on_another_course_touches_nothing_of_the_first(course, weekly, colleague):
    services.plan_sessions(course, weekly, key=KEY)
    other = Course.objects.create(
        subject=course.subject, class_group=course.class_group, teacher=colleague
    )
    services.plan_sessions(other, weekly, key=KEY)
    assert Session.objects.filter(course=course).count() == 6
    assert Session.objects.filter(course=other).count() == 6
    assert Session.objects.values_list("series", flat=True).distinct().count() == 2


def test_a_cancelled_session_cannot_be_opened_and_nobody_is_absent(session, teacher):
    services.cancel_session(session, by=teacher, now=NOW)
    with pytest.raises(Refusal) as caught:
        services.open_session(session, by=teacher, now=NOW)
    assert caught.value.code == "session_cancelled"
    with pytest.raises(Refusal):
        services.close_session(session, by=teacher, now=NOW)
    with pytest.raises(Refusal):
        services.current_code(session, now=NOW)
    assert not Attendance.objects.exists()


def test_a_cancelled_session_cannot_be_changed(session, teacher):
    services.cancel_session(session, by=teacher, now=NOW)
    with pytest.raises(Refusal) as caught:
        services.change_session(session, room="C-1")
    assert caught.value.code == "session_frozen"


def test_nobody_is_marked_by_hand_in_a_cancelled_session(session, student, teacher):
    services.cancel_session(session, by=teacher, now=NOW)
    with pytest.raises(Refusal) as caught:
        services.mark_by_hand(
            session, student, status="present", reason="Seen.", by=teacher, now=NOW, key="key-one-1"
        )
    assert caught.value.code == "session_cancelled"


def test_what_was_opened_cannot_be_cancelled(open_session, teacher):
    with pytest.raises(Refusal) as caught:
        services.cancel_session(open_session, by=teacher, now=NOW)
    assert caught.value.code == "session_not_planned"
    assert Session.objects.get().state == "open"


def test_taking_the_cancellation_back_lets_it_be_opened(session, teacher):
    services.cancel_session(session, by=teacher, now=NOW)
    services.restore_session(session)
    assert (session.state, session.cancelled_at) == ("planned", None)
    assert services.open_session(session, by=teacher, now=session.starts_at).is_open


def test_cancelling_the_rest_of_a_series_leaves_what_was_and_other_courses(course, weekly, teacher):
    rows = services.plan_sessions(course, weekly, key=KEY)
    services.open_session(rows[4], by=teacher, now=rows[4].starts_at)
    assert services.cancel_from(rows[2], by=teacher, now=NOW) == 3
    states = [row.state for row in Session.objects.order_by("starts_at")]
    assert states == ["planned", "planned", "cancelled", "cancelled", "open", "cancelled"]


def test_cancelling_where_nothing_is_planned_any_more_says_so(course, weekly, teacher, client):
    rows = services.plan_sessions(course, weekly, key=KEY)
    Session.objects.update(state="closed")
    with pytest.raises(Refusal) as refused:
        services.cancel_from(rows[0], by=teacher, now=NOW)
    assert refused.value.code == "nothing_to_cancel"
    client.force_login(teacher)
    page = client.post(f"/sessions/{rows[0].pk}/cancel/", {"which": "later"}, follow=True)
    assert "Nothing was cancelled" in page.content.decode()
    assert "You can restore it" not in page.content.decode()


@pytest.mark.parametrize("heads", [0, 41])
def test_heads_are_kept_and_forgotten(open_session, heads):
    services.count_heads(open_session, heads, now=NOW)
    assert (open_session.head_count, open_session.head_counted_at) == (heads, NOW)
    services.count_heads(open_session, None, now=NOW)
    assert (open_session.head_count, open_session.head_counted_at) == (None, None)


def test_heads_are_not_counted_before_the_session(session):
    with pytest.raises(Refusal):
        services.count_heads(session, 3, now=NOW)


def test_between_two_days_of_the_sessions_own_calendar(course):
    late_evening = NOW.replace(hour=23)  # it is the 3rd in Paris
    services.create_session(course, starts_at=late_evening, ends_at=NOW + timedelta(hours=15))

    def found(first, last):
        return len(list(queries.sessions_between([course.pk], first, last)))

    assert found("2026-03-03", "2026-03-03") == 1
    assert found("2026-03-01", "2026-03-02") == 0
    assert found("2026-03-04", "2026-03-09") == 0
    assert found("2026-02-01", "2026-04-01") == 1


def test_cancelling_from_a_session_of_no_series_cancels_that_one(course, weekly, teacher):
    (single,) = services.plan_sessions(course, weekly[:1], key=uuid4())
    services.plan_sessions(course, weekly[1:], key=KEY)
    assert services.cancel_from(single, by=teacher, now=NOW) == 1
    assert [row.state for row in Session.objects.order_by("starts_at")] == [
        "cancelled",
        *["planned"] * 5,
    ]
