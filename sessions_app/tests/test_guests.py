"""Guests: listed apart, part of no rate, and enrolled with one button."""

import pytest

from accounts.models import Role, User
from accounts.services import merge_accounts, undo_merge
from attendance_project.refusals import Refusal
from conftest import NOW, make_user
from reports.exports.tables import course_tables
from reports.queries.matrix import matrix_of
from reports.queries.students import student_overall
from sessions_app import queries, services
from sessions_app.models import Attendance, Enrolment, Guest, Session


def add(session, teacher, *, name="", number="", key="guest-one"):
    about = {"by": teacher, "now": NOW, "key": key}
    return services.add_guest(session, name=name, number=number, **about)


def test_a_guest_is_listed_apart_and_in_no_rate(open_session, teacher):
    add(open_session, teacher, name="  Ada   Lovelace ")
    assert [row.guest.name for row in queries.guests_of(open_session)] == ["Ada Lovelace"]
    assert queries.counts(open_session)["enrolled"] == 2
    assert not Attendance.objects.exists()
    guests = course_tables(matrix_of(open_session.course))[2]
    assert [row[3] for row in guests.rows] == ["Ada Lovelace"]


def test_the_same_number_or_key_again_adds_nothing(open_session, teacher, admin_user):
    for person in (teacher, admin_user):
        add(open_session, person, number="X7", key=person.institution_number)
    for _ in range(2):
        add(open_session, teacher, name="Ada", key="guest-two")
    assert Guest.objects.count() == 2


def test_a_session_has_so_many_guests_at_most(open_session, teacher, monkeypatch):
    monkeypatch.setattr("sessions_app.services.guests.MOST_GUESTS", 1)
    add(open_session, teacher, number="X7")
    add(open_session, teacher, number="X7")
    with pytest.raises(Refusal) as caught:
        add(open_session, teacher, number="X8")
    assert caught.value.code == "too_many_guests"


def test_who_is_on_the_course_is_no_guest(open_session, teacher, student):
    with pytest.raises(Refusal) as caught:
        add(open_session, teacher, number=student.institution_number.lower())
    assert caught.value.code == "on_the_course"


def test_a_guest_says_something_and_the_session_counts(open_session, teacher):
    with pytest.raises(Refusal) as caught:
        add(open_session, teacher, name=" ")
    assert caught.value.code == "invalid_input"
    Session.objects.update(state="cancelled")
    open_session.refresh_from_db()
    with pytest.raises(Refusal) as caught:
        add(open_session, teacher, name="Ada")
    assert caught.value.code == "session_cancelled"


def test_a_guest_with_the_number_of_a_merged_account_is_the_kept_person(
    open_session, course, teacher, student, outsider
):
    twin = make_user(Role.STUDENT, "S9X")
    by_number = add(open_session, teacher, number="S9X")
    enrolled = add(open_session, teacher, name="Bo", key="guest-two")
    Guest.objects.filter(pk=enrolled.pk).update(enrolled_as=twin)
    merge = merge_accounts(outsider, twin, by=None, now=NOW)
    assert [row.account for row in queries.guests_of(open_session)] == [outsider]
    assert set(queries.visits_of(outsider)) == {by_number, enrolled}
    undo_merge(merge, by=None, now=NOW)
    assert [row.account for row in queries.guests_of(open_session)] == [twin]
    assert set(queries.visits_of(twin)) == {by_number, enrolled}
    merge_accounts(outsider, twin, by=None, now=NOW)
    assert services.enrol_guest(by_number, by=teacher, now=NOW) == outsider
    with pytest.raises(Refusal) as caught:
        add(open_session, teacher, number="S9X")
    assert caught.value.code == "on_the_course"


