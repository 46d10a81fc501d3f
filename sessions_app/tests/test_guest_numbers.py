"""A guest's number that belongs to a person of another name: the teacher is asked who is meant."""

import pytest
from django.urls import reverse

from accounts.models import Role, User
from accounts.services import merge_accounts
from attendance_project.refusals import Refusal
from attendance_project.tests.threads import at_once
from conftest import NOW, make_user
from sessions_app import queries, services
from sessions_app.models import Enrolment, Guest

API = "/api/v1"


def add(session, teacher, *, name="", number="", key="guest-one") -> Guest:
    about = {"by": teacher, "now": NOW, "key": key}
    return services.add_guest(session, name=name, number=number, **about)


def refused(session, teacher, **about) -> Refusal:
    with pytest.raises(Refusal) as caught:
        add(session, teacher, **about)
    return caught.value


def noted_before_the_account(session, teacher) -> tuple[Guest, User]:
    """A guest, and somebody of another name who got an account with the guest's number later."""
    guest = add(session, teacher, name="Gus Guest", number="S77")
    return guest, make_user(Role.STUDENT, "S77")


def test_a_number_that_is_anothers_adds_nobody_and_says_whose_it_is(open_session, teacher):
    owner = make_user(Role.STUDENT, "X77")
    refusal = refused(open_session, teacher, name="Gus Guest", number=" x77 ")
    assert refusal.code == "number_of_another"
    assert owner.full_name in refusal.sentence
    assert "Gus Guest" in refusal.sentence
    assert not Guest.objects.exists()


@pytest.mark.parametrize(
    ("role", "is_active"), [(Role.TEACHER, True), (Role.ADMIN, True), (Role.STUDENT, False)]
)
def test_who_is_no_student_or_switched_off_is_not_named_to_who_tries_numbers(
    open_session, teacher, role, is_active
):
    owner = make_user(role, "X77")
    User.objects.filter(pk=owner.pk).update(is_active=is_active)
    refusal = refused(open_session, teacher, name="Gus Guest", number="X77")
    assert refusal.code == "number_of_somebody_else"
    assert owner.full_name not in f"{refusal.sentence} {refusal.fields}"
    assert not Guest.objects.exists()


def test_the_owners_own_name_is_no_question_however_it_is_written(open_session, teacher, outsider):
    words = outsider.full_name.upper().split()
    guest = add(
        open_session, teacher, name=" ".join(reversed(words)), number=outsider.institution_number
    )
    assert [row.account for row in queries.guests_of(open_session)] == [outsider]
    assert services.enrol_guest(guest, by=teacher, now=NOW) == outsider


def test_the_owner_of_a_merged_accounts_number_is_who_was_kept(open_session, teacher, outsider):
    merge_accounts(outsider, make_user(Role.STUDENT, "S9X"), by=None, now=NOW)
    refusal = refused(open_session, teacher, name="Gus Guest", number="S9X")
    assert outsider.full_name in refusal.sentence


def test_the_name_of_who_is_on_the_course_is_said(open_session, teacher, student):
    number = student.institution_number
    assert refused(open_session, teacher, name="Gus", number=number).code == "number_of_another"
    refusal = refused(open_session, teacher, name=student.full_name, number=number)
    assert refusal.code == "on_the_course"
    assert student.full_name in refusal.sentence


def test_a_number_is_of_one_guest(open_session, teacher):
    first = add(open_session, teacher, number="X7")
    assert add(open_session, teacher, name="Ada", number="X7") == first  # now the name is known
    assert Guest.objects.get().name == "Ada"
    refusal = refused(open_session, teacher, name="Bo", number="X7")
    assert refusal.code == "number_of_another_guest"
    assert "Ada" in refusal.sentence
    services.remove_guest(first, now=NOW)
    add(open_session, teacher, name="Bo", number="X7")
    assert [row.guest.name for row in queries.guests_of(open_session)] == ["Bo"]


