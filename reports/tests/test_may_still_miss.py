"""How many of the sessions ahead a student may still miss, with values worked out by hand."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import User
from attendance_project import clock
from reports.domain.counting import HOUR_S, PLAIN, CourseRules
from reports.domain.counting import StudentSession as Stands
from reports.domain.rates import allowance_of
from reports.tests.conftest import days_ago, later_today, meet, put_down
from sessions_app import services
from sessions_app.models import Course, Enrolment, ExcuseKind, Session, Subject

ALL = "/api/v1/attendance/statistics/all/{}"
LETTERS = {"P": "present", "L": "late", "E": "excused", "A": "absent", ".": None}
STATES = {"": "closed", "o": "open", "p": "planned"}


def stands(word: str, **more) -> Stands:
    """``P`` present in a closed session, ``Po`` seen in one that is open, ``.p`` one ahead, and
    ``.pE`` one ahead from which the student is excused."""
    excused_as = LETTERS[word[2]] if len(word) == 3 else None
    return Stands(STATES[word[1:2]], LETTERS[word[0]], excused_as=excused_as, **more)


def told(words: str, percent: int, rules: CourseRules = PLAIN) -> tuple[int, int, bool]:
    """How many sessions are ahead, how many may be missed, and whether the limit can be met.

    Words in brackets are the sessions of one offering.
    """
    sessions, offering = [], ""
    for word in words.split():
        offering = "Lab" if word.startswith("(") else offering
        sessions.append(stands(word.strip("()"), offering=offering))
        offering = "" if word.endswith(")") else offering
    found = allowance_of(sessions, rules, required_percent=percent)
    return found.sessions_ahead, found.may_still_miss, found.can_be_met


@pytest.mark.parametrize(
    ("words", "percent", "expected"),
    [
        # Who was seen in the open session has 1 of 2, and reaches 3 of 4.
        ("A Po .p .p", 75, (2, 0, True)),
        ("A .o .p .p", 75, (3, 0, True)),
        ("A Po .p .p", 76, (2, 0, False)),
        ("P P Po .p", 75, (1, 1, True)),
        # Two of four ahead are excused: 5 of 6 must be reached, or 4 of 6.
        ("P P P A .p .p .pE .pE", 75, (2, 0, True)),
        ("P P P A .p .p .pE .pE", 50, (2, 2, True)),
        ("P P P A .p .p .pE .pE", 60, (2, 1, True)),
        ("P P P A .p .p .pE .pE", 90, (2, 0, False)),
        # An excuse that counts as present is attended: 4 of 8 for sure.
        (".pP .pP .pP .pP .p .p .p .p", 75, (4, 2, True)),
        ("A A A A .pP .pP .pP .pP .pP .pP .pP .pP .p .p .p .p", 75, (4, 0, True)),
        # One that counts as absent is like none: who comes is present.
        ("P P .pA .p", 75, (2, 1, True)),
        # Only who comes in spite of an excuse reaches 3 of 4.
        ("P P A .pE", 75, (1, 0, True)),
        ("P P A .pE", 76, (0, 0, False)),
        # An offering from one of whose sessions the student is excused may be missed.
        ("P P A (.pE .p)", 60, (0, 0, True)),
        ("P P A (.pE .p)", 75, (1, 0, True)),
        ("P A (Po .p) .p", 75, (1, 0, True)),
        ("P P P (A .p)", 75, (1, 1, True)),
        ("P P A (A .p)", 75, (1, 0, True)),
    ],
)
def test_what_is_settled_before_its_session_is_closed_is_reckoned_with(words, percent, expected):
    assert told(words, percent) == expected


def test_a_late_in_an_open_session_is_reckoned_with_where_lates_count_as_absences():
    rules = CourseRules(lates_per_absence=2)
    assert told("L P Lo .p", 75, rules) == (1, 0, True)  # 2 of 3 so far, then 3 of 4
    assert told("L P Lo .p", 76, rules) == (1, 0, False)
    assert told("L P Lo .p", 75) == (1, 1, True)


def by_hours(*pairs: tuple[str, float], percent: int):
    sessions = [stands(word, weight_s=int(hours * HOUR_S)) for word, hours in pairs]
    return allowance_of(sessions, CourseRules(by_hours=True), required_percent=percent)


def test_by_hours_what_is_excused_adds_nothing():
    found = by_hours(("P", 3), ("A", 1), (".p", 2), (".pE", 4), (".p", 2), percent=75)
    assert (found.ahead_h, found.may_still_miss_h, found.may_still_miss) == (4, 0, 0)
    found = by_hours(("P", 3), ("A", 1), (".p", 2), (".pE", 4), (".p", 2), percent=50)
    assert (found.ahead_h, found.may_still_miss_h, found.may_still_miss) == (4, 3, 1)


def test_hours_that_are_less_than_any_session_ahead_may_not_be_missed():
    short = by_hours(("P", 3), (".p", 4), (".p", 1), percent=75)  # 8 h, of which 6 are needed
    assert (short.may_still_miss, short.may_still_miss_h) == (0, 2)
    none = by_hours(("P", 3), (".p", 3), (".p", 2), percent=80)  # 1.6 h would be too many
    assert (none.may_still_miss, none.may_still_miss_h, none.can_be_met) == (0, 0, True)


# --- on the pages ---------------------------------------------------------------------


@pytest.fixture
def told_at(as_user, course, student):
    """Says what may be missed at each of three limits, as the student's page is told."""

    def ask() -> list[tuple[int, int, bool]]:
        found = []
        for percent in (50, 75, 90):
            Course.objects.update(at_risk_percent=percent)
            [row] = as_user(student).get(ALL.format(student.pk)).json()["courses"]
            found.append((row["sessions_ahead"], row["may_still_miss"], row["can_be_met"]))
        return found

    return ask


