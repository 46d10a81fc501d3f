"""Moving a series as a whole, by page and API, and undoing it."""

import sys
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from attendance_project import clock
from attendance_project.refusals import Refusal
from sessions_app import services
from sessions_app.domain.moving import SeriesChange
from sessions_app.domain.series import meetings
from sessions_app.models import Attendance, ClosedDay, SeriesMove, Session

API = "/api/v1"
PARIS = ZoneInfo("Europe/Paris")
FIRST = date(2027, 3, 1)  # a Monday; the clocks are set forward on 28 March


@pytest.fixture
def series(course):
    """Mondays from 1 March to 5 April 2027, 09:00 to 10:30, in room B-1."""
    return planned(course, weekdays=[0])


def planned(course, **changes):
    asked = {
        "weekdays": [0],
        "starts": time(9),
        "ends": time(10, 30),
        "first": FIRST,
        "until": date(2027, 4, 5),
        "zone": PARIS,
    }
    return services.plan_sessions(course, meetings(**asked | changes), key=uuid4(), room="B-1")


def times(rooms=False):
    rows = Session.objects.order_by("starts_at")
    told = [f"{row.local_start:%m-%d %H:%M}-{row.local_end:%H:%M}" for row in rows]
    return [f"{t} {row.room}" for t, row in zip(told, rows, strict=True)] if rooms else told


def move(session, change, teacher, *, now=None, key=None, allow_overlaps=False, **options):
    now = now or datetime(2027, 2, 1, tzinfo=UTC)
    options.setdefault("from_day", session.local_start.date())
    plan = services.plan_move(session, change, now=now, **options)
    return services.move_series(
        session, plan, key=key or uuid4(), allow_overlaps=allow_overlaps, by=teacher, now=now
    )


def test_a_series_moves_from_a_date_on_and_keeps_its_length_over_a_change_of_clocks(
    series, teacher
):
    move(series[2], SeriesChange(days=1, starts=time(14), room="C-2"), teacher)
    assert times(rooms=True) == [
        "03-01 09:00-10:30 B-1",
        "03-08 09:00-10:30 B-1",
        "03-16 14:00-15:30 C-2",
        "03-23 14:00-15:30 C-2",
        "03-30 14:00-15:30 C-2",
        "04-06 14:00-15:30 C-2",
    ]


def test_a_room_alone_leaves_the_times(series, teacher):
    before = times()
    act, plan = move(series[0], SeriesChange(room="C-2"), teacher)
    assert times() == before
    assert set(Session.objects.values_list("room", flat=True)) == {"C-2"}
    assert (len(act.changes), plan.left) == (6, [])


def test_a_length_alone_can_change(series, teacher):
    move(series[4], SeriesChange(ends=time(11)), teacher)
    assert times()[3:] == ["03-22 09:00-10:30", "03-29 09:00-11:00", "04-05 09:00-11:00"]


def test_what_is_open_closed_cancelled_past_or_moved_by_hand_stays_and_is_said(series, teacher):
    now = datetime(2027, 3, 3, tzinfo=UTC)
    services.open_session(series[1], by=teacher, now=now, early=True)
    services.cancel_session(series[2], by=teacher, now=now)
    services.reschedule_session(series[3], now=now, starts_at=datetime(2027, 3, 22, 7, tzinfo=UTC))
    Session.objects.filter(pk=series[4].pk).update(state="closed")
    _act, plan = move(series[0], SeriesChange(starts=time(16)), teacher, now=now)
    assert [row.why for row in plan.left] == [
        "past",
        "open",
        "cancelled",
        "moved_by_hand",
        "closed",
    ]
    assert all(row.sentence for row in plan.left)
    assert [row.session.pk for row in plan.moved] == [series[5].pk]
    assert times()[5] == "04-05 16:00-17:30"
    assert times()[3] == "03-22 08:00-10:30"


def test_sessions_moved_by_hand_move_too_where_that_is_asked(series, teacher):
    now = datetime(2027, 2, 1, tzinfo=UTC)
    services.reschedule_session(series[1], now=now, room="D-4")
    _act, plan = move(series[1], SeriesChange(room="C-2"), teacher, with_moved=True)
    assert len(plan.moved) == 5


def test_saving_a_session_as_it_is_does_not_count_as_moved_by_hand(series, teacher):
    services.reschedule_session(
        series[1], now=clock.now(), room="B-1", starts_at=series[1].starts_at, late_after_min=3
    )
    assert not Session.objects.exclude(moved_at=None).exists()


def test_only_the_sessions_of_one_weekday_move_where_a_series_has_two(course, teacher):
    rows = planned(course, weekdays=[0, 3], until=date(2027, 3, 12))
    move(rows[1], SeriesChange(days=1), teacher, only_weekday=True)
    assert [t[:5] for t in times()] == ["03-01", "03-05", "03-08", "03-12"]


