"""Calendars of real schools' kinds: what they plan, what they leave out, and what they say."""

import pytest

from sessions_app.imports import Action
from sessions_app.models import ClassGroup, Course, Session, Subject
from sessions_app.tests.calendar_files import calendar, lecture, plan, planned, run, told

GOOD = lecture(uid="good")
FIRST = "12-01 09:00–10:30"
WEEKLY = "RRULE:FREQ=WEEKLY;COUNT=3"
THREE = [FIRST, "12-08 09:00–10:30", "12-15 09:00–10:30"]


def changed(instead_of: str, *more: str, zone: str = ";TZID=Europe/Paris", uid: str = "1") -> str:
    return "\r\n".join(
        ["BEGIN:VEVENT", f"UID:{uid}", f"RECURRENCE-ID{zone}:{instead_of}", *more, "END:VEVENT"]
    )


@pytest.fixture
def sibling(course) -> Course:
    """The same subject for the class CSE-B."""
    group = ClassGroup.objects.create(code="CSE-B", name="Computer Science B")
    return Course.objects.create(
        subject=course.subject, class_group=group, teacher=course.teacher, time_zone="Europe/Paris"
    )


# Series


SERIES = [
    pytest.param([WEEKLY], THREE, id="count"),
    pytest.param(["RRULE:FREQ=WEEKLY;UNTIL=20261215"], THREE, id="until-a-day"),
    pytest.param(["RRULE:FREQ=WEEKLY;UNTIL=20261215T080000Z"], THREE, id="until-in-utc"),
    pytest.param(["RRULE:FREQ=WEEKLY;UNTIL=20261215T075959Z"], THREE[:2], id="until-before"),
    pytest.param(["RRULE:FREQ=WEEKLY;UNTIL=20261215T090000"], THREE, id="until-floating"),
    pytest.param([WEEKLY, "EXDATE;TZID=Europe/Paris:20261208T090000"], THREE[::2], id="exdate"),
    pytest.param([WEEKLY, "EXDATE;VALUE=DATE:20261208"], THREE[::2], id="exdate-a-day"),
    pytest.param([WEEKLY, "EXDATE:20261208T080000Z"], THREE[::2], id="exdate-in-utc"),
    pytest.param([WEEKLY, "EXDATE:20261208T090000"], THREE[::2], id="exdate-floating"),
    pytest.param(
        [WEEKLY, "EXDATE;TZID=America/New_York:20261208T030000"], THREE[::2], id="exdate-elsewhere"
    ),
    pytest.param(
        [WEEKLY, "EXDATE:20261201T080000Z,20261208T080000Z"], THREE[2:], id="exdate-several"
    ),
    pytest.param(
        ["RDATE;TZID=Europe/Paris:20261203T140000"], [FIRST, "12-03 14:00–15:30"], id="rdate"
    ),
    pytest.param(["RDATE;VALUE=DATE:20261203"], [FIRST, "12-03 09:00–10:30"], id="rdate-a-day"),
    pytest.param(
        ["RDATE;VALUE=PERIOD:20261203T130000Z/PT45M,20261204T130000Z/20261204T140000Z"],
        [FIRST, "12-03 14:00–14:45", "12-04 14:00–15:00"],
        id="rdate-periods",
    ),
    pytest.param(["RRULE:FREQ=DAILY;COUNT=2"], [FIRST, "12-02 09:00–10:30"], id="daily"),
    pytest.param(
        ["RRULE:FREQ=WEEKLY;BYDAY=TU,TH;COUNT=3"],
        [FIRST, "12-03 09:00–10:30", "12-08 09:00–10:30"],
        id="byday",
    ),
    pytest.param(
        ["RRULE:FREQ=MONTHLY;BYDAY=TU;BYSETPOS=1;COUNT=2"],
        [FIRST, "01-05 09:00–10:30"],
        id="first-tuesday",
    ),
    pytest.param(
        ["RRULE:FREQ=MONTHLY;BYDAY=-1TU;COUNT=2"],
        [FIRST, "12-29 09:00–10:30"],
        id="last-tuesday-counts-the-first-date",
    ),
    pytest.param(
        ["RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=2;WKST=SU"], THREE[::2], id="every-second-week"
    ),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "expected"), SERIES)
def test_a_series_has_the_dates_of_its_rule(course, lines, expected):
    run(calendar(lecture("OS CSE-A lecture", "20261201T090000", "20261201T103000", *lines)))
    assert planned() == expected