@pytest.fixture
def week_ahead(course, student) -> list[Session]:
    """Four sessions to come, after three at which the student was and one that they missed."""
    Enrolment.objects.update(enrolled_at=days_ago(60))
    for day, status in ((9, "present"), (8, "present"), (7, "present"), (6, "absent")):
        put_down(meet(course, days_ago(day)), student, status)
    return [meet(course, days_ago(-day), state="planned") for day in (3, 4, 5, 6)]


def excuse(student: User, by: User, sessions: list[Session], counts_as: str, course=None):
    kind = ExcuseKind.objects.create(code=counts_as, name=counts_as, counts_as=counts_as)
    first, last = sessions[0].local_start.date(), sessions[-1].local_start.date()
    about = {"from_date": first, "until_date": last, "kind": kind, "note": "Away."}
    return services.give_excuse(course, student, by=by, now=clock.now(), **about)


@pytest.mark.parametrize(
    ("counts_as", "expected"),
    [
        ("not_counted", [(2, 2, True), (2, 0, True), (2, 0, False)]),  # 3 of 4, and 2 ahead
        ("present", [(2, 2, True), (2, 1, True), (2, 0, False)]),  # 5 of 6, and 2 ahead
        ("absent", [(4, 3, True), (4, 1, True), (4, 0, False)]),  # 3 of 4, and 4 ahead
    ],
)
def test_an_excuse_for_days_ahead_is_reckoned_with(
    counts_as, expected, week_ahead, told_at, student, admin_user, course
):
    assert told_at() == [(4, 3, True), (4, 1, True), (4, 0, False)]
    given = excuse(student, admin_user, week_ahead[2:], counts_as)
    assert told_at() == expected
    services.revoke_excuse(given, by=admin_user, now=clock.now())
    assert told_at() == [(4, 3, True), (4, 1, True), (4, 0, False)]


@pytest.mark.parametrize("counts_as", ["not_counted", "present"])
def test_an_excuse_counts_for_nothing_where_the_mark_was_cleared(
    counts_as, week_ahead, told_at, student, admin_user, course
):
    for session in week_ahead[2:]:
        for key, status in (("1", "excused"), ("2", "")):
            about = {"status": status, "reason": "A slip.", "key": f"{session.pk.hex[:8]}:{key}"}
            services.mark_by_hand(session, student, by=admin_user, now=clock.now(), **about)
    excuse(student, admin_user, week_ahead[2:], counts_as)
    assert told_at() == [(4, 3, True), (4, 1, True), (4, 0, False)]


def test_from_how_many_more_the_student_is_excused_is_said(
    week_ahead, student, admin_user, as_user, teacher, page_of
):
    def said() -> tuple[int, bool]:
        [row] = as_user(student).get(ALL.format(student.pk)).json()["courses"]
        page = page_of(teacher, "report-student", student.pk).content.decode()
        return row["excused_ahead"], "excused from 2 more" in page

    assert said() == (0, False)
    excuse(student, admin_user, week_ahead[2:], "not_counted")
    assert said() == (2, True)


def test_the_excuse_of_another_student_or_course_changes_nothing(
    week_ahead, told_at, student, classmate, admin_user, course
):
    other = Course.objects.create(
        subject=Subject.objects.create(code="DB", name="Databases"),
        class_group=course.class_group,
        teacher=course.teacher,
    )
    excuse(classmate, admin_user, week_ahead, "not_counted")
    excuse(student, admin_user, week_ahead, "present", course=other)
    assert told_at() == [(4, 3, True), (4, 1, True), (4, 0, False)]


