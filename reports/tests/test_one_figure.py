"""Every figure is the same on the report, in its files, in the API, on lists and in mails.

That holds for the whole course and for some days of it. They are compared in a course that counts
in the usual way, and in one where lates count as absences, sessions by their hours, and some
sessions are alternatives.
"""

import csv
import io

import pytest
from django.core import mail
from django.core.management import call_command
from django.urls import reverse

from accounts.models import User
from attendance_project import clock
from reports.domain.rates import Tally
from reports.queries import periods
from reports.tests.conftest import LETTERS, MARKS, held, logged_in
from sessions_app.models import Attendance, Course, Session

ALL = "/api/v1/attendance/statistics/all/{}"
COUNTS = ("present", "late", "excused", "absent")
FIGURES = (*COUNTS, "late_absences", "attended", "counted", "attended_h", "counted_h")
FIGURES = (*FIGURES, "rate_percent", "absence_streak")

only_plain = pytest.mark.parametrize("rules", ["plain"], indirect=True)
only_by_rules = pytest.mark.parametrize("rules", ["by_rules"], indirect=True)

OF_RULES = {
    "Lates counted as absences": "late_absences",
    "Hours attended": "attended_h",
    "Hours counted": "counted_h",
}


@pytest.fixture
def teacher(db, term) -> User:
    return term.teacher


def figures_of(row) -> dict:
    tally = row.tally
    return {name: getattr(tally, name) for name in FIGURES[:-1]} | {
        "absence_streak": row.absence_streak
    }


def numbers(lines) -> set[str]:
    return {line.student.institution_number for line in lines}