def series(*changes: str, head: str = "") -> bytes:
    return calendar(
        lecture("OS CSE-A lecture", "20261201T090000", "20261201T103000", WEEKLY, "LOCATION:B-204"),
        *changes,
        head=head,
    )


CHANGES = [
    pytest.param(
        changed("20261208T090000", "STATUS:CANCELLED", "SUMMARY:OS CSE-A lecture"),
        [0, 2],
        "is cancelled in the timetable. (8 December 2026, 09:00)",
        id="cancelled",
    ),
    pytest.param(
        changed("20261208T080000Z", "STATUS:CANCELLED", zone=""),
        [0, 2],
        "is cancelled in the timetable. (8 December 2026, 09:00)",
        id="cancelled-without-a-title-and-in-utc",
    ),
    pytest.param(
        changed(
            "20261208T090000", "SUMMARY:OS CSE-A lecture", "DTSTART;VALUE=DATE:20261208"
        ),
        [0, 2],
        "lasts the whole day",
        id="whole-day",
    ),
    pytest.param(
        changed("20261208T090000", "SUMMARY:Guest talk: no class", "STATUS:CANCELLED"),
        [0, 2],
        "is cancelled in the timetable",
        id="cancelled-with-another-title",
    ),
    pytest.param(
        changed("20261208", "STATUS:CANCELLED", zone=";VALUE=DATE"),
        [0, 2],
        "is cancelled in the timetable",
        id="cancelled-by-day",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("change", "left", "words"), CHANGES)
def test_a_change_takes_its_date_out_of_the_series(course, change, left, words):
    made = run(series(change))
    assert planned() == [f"{THREE[number]} B-204" for number in left]
    assert words in told(made)[0]


def test_a_date_that_is_moved_takes_place_at_its_new_time_only(course):
    run(series())
    start = "DTSTART;TZID=Europe/Paris:20261209T140000"
    made = run(series(changed("20261208T090000", start, "DTEND:20261209T150000Z", "LOCATION:C-1")))
    assert planned() == [f"{FIRST} B-204", "12-09 14:00–16:00 C-1", "12-15 09:00–10:30 B-204"]
    assert [change.detail for change in made.changes(Action.CHANGED)] == [
        "start: 8 December 2026, 09:00 → 9 December 2026, 14:00, end: 10:30 → 16:00, "
        "room: B-204 → C-1"
    ]


def test_all_later_dates_may_change_together(course):
    later = "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Paris:20261208T090000"
    change = "\r\n".join(
        [
            *("BEGIN:VEVENT", "UID:1", later, "SUMMARY:OS CSE-A lecture"),
            *("DTSTART;TZID=Europe/Paris:20261209T110000", "DURATION:PT1H", "END:VEVENT"),
        ]
    )
    run(series(change))
    assert planned() == [
        f"{FIRST} B-204",
        "12-09 11:00–12:00 B-204",
        "12-16 11:00–12:00 B-204",
    ]
    cancelled = change.replace("SUMMARY", "STATUS:CANCELLED\r\nSUMMARY")
    run(series(cancelled), drop_missing=True)
    assert planned() == [f"{FIRST} B-204"]


def test_a_change_may_give_one_date_to_another_course(course, sibling):
    start = "DTSTART;TZID=Europe/Paris:20261208T090000"
    run(series(changed("20261208T090000", "SUMMARY:OS CSE-B", start, "DURATION:PT1H")))
    assert planned(course) == [f"{THREE[0]} B-204", f"{THREE[2]} B-204"]
    assert planned(sibling) == ["12-08 09:00–10:00 B-204"]


@pytest.mark.parametrize(
    "data",
    [
        calendar(lecture("OS CSE-A", "20261201T090000", "20261201T103000", "STATUS:CANCELLED")),
        calendar(lecture(), head="METHOD:CANCEL"),
        calendar(GOOD.replace("SUMMARY", "STATUS:Canceled\r\nSUMMARY")),
        calendar(
            lecture(),
            GOOD.replace("UID:good", "UID:1\r\nSTATUS:CANCELLED\r\nSEQUENCE:1"),
        ),
    ],
    ids=["status", "method", "american", "newer"],
)  # fmt: skip
def test_an_event_that_is_cancelled_later_cancels_its_session(course, data):
    run(calendar(GOOD))
    made = run(data)
    assert [change.detail for change in made.changes(Action.DROPPED)] == [
        "is cancelled in the timetable"
    ]
    assert planned() == []


def test_of_two_versions_of_an_event_the_newer_one_counts(course):
    older = lecture("OS CSE-A", "20261201T090000", "20261201T100000", "SEQUENCE:1")
    newer = lecture("OS CSE-A", "20261202T090000", "20261202T100000", "SEQUENCE:2")
    made = run(calendar(older, newer))
    assert planned() == ["12-02 09:00–10:00"]
    assert "is replaced by a newer version on line 11" in told(made)[0]


def test_events_that_share_an_id_by_mistake_are_all_planned(course):
    run(calendar(GOOD, lecture("OS CSE-A", "20261202T090000", "20261202T103000", uid="good")))
    assert len(planned()) == 2


# Odd events beside a good one


ODD = [
    lecture("Essay is due", "20261203T225900Z", "20261203T225900Z", zone=""),
    lecture("Library books back", "20261203T090000Z", "", zone=""),
    lecture("Birthday", "19800505", "19800506", "RRULE:FREQ=YEARLY", zone=";VALUE=DATE"),
    lecture("Yoga", "20190505T180000Z", "20190505T190000Z", "RRULE:FREQ=WEEKLY", zone=""),
    lecture("Spaceship", "20261203T090000Z", "20261203T080000Z", "RRULE:FREQ=SECONDLY", zone=""),
    "BEGIN:VTODO\r\nSUMMARY:Mark essays\r\nDUE:20261203T090000Z\r\nEND:VTODO",
    "BEGIN:VJOURNAL\r\nSUMMARY:Notes on OS CSE-A\r\nEND:VJOURNAL",
    "BEGIN:VFREEBUSY\r\nDTSTART:20261203T090000Z\r\nEND:VFREEBUSY",
    "BEGIN:VEVENT\r\nEND:VEVENT",
    "BEGIN:VEVENT\r\nSUMMARY:broken\r\nDTSTART:x\r\nRRULE:y\r\nEND:VEVENT",
]


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_an_event_of_no_course_is_listed_apart(course, odd):
    made = run(calendar(odd, GOOD))
    assert planned() == [FIRST]
    assert [(one.line, one.kind) for one in made.unused] == [(4, "unrelated")]
    assert made.unused[0].title in odd or made.unused[0].title == "(no title)"


def test_an_alarm_inside_an_event_changes_nothing_of_it(course):
    alarm = (
        "BEGIN:VALARM\r\nTRIGGER:-PT15M\r\nDESCRIPTION:Networks\r\nSUMMARY:Wake up\r\nEND:VALARM"
    )
    run(calendar(lecture("OS CSE-A", "20261201T090000", "", "DURATION:PT90M", alarm)))
    assert planned() == [FIRST]


def test_a_file_that_is_cut_off_is_read_and_cancels_nothing(course):
    run(series())
    whole = series()
    made = run(calendar(GOOD)[: -len("END:VCALENDAR\r\n")], drop_missing=True)
    assert any("is cut off" in note for note in made.notes)
    assert len(planned()) == 3
    assert "is cut off" in told(plan(whole[: whole.index(b"END:VEVENT")]))[0]


# Zones


LONDON = "\r\n".join(
    """BEGIN:VTIMEZONE
TZID:{name}
BEGIN:STANDARD
DTSTART:{since}1028T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZOFFSETFROM:+0100
TZOFFSETTO:+0000
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:{since}0325T010000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZOFFSETFROM:+0000
TZOFFSETTO:+0100
END:DAYLIGHT
END:VTIMEZONE""".splitlines()
)


@pytest.mark.parametrize("since", ["1601", "2001"])
@pytest.mark.parametrize("name", ["GMT", "Greenwich Standard Time", "Our Clock", "Europe/Paris"])
@pytest.mark.parametrize(("day", "hour"), [("20270607", "10:00"), ("20261207", "10:00")])
def test_a_zone_goes_by_the_rules_in_the_file_whatever_its_name(course, name, since, day, hour):
    Course.objects.update(time_zone="Europe/London")
    zone = LONDON.format(name=name, since=since)
    one = lecture("OS CSE-A", f"{day}T100000", f"{day}T110000", zone=f";TZID={name}")
    made = run(calendar(zone, one))
    assert planned()[0].split()[1].startswith(hour)
    assert made.notes == []


@pytest.mark.parametrize(
    ("zone", "hour"),
    [
        (";TZID=Europe/Paris", "09:00"),
        (";TZID=europe/paris", "09:00"),
        (';TZID="Europe/Paris"', "09:00"),
        (";TZID=/freeassociation.sourceforge.net/Europe/Paris", "09:00"),
        (";TZID=W. Europe Standard Time", "09:00"),
        (';TZID="(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna"', "09:00"),
        (";TZID=GMT Standard Time", "10:00"),
        (";TZID=GMT+0200", "08:00"),
        (";TZID=UTC", "10:00"),
        (";TZID=America/New_York", "15:00"),
        ("", "09:00"),
    ],
)
def test_zones_are_known_by_the_names_that_programs_write(course, zone, hour):
    made = run(calendar(lecture("OS CSE-A", "20261201T090000", "20261201T103000", zone=zone)))
    assert planned()[0].startswith(f"12-01 {hour}")
    assert made.notes == []


def test_an_unknown_zone_is_told_and_read_on_the_courses_clock(course):
    made = run(calendar(lecture(zone=";TZID=Customized Time Zone")))
    assert planned() == [FIRST]
    assert made.notes == [
        "The time zone “Customized Time Zone” is not known. Its times were read on the course's "
        "own clock: check them."
    ]


# Rooms and texts


ROOMS = [
    ("בניין 4\u200f", "בניין 4"),
    ("\u202aT-105\u202c", "T-105"),
    ("\ufeffT\u200b-105\u00ad", "T-105"),
    ("T-105\\nBuilding B", "T-105, Building B"),
    ("T-105\\, left\\; right \\\\ up", "T-105, left; right \\ up"),
    ("اتاق می\u200cشود", "اتاق می\u200cشود"),
    ("-1.23", "-1.23"),
    ("Building 46 Lecture Theatre 3 (Highfield Campus)\\, University Road\\, Southampton",
     "Building 46 Lecture Theatre 3 (Highfield Campus), University Road, Southampton"),
    ("x" * 255, "x" * 255),
    ("x" * 300, "x" * 254 + "…"),
    ("   ", ""),
]  # fmt: skip


@pytest.mark.parametrize(("written", "kept"), ROOMS, ids=range(len(ROOMS)))
def test_rooms_are_kept_whole_and_without_signs_that_say_nothing(course, written, kept):
    run(calendar(lecture("OS CSE-A", "20261201T090000", "20261201T103000", f"LOCATION:{written}")))
    assert Session.objects.get().room == kept


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.replace(b"\r\n", b"\n"),
        lambda data: data.replace(b"\r\n", b"\r"),
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: b"\xff\xfe" + data.decode().encode("utf-16-le"),
        lambda data: data.replace("é".encode(), b"\xc3\r\n \xa9"),
        lambda data: data.replace(b"BEGIN:VEVENT", b"begin:vevent").replace(b"DTEND", b"dtend"),
        lambda data: data.replace(b"\r\n", b"\r\n\r\n"),
        lambda data: data.replace(b"09000", b"09\r\n\t000"),
        lambda data: data + data,
    ],
    ids=["lf", "cr", "bom", "utf-16", "fold-in-a-sign", "case", "blank", "tab-fold", "twice"],
)
def test_files_are_read_however_their_lines_are_written(course, change):
    one = lecture("OS CSE-A", "20261201T090000", "20261201T103000", "LOCATION:Café \u2028 2")
    made = run(change(calendar(one)))
    assert planned() == [f"{FIRST} Café, 2"]
    assert made.unused == []


