"""Attacks with a name: taking a classmate's, at a change and at coming to a course."""

from datetime import timedelta
from functools import partial

import pytest
from django.core import mail
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from accounts import services
from accounts.models import NameRequest, NameState, Role, RosterEntry, User
from accounts.services import names
from accounts.tests.phone import API, Phone, signed_in
from accounts.tests.test_confirming import CHOSEN, code_for, phone_of, refreshed, register, told
from accounts.tests.test_links import follow
from attendance_project import clock
from attendance_project.refusals import Refusal
from attendance_project.tests.page_client import PageClient
from attendance_project.tests.threads import at_once, wait_for_mails
from conftest import make_user
from sessions_app.models import Course, Enrolment, Subject

LOOKS_LIKE_S2 = "Stud\u0435nt S2"  # its e is Cyrillic


def wish(phone: Phone, person: User, name: str, **more: str):
    return phone.patch(f"/profile/update/{person.pk}", {"full_name": name} | more)


@pytest.fixture
def asked(student) -> NameRequest:
    assert wish(Phone(student), student, "Sam Student").status_code == 200
    return NameRequest.objects.get()


def verdict(admin_user: User, row: NameRequest, said: str):
    return signed_in(admin_user).post(f"{API}/name-requests/{row.pk}", {"verdict": said}, "json")


# --- changing one's own name -----------------------------------------------------------------


def test_name_waits_for_an_admin_who_can_undo(student, admin_user):
    answer = wish(Phone(student), student, "Sam Student", name_reason="Married").json()
    assert (answer["full_name"], answer["name_to_approve"]) == ("Student S1", "Sam Student")
    (row,) = signed_in(admin_user).get(f"{API}/name-requests").json()["results"]
    assert (row["old_name"], row["reason"]) == ("Student S1", "Married")
    asked = NameRequest.objects.get()
    became = {"approve": "Sam Student", "undo": "Student S1", "decline": "Student S1"}
    for said, name in became.items():
        assert verdict(admin_user, asked, said).status_code == 200
        wait_for_mails()
        assert mail.outbox[-1].to == [student.email]
        assert refreshed(student).full_name == name
    assert told(verdict(admin_user, asked, "approve")) == (409, "already_decided")
    assert refreshed(student).name_vouched_at is not None


def test_nobody_approves_their_own_name(student, teacher, asked):
    for client in (signed_in(student), signed_in(teacher)):
        answer = client.post(f"{API}/name-requests/{asked.pk}", {"verdict": "approve"}, "json")
        assert answer.status_code == 403
    assert refreshed(student).full_name == "Student S1"


def test_later_wish_takes_the_place_of_an_earlier_one(student, admin_user, asked):
    student.devices.all().delete()  # so that the next phone is the first one, and active
    wish(Phone(student), student, "Sam S")
    states = dict(NameRequest.objects.values_list("new_name", "state"))
    assert states == {"Sam Student": "replaced", "Sam S": "waiting"}
    assert told(verdict(admin_user, asked, "undo")) == (409, "already_decided")


def test_approving_fits_the_name_that_was_there(student, admin_user, asked):
    User.objects.filter(pk=student.pk).update(full_name="Other")
    assert told(verdict(admin_user, asked, "approve")) == (409, "name_changed")
    assert refreshed(student).full_name == "Other"


@pytest.mark.parametrize("name", ["Student S2", "STUDENT s2", LOOKS_LIKE_S2, "S2 Student"])
def test_classmates_name_is_refused_without_a_reason(course, student, classmate, name):
    phone = Phone(student)
    answer = wish(phone, student, name)
    if name == "Student S2":
        assert "full_name" in answer.json()["fields"]
    assert told(answer) == (409, "name_like_classmate")
    assert not NameRequest.objects.exists()
    answer = wish(phone, student, name, name_reason="We have the same name")
    assert (answer.status_code, answer.json()["full_name"]) == (200, "Student S1")


