"""Importing a calendar: which sessions it makes, and what it cannot be made to do."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command

from attendance_project import clock
from sessions_app import imports, services
from sessions_app.imports import Action, ImportRefused, calendars
from sessions_app.imports.calendars import MOST_EVENTS
from sessions_app.imports.free_codes import give_free_codes
from sessions_app.models import ClassGroup, Course, Session, Subject

NOW = datetime(2026, 10, 1, 8, 0, tzinfo=UTC)
PARIS = "TZID=Europe/Paris:"


def event(title="OS CSE-A lecture", start="20261019T090000", end="20261019T103000", **more) -> str:
    zone = more.pop("zone", ";" + PARIS)
    lines = ["BEGIN:VEVENT", f"UID:{more.pop('uid', title + start)}", f"SUMMARY:{title}"]
    lines += [f"DTSTART{zone}{start}", f"DTEND{zone}{end}"] if end else [f"DTSTART{zone}{start}"]
    lines += [f"{name.upper().replace('_', '-')}:{value}" for name, value in more.items()]
    return "\r\n".join([*lines, "END:VEVENT"])


def ics(*events: str) -> bytes:
    head = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//School//Timetable//EN"
    return "\r\n".join([head, *events, "END:VCALENDAR", ""]).encode()


def plan(data: bytes, **options) -> imports.Plan:
    given = {"courses": Course.objects.all(), "by": None, "now": NOW} | options
    return imports.plan_timetable(data, **given)


def run(data: bytes, **options) -> imports.Plan:
    made = plan(data, **options)
    imports.apply(made)
    return made


def refused(data: bytes, **options) -> list[str]:
    with pytest.raises(ImportRefused) as caught:
        plan(data, **options)
    return [str(problem) for problem in caught.value.problems]


def listed(data: bytes, **options) -> list[str]:
    """The events that make no session, in words."""
    made = run(data, **options)
    return [str(unused) for unused in sorted(made.unused, key=lambda one: one.line)]


def starts() -> list[str]:
    rows = Session.objects.order_by("starts_at").values_list("starts_at", flat=True)
    return [at.strftime("%m-%d %H:%M") for at in rows]


WEEKLY = ics(event(rrule="FREQ=WEEKLY;COUNT=4", exdate="20261102T090000", location="B-204"))


@pytest.fixture
def other_class(course, colleague) -> Course:
    group = ClassGroup.objects.create(code="CSE-B", name="Computer Science B")
    return Course.objects.create(subject=course.subject, class_group=group, teacher=colleague)


def test_a_repeating_event_keeps_its_hour_when_the_clocks_change(course):
    made = run(WEEKLY)
    assert starts() == ["10-19 07:00", "10-26 08:00", "11-09 08:00"]
    assert str(made.changes(Action.ADDED)[0]) == (
        "session Operating Systems · CSE-A, Mon 19 Oct 2026, 09:00–10:30, B-204"
    )
    session = Session.objects.earliest("starts_at")
    assert (session.room, session.time_zone, session.teacher_id) == (
        "B-204",
        "Europe/Paris",
        course.teacher_id,
    )


def test_importing_again_changes_nothing(course):
    run(WEEKLY)
    assert plan(WEEKLY).steps == []


def test_a_plan_that_is_applied_twice_makes_each_session_once(course):
    made = plan(WEEKLY)
    imports.apply(made)
    with pytest.raises(ImportRefused, match="another one with the same"):
        imports.apply(made)
    assert Session.objects.count() == len(made.writes)


def test_a_session_that_is_opened_meanwhile_stops_the_whole_import(course):
    run(WEEKLY)
    late = plan(WEEKLY.replace(b"B-204", b"C-101"))
    last = Session.objects.latest("starts_at")
    Session.objects.filter(pk=last.pk).update(state="open")
    with pytest.raises(ImportRefused, match=r"session .* 9 Nov .* somebody else changed it"):
        imports.apply(late)
    assert not Session.objects.filter(room="C-101").exists()


def test_new_sessions_have_codes_of_their_own(session):
    codes = [session.code, 7, 7, 8]
    sessions = [Session(code=code) for code in codes]
    give_free_codes(sessions)
    assert sessions[1].code == 7
    assert sessions[3].code == 8
    assert len({session.code, *(new.code for new in sessions)}) == 5


@pytest.mark.parametrize(
    ("zone", "start", "expected"),
    [
        (":", "20261019T090000", "10-19 07:00"),
        (":", "20261019T090000Z", "10-19 09:00"),
        (";TZID=America/New_York:", "20261019T090000", "10-19 13:00"),
        (";TZID=W. Europe Standard Time:", "20261019T090000", "10-19 07:00"),
    ],
)
def test_times_without_a_zone_are_on_the_courses_clock(course, zone, start, expected):
    end = start.replace("T09", "T10")
    run(ics(event(zone=zone, start=start, end=end)))
    assert starts() == [expected]


def test_one_date_of_a_series_may_be_moved(course):
    moved = event(start="20261027T140000", end="20261027T150000", uid="x").replace(
        "UID:x", "UID:x\r\nRECURRENCE-ID;TZID=Europe/Paris:20261026T090000"
    )
    run(ics(event(uid="x", rrule="FREQ=WEEKLY;COUNT=2"), moved))
    assert starts() == ["10-19 07:00", "10-27 13:00"]


def test_what_is_past_or_years_away_is_left_alone(course):
    run(ics(event(start="20260901T090000", end="20260901T100000", rrule="FREQ=WEEKLY")))
    assert starts()[0] == "10-06 07:00"
    assert 51 <= Session.objects.count() <= 53


def test_changes_are_made_to_planned_sessions_only(course, teacher):
    run(WEEKLY)
    first, second = Session.objects.order_by("starts_at")[:2]
    services.cancel_session(first, by=teacher, now=NOW)
    made = run(WEEKLY.replace(b"B-204", b"C-101"))
    assert len(made.changes(Action.CHANGED)) == 2
    assert made.changes(Action.CHANGED)[0].detail == "room: B-204 → C-101"
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.room, first.state, second.room) == ("B-204", "cancelled", "C-101")


def test_a_session_that_was_moved_by_hand_is_not_made_again(course):
    run(WEEKLY)
    session = Session.objects.earliest("starts_at")
    late = timedelta(hours=2)
    services.change_session(
        session, starts_at=session.starts_at + late, ends_at=session.ends_at + late
    )
    made = run(WEEKLY, drop_missing=True)
    assert [c.detail for c in made.changes(Action.LEFT)] == [
        "moved by hand to 19 October 2026, 11:00"
    ]
    assert made.writes == []


def test_sessions_that_are_not_in_the_calendar_stay_unless_told(course, other_class):
    run(WEEKLY)
    run(ics(event(title="OS CSE-B", start="20261020T090000", end="20261020T100000")))
    fewer = ics(event())
    assert len(run(fewer).changes(Action.KEPT)) == 2
    assert not Session.objects.filter(state="cancelled").exists()
    assert len(run(fewer, drop_missing=True).changes(Action.DROPPED)) == 2
    assert Session.objects.filter(state="cancelled").count() == 2
    assert Session.objects.get(course=other_class).state == "planned"


def test_events_find_their_course_by_title_or_categories(course, other_class):
    run(ics(event(title="Operating systems", categories="CSE-A,Lecture")))
    assert Session.objects.get().course == course


def test_an_event_that_may_be_several_courses_is_asked_about(course, other_class):
    told = listed(ics(event(title="OS")))[0]
    assert told.startswith("line 4: “OS” may be several courses: ")
    assert "CSE-B (Teacher T2)" in told
    assert not Session.objects.exists()
    run(ics(event(title="OS")), course=other_class)
    assert Session.objects.get().course == other_class


def test_two_teachers_of_one_class_are_told_apart_by_the_organiser(course, colleague):
    twin = Course.objects.create(
        subject=course.subject, class_group=course.class_group, teacher=colleague
    )
    run(ics(event(organizer=f"MAILTO:{colleague.email.upper()}")))
    assert Session.objects.get().course == twin


def test_what_names_no_course_is_left_out_and_told(course):
    Subject.objects.create(code="X", name="X")
    made = run(ics(event(title="Closed for OSX-CSE-A"), event(title="Dentist"), event()))
    assert Session.objects.count() == 1
    assert [(one.title, one.kind) for one in made.unused] == [
        ("Closed for OSX-CSE-A", "unrelated"),
        ("Dentist", "unrelated"),
    ]


def test_whole_days_and_cancelled_events_are_left_out_and_told(course):
    holiday = event(title="OS CSE-A trip", zone=";VALUE=DATE:", start="20261019", end="20261020")
    told = listed(ics(holiday, event(status="CANCELLED")))
    assert not Session.objects.exists()
    assert told == [
        "line 4: “OS CSE-A trip” lasts the whole day. Plan it on the course's page if it takes "
        "place. (19 October 2026)",
        "line 10: “OS CSE-A lecture” is cancelled in the timetable. (19 October 2026, 09:00)",
    ]


def test_teachers_plan_for_their_own_courses_only(course, other_class, colleague):
    data = ics(event(), event(title="OS CSE-B", start="20261020T090000", end="20261020T100000"))
    run(data, courses=Course.objects.run_by(colleague), by=colleague)
    assert [s.course for s in Session.objects.all()] == [other_class]


# Attacks and slips


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;COUNT=5",
        "FREQ=HOURLY",
        "FREQ=DAILY;BYMINUTE=1,2,3,4,5;BYSECOND=1,2,3,4,5",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=WEEKLY;COUNT=9999999",
        "FREQ=WEEKLY;FREQ=SECONDLY",
        "FREQ=WEEKLY;BYEASTER=1",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "COUNT=3",
        "nonsense",
    ],
)
def test_an_event_that_repeats_in_no_known_way_is_listed(course, rule):
    told = listed(ics(event(rrule=rule), event(start="20261020T090000", end="20261020T100000")))
    assert told[0].startswith("line 4: “OS CSE-A lecture” repeats in a way that is not supported")
    assert starts() == ["10-20 07:00"]


@pytest.mark.parametrize(
    ("rule", "count"),
    [
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", 1),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=TU", 1),
        ("FREQ=DAILY;COUNT=100000;BYMONTH=2;BYMONTHDAY=30", 1),
        ("FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31", 2),
        ("FREQ=WEEKLY;BYSETPOS=2", 1),
    ],
)
def test_rules_that_never_match_end(course, rule, count):
    """The first date counts though the rule does not match it (RFC 5545, 3.8.5.3)."""
    run(ics(event(rrule=rule)))
    assert Session.objects.count() == count


def test_a_file_cannot_keep_a_core_busy(course, monkeypatch):
    monkeypatch.setattr(calendars, "MOST_DAYS", calendars.MOST_DAYS // 20)
    rule = "FREQ=DAILY;COUNT=100000;BYMONTH=2;BYMONTHDAY=30"
    old = {"start": "16010101T090000", "end": "16010101T100000"}
    told = listed(ics(*(event(uid=f"e{n}", rrule=rule, **old) for n in range(30))))
    assert "repeats too often to be reckoned" in told[-1]


def with_part(part: str) -> bytes:
    return ics(event().replace("SUMMARY", f"{part}\r\nSUMMARY", 1))


@pytest.mark.parametrize(
    "part",
    [
        'X;A="' + "a" * 4_000_000 + '":1',
        'X;A="' + ":" * 4_000_000,
        "SUMMARY:" + "OS CSE-A, " * 400_000,
    ],
    ids=range(3),
)
def test_no_long_line_takes_long(course, part):
    """Without bounds some of these would take hours, so that this test would not end."""
    assert plan(with_part(part)).record is not None


@pytest.mark.parametrize(
    "part",
    [
        "\r\n".join(["BEGIN:A"] * 300_000),
        "X:" + "\r\n " * 900_000,
        "RDATE:" + "20261020T090000Z," * 200_000,
        "EXDATE:" + "20261020T090000Z," * 200_000,
    ],
    ids=range(4),
)
def test_too_many_lines_or_dates_are_refused_in_words(course, part):
    with pytest.raises(ImportRefused, match=r"more than|at most"):
        plan(with_part(part))


def test_a_zone_cannot_smuggle_in_an_endless_repetition(course):
    zone = (
        "BEGIN:VTIMEZONE\r\nTZID:Evil\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
        "TZOFFSETFROM:+0000\r\nTZOFFSETTO:+0100\r\nRRULE:FREQ=SECOND\r\n LY\r\n"
        "END:STANDARD\r\nEND:VTIMEZONE"
    )
    made = run(ics(zone, event(zone=";TZID=Evil:")))
    assert starts() == ["10-19 07:00"]
    assert made.notes == [
        "The time zone “Evil” is not known. Its times were read on the course's own clock: check "
        "them."
    ]


def test_a_usual_zone_with_its_rules_is_read(course):
    zone = (
        "BEGIN:VTIMEZONE\r\nTZID:Paris\r\n"
        "BEGIN:STANDARD\r\nDTSTART:19961027T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\n"
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\nEND:STANDARD\r\n"
        "BEGIN:DAYLIGHT\r\nDTSTART:19810329T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\n"
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE"
    )
    run(ics(zone, event(zone=";TZID=Paris:", rrule="FREQ=WEEKLY;COUNT=2")))
    assert starts() == ["10-19 07:00", "10-26 08:00"]


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (event(start="2026x019T090000"), "cannot be read: DTSTART is “2026x019T090000”"),
        (event(start="20261340T090000"), "cannot be read: DTSTART"),
        (event(end=""), "has no end"),
        (event(end="20261019T080000"), "ends before it starts"),
        (event(end="20261019T090000"), "ends when it starts"),
        (event(end="20261021T090000"), "lasts more than 24 hours"),
        (event().replace("DTSTART", "X-START"), "has no start"),
        (event(start="20250101T090000", end="20250101T100000"), "is past."),
        (event(start="20281019T090000", end="20281019T100000"), "is more than a year ahead"),
        (event(start="00010101T000000", end="00010101T010000"), "cannot be reckoned"),
        (event(start="99991231T230000", end="99991231T235959"), "is more than a year ahead"),
        (event(start="20261001T093000", end="20261001T103000"), "has begun already"),
        (event().replace("END:VEVENT", "X:1"), "is cut off"),
        (event(duration="PT").replace("DTEND", "X-END"), "cannot be read: DURATION is “PT”"),
    ],
    ids=range(14),
)
def test_an_odd_event_is_listed_beside_the_sessions_that_are_planned(course, broken, told):
    good = event(start="20261020T090000", end="20261020T100000", uid="good")
    found = listed(ics(broken, good))
    assert len(found) == 1
    assert found[0].startswith("line 4: “OS CSE-A lecture” ")
    assert told in found[0]
    assert starts() == ["10-20 07:00"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"\xff\xfe\x00",
        b"BEGIN:VCALENDAR",
        b"BEGIN:VEVENT\r\nEND:VEVENT",
        b"END:VCALENDAR",
        b"PK\x03\x04" + bytes(60),
        b"<html>BEGIN:VCALENDAR</html>",
    ],
    ids=range(8),
)
def test_files_that_are_no_calendar_are_refused(course, data):
    assert "calendar" in refused(data)[0]


def test_a_file_with_too_many_events_is_refused(course):
    one = "BEGIN:VEVENT\r\nSUMMARY:x\r\nEND:VEVENT"
    assert f"more than {MOST_EVENTS} events" in refused(ics(*[one] * (MOST_EVENTS + 1)))[0]


def test_the_command_shows_first_and_writes_when_told(course, tmp_path, capsys):
    path = tmp_path / "week.ics"
    start = clock.now() + timedelta(days=3)
    times = {
        "start": start.strftime("%Y%m%dT090000"),
        "end": start.strftime("%Y%m%dT100000"),
    }
    path.write_bytes(ics(event(title="Lecture", **times)))
    call_command("import_timetable", str(path), "--course=OS/CSE-A", "--dry-run")
    assert "1 added" in capsys.readouterr().out
    assert not Session.objects.exists()
    call_command("import_timetable", str(path), "--course=OS/CSE-A")
    assert Session.objects.get().course == course
    with pytest.raises(CommandError, match="OS/X is 0 courses"):
        call_command("import_timetable", str(path), "--course=OS/X")