def test_a_line_in_another_encoding_is_named(course):
    one = lecture("OS CSE-A", "20261201T090000", "20261201T103000", "LOCATION:Café")
    made = run(calendar(one).replace("é".encode(), b"\xe9"))
    assert planned() == [f"{FIRST} Café"]
    assert made.notes == [
        "Not UTF-8 text, and read as cp1252 instead: lines 9. Look at the names with accents."
    ]


# Doubles


def test_an_event_that_is_there_twice_is_one_session(course):
    made = run(calendar(lecture(uid="1"), lecture(uid="2")))
    assert planned() == [FIRST]
    assert made.notes == ["The event “OS CSE-A lecture” on line 10 is a copy of line 4."]


def test_an_event_in_two_rooms_is_one_session_with_both(course):
    rooms = [
        lecture("OS CSE-A", "20261201T090000", "20261201T103000", f"LOCATION:{room}", uid=room)
        for room in ("T-105", "T-107", "t-105")
    ]
    made = run(calendar(*rooms))
    assert planned() == [f"{FIRST} T-105, T-107"]
    assert made.notes[0] == (
        "Lines 4 and 11 are one session in several rooms: "
        "Operating Systems · CSE-A, Tue 1 Dec 2026, 09:00–10:30."
    )
    assert run(calendar(*rooms)).steps == []