def test_a_guest_is_not_enrolled_as_somebody_of_another_name_unasked(open_session, teacher):
    guest, owner = noted_before_the_account(open_session, teacher)
    for name in ("", "Gus Guest", "Somebody Else"):
        with pytest.raises(Refusal) as caught:
            services.enrol_guest(guest, by=teacher, now=NOW, name=name)
        assert caught.value.code == "number_of_another"
    assert not Enrolment.objects.filter(student=owner).exists()
    assert services.enrol_guest(guest, by=teacher, now=NOW, name=owner.full_name) == owner
    guest.refresh_from_db()
    assert services.enrol_guest(guest, by=teacher, now=NOW) == owner  # repeating asks nothing


def test_the_api_asks_and_takes_the_owners_name(api_as, open_session, teacher, outsider):
    api, path = api_as(teacher), f"{API}/sessions/{open_session.pk}/guests"
    body = {"name": "Gus Guest", "number": outsider.institution_number, "nonce": "guest-one"}
    answer = api.post(path, body, "json")
    assert (answer.status_code, answer.json()["code"]) == (409, "number_of_another")
    assert outsider.full_name in answer.json()["fields"]["number"][0]
    assert api.post(path, body | {"name": outsider.full_name}, "json").status_code == 201
    assert Guest.objects.get().name == outsider.full_name


def test_the_api_asks_before_it_enrols(api_as, open_session, teacher):
    guest, owner = noted_before_the_account(open_session, teacher)
    api, path = api_as(teacher), f"{API}/guests/{guest.pk}/enrol"
    answer = api.post(path)
    assert (answer.status_code, answer.json()["code"]) == (409, "number_of_another")
    assert api.post(path, {"name": ["x"]}, "json").status_code == 400
    assert api.post(path, {"name": owner.full_name}, "json").json() == {"student": str(owner.pk)}


def test_the_page_asks_and_both_answers_are_taken(client, open_session, teacher, outsider):
    client.force_login(teacher)
    path, number = reverse("guest-add", args=[open_session.pk]), outsider.institution_number
    asked = client.post(path, {"name": "Gus Guest", "number": number})
    assert asked.status_code == 409
    page = asked.content.decode()
    assert f"Add {outsider.full_name} with the number {number}" in page
    assert "Add Gus Guest without a number" in page
    assert not Guest.objects.exists()
    client.post(path, {"name": "Gus Guest"})
    client.post(path, {"name": outsider.full_name, "number": number})
    named = {row.guest.name: row.account for row in queries.guests_of(open_session)}
    assert named == {"Gus Guest": None, outsider.full_name: outsider}


def test_the_page_asks_before_it_enrols_and_shows_whose_number_it_is(client, open_session, teacher):
    guest, owner = noted_before_the_account(open_session, teacher)
    client.force_login(teacher)
    register = client.get(reverse("session-register", args=[open_session.pk])).content.decode()
    assert f"This number belongs to {owner.full_name}." in register
    path = reverse("guest-enrol", args=[guest.pk])
    asked = client.post(path)
    assert asked.status_code == 409
    assert f"Add {owner.full_name} to the course" in asked.content.decode()
    assert not Enrolment.objects.filter(student=owner).exists()
    client.post(path, {"name": owner.full_name})
    assert Enrolment.objects.filter(student=owner).exists()


@pytest.mark.django_db(transaction=True)
def test_of_teachers_who_name_one_number_at_once_the_first_is_right(open_session, teacher):
    add(open_session, teacher, number="S88")
    names = ("Gus Guest", "Ida Berg", "Tom Lund", "Eva Sand")

    def name(number: int) -> str:
        try:
            return add(open_session, teacher, name=names[number], number="S88").name
        except Refusal as refusal:
            return refusal.code

    told = at_once(len(names), name)
    assert sorted(told)[1:] == ["number_of_another_guest"] * 3
    assert Guest.objects.get().name == sorted(told)[0]