def test_a_session_that_would_come_to_a_closed_day_stays_and_is_said(series, teacher):
    ClosedDay.objects.create(date=date(2027, 3, 9), name="Fair")
    _act, plan = move(series[0], SeriesChange(days=1), teacher)
    assert [(row.why, row.session.pk) for row in plan.left] == [("closed_day", series[1].pk)]
    assert times()[1] == "03-08 09:00-10:30"


def test_nothing_moves_into_the_past(series, teacher):
    now = datetime(2027, 3, 2, tzinfo=UTC)
    row = series[1]
    _act, plan = move(row, SeriesChange(days=-7), teacher, now=now, allow_overlaps=True)
    assert [left.why for left in plan.left] == ["would_be_past"]


def test_times_that_a_clock_skips_are_said(series, teacher):
    """Moved to Sunday at 02:30: on 28 March 2027 the clock goes from 02:00 to 03:00."""
    _act, plan = move(series[2], SeriesChange(days=6, starts=time(2, 30)), teacher)
    assert times()[3] == "03-28 03:30-05:00"
    assert len(plan.notes) == 1
    assert "02:30" in plan.notes[0]
    assert "03:30" in plan.notes[0]


def test_a_series_moves_over_midnight_and_until_midnight(series, teacher):
    move(series[4], SeriesChange(starts=time(23)), teacher)
    assert times()[4:] == ["03-29 23:00-00:30", "04-05 23:00-00:30"]
    move(series[4], SeriesChange(starts=time(22, 30)), teacher)
    assert times()[4:] == ["03-29 22:30-00:00", "04-05 22:30-00:00"]
    move(series[4], SeriesChange(days=-1), teacher)
    assert times()[4:] == ["03-28 22:30-00:00", "04-04 22:30-00:00"]


def test_an_overlap_refuses_the_move_unless_it_is_allowed(series, course, teacher):
    other = services.create_session(
        course,
        starts_at=datetime(2027, 3, 9, 8, tzinfo=UTC),
        ends_at=datetime(2027, 3, 9, 9, tzinfo=UTC),
    )
    with pytest.raises(Refusal) as caught:
        move(series[0], SeriesChange(days=1), teacher)
    assert caught.value.code == "sessions_overlap"
    assert not SeriesMove.objects.exists()
    move(series[0], SeriesChange(days=1), teacher, allow_overlaps=True)
    assert Session.objects.filter(starts_at=other.starts_at).count() == 2


def test_the_same_act_again_finishes_it_and_changes_nothing_else(series, teacher):
    key = uuid4()
    act, _plan = move(series[0], SeriesChange(days=1), teacher, key=key)
    moved = times()
    cut_short = Session.objects.order_by("starts_at")[3]
    Session.objects.filter(pk=cut_short.pk).update(
        starts_at=cut_short.starts_at - timedelta(days=1),
        ends_at=cut_short.ends_at - timedelta(days=1),
    )
    again, plan = move(series[0], SeriesChange(days=1), teacher, key=key)
    assert (again.pk, len(plan.moved)) == (act.pk, 6)
    assert times() == moved


def test_a_move_is_undone_as_one_and_what_changed_since_stays(series, teacher):
    before, now = times(), datetime(2027, 2, 2, tzinfo=UTC)
    act, _plan = move(series[0], SeriesChange(days=1, room="C-2"), teacher)
    series[5].refresh_from_db()
    services.open_session(series[5], by=teacher, now=now, early=True)
    assert services.undo_move(act, by=teacher, now=now) == 1
    assert times() == [*before[:5], "04-06 09:00-10:30"]
    assert act.undone_at == now
    # Again it does nothing, also where the series was moved to the same times since.
    move(series[0], SeriesChange(days=1, room="C-2"), teacher)
    moved = times()
    assert services.undo_move(act, by=teacher, now=now) == 0
    assert times() == moved


def test_marks_made_ahead_go_with_their_sessions(series, student, teacher):
    now = datetime(2027, 2, 2, tzinfo=UTC)
    services.mark_by_hand(
        series[1], student, status="excused", reason="Fair", by=teacher, now=now, key="key-one-1"
    )
    act, _plan = move(series[0], SeriesChange(days=2), teacher)
    assert Attendance.objects.get().local_date == "2027-03-10"
    services.undo_move(act, by=teacher, now=now)
    assert Attendance.objects.get().local_date == "2027-03-08"


def test_a_move_that_ended_halfway_takes_marks_along_when_it_is_sent_again(
    series, student, teacher, monkeypatch
):
    """The session was at its new time already, so that nothing looked at its marks any more."""
    now = datetime(2027, 2, 2, tzinfo=UTC)
    services.mark_by_hand(
        series[0], student, status="excused", reason="Fair", by=teacher, now=now, key="key-one-1"
    )
    key = uuid4()
    with monkeypatch.context() as ending:
        ending.setattr("sessions_app.services.teaching.move_attendance", lambda session: sys.exit())
        with pytest.raises(SystemExit):
            move(series[0], SeriesChange(days=2), teacher, key=key)
    move(series[0], SeriesChange(days=2), teacher, key=key)
    assert Attendance.objects.get().local_date == "2027-03-03"