def test_events_that_begin_together_end_with_the_later_one(course):
    made = run(
        calendar(lecture(uid="1"), lecture("OS CSE-A", "20261201T090000", "20261201T110000"))
    )
    assert planned() == ["12-01 09:00–11:00"]
    assert "until the later end" in made.notes[0]


# Titles


NAMED = [
    ("OS CSE-A", "a"),
    ("os cse-a lecture", "a"),
    ("Lecture: OS (CSE-A)", "a"),
    ("[OS] CSE-A – week 3", "a"),
    ("ＯＳ ＣＳＥ－Ａ", "a"),
    ("OS\u200e CSE\u2011A", "a"),
    ("OS/CSE-A", "a"),
    ("OS-CSE-A", "a"),
    ("OS_CSE-A_lab", "a"),
    ("Operating Systems CSE-A lecture 3", "a"),
    ("operating  systems: scheduling (CSE-A)", "a"),
    ("Cours magistral Operating Systems, CSE-A", "a"),
    ("OS CSE-A, CSE-B joint lecture", "ab"),
    ("OS CSE-A/B", "ab"),
    ("OS CSE-A + CSE-B", "ab"),
    ("OS CSE-A and CSE-Z", "a"),
    (
        "Course code: OS_50_HT26_52131. Course name: Operating systems and their construction\\, "
        "Activity: Laboratory\\, Activity: Tutoring\\, Class code: CSE-A. Class name: Information",
        "a",
    ),
    ("x " * 200 + "OS CSE-A", "a"),
    ("OS CSE-Z lecture", ""),
    ("OS MECH-B lecture", ""),
    ("OS", ""),
    ("OSLO trip CSE-A", ""),
    ("OSX CSE-A", ""),
    ("X-OS CSE-A", ""),
    ("OS2 CSE-A", ""),
    ("OS++ CSE-A", ""),
    ("OS 101 CSE-A", ""),
    ("OS-Lab CSE-A", ""),
    ("Operating Systems II CSE-A", ""),
    ("Advanced Operating Systems CSE-A", ""),
    ("Operating Systems for Poets CSE-A", ""),
    ("Networks CSE-A", ""),
    ("CSE-A meeting", ""),
    (
        "Course code: OS. Course name: Operating systems and their construction\\, Activity: "
        "Laboratory\\, Activity: Tutoring\\, Class code: CSE-C. Class name: Information technology",
        "",
    ),
]