@only_plain
def test_what_is_unfinished_forgotten_or_annulled_is_in_no_figure(matrix):
    assert len(matrix.finished) == 10
    plain = {
        name: {word: marks.count(letter) for letter, word in LETTERS.items()}
        for name, marks in MARKS.items()
    }
    shown = {
        line.student.institution_number: {s: getattr(line.tally, s) for s in COUNTS}
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
    head, *rows = file_of(teacher, "report-course-csv", term.pk)
    columns = {name: head.index(name) for name in ("Number", "Rate %", "Absent in a row")}
    risk = head.index("At risk")
    for row, line in zip(rows, matrix.lines, strict=True):
        assert row[columns["Number"]] == line.student.institution_number
        rate = row[columns["Rate %"]]
        assert (float(rate) if rate else None) == line.tally.rate_percent
        for name, figure in OF_RULES.items():
            if name in head:
                told = row[head.index(name)]
                assert (float(told) if told else None) == getattr(line.tally, figure)
        assert (set(OF_RULES) <= set(head)) == bool(term.lates_per_absence)
        assert int(row[columns["Absent in a row"]]) == line.absence_streak
        assert bool(row[risk]) == line.is_at_risk


def test_one_definition_says_who_is_at_risk(matrix, teacher, term, page_of):
    at_risk = {"S2", "S3", "S5"} if not term.lates_per_absence else {"S2", "S3"}
    assert numbers(matrix.at_risk) == at_risk
    shown = page_of(teacher, "report-course", term.pk, show="at-risk").context["list"].page
    [standing] = page_of(teacher, "reports").context["standings"]
    assert numbers(shown) == numbers(matrix.at_risk)
    assert standing.at_risk == len(shown)
    call_command("send_notices", stdout=io.StringIO())
    assert {sent.to[0] for sent in mail.outbox} == {line.student.email for line in shown}


def test_all_totals_are_one(matrix, teacher, term, as_user, admin_user, page_of):
    [standing] = page_of(teacher, "reports").context["standings"]
    rows = Attendance.objects.filter(course_id=term.pk)
    of_period = periods.total(periods.slices(rows, now=clock.now()))
    by_class = page_of(teacher, "report-class", term.class_group_id).context["total"]
    assert matrix.total == standing.tally == of_period == by_class
    assert sum((column.tally for column in matrix.columns), Tally()) == matrix.total
    overall = as_user(teacher).get(ALL.format(teacher.pk)).json()["total"]
    assert overall["rate_percent"] == matrix.total.rate_percent
    assert overall["absent"] == matrix.total.absent
    assert overall["counted_h"] == matrix.total.counted_h
    assert overall["late_absences"] == matrix.total.late_absences
    of_school = as_user(admin_user).get("/api/v1/admin/stats").json()
    assert of_school["attendance_30_days"]["rate_percent"] == matrix.total.rate_percent
    listed = page_of(teacher, "report-class", term.class_group_id, status="absent").context["list"]
    assert listed.page.paginator.count == matrix.total.absent


@pytest.fixture
def of_days(term) -> dict[str, str]:
    """The days of the last seven of the ten sessions, as pages, calls and files are asked."""
    days = [day_of(session) for session in held(term)[3:]]
    return {"from": days[0], "to": days[-1]}


def day_of(session: Session) -> str:
    return session.starts_at.astimezone(session.zone).date().isoformat()


def test_a_report_of_some_days_names_those_who_are_at_risk_in_the_whole_course(
    matrix, of_days, teacher, term, page_of
):
    answer = page_of(teacher, "report-course", term.pk, **of_days)
    limited = answer.context["matrix"]
    assert len(limited.columns) == 7
    assert limited.total != matrix.total
    assert numbers(limited.at_risk) == numbers(matrix.at_risk)
    assert {line.student.pk: line.signs for line in limited.at_risk} == {
        line.student.pk: line.signs for line in matrix.at_risk
    }
    asked = page_of(teacher, "report-course", term.pk, show="at-risk", **of_days)
    assert numbers(asked.context["list"].page) == numbers(matrix.at_risk)
    sentence = "follows from the whole course, not from these days alone"
    assert sentence in answer.content.decode()
    assert sentence not in page_of(teacher, "report-course", term.pk).content.decode()
    [head, *rows] = file_of(teacher, "report-course-csv", term.pk, **of_days)
    risk = head.index("At risk (whole course)")
    assert {row[0] for row in rows if row[risk]} == numbers(matrix.at_risk)


@pytest.mark.parametrize("some_days", [False, True])
def test_the_rows_of_a_class_and_a_subject_are_those_that_the_report_counts(
    some_days, of_days, teacher, term, as_user, page_of
):
    asked = of_days if some_days else {"from": "2000-01-01", "to": "2100-01-01"}
    matrix = page_of(teacher, "report-course", term.pk, **asked).context["matrix"]
    counted = {
        (line.student.institution_number, column.day): one.status
        for line in matrix.lines
        for column, one in zip(matrix.columns, line.counted, strict=True)
        if one is not None and one.counts
    }
    assert len(counted) == sum(line.tally.counted + line.tally.excused for line in matrix.lines)
    for scope, pk in (("class", term.class_group_id), ("subject", term.subject_id)):
        assert rows_by_api(as_user(teacher), scope, pk, asked) == counted
        [head, *rows] = file_of(teacher, f"report-{scope}-csv", pk, **asked)
        number, day = head.index("Number"), head.index("Day")
        assert sorted((row[number], row[day]) for row in rows) == sorted(counted)
        assert page_of(teacher, f"report-{scope}", pk, **asked).context["total"] == matrix.total


def rows_by_api(client, scope: str, pk, asked: dict[str, str]) -> dict[tuple[str, str], str]:
    """The statuses by the student's number and the day, of all pages."""
    url = f"/api/v1/attendance/data/{scope}/{pk}"
    answer = client.get(url, asked | {"page_size": 200}).json()
    found = {(r["institution_number"], r["local_date"]): r["status"] for r in answer["results"]}
    assert answer["count"] == len(answer["results"]) == len(found)
    return found


def file_of(viewer, name: str, pk, **asked: str) -> list[list[str]]:
    answer = logged_in(viewer).get(reverse(name, args=[pk]), asked)
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


@only_plain
def test_the_pages_say_what_is_not_counted_yet(term, teacher, page_of):
    text = page_of(teacher, "report-course", term.pk).content.decode()
    assert "open sessions are not counted" in text
    assert "2 sessions: not held or not recorded?" in text
    listed = page_of(teacher, "reports").content.decode()
    assert "open now, not counted yet" in listed
    assert "2 sessions not held or not recorded?" in listed


@only_plain
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


@only_plain
def test_the_mail_names_the_courses_own_limit(term):
    Course.objects.update(at_risk_percent=90)
    call_command("send_notices", stdout=io.StringIO())
    low = [sent.body for sent in mail.outbox if sent.to == ["s2@school.test"]]
    assert "below 90 %" in low[0]


# --- by the rules alone: after the others, so that the term is made once ----------------


@only_by_rules
def test_the_rules_give_the_figures_that_are_worked_out_by_hand(matrix):
    shown = {line.student.institution_number: figures_of(line) for line in matrix.lines}
    hours = {name: (row["attended_h"], row["counted_h"]) for name, row in shown.items()}
    assert hours["S1"] == (12, 12)  # 1 + 1.5 + 2 (Lab 1) + 1.5 + 2 + 1 (Lab 2) + 2 + 1 (Lab 3)
    assert hours["S2"] == (8, 10)
    assert hours["S3"] == (9, 11)
    assert hours["S5"] == (0, 3.5)  # 1.5 (Lab 2, whose first session was before they came) + 2
    assert hours["S11"] == (7.5, 7.5)
    assert hours["S10"] == (10.5, 12)
    assert (shown["S10"]["late"], shown["S10"]["late_absences"]) == (3, 1)
    assert (shown["S2"]["absent"], shown["S2"]["counted"], shown["S2"]["rate_percent"]) == (
        1,
        7,
        80.0,
    )
    assert (shown["S3"]["absence_streak"], shown["S5"]["absence_streak"]) == (1, 2)


@only_by_rules
def test_pages_and_mails_say_how_the_course_counts(term, teacher, page_of):
    report = page_of(teacher, "report-course", term.pk).content.decode()
    assert "2 lates count as one absence." in report
    assert "Sessions count by their hours." in report
    assert "Another session counts instead" in report
    assert "8 of 10 h" in report
    person = User.objects.get(institution_number="S10")
    page = page_of(teacher, "report-student", person.pk).content.decode()
    assert "2 lates count as one absence." in page
    assert "10.5 of 12 h" in page
    assert "counts as an absence" in page
    Course.objects.update(at_risk_percent=90)
    call_command("send_notices", stdout=io.StringIO())
    texts = {sent.to[0]: sent.body for sent in mail.outbox}
    assert "8 of 10 h" in texts["s2@school.test"]
    assert "every 2 lates count as an absence" in texts["s10@school.test"]
