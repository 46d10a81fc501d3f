"""What becomes of sessions when the calendar moves or cancels their event later."""

import pytest

from attendance_project import clock
from sessions_app import imports, services
from sessions_app.imports import Action
from sessions_app.models import ImportRecord, Session
from sessions_app.tests.calendar_files import calendar, lecture, plan, planned, run, told
from sessions_app.tests.test_calendar_cases import FIRST, THREE, WEEKLY

AT_TWO = ["12-01 14:00–15:30", "12-08 14:00–15:30", "12-15 14:00–15:30"]
LATER = "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Paris:20261208T090000"
NOON = ("OS CSE-A lecture", "20261201T140000", "20261201T153000")
NINE = ("OS CSE-A lecture", "20261201T090000", "20261201T103000")
SERIES = lecture(*NINE, WEEKLY)


def part(*lines: str) -> str:
    return "\r\n".join(["BEGIN:VEVENT", "UID:1", *lines, "END:VEVENT"])


MOVED_LATER = part(
    LATER, "SUMMARY:OS CSE-A lecture", "DTSTART;TZID=Europe/Paris:20261208T140000", "DURATION:PT90M"
)


def changes(made: imports.Plan, action: Action) -> list[str]:
    return [change.detail for change in made.changes(action)]


def test_an_event_that_is_moved_moves_its_session(course):
    run(calendar(lecture()))
    pk = Session.objects.get().pk
    made = run(calendar(lecture(*NOON)))
    assert changes(made, Action.CHANGED) == ["start: 09:00 → 14:00, end: 10:30 → 15:30"]
    assert planned() == AT_TWO[:1]
    assert Session.objects.get().pk == pk
    run(calendar(lecture()))
    assert planned() == [FIRST]
    assert Session.objects.get().pk == pk


def test_an_event_may_be_moved_far_where_it_has_one_date(course):
    run(calendar(lecture()))
    made = run(calendar(lecture("OS CSE-A lecture", "20261218T090000", "20261218T103000")))
    assert changes(made, Action.CHANGED) == [
        "start: 1 December 2026, 09:00 → 18 December 2026, 09:00"
    ]
    assert planned() == ["12-18 09:00–10:30"]


def test_a_series_that_is_moved_moves_each_of_its_sessions(course):
    run(calendar(SERIES))
    made = run(calendar(lecture(*NOON, WEEKLY)))
    assert made.counts["changed"] == 3
    assert planned() == AT_TWO


def test_a_session_that_a_person_moved_stays_when_its_event_moves(course, teacher):
    run(calendar(lecture()))
    session = Session.objects.get()
    by_hand = session.starts_at.replace(hour=15)
    services.change_session(session, starts_at=by_hand, ends_at=by_hand.replace(hour=16))
    made = run(calendar(lecture()))
    assert changes(made, Action.LEFT) == ["moved by hand to 1 December 2026, 16:00"]
    assert planned() == ["12-01 16:00–17:00"]


def test_what_was_moved_and_then_moved_by_a_person_is_not_planned_again(course):
    run(calendar(lecture()))
    run(calendar(lecture(*NOON)))
    session = Session.objects.get()
    by_hand = session.starts_at.replace(hour=16)
    services.change_session(session, starts_at=by_hand, ends_at=by_hand.replace(hour=17))
    made = run(calendar(lecture(*NOON)))
    assert changes(made, Action.LEFT) == ["moved by hand to 1 December 2026, 17:00"]
    assert len(planned()) == 1


def test_another_event_at_the_old_time_is_planned(course):
    run(calendar(lecture()))
    run(calendar(lecture(*NOON)))
    run(calendar(lecture(*NOON), lecture(uid="2")))
    assert planned() == [FIRST, AT_TWO[0]]


def test_later_dates_that_were_moved_and_then_cancelled_are_cancelled(course):
    run(calendar(SERIES, MOVED_LATER))
    assert planned() == [FIRST, *AT_TWO[1:]]
    cancelled = part(LATER, "SUMMARY:OS CSE-A lecture", "STATUS:CANCELLED")
    made = run(calendar(SERIES, cancelled))
    assert made.counts["dropped"] == 2
    assert planned() == [FIRST]