def test_checking_in_never_lowers_what_may_be_missed(told_at, course, student):
    Enrolment.objects.update(enrolled_at=days_ago(60))
    put_down(meet(course, days_ago(3)), student, "absent")
    session = meet(course, clock.now() - timedelta(minutes=5), state="open")
    for day in (1, 2):
        meet(course, days_ago(-day), state="planned")
    assert told_at() == [(3, 1, True), (3, 0, True), (3, 0, False)]
    put_down(session, student)
    assert told_at() == [(2, 1, True), (2, 0, True), (2, 0, False)]
    Session.objects.filter(pk=session.pk).update(state="closed")
    assert told_at() == [(2, 1, True), (2, 0, True), (2, 0, False)]


@pytest.mark.parametrize(
    ("counts_as", "status", "told"),
    [
        ("not_counted", "excused", ""),
        ("present", "present", "counts as present"),
        ("absent", "absent", "counts as an absence"),
    ],
)
def test_sessions_ahead_that_are_excused_are_said_in_the_api_and_the_report(
    counts_as, status, told, week_ahead, student, teacher, admin_user, as_user, page_of, course
):
    def said() -> list[tuple[str | None, str]]:
        rows = (
            as_user(student)
            .get(f"/api/v1/attendance/statistics/sessions/{student.pk}")
            .json()["results"]
        )
        ahead = [row for row in rows if row["state"] == "planned"]
        return [(row["excused_as"], row["excuse_kind"]) for row in ahead]

    assert said() == [(None, "")] * 4
    assert "Excused from" not in page_of(teacher, "report-student", student.pk).content.decode()
    excuse(student, admin_user, week_ahead[2:], counts_as)
    assert said() == [(status, counts_as)] * 2 + [(None, "")] * 2
    html = page_of(teacher, "report-student", student.pk).content.decode()
    section = html.split('<section id="excused">')[1].split("</section>")[0]
    assert section.count(f'<span class="soft">{counts_as}</span>') == 2
    assert told in section


def test_who_was_marked_as_excused_ahead_of_time_stands_there_as_well(
    week_ahead, student, teacher, admin_user, page_of
):
    about = {"status": "excused", "reason": "Told me.", "key": "ahead:1"}
    services.mark_by_hand(week_ahead[0], student, by=teacher, now=clock.now(), **about)
    html = page_of(teacher, "report-student", student.pk).content.decode()
    assert html.split('<section id="excused">')[1].split("</section>")[0].count("<tr>") == 2


def test_who_was_marked_as_excused_in_a_session_that_is_open_stands_there_too(
    course, student, teacher, page_of
):
    Enrolment.objects.update(enrolled_at=days_ago(60))
    session = meet(course, clock.now() - timedelta(minutes=5), state="open")
    put_down(session, student, "excused")
    html = page_of(teacher, "report-student", student.pk).content.decode()
    assert html.split('<section id="excused">')[1].split("</section>")[0].count("<tr>") == 2


def test_sessions_from_which_one_is_excused_are_found_by_what_their_rows_say(
    week_ahead, student, teacher, admin_user, client
):
    excuse(student, admin_user, week_ahead[2:], "present")
    ExcuseKind.objects.update(name="Rowing")
    client.force_login(teacher)
    address = reverse("report-student", args=[student.pk])

    def found(words: str) -> int:
        html = client.get(address, {"excused-q": words}).content.decode()
        section = html.split('<section id="excused">')[1].split("</section>")[0]
        return section.count('<th scope="row"')

    assert (found("Excused"), found("Present")) == (2, 0)


def test_an_excuse_before_one_joined_the_course_says_nothing_of_today(
    course, student, admin_user, as_user
):
    later = meet(course, later_today(course), state="planned")
    excuse(student, admin_user, [later], "present")
    Enrolment.objects.update(enrolled_at=later.starts_at + timedelta(hours=2))
    address = f"/api/v1/attendance/statistics/{{}}/{student.pk}"
    [row] = as_user(student).get(address.format("today")).json()["sessions"]
    assert (row["excused_as"], row["excuse_kind"]) == (None, "")


def test_a_session_of_today_says_from_what_the_student_is_excused(
    course, student, admin_user, as_user
):
    Enrolment.objects.update(enrolled_at=days_ago(60))
    later = meet(course, later_today(course), state="planned")
    address = f"/api/v1/attendance/statistics/today/{student.pk}"
    [row] = as_user(student).get(address).json()["sessions"]
    assert (row["excused_as"], row["excuse_kind"]) == (None, "")
    excuse(student, admin_user, [later], "present")
    [row] = as_user(student).get(address).json()["sessions"]
    assert (row["excused_as"], row["excuse_kind"]) == ("present", "present")
