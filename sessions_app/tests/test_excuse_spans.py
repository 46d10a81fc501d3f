"""An excuse has times, is for one course or for all, and has a kind."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from attendance_project.refusals import Refusal
from conftest import NOW
from reports.queries.students import student_overall
from sessions_app import queries, services
from sessions_app.domain.excuses import ExcuseSpan
from sessions_app.models import (
    Attendance,
    AttendanceMark,
    Course,
    Enrolment,
    Excuse,
    ExcuseKind,
    Session,
    Subject,
)

PARIS = ZoneInfo("Europe/Paris")


def at(day, clock):
    """A moment on a clock in Paris."""
    return datetime.fromisoformat(f"2026-{day}T{clock}").replace(tzinfo=PARIS).astimezone(UTC)


@pytest.mark.parametrize(
    ("span", "starts", "ends", "covered"),
    [
        (("03-02 10:00", "03-02 12:00"), "03-02 09:00", "03-02 10:01", True),
        (("03-02 10:00", "03-02 12:00"), "03-02 09:00", "03-02 10:00", False),
        (("03-02 10:00", "03-02 12:00"), "03-02 11:59", "03-02 13:00", True),
        (("03-02 10:00", "03-02 12:00"), "03-02 12:00", "03-02 13:00", False),
        (("03-02 10:00", "03-02 12:00"), "03-02 09:00", "03-02 13:00", True),
        (("03-02 10:00", "03-04 12:00"), "03-03 23:00", "03-04 01:00", True),
        (("03-02 00:00", "03-02 24:00"), "03-02 23:00", "03-03 01:00", True),
        (("03-02 00:00", "03-02 24:00"), "03-03 00:00", "03-03 01:00", False),
        # A session belongs to the day on which it starts.
        (("03-02 00:00", "03-02 24:00"), "03-01 23:00", "03-02 01:00", False),
        (("03-02 00:15", "03-02 24:00"), "03-01 23:00", "03-02 01:00", True),
        # Clocks go forward on 29 March at 2:00 and back on 25 October at 3:00.
        (("03-29 03:00", "03-29 04:00"), "03-29 01:30", "03-29 03:30", True),
        (("10-25 02:00", "10-25 03:00"), "10-25 02:30", "10-25 04:00", True),
    ],
)
def test_a_session_is_covered_where_it_overlaps(span, starts, ends, covered):
    found = ExcuseSpan(*(part for end in span for part in f"2026-{end}".split()))
    times = [at(*moment.split()) for moment in (starts, ends)]
    assert found.covers(*times, PARIS) is covered


@pytest.fixture
def open_session(open_session):
    """It is at noon in Paris, so that times around it are of the same day."""
    noon = NOW.replace(hour=11) + timedelta(days=1)
    Session.objects.filter(pk=open_session.pk).update(
        starts_at=noon, ends_at=noon + timedelta(minutes=50), opened_at=noon
    )
    open_session.refresh_from_db()
    return open_session


@pytest.fixture
def day(open_session) -> date:
    return open_session.local_start.date()


@pytest.fixture
def give(open_session, student, teacher, day):
    def giving(course=open_session.course, by=teacher, **fields):
        values = {"from_date": day, "until_date": day, "note": "A note.", "by": by, "now": NOW}
        return services.give_excuse(course, student, **values | fields)

    return giving


@pytest.fixture
def other(open_session, colleague, student):
    """A closed session of a colleague's course on the same day, at which the student was absent."""
    art = Subject.objects.create(code="ART", name="Art")
    course = Course.objects.create(
        subject=art,
        class_group=open_session.class_group,
        teacher=colleague,
        time_zone=open_session.time_zone,
    )
    long_ago = NOW - timedelta(days=90)
    Enrolment.objects.create(course=course, student=student, enrolled_at=long_ago)
    session = services.create_session(
        course, starts_at=open_session.starts_at, ends_at=open_session.ends_at
    )
    services.open_session(session, by=colleague, now=session.starts_at)
    return close(session, colleague)


def close(session, by):
    return services.close_session(session, by=by, now=session.ends_at)


def status_in(session, student):
    row = Attendance.objects.filter(session_id=session.pk, student_id=student.pk).first()
    return row and row.status