def test_admin_sees_whose_name_it_looks_like(course, student, classmate, admin_user):
    wish(Phone(student), student, LOOKS_LIKE_S2, name_reason="It is mine")
    client = PageClient()
    client.force_login(admin_user)
    page = client.get("/people/names/").content.decode()
    assert "Looks like the name of Student S2 (S2)" in page


def test_page_asks_no_more_for_more_names(course, student, classmate, admin_user):
    client = PageClient()
    client.force_login(admin_user)

    def asked() -> int:
        with CaptureQueriesContext(connection) as taken:
            page = client.get("/people/names/").content.decode()
        assert page.count("Looks like the name of") == NameRequest.objects.count()
        return len(taken)

    pair = [(student, classmate), (classmate, student)]
    counts = []
    for person, other in pair:
        services.ask_for_name(person, other.full_name, reason="It is mine", now=clock.now())
        counts.append(asked())
    assert counts[0] == counts[1]


def test_page_approves_undoes_and_finds(student, admin_user, asked):
    client = PageClient()
    client.force_login(admin_user)
    path = f"/people/names/{asked.pk}/"
    client.post(path, {"verdict": "approve"})
    assert refreshed(student).full_name == "Sam Student"
    assert "Undo" in client.get("/people/names/").content.decode()
    client.post(path, {"verdict": "undo"})
    assert refreshed(student).full_name == "Student S1"
    assert "Sam Student" in client.get("/people/names/", {"q": "sam"}).content.decode()
    assert "Sam Student" not in client.get("/people/names/", {"q": "kim"}).content.decode()


@pytest.mark.parametrize("sent", [{}, {"verdict": "approved"}])
def test_page_decides_nothing_without_a_verdict(student, admin_user, asked, sent):
    client = PageClient()
    client.force_login(admin_user)
    page = client.post(f"/people/names/{asked.pk}/", sent, follow=True)
    assert "Choose one of the answers." in page.content.decode()
    asked.refresh_from_db()
    assert asked.state == NameState.WAITING


@pytest.mark.django_db(transaction=True)
def test_approved_and_declined_at_once_is_decided_once(student, admin_user, asked):
    def decide(n: int) -> str:
        row = NameRequest.objects.select_related("user").get(pk=asked.pk)
        try:
            services.decide_name(row, approve=n % 2 == 0, by=admin_user, now=clock.now())
        except Refusal as refusal:
            return refusal.code
        return "ok"

    answers = at_once(8, decide)
    assert answers.count("ok") == 1
    asked.refresh_from_db()
    is_new = refreshed(student).full_name == "Sam Student"
    assert is_new == (asked.state == "approved")
    wait_for_mails()


def test_decided_wishes_are_deleted_after_they_can_be_undone(student, admin_user, asked):
    services.ask_for_name(student, "Sam Other", now=clock.now())  # in place of the earlier one
    later = clock.now() + timedelta(days=31)
    assert services.purge_expired(now=clock.now())["name requests"] == 0
    assert services.purge_expired(now=later)["name requests"] == 1
    assert [row.new_name for row in NameRequest.objects.all()] == ["Sam Other"]


def test_erasing_takes_the_wishes_too(student, asked):
    services.erase_person(student, now=clock.now(), unasked=True)
    assert not NameRequest.objects.exists()


# --- a crash between two writes --------------------------------------------------------------


def broken_off(monkeypatch, at, do):
    """Do it, and break off at the call of that number of the queryset's update."""
    calls = []
    update = QuerySet.update

    def breaks(rows, **values):
        calls.append(values)
        if len(calls) == at:
            raise KeyboardInterrupt
        return update(rows, **values)

    with monkeypatch.context() as patch:
        patch.setattr(QuerySet, "update", breaks)
        with pytest.raises(KeyboardInterrupt):
            do()