@pytest.mark.parametrize(("title", "classes"), NAMED, ids=[name[:40] for name, _ in NAMED])
def test_a_title_names_its_course_exactly_or_not_at_all(course, sibling, title, classes):
    made = run(calendar(lecture(title, "20261201T090000", "20261201T103000")))
    rows = Session.objects.values_list("class_group__code", flat=True)
    assert "".join(sorted(code[-1].lower() for code in rows)) == classes
    assert bool(made.unused) == (not classes)


def test_a_joint_lecture_is_told(course, sibling):
    made = run(calendar(lecture("OS CSE-A, CSE-B joint lecture", "20261201T090000")))
    assert made.notes == [
        "“OS CSE-A, CSE-B joint lecture” (line 4) is a joint session, planned for each of: "
        "Operating Systems · CSE-A, Operating Systems · CSE-B."
    ]


LIKENESSES = [
    ("PHY", "Physics", "Physics for Poets (PHI-9), CSE-A", "“Physics” may be a part"),
    ("Physics", "Physics", "Physics for Poets (PHI-9), CSE-A", "“Physics” may be a part"),
    ("C", "C", "C++ programming (CPP), CSE-A", "names no course of yours"),
    ("C", "C programming", "C++ programming (CPP), CSE-A", "names no course of yours"),
    ("C", "C", "C# for beginners, CSE-A", "names no course of yours"),
    ("IT", "Information technology", "Do it again, CSE-A", "“it” may be a part"),
    ("ART", "Art", "State of the art review, CSE-A", "“art” may be a part"),
]


@pytest.mark.parametrize(("code", "name", "title", "words"), LIKENESSES)
def test_a_likeness_is_named_and_plans_nothing(course, code, name, title, words):
    Subject.objects.update(code=code, name=name)
    made = run(calendar(lecture(title)))
    assert planned() == []
    assert words in told(made)[0]