def test_a_single_session_is_no_series(session, teacher):
    with pytest.raises(Refusal) as caught:
        move(session, SeriesChange(days=1), teacher)
    assert caught.value.code == "not_a_series"


def test_by_the_api_with_a_preview_and_an_undo(api_as, teacher, series):
    api, path = api_as(teacher), f"{API}/sessions/{series[1].pk}/move-series"
    body = {"weekday": 2, "starts": "22:00", "ends": "24:00", "room": "C-2"}
    before = times()
    shown = api.post(path, body | {"preview": True}, "json").json()
    assert (shown["id"], len(shown["moved"]), times()) == (None, 5, before)
    done = api.post(path, body, "json")
    assert done.status_code == 200
    assert times()[1] == "03-10 22:00-00:00"
    again = api.post(f"{API}/series-moves/{done.json()['id']}/undo")
    assert (again.status_code, again.json()["stayed"], times()) == (200, 0, before)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 409, "nothing_to_move"),
        ({"weekday": 7}, 400, "invalid_input"),
        ({"starts": "09:00", "ends": "08:00"}, 400, "invalid_input"),
        ({"starts": "25:00"}, 400, "invalid_input"),
        ({"from_day": "9999-12-31", "room": "X"}, 400, "invalid_input"),
        ({"from_day": "2031-01-01", "room": "X"}, 409, "nothing_to_move"),
        ({"room": "x" * 256}, 400, "invalid_input"),
        ([], 400, "invalid_input"),
    ],
)
def test_what_cannot_be_moved_is_refused_by_the_api(api_as, teacher, series, body, status, code):
    before = times()
    answer = api_as(teacher).post(f"{API}/sessions/{series[0].pk}/move-series", body, "json")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert times() == before


def test_a_substitute_does_not_move_the_series(api_as, series, colleague, client):
    Session.objects.filter(pk=series[0].pk).update(substitute=colleague)
    path = f"/sessions/{series[0].pk}/move-series"
    assert api_as(colleague).post(API + path, {"room": "X"}, "json").status_code == 404
    client.force_login(colleague)
    assert client.get(path + "/").status_code == 404


def page_body(session, **changes):
    return {
        "from_day": session.local_start.date().isoformat(),
        "weekday": "0",
        "starts": "09:00",
        "ends": "10:30",
        "room": "B-1",
        "key": str(uuid4()),
    } | changes


def test_by_the_page_with_a_preview_and_an_undo(client, teacher, series):
    client.force_login(teacher)
    path, before = f"/sessions/{series[1].pk}/move-series/", times()
    body = page_body(series[1], weekday="3", starts="23:00", ends="00:30")
    shown = client.post(path, body | {"show": "1"}).content.decode()
    assert "5 sessions move" in shown
    assert "Thu 11 Mar 2027, 23:00–00:30" in shown
    assert "(on Fri 12 Mar)" in shown
    assert times() == before
    page = client.post(path, body | {"move": "1"}, follow=True).content.decode()
    assert "5 sessions moved." in page
    assert times()[1] == "03-11 23:00-00:30"
    undo = f"/series-moves/{SeriesMove.objects.get().pk}/undo/"
    assert undo in page
    page = client.post(undo, follow=True).content.decode()
    assert (times(), undo in page) == (before, False)


def test_the_page_warns_of_overlaps_and_moves_anyway(client, teacher, series, course):
    planned(course, weekdays=[1], until=date(2027, 3, 2))
    client.force_login(teacher)
    path = f"/sessions/{series[0].pk}/move-series/"
    body = page_body(series[0], weekday="1")
    page = client.post(path, body | {"move": "1"}).content.decode()
    assert "take place at the same time" in page
    assert not SeriesMove.objects.exists()
    assert client.post(path, body | {"move": "anyway"}).status_code == 302
    assert len(SeriesMove.objects.get().changes) == 6


def test_undoing_a_move_says_what_was_planned_there_meanwhile(
    client, api_as, teacher, series, course
):
    act, _ = move(series[0], SeriesChange(days=1), teacher)
    [other] = planned(course, until=FIRST, starts=time(10))
    client.force_login(teacher)
    page = client.post(f"/series-moves/{act.pk}/undo/", follow=True).content.decode()
    assert "takes place on Mon 1 Mar 2027, 10:00–10:30 (same course)." in page
    assert page.count("(same course)") == 1
    said = api_as(teacher).post(f"{API}/series-moves/{act.pk}/undo").json()["overlaps"]
    assert [sentence for sentence in said if "Mon 1 Mar 2027, 10:00–10:30" in sentence] == said
    other.delete()
    assert api_as(teacher).post(f"{API}/series-moves/{act.pk}/undo").json()["overlaps"] == []
    Session.objects.filter(pk=series[0].pk).update(state="cancelled")
    planned(course, until=FIRST, starts=time(10))
    assert services.overlaps_of_undone(act) == []