def test_a_date_that_was_moved_and_then_left_out_is_cancelled(course):
    moved = MOVED_LATER.replace("RANGE=THISANDFUTURE;", "")
    run(calendar(SERIES, moved))
    assert planned() == [FIRST, AT_TWO[1], THREE[2]]
    left_out = lecture(*NINE, WEEKLY, "EXDATE;TZID=Europe/Paris:20261208T090000")
    made = run(calendar(left_out))
    assert changes(made, Action.DROPPED) == ["was taken out of its series in the calendar"]
    assert planned() == THREE[::2]


@pytest.mark.parametrize(
    ("lines", "left"),
    [
        ((), []),
        (("SUMMARY:OS CSE-A lecture", "DTSTART;TZID=Europe/Paris:20261201T090000"), []),
        ((LATER,), THREE[:1]),
        ((LATER.replace("RANGE=THISANDFUTURE;", ""),), THREE[::2]),
    ],
    ids=["bare", "without-its-rule", "from-a-date-on", "one-date"],
)
def test_a_cancellation_needs_neither_title_nor_times_nor_rule(course, lines, left):
    run(calendar(SERIES))
    made = run(calendar(part("SEQUENCE:1", *lines), head="METHOD:CANCEL"))
    assert planned() == left
    assert "is cancelled in the timetable" in told(made)[0]


def test_a_cancellation_of_another_ones_event_cancels_nothing(course, colleague):
    run(calendar(SERIES))
    own = type(course).objects.filter(teacher=colleague)
    made = run(calendar(part("SEQUENCE:1"), head="METHOD:CANCEL"), courses=own, by=colleague)
    assert planned() == THREE
    assert made.unused[0].kind == "unrelated"


def test_a_series_that_became_shorter_keeps_its_sessions_unless_told(course):
    run(calendar(SERIES))
    shorter = calendar(lecture(*NINE, "RRULE:FREQ=WEEKLY;COUNT=2"))
    assert run(shorter).counts["kept"] == 1
    assert planned() == THREE
    run(shorter, drop_missing=True)
    assert planned() == THREE[:2]


def test_a_change_that_cannot_be_read_moves_nothing(course):
    run(calendar(SERIES, MOVED_LATER))
    broken = MOVED_LATER.replace("DTSTART;TZID=Europe/Paris:20261208T140000", "DTSTART:soon")
    run(calendar(SERIES, broken))
    assert {*AT_TWO[1:]} <= {*planned()}


def test_events_with_one_id_are_told_and_never_moved(course):
    other = lecture("OS CSE-A lecture", "20261202T090000", "20261202T103000")
    made = run(calendar(lecture(), other))
    assert any("lines 4, 10 have one UID" in note for note in made.notes)
    run(calendar(lecture(*NOON), other))
    assert planned() == [FIRST, AT_TWO[0], "12-02 09:00–10:30"]


@pytest.mark.parametrize(("cancelled", "left"), [(1, []), (0, [FIRST])])
def test_of_an_event_and_its_cancellation_the_last_counts(course, cancelled, left):
    events = [lecture(), lecture()]
    events[cancelled] = events[cancelled].replace("UID:1", "UID:1\r\nSTATUS:CANCELLED")
    run(calendar(*events))
    assert planned() == left


def test_a_cancelled_date_without_an_id_belongs_to_the_series_of_its_title(course):
    cancelled = part(
        "RECURRENCE-ID;TZID=Europe/Paris:20261208T090000",
        *("SUMMARY:OS CSE-A lecture", "STATUS:CANCELLED"),
    )
    run(calendar(*(event.replace("UID:1\r\n", "") for event in (SERIES, cancelled))))
    assert planned() == THREE[::2]


def test_sessions_of_older_imports_learn_their_event(course):
    run(calendar(SERIES))
    Session.objects.update(calendar_event="")
    assert not plan(calendar(SERIES)).writes
    run(calendar(SERIES))
    run(calendar(lecture(*NOON, WEEKLY)))
    assert planned() == AT_TWO


def test_an_import_that_moved_sessions_can_be_taken_back(course):
    run(calendar(SERIES))
    run(calendar(lecture(*NOON, WEEKLY)))
    record = ImportRecord.objects.order_by("pk").filter(changes__isnull=False)
    last = next(one for one in record if one.changes and one.changes[0]["action"] == "changed")
    imports.take_back(last, by=None, now=clock.now())
    assert planned() == THREE
    run(calendar(lecture(*NOON, WEEKLY)))
    assert planned() == AT_TWO
