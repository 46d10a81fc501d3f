"""Every figure is the same on the report, in its files, in the API, on lists and in mails."""

import csv
import io
from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.urls import reverse

from accounts.models import Role, User
from attendance_project import clock
from conftest import make_user
from reports.queries import periods
from reports.tests.conftest import days_ago, logged_in, meet, put_down
from sessions_app import services
from sessions_app.models import Attendance, Course, Enrolment

ALL = "/api/v1/attendance/statistics/all/{}"
LETTERS = {"P": "present", "L": "late", "E": "excused", "A": "absent"}
MARKS = {
    "S1": "PPPPPPPPPP",
    "S2": "PPAPPAPAPA",  # a low rate
    "S3": "PPPPPPPAAA",  # absent in a row, and a low rate
    "S4": "PPPPPPPEEE",
    "S5": "       AAA",  # came late, and was absent since
    "S6": "AAAA      ",  # has left
    "S7": "PAAAAAAAAA",  # switched off
    "S8": "PPPPPPPPPA",
    "S9": "          ",  # nothing is recorded
}
FIGURES = ("present", "late", "excused", "absent", "rate_percent", "absence_streak")


@pytest.fixture
def term(course, teacher) -> Course:
    """Ten closed sessions, and one of every other kind, in which everybody was absent."""
    Enrolment.objects.filter(course=course).delete()
    User.objects.filter(role=Role.STUDENT).delete()
    people = {number: make_user(Role.STUDENT, number) for number in MARKS}
    services.enrol(course, people.values(), now=days_ago(60))
    for number in range(10):
        session = meet(course, days_ago(28 - number))
        for name, marks in MARKS.items():
            if marks[number] in LETTERS:
                put_down(session, people[name], LETTERS[marks[number]])
    for hours, state in ((1, "open"), (-30, "planned"), (-50, "annulled"), (-60, "cancelled")):
        other = meet(course, clock.now() + timedelta(hours=hours), state=state)
        for name, person in people.items():
            put_down(other, person, "present" if name == "S1" else "absent")
    for days in (3, 4, 5, 6):
        meet(course, days_ago(-days), state="planned")
    meet(course, days_ago(2), state="planned")  # forgotten, with nothing in it
    services.end_enrolment(course, people["S6"].pk, now=days_ago(18))
    User.objects.filter(institution_number="S7").update(is_active=False)
    return course


@pytest.fixture
def matrix(term, teacher, page_of):
    return page_of(teacher, "report-course", term.pk).context["matrix"]


def figures_of(row) -> dict:
    tally = row.tally
    return {name: getattr(tally, name) for name in FIGURES[:5]} | {
        "absence_streak": row.absence_streak
    }


def numbers(lines) -> set[str]:
    return {line.student.institution_number for line in lines}


def test_what_is_unfinished_forgotten_or_annulled_is_in_no_figure(matrix):
    assert len(matrix.finished) == 10
    plain = {
        name: {word: marks.count(letter) for letter, word in LETTERS.items()}
        for name, marks in MARKS.items()
    }
    shown = {
        line.student.institution_number: {s: getattr(line.tally, s) for s in FIGURES[:4]}
        for line in matrix.lines
    }
    assert shown == plain


def test_a_students_figures_are_those_of_the_report(matrix, teacher, term, as_user, page_of):
    for line in matrix.lines:
        person = line.student
        [by_teacher] = as_user(teacher).get(ALL.format(person.pk)).json()["courses"]
        page = page_of(teacher, "report-student", person.pk).context["attendance"].courses[0]
        assert {name: by_teacher[name] for name in FIGURES} == figures_of(line)
        if person.is_active:
            [own] = as_user(person).get(ALL.format(person.pk)).json()["courses"]
            assert own == by_teacher
        assert figures_of(page) == figures_of(line)
        assert by_teacher["at_risk"] == page.at_risk == line.is_at_risk
        assert by_teacher["required_percent"] == term.at_risk_percent


def test_the_file_has_the_figures_of_the_report(matrix, teacher, term):
    answer = logged_in(teacher).get(reverse("report-course-csv", args=[term.pk]))
    head, *rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    columns = {name: head.index(name) for name in ("Number", "Rate %", "Absent in a row")}
    risk = head.index("At risk")
    for row, line in zip(rows, matrix.lines, strict=True):
        assert row[columns["Number"]] == line.student.institution_number
        rate = row[columns["Rate %"]]
        assert (float(rate) if rate else None) == line.tally.rate_percent
        assert int(row[columns["Absent in a row"]]) == line.absence_streak
        assert bool(row[risk]) == line.is_at_risk


def test_one_definition_says_who_is_at_risk(matrix, teacher, term, page_of):
    assert numbers(matrix.at_risk) == {"S2", "S3", "S5"}
    shown = page_of(teacher, "report-course", term.pk, show="at-risk").context["list"].page
    [standing] = page_of(teacher, "reports").context["standings"]
    assert numbers(shown) == numbers(matrix.at_risk)
    assert standing.at_risk == len(shown)
    call_command("send_notices", stdout=io.StringIO())
    assert {sent.to[0] for sent in mail.outbox} == {line.student.email for line in shown}


def test_all_totals_are_one(matrix, teacher, term, as_user, page_of):
    [standing] = page_of(teacher, "reports").context["standings"]
    rows = Attendance.objects.filter(course_id=term.pk)
    of_period = periods.total(periods.slices(rows, now=clock.now()))
    by_class = page_of(teacher, "report-class", term.class_group_id).context["total"]
    assert matrix.total == standing.tally == of_period == by_class
    overall = as_user(teacher).get(ALL.format(teacher.pk)).json()["total"]
    assert overall["rate_percent"] == matrix.total.rate_percent
    assert overall["absent"] == matrix.total.absent


def test_the_pages_say_what_is_not_counted_yet(term, teacher, page_of):
    text = page_of(teacher, "report-course", term.pk).content.decode()
    assert "open sessions are not counted" in text
    assert "2 sessions: not held or not recorded?" in text
    listed = page_of(teacher, "reports").content.decode()
    assert "open now, not counted yet" in listed
    assert "2 sessions not held or not recorded?" in listed


def test_what_may_still_be_missed_follows_the_courses_own_limit(term, as_user, teacher, page_of):
    person = User.objects.get(institution_number="S8")  # 9 of 10, and 5 ahead
    for percent, may_miss, possible in ((50, 5, True), (75, 2, True), (90, 0, True)):
        Course.objects.update(at_risk_percent=percent)
        [row] = as_user(person).get(ALL.format(person.pk)).json()["courses"]
        assert row["sessions_ahead"] == 5
        assert row["may_still_miss"] == may_miss
        assert row["can_be_met"] == possible
    Course.objects.update(at_risk_percent=100)
    text = page_of(teacher, "report-student", person.pk).content.decode()
    assert "Can no longer reach 100" in text


def test_the_mail_names_the_courses_own_limit(term):
    Course.objects.update(at_risk_percent=90)
    call_command("send_notices", stdout=io.StringIO())
    low = [sent.body for sent in mail.outbox if sent.to == ["s2@school.test"]]
    assert "below 90 %" in low[0]