def clock_of(session, minutes):
    return f"{session.local_start + timedelta(minutes=minutes):%H:%M}"


@pytest.mark.parametrize(("minutes", "status"), [(-1, "absent"), (1, "excused")])
def test_an_excuse_until_a_time_covers_what_it_overlaps(
    open_session, give, student, teacher, minutes, status
):
    give(from_time="00:01", until_time=clock_of(open_session, minutes))
    close(open_session, teacher)
    assert status_in(open_session, student) == status


def test_times_count_after_the_fact_and_on_the_register(open_session, give, student, teacher):
    before = give(until_time=clock_of(open_session, -5))
    assert queries.excuses_covering(open_session) == {}
    close(open_session, teacher)
    covering = give(from_time=clock_of(open_session, 5))
    assert status_in(open_session, student) == "excused"
    services.revoke_excuse(covering, by=teacher, now=NOW)
    assert status_in(open_session, student) == "absent"
    assert before.revoked_at is None


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"from_time": "10:00", "until_time": "10:00"}, "until_time"),
        ({"from_time": "10:00", "until_time": "09:00"}, "until_time"),
        ({"from_time": "24:00"}, "from_time"),
        ({"until_time": "24:01"}, "until_time"),
        ({"until_time": "９:00"}, "until_time"),
        ({"from_time": "9:00"}, "from_time"),
        ({"until_time": ""}, "until_time"),
    ],
)
def test_times_that_say_nothing_are_refused(give, fields, wrong):
    with pytest.raises(Refusal) as caught:
        give(**fields)
    assert (caught.value.code, list(caught.value.fields)) == ("invalid_input", [wrong])
    assert not Excuse.objects.exists()


def test_an_admins_excuse_covers_all_courses(
    open_session, other, give, student, admin_user, teacher
):
    close(open_session, teacher)
    assert status_in(other, student) == "absent"
    given = give(None, admin_user)
    assert [status_in(s, student) for s in (open_session, other)] == ["excused", "excused"]
    services.revoke_excuse(given, by=admin_user, now=NOW)
    assert [status_in(s, student) for s in (open_session, other)] == ["absent", "absent"]


def test_given_before_it_covers_sessions_that_close_later(
    open_session, give, student, classmate, admin_user, teacher
):
    give(None, admin_user)
    close(open_session, teacher)
    assert status_in(open_session, student) == "excused"
    assert status_in(open_session, classmate) == "absent"


def test_a_teacher_may_not_excuse_from_all_courses(give):
    with pytest.raises(Refusal) as caught:
        give(None)
    assert caught.value.code == "all_courses_not_allowed"


def test_a_teacher_excuses_from_own_courses_only(open_session, other, student, teacher, day):
    close(open_session, teacher)
    given = services.excuse_from_own_courses(
        student, by=teacher, now=NOW, from_date=day, until_date=day, note="Ill."
    )
    assert [excuse.course_id for excuse in given] == [open_session.course_id]
    assert [status_in(s, student) for s in (open_session, other)] == ["excused", "absent"]


# --- kinds ---------------------------------------------------------------------------------


def test_five_kinds_are_there_and_none_is_counted(db):
    kinds = dict(ExcuseKind.objects.values_list("code", "counts_as"))
    assert set(kinds) == {"medical", "official", "sport", "religious", "other"}
    assert set(kinds.values()) == {"not_counted"}


def test_the_mark_and_the_attendance_have_the_kind(open_session, give, student, teacher):
    medical = ExcuseKind.objects.get(code="medical")
    give(kind=medical)
    close(open_session, teacher)
    assert Attendance.objects.get(student_id=student.pk).excuse_kind_id == medical.pk
    assert AttendanceMark.objects.get(source="excuse").excuse_kind_id == medical.pk


