"""Calendars with odd dates, and courses whose zone was corrected between back-to-back lectures."""

from datetime import timedelta

import pytest

from sessions_app import services
from sessions_app.imports import Action
from sessions_app.models import Course, Session
from sessions_app.tests.calendar_files import calendar, lecture, plan, planned, run, told

GOOD = lecture(uid="good")
FIRST = "12-01 09:00–10:30"
LAST, EARLIEST = "99991231T230000Z", "00010101T000000Z"
ODD = {
    "at the end of time": lecture("OS CSE-A", LAST, "99991231T235900Z", zone=""),
    "at its begin": lecture("OS CSE-A", EARLIEST, "00010101T010000Z", zone=""),
    "on a wall at its end": lecture("OS CSE-A", "99991231T230000", "99991231T235900"),
    "on a wall at its begin": lecture("OS CSE-A", "00010101T000000", "00010101T010000"),
    "a whole day at its end": lecture("OS CSE-A", "99991231", "", zone=";VALUE=DATE"),
    "a whole day at its begin": lecture("OS CSE-A", "00010101", "", zone=";VALUE=DATE"),
    "ends at its end": lecture("OS CSE-A", "20261201T130000Z", LAST, zone=""),
    "ends at its begin": lecture("OS CSE-A", "20261201T130000Z", EARLIEST, zone=""),
    "lasts very long": lecture("OS CSE-A", "20261202T090000", "", "DURATION:P99999D"),
    "begins late and lasts long": lecture("OS CSE-A", LAST, "", "DURATION:P99999D", zone=""),
    "cancelled at the end": lecture(
        "OS CSE-A", LAST, "99991231T235900Z", "STATUS:CANCELLED", zone=""
    ),
    "repeats from the begin": lecture(
        "OS CSE-A", EARLIEST, "00010101T010000Z", "RRULE:FREQ=YEARLY;COUNT=2", zone=""
    ),
    "repeats at the end": lecture(
        "OS CSE-A", "99991201T230000Z", "99991201T235900Z", "RRULE:FREQ=DAILY", zone=""
    ),
    "repeats until the end": lecture(
        "OS CSE-A", "20201201T090000", "20201201T103000", f"RRULE:FREQ=YEARLY;UNTIL={LAST}"
    ),
    "leaves out the end": lecture("OS CSE-A", "20261202T090000", "", f"EXDATE:{LAST}"),
    "adds the end": lecture(
        "OS CSE-A", "20251202T090000", "20251202T100000", f"RDATE:{LAST},{EARLIEST}"
    ),
    "instead of the end": lecture(
        "OS CSE-A", "20251202T090000", "20251202T100000", f"RECURRENCE-ID:{LAST}", uid="odd"
    ),
    "and later than the end": lecture(
        "OS CSE-A", "20251202T090000", "20251202T100000",
        f"RECURRENCE-ID;RANGE=THISANDFUTURE:{LAST}", uid="odd",
    ),
}  # fmt: skip
ZONES = ["Europe/Paris", "America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago"]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_an_event_at_the_ends_of_time_is_listed_beside_what_is_planned(course, odd, zone):
    Course.objects.update(time_zone=zone)
    at = f";TZID={zone}"
    good = lecture("OS CSE-A", "20261201T120000", "20261201T130000", zone=at, uid="good")
    made = run(calendar(good, odd))
    assert "12-01 12:00–13:00" in planned()
    assert told(made) or made.notes


def test_a_zone_with_an_odd_date_is_no_hindrance(course):
    zone = (
        "BEGIN:VTIMEZONE\r\nTZID:Own\r\nBEGIN:STANDARD\r\nDTSTART:99991231T230000\r\n"
        "TZOFFSETFROM:+2359\r\nTZOFFSETTO:-2359\r\nRRULE:FREQ=YEARLY\r\nEND:STANDARD\r\n"
        "END:VTIMEZONE"
    )
    odd = lecture("OS CSE-A", "99991231T230000", "99991231T235900", zone=";TZID=Own", uid="odd")
    made = run(calendar(zone, odd, GOOD))
    assert planned() == [FIRST]
    assert told(made)


def back_to_back(*hours: int, zone: str = ";TZID=Europe/Paris") -> bytes:
    return calendar(
        *(
            lecture(
                "OS CSE-A",
                f"20261201T{h:02}0000",
                f"20261201T{h + 1:02}0000",
                uid=str(h),
                zone=zone,
            )
            for h in hours
        )
    )