@pytest.mark.parametrize("at", [1, 2, 3])
def test_approval_that_was_broken_off_is_finished_by_approving_again(
    student, admin_user, asked, monkeypatch, at
):
    row = NameRequest.objects.select_related("user").get()
    decide = partial(services.decide_name, row, approve=True, by=admin_user, now=clock.now())
    broken_off(monkeypatch, at, decide)
    (waiting,) = signed_in(admin_user).get(f"{API}/name-requests").json()["results"]
    assert waiting["id"] == str(asked.pk)
    assert verdict(admin_user, asked, "approve").status_code == 200
    assert refreshed(student).full_name == "Sam Student"
    assert told(verdict(admin_user, asked, "approve")) == (409, "already_decided")
    assert verdict(admin_user, asked, "undo").status_code == 200
    assert refreshed(student).full_name == "Student S1"


def test_who_asks_again_after_an_approval_that_was_broken_off_has_the_approved_name_first(
    student, admin_user, asked, monkeypatch
):
    row = NameRequest.objects.select_related("user").get()
    decide = partial(services.decide_name, row, approve=True, by=admin_user, now=clock.now())
    broken_off(monkeypatch, 2, decide)
    services.ask_for_name(refreshed(student), "Sam Third", now=clock.now())
    assert refreshed(student).full_name == "Sam Student"
    asked.refresh_from_db()
    assert (asked.state, asked.is_open) == (NameState.APPROVED, False)
    newest = NameRequest.objects.get(is_open=True)
    assert (newest.old_name, newest.new_name) == ("Sam Student", "Sam Third")


@pytest.mark.parametrize("at", [1, 2])
def test_undo_that_was_broken_off_is_finished_by_undoing_again(
    student, admin_user, asked, monkeypatch, at
):
    assert verdict(admin_user, asked, "approve").status_code == 200
    row = NameRequest.objects.select_related("user").get()
    broken_off(monkeypatch, at, partial(services.undo_name, row, now=clock.now()))
    assert verdict(admin_user, asked, "undo").status_code == 200
    assert refreshed(student).full_name == "Student S1"
    asked.refresh_from_db()
    assert (asked.state, asked.is_open) == (NameState.WAITING, True)
    assert verdict(admin_user, asked, "approve").status_code == 200
    assert refreshed(student).full_name == "Sam Student"


# --- one's own -------------------------------------------------------------------------------


def test_student_reads_how_far_their_request_is(student, admin_user, classmate, asked):
    def own(person):
        return signed_in(person).get(f"{API}/my-name").json()

    said = own(student)
    assert (said["full_name"], said["request"]["new_name"]) == ("Student S1", "Sam Student")
    assert said["request"]["state"] == "waiting"
    verdict(admin_user, asked, "decline")
    assert own(student)["request"]["state"] == "declined"
    assert own(classmate) == {"full_name": "Student S2", "request": None}


# --- coming to a course ----------------------------------------------------------------------


def impostor(name: str = LOOKS_LIKE_S2) -> User:
    """A student who gave themself this name and confirmed an address."""
    person = register("mallory", "N7")
    answer = wish(phone_of(person), person, name).json()
    assert answer["full_name"] == name  # the account is nobody's yet
    assert follow(code_for(person), CHOSEN) == 200
    return refreshed(person)


def enrol(teacher: User, course, *numbers: str, **more: bool):
    body = {"institution_numbers": numbers} | more
    return signed_in(teacher).post(f"{API}/courses/{course.pk}/enrolments", body, "json")


def test_who_took_a_classmates_name_comes_to_no_course_unseen(course, teacher):
    person = impostor()
    assert told(enrol(teacher, course, "N7")) == (409, "name_like_classmate")
    assert not Enrolment.objects.filter(student=person).exists()
    assert enrol(teacher, course, "N7", same_names=True).status_code == 201
    assert refreshed(person).name_vouched_at is not None


def test_teachers_page_asks_about_the_name(course, teacher):
    impostor()
    client = PageClient()
    client.force_login(teacher)
    path = f"/courses/{course.pk}/students/"
    page = client.post(path, {"numbers": "N7"}).content.decode()
    assert "looks like that of Student S2" in page
    assert 'type="checkbox" name="same_names"' in page
    assert client.post(path, {"numbers": "N7", "same_names": "on"}).status_code == 302