@pytest.mark.parametrize(
    ("counts_as", "status", "rate"),
    [("present", "present", 100), ("absent", "absent", 0), ("not_counted", "excused", None)],
)
def test_an_excused_absence_counts_as_its_kind_says(
    open_session, give, student, teacher, counts_as, status, rate
):
    kind = services.change_kind(ExcuseKind.objects.get(code="sport"), counts_as=counts_as)
    give(kind=kind)
    shown = next(r for r in queries.register_of(open_session) if r.student_id == student.pk)
    assert shown.status == "excused"
    close(open_session, teacher)
    assert status_in(open_session, student) == status
    assert student_overall(student, viewer=student, now=NOW).total.tally.rate_percent == rate
    shown = next(r for r in queries.register_of(open_session) if r.student_id == student.pk)
    assert (shown.status, shown.source) == (status, "excuse")


def test_a_kind_that_changes_rewrites_nothing_that_is_past(open_session, give, student, teacher):
    kind = ExcuseKind.objects.get(code="sport")
    given = give(kind=kind)
    close(open_session, teacher)
    services.change_kind(kind, counts_as="absent")
    close(open_session, teacher)
    assert status_in(open_session, student) == "excused"
    services.revoke_excuse(given, by=teacher, now=NOW)
    assert status_in(open_session, student) == "absent"


def test_a_kind_that_is_switched_off_cannot_be_chosen(give):
    medical = services.change_kind(ExcuseKind.objects.get(code="medical"), is_active=False)
    with pytest.raises(Refusal) as caught:
        give(kind=medical)
    assert list(caught.value.fields) == ["kind"]


def test_admins_add_change_and_switch_off_kinds_by_page(client, admin_user):
    client.force_login(admin_user)
    added = client.post("/excuse-kinds/", {"name": "Jury duty", "counts_as": "present"})
    assert added.status_code == 302
    kind = ExcuseKind.objects.get(code="jury-duty")
    page = f"/excuse-kinds/{kind.pk}/"
    assert client.post(page, {"name": "Jury", "counts_as": "absent"}).status_code == 302
    kind.refresh_from_db()
    assert (kind.name, kind.counts_as, kind.is_active) == ("Jury", "absent", False)
    shown = client.get("/excuse-kinds/").content.decode()
    assert "Jury" in shown
    assert "switched off" in shown
    again = client.post("/excuse-kinds/", {"name": "Jury duty", "counts_as": "present"})
    assert again.status_code == 409


@pytest.mark.parametrize(
    "names",
    [
        ("Ιατρική", "Αθλητική"),
        ("病気", "スポーツ"),
        ("طبي", "رياضي"),
        ("Ιατρική 1", "Αθλητική 1"),
        ("Straße", "Strae"),
        ("A long name of a kind of excuse, 1", "A long name of a kind of excuse, 2"),
        ("?", "!"),
    ],
)
def test_kinds_are_named_in_every_script_by_page(client, admin_user, names):
    client.force_login(admin_user)
    for name in names:
        added = client.post("/excuse-kinds/", {"name": name, "counts_as": "present"})
        assert added.status_code == 302, added.content.decode()
        kind = ExcuseKind.objects.get(name=name)
        kind.full_clean()
    again = client.post("/excuse-kinds/", {"name": names[0], "counts_as": "present"})
    assert again.status_code == 409, "the same kind is not there twice"


# --- pages and API -------------------------------------------------------------------------


def test_the_page_gives_an_excuse_with_times_and_a_kind(
    client, open_session, student, teacher, day
):
    client.force_login(teacher)
    page = f"/courses/{open_session.course_id}/students/{student.pk}/excuse/"
    body = {"from_date": day, "from_time": "08:00", "until_date": day, "until_time": "12:30"}
    sent = client.post(page, body | {"kind": "medical", "scope": "course", "note": "Dentist."})
    assert sent.status_code == 302
    given = Excuse.objects.select_related("kind").get()
    assert (given.from_time, given.until_time, given.kind.code) == ("08:00", "12:30", "medical")
    shown = client.get(page).content.decode()
    assert "08:00" in shown
    assert "Medical" in shown
    assert "08:00" in client.get(f"/courses/{open_session.course_id}/students/").content.decode()