@pytest.mark.parametrize("hours", [(10, 11), (10, 11, 12, 14), (9, 10, 12)])
@pytest.mark.parametrize(
    ("before", "after"), [("UTC", "Europe/Paris"), ("Europe/Paris", "UTC"), ("Asia/Tokyo", "UTC")]
)
def test_a_corrected_zone_does_not_double_lectures_back_to_back(course, hours, before, after):
    """The times in the file are on the course's own clock, which was wrong at first."""
    data = back_to_back(*hours, zone="")
    Course.objects.update(time_zone=before)
    run(data)
    ids = list(Session.objects.order_by("starts_at").values_list("pk", flat=True))
    Course.objects.update(time_zone=after)
    made = run(data)
    assert len(made.changes(Action.CHANGED)) == len(hours)
    assert len(made.steps) == len(hours)
    assert planned() == [f"12-01 {h:02}:00–{h + 1:02}:00" for h in hours]
    assert list(Session.objects.order_by("starts_at").values_list("pk", flat=True)) == ids
    assert plan(data).steps == []


def test_a_lecture_that_was_right_by_its_moment_stays_where_it_is(course):
    """The file names its zone, so the times were right although the course's zone was not."""
    data = back_to_back(10, 11)
    Course.objects.update(time_zone="UTC")
    run(data)
    Course.objects.update(time_zone="Europe/Paris")
    made = run(data)
    assert planned() == ["12-01 10:00–11:00", "12-01 11:00–12:00"]
    assert [change.detail for change in made.changes(Action.CHANGED)] == [
        "time zone: UTC → Europe/Paris"
    ] * 2
    assert plan(data).steps == []


# What a person decided


def test_what_a_person_changed_is_listed_and_kept(course):
    run(back_to_back(10, 11))
    first, second = Session.objects.order_by("starts_at")
    services.change_session(first, ends_at=first.ends_at - timedelta(minutes=15))
    services.change_session(second, room="C-1")
    data = back_to_back(10, 11).replace(b"UID", b"LOCATION:B-2\r\nUID")
    made = run(data)
    assert planned() == ["12-01 10:00–10:45 B-2", "12-01 11:00–12:00 C-1"]
    assert [change.detail for change in made.changes(Action.LEFT)] == [
        "a person set it otherwise and it stays so: end: 10:45 → 11:00",
        "a person set it otherwise and it stays so: room: C-1 → B-2",
    ]
    assert plan(data).writes == []


def test_why_a_session_is_not_cancelled_is_told(course):
    run(back_to_back(8, 9, 10, 11))
    run(back_to_back(9, 10, 11), drop_missing=True)
    first, second = Session.objects.order_by("starts_at")[:2]
    services.restore_session(first)
    services.change_session(second, room="C-1")
    day = timedelta(days=1)
    services.create_session(course, starts_at=first.starts_at + day, ends_at=first.ends_at + day)
    named = calendar(
        lecture("OS CSE-A", "20261201T150000", "20261201T160000"), head="X-WR-CALNAME:Labs"
    )
    run(named)
    made = run(back_to_back(11), drop_missing=True)
    assert [change.detail for change in made.changes(Action.KEPT)] == [
        "a person restored it",
        "a person changed it",
        "another timetable planned it",
        "a person planned it",
    ]
    assert len(made.changes(Action.DROPPED)) == 1


def test_an_event_that_is_cancelled_leaves_what_a_person_restored(course):
    cancelled = calendar(
        lecture("OS CSE-A", "20261201T100000", "20261201T110000", "STATUS:CANCELLED", uid="10")
    )
    run(back_to_back(10))
    run(cancelled)
    assert planned() == []
    services.restore_session(Session.objects.get())
    made = run(cancelled)
    assert planned() == ["12-01 10:00–11:00"]
    assert [change.detail for change in made.changes(Action.LEFT)] == [
        "is cancelled in the timetable; a person restored it"
    ]


def test_what_was_planned_before_origins_were_kept_can_be_cancelled(course):
    run(back_to_back(10, 11))
    Session.objects.update(imported=None)
    run(back_to_back(11), drop_missing=True)
    assert planned() == ["12-01 11:00–12:00"]


def test_new_lectures_find_ids_where_a_corrected_zone_moved_the_old_ones(course):
    Course.objects.update(time_zone="UTC")
    run(back_to_back(10, 11, 12, 13, zone=""))
    Course.objects.update(time_zone="Europe/Paris")
    run(back_to_back(10, 11, 12, 13, zone=""))
    run(back_to_back(10, 11, 12, 13, 14, 15, 16, zone=""))
    assert planned() == [f"12-01 {h:02}:00–{h + 1:02}:00" for h in range(10, 17)]
    assert plan(back_to_back(10, 11, 12, 13, 14, 15, 16, zone="")).steps == []