def test_who_comes_after_their_impostor_shows_both(course, teacher, classmate):
    Enrolment.objects.filter(student=classmate).delete()
    impostor()
    assert enrol(teacher, course, "N7").status_code == 201
    assert told(enrol(teacher, course, "S2")) == (409, "name_like_classmate")
    assert enrol(teacher, course, "S2", same_names=True).status_code == 201


def test_two_newcomers_with_one_name_are_told_apart_first(course, teacher):
    impostor("Kim Lee")
    make_user(Role.STUDENT, "N8", full_name="Kim Lee", name_vouched_at=None)
    assert told(enrol(teacher, course, "N7", "N8")) == (409, "name_like_classmate")


def test_honest_namesakes_from_the_institution_come_together(course, teacher):
    for number in ("N8", "N9"):
        make_user(Role.STUDENT, number, full_name="Kim Lee")
    assert enrol(teacher, course, "N8", "N9").status_code == 201


def test_admin_answers_for_a_name(course, teacher, admin_user):
    person = impostor()
    assert signed_in(admin_user).post(f"{API}/accounts/{person.pk}/confirm").status_code == 200
    assert enrol(teacher, course, "N7").status_code == 201


def test_name_comes_from_the_list(db):
    entry = {"email": "ann@school.test", "institution_number": "N7", "full_name": "Ann \u00c5gren"}
    RosterEntry.objects.create(**entry)
    ann = register("ann")
    follow(code_for(ann), CHOSEN)
    assert refreshed(ann).full_name == "Ann \u00c5gren"
    assert refreshed(ann).name_vouched_at is not None


def test_moving_asks_about_the_name_as_enrolling_does(course, teacher):
    person = impostor()
    other = Course.objects.create(
        subject=Subject.objects.create(code="XX1", name="Other"),
        class_group=course.class_group,
        teacher=teacher,
        time_zone="UTC",
    )
    assert enrol(teacher, other, "N7").status_code == 201
    path = f"{API}/courses/{other.pk}/enrolments/{person.pk}/move"
    client, move = signed_in(teacher), {"to": str(course.pk)}
    assert told(client.post(path, move, "json")) == (409, "name_like_classmate")
    assert not Enrolment.objects.filter(course=course, student=person).exists()
    browser = PageClient()
    browser.force_login(teacher)
    page = browser.post(f"/courses/{other.pk}/students/{person.pk}/move/", move).content.decode()
    assert 'type="checkbox" name="same_names"' in page
    assert client.post(path, move | {"same_names": True}, "json").status_code == 200
    assert Enrolment.objects.filter(course=course, student=person, is_active=True).exists()
    assert refreshed(person).name_vouched_at is not None


def test_names_of_a_large_course_are_compared_by_what_they_look_like(monkeypatch):
    """Each name is looked at once, however many there are."""
    looked = []
    looks = names.looks

    def counting(name):
        looked.append(name)
        return looks(name)

    monkeypatch.setattr(names, "looks", counting)
    people = [User(full_name=f"Student {n}") for n in range(600)]
    names.require_own_names(people[:300], people[300:])
    assert len(looked) == 600
    with pytest.raises(Refusal):
        names.require_own_names([*people, User(full_name="Student 7")], [])


@pytest.mark.parametrize(
    ("newcomers", "others", "is_refused"),
    [
        ("a", "A", False),
        ("a", "-A", True),
        ("-a", "A", True),
        ("-a", "b", False),
        ("b", "a -a", False),  # who are there already are not asked about again
        ("a", "a -a", True),
        ("-a a", "", True),
        ("a a", "", False),
        ("a a -a", "", True),
    ],
)
def test_names_are_asked_about_where_nobody_answered_for_one_of_two(newcomers, others, is_refused):
    """A minus stands before a name for which nobody answered."""

    def people(said):
        return [
            User(
                full_name=f"{word.strip('-')} Lee".upper(),
                name_vouched_at=None if word.startswith("-") else clock.now(),
            )
            for word in said.split()
        ]

    if is_refused:
        with pytest.raises(Refusal):
            names.require_own_names(people(newcomers), people(others))
    else:
        names.require_own_names(people(newcomers), people(others))
