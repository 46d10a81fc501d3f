"""Sessions at the same time as others, and times over midnight and over a change of clocks."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from accounts.models import Role
from attendance_project.refusals import Refusal
from conftest import make_user
from sessions_app import queries, services
from sessions_app.domain.series import Meeting
from sessions_app.models import ClassGroup, Course, Session, Subject
from sessions_app.tests.test_course_pages import plan

API = "/api/v1"
START = datetime(2027, 3, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def course_of(teacher, subject, group):
    return Course.objects.create(
        subject=Subject.objects.get_or_create(code=subject, defaults={"name": subject})[0],
        class_group=ClassGroup.objects.get_or_create(code=group, defaults={"name": group})[0],
        teacher=teacher,
        time_zone="Europe/Paris",
    )


def overlap(course, *, starts_at=START, length=HOUR, room=""):
    found = queries.overlaps_of([queries.Wanted(course, starts_at, starts_at + length, room)])
    return [(row.other.pk, row.same) for row in found]


@pytest.fixture
def there(course):
    """A session of OS, CSE-A, by the teacher, in B-1."""
    return services.create_session(course, starts_at=START, ends_at=START + HOUR, room="B-1 ")


def test_what_two_sessions_share_is_named(course, there, teacher, colleague):
    assert overlap(course) == [(there.pk, ("course",))]
    assert overlap(course_of(colleague, "MA", "CSE-A")) == [(there.pk, ("class",))]
    assert overlap(course_of(teacher, "MA", "CSE-B")) == [(there.pk, ("teacher",))]
    other = course_of(colleague, "PH", "CSE-C")
    assert overlap(other, room="b-1") == [(there.pk, ("room",))]
    assert overlap(other, room="B-2") == []
    assert overlap(other) == []


def test_alternatives_of_one_course_may_be_at_the_same_time_in_two_rooms(course, there):
    Session.objects.update(offering="Lab 1")
    times = {"starts_at": START, "ends_at": START + HOUR}
    meeting = [Meeting(**times)]
    other = services.overlaps_with(course, meeting, room="C-1", offering="Lab 2")
    assert [row.same for row in other] == [("course",)]
    assert services.overlaps_with(course, meeting, room="C-1", offering="Lab 1") == []
    assert services.overlaps_with(course, meeting, room="C-1", offering="LAB 1") == []
    (same_room,) = services.overlaps_with(course, meeting, room="B-1", offering="Lab 1")
    assert same_room.same == ("room",)
    made = services.plan_session(course, **times, room="C-1", offering="Lab 1")
    move = {"starts_at": START + HOUR / 2, "now": START - HOUR}
    assert services.reschedule_session(made, **move).starts_at == START + HOUR / 2


def test_one_after_the_other_is_no_overlap(course, there):
    assert overlap(course, starts_at=START + HOUR) == []
    assert overlap(course, starts_at=START - HOUR) == []
    assert overlap(course, starts_at=START - HOUR, length=timedelta(minutes=61)) != []


def test_a_long_one_from_the_evening_before_is_found(course):
    long = services.create_session(course, starts_at=START, ends_at=START + 23 * HOUR)
    assert overlap(course, starts_at=START + 22 * HOUR) == [(long.pk, ("course",))]


def test_staff_and_substitutes_count_as_teachers(course, there, colleague, admin_user):
    other = course_of(colleague, "PH", "CSE-C")
    services.add_staff(course, person=colleague, role="assistant", by=admin_user, now=START)
    assert overlap(other) == [(there.pk, ("teacher",))]
    course.staff.all().delete()
    assert overlap(other) == []
    Session.objects.update(substitute=colleague)
    assert overlap(other) == [(there.pk, ("teacher",))]


def test_a_session_in_two_rooms_takes_both(course, there, colleague):
    other = course_of(colleague, "PH", "CSE-C")
    assert overlap(other, room="C-1, B 1") == [(there.pk, ("room",))]
    Session.objects.update(room="C-1/B-1")
    assert overlap(other, room="C 1") == [(there.pk, ("room",))]
    assert overlap(other, room="D-1 und D-2") == []


def test_a_substitute_takes_the_place_of_the_main_teacher(course, there, teacher, colleague):
    other = course_of(teacher, "MA", "CSE-B")
    assert overlap(other) == [(there.pk, ("teacher",))]
    Session.objects.update(substitute=colleague)
    assert overlap(other) == []


def test_one_lecture_of_two_courses_is_no_overlap(course, there, teacher, colleague):
    joint = course_of(teacher, "OS", "CSE-B")
    assert overlap(joint, room="B 1") == []
    assert overlap(joint, room="C-1") == [(there.pk, ("teacher",))]
    assert overlap(joint, room="B-1", length=HOUR / 2) == [(there.pk, ("teacher", "room"))]
    Session.objects.update(calendar_event="one")
    times = (START, START + HOUR)
    third = course_of(teacher, "MA", "CSE-C")
    for event, found in (("one", []), ("two", [("teacher",)]), ("", [("teacher",)])):
        want = queries.Wanted(third, *times, event=event)
        assert [row.same for row in queries.overlaps_of([want])] == found
    theirs = course_of(colleague, "OS", "CSE-D")
    assert overlap(theirs, room="B-1") == [(there.pk, ("room",))]


@pytest.mark.parametrize("how", ["main", "teacher", "assistant", "substitute"])
def test_a_substitute_who_teaches_elsewhere_is_asked_about(
    api_as, client, teacher, colleague, outsider, course, there, admin_user, how
):
    third = make_user(Role.TEACHER, "T3")
    other = course_of(colleague if how == "main" else third, "PH", "CSE-C")
    busy = services.create_session(other, starts_at=START, ends_at=START + HOUR)
    if how in ("teacher", "assistant"):
        services.add_staff(other, person=colleague, role=how, by=admin_user, now=START)
    if how == "substitute":
        Session.objects.filter(pk=busy.pk).update(substitute=colleague)
    path, body = f"{API}/sessions/{there.pk}/substitute", {"institution_number": "T2"}
    refused = api_as(teacher).put(path, body, "json")
    assert (refused.status_code, refused.json()["code"]) == (409, "sessions_overlap")
    told = f"{other} takes place on Mon 1 Mar 2027, 10:00–11:00 (same teacher)."
    assert refused.json()["fields"]["substitute"] == [told]
    client.force_login(teacher)
    page, form = f"/sessions/{there.pk}/substitute/", {"substitute": "T2"}
    assert told in client.post(page, form).content.decode()
    there.refresh_from_db()
    assert there.substitute is None
    assert client.post(page, form | {"save": "anyway"}).status_code == 302
    assert api_as(teacher).put(path, body, "json").status_code == 200  # it is so already
    services.name_substitute(there, person=None, by=teacher, now=START)
    allowed = api_as(teacher).put(path, body | {"allow_overlaps": True}, "json")
    assert allowed.status_code == 200
    # The substitute teaches in both sessions now, so the person who overlaps has changed.
    if how != "substitute":
        assert (there.pk, ("teacher",)) in overlap(other)


def test_a_substitute_may_take_both_courses_of_one_lecture(course, there, teacher, colleague):
    joint = course_of(teacher, "OS", "CSE-B")
    other = services.create_session(joint, starts_at=START, ends_at=START + HOUR, room="B-1")
    for session in (there, other):
        services.name_substitute(session, person=colleague, by=teacher, now=START)
    assert Session.objects.filter(substitute=colleague).count() == 2
    services.change_session(other, room="C-1")
    services.name_substitute(other, person=None, by=teacher, now=START)
    with pytest.raises(Refusal):
        services.name_substitute(other, person=colleague, by=teacher, now=START)


def test_a_session_that_is_over_may_get_a_substitute_who_taught_elsewhere(
    course, there, teacher, colleague
):
    services.create_session(
        course_of(colleague, "PH", "CSE-C"), starts_at=START, ends_at=START + HOUR
    )
    Session.objects.filter(pk=there.pk).update(state="closed")
    there.refresh_from_db()
    services.name_substitute(there, person=colleague, by=teacher, now=START)
    assert there.substitute == colleague


def test_whom_a_course_gets_as_staff_is_told_with_what_they_teach_elsewhere(
    api_as, client, teacher, colleague, course, there
):
    other = course_of(colleague, "PH", "CSE-C")
    services.create_session(other, starts_at=START, ends_at=START + HOUR)
    told = f"{other} takes place on Mon 1 Mar 2027, 10:00–11:00 (same teacher)."
    api, path = api_as(teacher), f"{API}/courses/{course.pk}/staff"
    added = api.post(path, {"person": str(colleague.pk)}, "json")
    assert (added.status_code, added.json()["notes"]) == (201, [told])
    changed = api.patch(f"{path}/{colleague.pk}", {"role": "assistant"}, "json")
    assert changed.json()["notes"] == [told]
    client.force_login(teacher)
    page = client.post(
        f"/courses/{course.pk}/staff/", {"person": "T2", "role": "teacher"}, follow=True
    )
    assert told in page.content.decode()
    body = {"person": str(colleague.pk)}
    handed = api.put(f"{API}/courses/{course.pk}/teacher", body, "json")
    assert (handed.status_code, handed.json()["notes"]) == (200, [told])


def test_who_teaches_one_course_only_is_told_of_nothing(api_as, teacher, colleague, course, there):
    api, path = api_as(teacher), f"{API}/courses/{course.pk}/staff"
    services.create_session(course, starts_at=START, ends_at=START + HOUR, room="C-1")
    assert api.post(path, {"person": str(colleague.pk)}, "json").json()["notes"] == []
    assert services.overlaps_of_staff(course, teacher) == []


def test_what_is_restored_into_the_time_of_another_is_said(client, course, there, teacher):
    services.cancel_session(there, by=teacher, now=START)
    services.create_session(course, starts_at=START, ends_at=START + HOUR)
    client.force_login(teacher)
    page = client.post(f"/sessions/{there.pk}/restore/", follow=True).content.decode()
    assert "takes place on Mon 1 Mar 2027, 10:00–11:00 (same course)." in page


def test_a_cancelled_session_is_in_nobodys_way(course, there, teacher):
    services.cancel_session(there, by=teacher, now=START)
    assert overlap(course) == []


def sent(course, start=START, end=None, **more):
    end = end or start + HOUR
    return {"course": str(course.pk), "starts_at": start, "ends_at": end} | more


def test_the_api_refuses_an_overlap_unless_it_is_allowed(api_as, teacher, course, there):
    api = api_as(teacher)
    refused = api.post(f"{API}/sessions", sent(course), "json")
    assert (refused.status_code, refused.json()["code"]) == (409, "sessions_overlap")
    assert "Operating Systems" in refused.json()["fields"]["starts_at"][0]
    assert "10:00–11:00" in refused.json()["fields"]["starts_at"][0]  # on the course's clock
    assert api.post(f"{API}/sessions", sent(course, allow_overlaps=True), "json").status_code == 201


def test_changing_a_session_to_overlap_is_refused_unless_it_is_allowed(
    api_as, teacher, course, there
):
    api = api_as(teacher)
    later = api.post(f"{API}/sessions", sent(course, START + HOUR), "json").json()
    path = f"{API}/sessions/{later['id']}"
    body = {"starts_at": (START + HOUR / 2).isoformat()}
    assert api.patch(path, body, "json").json()["code"] == "sessions_overlap"
    assert api.patch(path, {"late_after_min": 3}, "json").status_code == 200
    assert api.patch(path, body | {"allow_overlaps": True}, "json").status_code == 200


def test_the_page_warns_and_plans_anyway(client, teacher, course):
    services.create_session(
        course,
        starts_at=datetime(2026, 12, 1, 8, 30, tzinfo=UTC),
        ends_at=datetime(2026, 12, 1, 9, tzinfo=UTC),
    )
    client.force_login(teacher)
    path, body = f"/courses/{course.pk}/plan/", plan()
    page = client.post(path, body).content.decode()
    assert "Other sessions take place at the same time" in page
    assert "Tue 1 Dec 2026, 09:30–10:00 (same course)" in page
    assert Session.objects.count() == 1
    for _ in range(2):
        client.post(path, body | {"plan": "anyway"})
    assert Session.objects.count() == 2
    # The same form again is the same plan, and no overlap with itself.
    assert client.post(path, body | {"plan": "anyway"}).status_code == 302


def test_the_page_of_one_session_warns_too(client, teacher, course, there):
    second = services.create_session(course, starts_at=START + HOUR, ends_at=START + 2 * HOUR)
    client.force_login(teacher)
    path = f"/sessions/{second.pk}/change/"
    policy = {k: v for k, v in plan().items() if k in POLICY_NAMES}
    body = policy | {"day": "2027-03-01", "starts": "10:30", "ends": "11:30", "room": "B-1"}
    page = client.post(path, body).content.decode()
    assert "take place at the same time" in page
    second.refresh_from_db()
    assert second.starts_at == START + HOUR
    assert client.post(path, body | {"save": "anyway"}).status_code == 302
    second.refresh_from_db()
    assert second.starts_at == START + HOUR / 2
    assert second.moved_at is not None


POLICY_NAMES = (
    "level",
    "face_one_in",
    "bluetooth",
    "qr_slot_s",
    "qr_slots_needed",
    "late_after_min",
)


@pytest.mark.parametrize(
    ("starts", "ends", "utc"),
    [
        ("22:00", "00:00", "21:00-23:00"),
        ("22:00", "24:00", "21:00-23:00"),
        ("23:00", "01:30", "22:00-00:30"),
        ("00:00", "24:00", "23:00-23:00"),
    ],
)
def test_a_session_lasts_over_midnight_by_the_page(client, teacher, course, starts, ends, utc):
    client.force_login(teacher)
    body = plan(starts=starts, ends=ends)
    assert client.post(f"/courses/{course.pk}/plan/", body).status_code == 302
    row = Session.objects.get()
    assert f"{row.starts_at:%H:%M}-{row.ends_at:%H:%M}" == utc


@pytest.mark.parametrize(
    ("day", "starts", "said"),
    [("2027-03-28", "02:30", "03:30 is taken"), ("2027-10-31", "02:30", "The first of the two")],
)
def test_the_page_says_what_was_chosen_where_the_clock_is_set(
    client, teacher, course, day, starts, said
):
    client.force_login(teacher)
    path, body = f"/courses/{course.pk}/plan/", plan(first=day, starts=starts, ends="05:00")
    shown = client.post(path, {k: v for k, v in body.items() if k != "plan"})
    assert said in shown.content.decode()
    assert said in client.post(path, body, follow=True).content.decode()


@pytest.mark.parametrize(
    ("start", "end", "utc", "notes"),
    [
        ("2027-03-28T02:30:00", "2027-03-28T05:00:00", "01:30-03:00", 1),
        ("2027-10-31T02:30:00", "2027-10-31T05:00:00", "00:30-04:00", 1),
        ("2027-10-31T02:30:00+01:00", "2027-10-31T05:00:00+01:00", "01:30-04:00", 0),
        ("2027-06-01T22:00:00", "2027-06-02T01:00:00", "20:00-23:00", 0),
    ],
)
def test_the_api_reads_times_without_an_offset_from_the_courses_clock(
    api_as, teacher, course, start, end, utc, notes
):
    answer = api_as(teacher).post(f"{API}/sessions", sent(course, start, end), "json")
    assert answer.status_code == 201, answer.json()
    assert len(answer.json()["notes"]) == notes
    row = Session.objects.get()
    assert f"{row.starts_at:%H:%M}-{row.ends_at:%H:%M}" == utc


def series(**changes):
    return {
        "weekdays": [0],
        "starts": "22:00",
        "ends": "24:00",
        "first": "2027-03-01",
        "until": "2027-03-15",
        "key": str(uuid4()),
    } | changes


def test_a_series_is_planned_by_the_api_and_a_retry_plans_nothing_more(api_as, teacher, course):
    api, path, body = api_as(teacher), f"{API}/courses/{course.pk}/series", series()
    for _ in range(2):
        answer = api.post(path, body, "json")
        assert (answer.status_code, len(answer.json()["sessions"])) == (201, 3)
    assert Session.objects.count() == 3
    refused = api.post(path, body | {"key": str(uuid4())}, "json")
    assert (refused.status_code, refused.json()["code"]) == (409, "sessions_overlap")


@pytest.mark.parametrize(
    "changes",
    [
        {"weekdays": []},
        {"weekdays": [7]},
        {"until": "2027-02-01"},
        {"first": "0001-01-01"},
        {"until": "9999-12-31"},
        {"ends": "21:00"},
        {"starts": "24:00"},
        {"key": "x"},
        {"every_weeks": 0},
    ],
)
def test_a_series_that_cannot_be_is_refused_with_the_field(api_as, teacher, course, changes):
    answer = api_as(teacher).post(f"{API}/courses/{course.pk}/series", series(**changes), "json")
    assert answer.status_code == 400
    assert set(changes) & {name.split(".")[0] for name in answer.json()["fields"]}
    assert not Session.objects.exists()