def test_enrolling_puts_the_guest_on_the_course_and_marks_them(open_session, teacher, outsider):
    guest = add(open_session, teacher, number=outsider.institution_number)
    assert queries.guests_of(open_session)[0].account == outsider
    for _ in range(2):
        assert services.enrol_guest(guest, by=teacher, now=NOW) == outsider
        guest.refresh_from_db()
    assert Enrolment.objects.get(student=outsider).is_active
    assert Attendance.objects.get(student=outsider).status == "present"
    assert queries.guests_of(open_session) == []
    services.close_session(open_session, by=teacher, now=open_session.ends_at)
    assert student_overall(outsider, viewer=outsider, now=NOW).total.tally.present == 1


@pytest.mark.parametrize("off", [True, False])
def test_without_an_account_it_says_what_to_do(open_session, teacher, outsider, off):
    number = outsider.institution_number if off else "X7"
    User.objects.filter(pk=outsider.pk).update(is_active=False)
    guest = add(open_session, teacher, number=number)
    with pytest.raises(Refusal) as caught:
        services.enrol_guest(guest, by=teacher, now=NOW)
    assert caught.value.code == ("account_off" if off else "no_account")


def test_the_page_adds_enrols_and_removes(client, open_session, teacher, outsider):
    client.force_login(teacher)
    page = f"/sessions/{open_session.pk}/register/"
    for body in ({"name": "Ada"}, {"number": outsider.institution_number}):
        sent = client.post(f"/sessions/{open_session.pk}/guests/", body)
        assert sent.headers["Location"] == page + "#guests"
    shown = client.get(page).content.decode()
    assert "Ada" in shown
    named = Guest.objects.get(name="Ada")
    numbered = Guest.objects.exclude(pk=named.pk).get()
    assert f"/guests/{numbered.pk}/enrol/" in shown
    assert f"/guests/{named.pk}/enrol/" not in shown
    client.post(f"/guests/{numbered.pk}/enrol/")
    client.post(f"/guests/{named.pk}/remove/")
    assert queries.guests_of(open_session) == []
    assert Enrolment.objects.filter(student=outsider).exists()


def test_the_page_names_who_was_enrolled(client, open_session, teacher, outsider):
    client.force_login(teacher)
    guest = add(open_session, teacher, number=outsider.institution_number)
    page = client.post(f"/guests/{guest.pk}/enrol/", follow=True).content.decode()
    assert f"{outsider.full_name} ({outsider.number}) is on the course now." in page


def test_the_api_adds_lists_enrols_and_removes(api_as, open_session, teacher, outsider):
    api, path = api_as(teacher), f"/api/v1/sessions/{open_session.pk}/guests"
    body = {"number": outsider.institution_number, "nonce": "guest-one"}
    added = api.post(path, body, format="json")
    assert added.status_code == 201
    assert [row["number"] for row in api.get(path).json()["results"]] == [
        outsider.institution_number
    ]
    enrolled = api.post(f"/api/v1/guests/{added.json()['id']}/enrol")
    assert enrolled.json() == {"student": str(outsider.pk)}
    assert api.get(path).json()["results"] == []
    assert api.post(path, {"nonce": "guest-two"}, format="json").status_code == 400
    assert (
        api.post(path, {"name": "x" * 151, "nonce": "guest-two"}, format="json").status_code == 400
    )
    other = api.post(path, {"name": "Ada", "nonce": "guest-two"}, format="json").json()
    assert api.delete(f"/api/v1/guests/{other['id']}").status_code == 204
    assert api.get(path).json()["results"] == []


def test_what_keeps_a_guest_from_the_course_is_said(client, open_session, teacher, colleague):
    for n, number in enumerate(("", "X7", colleague.institution_number)):
        name = "" if number == colleague.institution_number else f"Visitor {n}"
        add(open_session, teacher, name=name, number=number, key=f"guest-{n}")
    client.force_login(teacher)
    shown = client.get(f"/sessions/{open_session.pk}/register/").content.decode()
    assert shown.count("Only a guest with a student number can be added") == 1
    assert shown.count("No student whose account is switched on has this number") == 2