@pytest.mark.parametrize(
    ("code", "name", "title"),
    [
        ("C", "C", "C CSE-A lecture"),
        ("C++", "Programming", "C++ CSE-A lecture"),
        ("CS 101", "Introduction", "CS 101 CSE-A"),
        ("MAT.2", "Mathematics", "MAT.2, CSE-A"),
        ("Physics", "Physics", "Physics CSE-A lab"),
        ("É1", "Écologie", "e\u03011 CSE-A"),
        ("ОС", "Операционные системы", "Операционные системы CSE-A лекция"),
        ("OS1", "操作系统", "操作系统 CSE-A 讲座"),
        ("ह1", "हिन्दी", "हिन्दी CSE-A"),
    ],
)
def test_codes_and_names_of_all_writing_systems_are_found(course, code, name, title):
    Subject.objects.update(code=code, name=name)
    run(calendar(lecture(title)))
    assert planned() == [FIRST]


def test_the_description_is_not_the_title(course):
    words = "DESCRIPTION:Room changed because OS needs the lab this week"
    made = run(calendar(lecture("Networks CSE-A", "20261201T090000", "20261201T103000", words)))
    assert planned() == []
    assert [one.kind for one in made.unused] == ["unsure"]
    assert "names OS in its description only" in told(made)[0]


# What an import cancelled


def weekly(count: int) -> bytes:
    rule = f"RRULE:FREQ=WEEKLY;COUNT={count}"
    return calendar(lecture("OS CSE-A lecture", "20261201T090000", "20261201T103000", rule))


def test_what_an_import_cancelled_comes_back_with_the_calendar(course):
    run(weekly(3))
    assert len(run(weekly(1), drop_missing=True).changes(Action.DROPPED)) == 2
    assert planned() == THREE[:1]
    made = run(weekly(3))
    assert len(made.changes(Action.RESTORED)) == 2
    assert planned() == THREE
    assert plan(weekly(3)).steps == []


def test_a_date_that_is_moved_there_and_back_takes_place_where_it_belongs(course):
    def on(day: str) -> bytes:
        return calendar(lecture("OS CSE-A", f"202612{day}T090000", f"202612{day}T103000"))

    for day in ("08", "09", "08"):
        run(on(day), drop_missing=True)
        assert planned() == [f"12-{day} 09:00–10:30"]


def test_what_a_person_cancelled_stays_cancelled(course, teacher):
    from sessions_app import services
    from sessions_app.tests.calendar_files import NOW

    run(weekly(3))
    first, second = Session.objects.order_by("starts_at")[:2]
    services.cancel_session(first, by=teacher, now=NOW)
    run(weekly(1), drop_missing=True)
    services.restore_session(second)
    services.cancel_session(second, by=teacher, now=NOW)
    made = run(weekly(3))
    assert planned() == THREE[2:]
    assert [change.detail for change in made.changes(Action.LEFT)] == [
        "was cancelled by Teacher T1 and stays so",
        "was cancelled by Teacher T1 and stays so",
    ]


# Doubles with what is planned


def test_a_course_whose_zone_was_corrected_does_not_double_its_sessions(course):
    Course.objects.update(time_zone="UTC")
    data = calendar(
        lecture("OS CSE-A", "20261201T090000", "20261201T103000", WEEKLY, zone=""),
        lecture("OS CSE-A", "20261202T090000", "20261202T103000", uid="2"),
    )
    run(data)
    Course.objects.update(time_zone="Europe/Paris")
    made = run(data)
    assert len(made.changes(Action.CHANGED)) == 4
    assert Session.objects.count() == 4
    assert planned() == [FIRST, "12-02 09:00–10:30", *THREE[1:]]
    assert plan(data).steps == []


def test_planned_doubles_are_noticed(course):
    from datetime import timedelta

    from sessions_app import services

    run(weekly(1))
    one = Session.objects.get()
    times = {"starts_at": one.starts_at, "ends_at": one.ends_at}
    services.create_session(course, **times)
    made = plan(weekly(1))
    assert made.notes == [
        "Planned twice at the same time: Operating Systems · CSE-A, Tue 1 Dec 2026, "
        "09:00–10:30. Cancel one of them."
    ]
    later = timedelta(minutes=30)
    for session in Session.objects.all():
        services.change_session(
            session, starts_at=one.starts_at + later, ends_at=one.ends_at + later
        )
    Session.objects.filter(pk=one.pk).delete()
    assert plan(weekly(1)).changes(Action.ADDED)[0].detail.startswith("overlaps with a planned")