def test_a_teacher_sees_an_excuse_for_all_courses_but_cannot_take_it_back(
    client, open_session, student, teacher, admin_user, day
):
    client.force_login(admin_user)
    page = f"/courses/{open_session.course_id}/students/{student.pk}/excuse/"
    body = {"from_date": day, "until_date": day, "scope": "all", "kind": "official"}
    assert client.post(page, body | {"note": "A parade."}).status_code == 302
    given = Excuse.objects.get()
    assert given.course_id is None
    client.force_login(teacher)
    shown = client.get(page).content.decode()
    assert "A parade." in shown
    assert f"/excuses/{given.pk}/revoke/" not in shown
    assert client.post(f"/excuses/{given.pk}/revoke/").status_code == 404
    client.force_login(admin_user)
    back = client.post(f"/excuses/{given.pk}/revoke/", {"course": str(open_session.course_id)})
    assert back.headers["Location"] == page
    given.refresh_from_db()
    assert given.revoked_at


API = "/api/v1/excuses"


def body(session, student, day, /, **fields):
    values = {"student": str(student.pk), "course": str(session.course_id), "note": "Ill."}
    values |= {"from_date": f"{day}", "until_date": f"{day}"}
    return values | fields


def test_the_api_gives_lists_and_revokes(api_as, open_session, student, outsider, teacher, day):
    close(open_session, teacher)
    wanted = body(open_session, student, day, from_time="00:00", until_time="24:00", kind="sport")
    given = api_as(teacher).post(API, wanted, format="json")
    assert (given.status_code, given.json()["kind"]) == (201, "sport")
    assert status_in(open_session, student) == "excused"
    for person, seen in ((student, 1), (teacher, 1), (outsider, 0)):
        assert api_as(person).get(API).json()["count"] == seen
    revoked = api_as(teacher).post(f"{API}/{given.json()['id']}/revoke")
    assert revoked.json()["revoked_at"]
    assert status_in(open_session, student) == "absent"


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"course": None}, 403, "all_courses_not_allowed"),
        ({"kind": "none-such"}, 400, "invalid_input"),
        ({"from_time": "25:00"}, 400, "invalid_input"),
        ({"from_date": "1999-01-01"}, 400, "invalid_input"),
        ({"until_date": "2100-01-01"}, 400, "invalid_input"),
        ({"student": "no-id"}, 400, "invalid_input"),
    ],
)
def test_the_api_refuses(api_as, open_session, student, teacher, day, fields, status, code):
    answer = api_as(teacher).post(API, body(open_session, student, day, **fields), format="json")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Excuse.objects.exists()


def test_the_api_excuses_nobody_who_was_never_on_the_course(
    api_as, open_session, outsider, teacher, colleague, student, day
):
    answer = api_as(teacher).post(API, body(open_session, outsider, day), format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "not_enrolled")
    stranger = api_as(colleague).post(API, body(open_session, student, day), format="json")
    assert stranger.status_code == 404


def test_only_admins_change_kinds_by_the_api(api_as, teacher, admin_user):
    kinds = "/api/v1/excuse-kinds"
    assert api_as(teacher).get(kinds).json()["count"] == 5
    assert api_as(teacher).post(kinds, {"name": "X"}, format="json").status_code == 403
    added = api_as(admin_user).post(kinds, {"name": "Jury duty"}, format="json")
    assert (added.status_code, added.json()["code"]) == (201, "jury-duty")
    one = f"{kinds}/{added.json()['id']}"
    changed = api_as(admin_user).patch(one, {"counts_as": "present"}, format="json")
    assert changed.json()["counts_as"] == "present"
    assert api_as(admin_user).patch(one, {"counts_as": "x"}, format="json").status_code == 400
    assert api_as(admin_user).patch(one, {"name": " "}, format="json").status_code == 400
    assert api_as(admin_user).delete(one).status_code == 405


def test_an_excuse_of_before_keeps_its_meaning(open_session, student, teacher, day):
    """It has whole days, one course and no kind."""
    Excuse.objects.create(
        student=student,
        course=open_session.course,
        from_date=day.isoformat(),
        until_date=day.isoformat(),
        note="Ill.",
        by=teacher,
        at=NOW,
    )
    close(open_session, teacher)
    row = Attendance.objects.get(student_id=student.pk)
    assert (row.status, row.excuse_kind_id) == ("excused", None)
    assert Session.objects.count() == 1
