"""Attacks with an address that was never confirmed: claimed numbers, squatted addresses, races."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command
from rest_framework.test import APIClient

from accounts import services
from accounts.models import ConsentEvent, Device, Passkey, Role, RosterEntry, User
from accounts.queries import consenting_to
from accounts.services import confirming, merge_accounts
from accounts.tests.phone import API, DeviceKey, Phone, signed_in
from accounts.tests.test_links import follow, link_in, look
from attendance_project import clock
from attendance_project.refusals import Refusal
from attendance_project.tests.page_client import PageClient
from attendance_project.tests.threads import at_once, wait_for_mails
from conftest import make_user
from sessions_app.models import Enrolment

CHOSEN = "a quiet blue lamp"


def register(name: str, number: str = "N7") -> User:
    """Register over the API. Returns the account, whose link is the last mail."""
    email = f"{name}@school.test"
    body = {"email": email, "password": CHOSEN, "full_name": name.title()}
    answer = APIClient().post(
        f"{API}/register/student", body | {"institution_number": number}, "json"
    )
    assert answer.status_code == 201, answer.content
    assert (answer.json()["email_confirmed"], answer.json()["institution_number"]) == (
        False,
        number,
    )
    wait_for_mails()
    return User.objects.get(email=email)


def code_for(person: User) -> str:
    """The secret of the latest link that this person got."""
    links = [sent for sent in mail.outbox if "/confirm/#" in sent.body]
    return link_in([sent for sent in links if sent.to == [person.email]][-1])


def phone_of(person: User) -> Phone:
    phone = Phone.__new__(Phone)
    phone.client, phone.key = APIClient(), DeviceKey()
    phone.log_in(person, password=CHOSEN)
    return phone


def refreshed(person: User) -> User:
    return User.objects.get(pk=person.pk)


def told(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


# --- what an account can do before its address is confirmed ----------------------------------


def test_number_counts_once_the_link_was_opened_with_the_password(db):
    ann = register("ann")
    code = code_for(ann)
    assert "#" in mail.outbox[0].body
    assert look(code) == 200
    assert [follow(code, "not the password"), follow(code, "")] == [400, 400]
    assert not refreshed(ann).is_confirmed
    assert follow(code, CHOSEN) == 200
    ann = refreshed(ann)
    assert (ann.is_confirmed, ann.institution_number, ann.claimed_number) == (True, "N7", "")
    assert follow(code, CHOSEN) == 400


def test_unconfirmed_account_logs_in_and_joins_nothing(course, teacher):
    ann = register("ann")
    desk, phone = signed_in(teacher), phone_of(ann)
    places = f"{API}/courses/{course.pk}/enrolments"
    for body in ({"students": [str(ann.pk)]}, {"institution_numbers": ["N7"]}):
        assert told(desk.post(places, body, "json")) == (409, "email_not_confirmed")
    assert not Enrolment.objects.filter(student=ann).exists()
    answer = phone.post("/face/enroll", {}, format="multipart")
    assert answer.status_code in (400, 403)
    assert phone.get(f"/profile/{ann.pk}").json()["email_confirmed"] is False
    follow(code_for(ann), CHOSEN)
    assert desk.post(places, {"institution_numbers": ["N7"]}, "json").status_code == 201


def test_nobody_is_moved_into_a_course_by_another_door(db, course, teacher, session, admin_user):
    """A guest is enrolled by a number, and a merge moves the places of another account."""
    ann, twin = register("ann"), make_user(Role.STUDENT, "S1X")
    desk = signed_in(teacher)
    guest = {"name": "Ann", "number": "N7", "nonce": "guest-nonce-1234567890"}
    row = desk.post(f"{API}/sessions/{session.pk}/guests", guest, "json").json()
    assert told(desk.post(f"{API}/guests/{row['id']}/enrol")) == (409, "no_account")
    with pytest.raises(Refusal) as refused:
        merge_accounts(ann, twin, by=admin_user, now=clock.now())
    assert refused.value.code == "email_not_confirmed"


def test_number_that_an_admin_gives_counts_once_the_address_does(admin_user, course, teacher):
    ann = register("ann")
    desk = signed_in(admin_user)
    own = f"{API}/profile/update/{ann.pk}"
    assert (
        desk.patch(own, {"institution_number": "N8"}, "json").json()["institution_number"] == "N8"
    )
    assert not User.objects.filter(institution_number="N8").exists()
    places, body = f"{API}/courses/{course.pk}/enrolments", {"institution_numbers": ["N8"]}
    assert told(signed_in(teacher).post(places, body, "json")) == (409, "email_not_confirmed")
    assert desk.post(f"{API}/accounts/{ann.pk}/confirm").status_code == 200
    assert refreshed(ann).institution_number == "N8"


def test_link_is_sent_again_and_does_not_fill_an_inbox(db, stopped_clock):
    ann = register("ann")
    phone = phone_of(ann)
    answers = [phone.post("/confirmation") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [202] * 4 + [429] * 2
    assert answers[0].json() == {"sent_to": ann.email}
    wait_for_mails()
    assert {tuple(sent.to) for sent in mail.outbox} == {(ann.email,)}
    follow(code_for(ann), CHOSEN)
    assert told(phone.post("/confirmation")) == (409, "email_already_confirmed")


def test_people_whom_an_admin_brings_in_count_at_once(admin_user):
    body = {"email": "b@school.test", "password": CHOSEN, "full_name": "Bo"}
    made = signed_in(admin_user).post(
        f"{API}/register/admin", body | {"institution_number": "B1"}, "json"
    )
    assert made.json()["email_confirmed"] is True
    _, code = services.create_invitation(role=Role.TEACHER, by=None, now=clock.now())
    invited = {"email": "c@school.test", "institution_number": "C1", "invitation": code}
    made = APIClient().post(f"{API}/register/teacher", body | invited, "json")
    assert made.json()["email_confirmed"] is True
    assert mail.outbox == []


def test_admin_answers_for_an_address_where_no_mail_arrives(admin_user, student):
    ann = register("ann")
    path = f"{API}/accounts/{ann.pk}/confirm"
    assert signed_in(student).post(path).status_code == 403
    assert phone_of(ann).post(f"/accounts/{ann.pk}/confirm").status_code == 403
    for _ in range(2):
        assert signed_in(admin_user).post(path).json()["email_confirmed"] is True
    assert refreshed(ann).institution_number == "N7"


# --- whose a number is -----------------------------------------------------------------------


def test_number_goes_to_whose_address_is_on_the_list_and_the_thief_is_told(db):
    RosterEntry.objects.create(email="ann@school.test", institution_number="N7")
    thief = register("thief")
    assert follow(code_for(thief), CHOSEN) == 409
    assert not refreshed(thief).is_confirmed
    ann = register("ann")
    assert follow(code_for(ann), CHOSEN) == 200
    wait_for_mails()
    assert mail.outbox[-1].to == [thief.email]
    assert "N7" in mail.outbox[-1].body
    assert refreshed(ann).institution_number == "N7"
    assert refreshed(thief).number == ""
    phone_of(thief).post("/confirmation")
    wait_for_mails()
    assert follow(code_for(thief), CHOSEN) == 409


def test_who_is_on_the_list_gets_the_lists_number(db):
    RosterEntry.objects.create(email="ann@school.test", institution_number="N8")
    ann = register("ann", "N7")
    assert follow(code_for(ann), CHOSEN) == 200
    assert refreshed(ann).institution_number == "N8"


def test_without_a_list_the_first_to_confirm_has_the_number(db):
    early, late = register("early"), register("late")
    assert follow(code_for(late), CHOSEN) == 200
    assert follow(code_for(early), CHOSEN) == 400
    phone = phone_of(early)
    body = {"institution_number": "N7"}
    assert told(phone.patch(f"/profile/update/{early.pk}", body)) == (409, "number_taken")
    assert told(phone.post("/confirmation", {"institution_number": "N7"})) == (409, "number_taken")
    assert phone.post("/confirmation", {"institution_number": "n9"}).status_code == 202
    wait_for_mails()
    assert follow(code_for(early), CHOSEN) == 200
    assert told(phone.patch(f"/profile/update/{early.pk}", {"institution_number": "N1"})) == (
        *(403, "admin_only"),
    )


def test_link_does_not_confirm_a_number_that_was_changed_since(db):
    ann = register("ann")
    code = code_for(ann)
    phone_of(ann).patch(f"/profile/update/{ann.pk}", {"institution_number": "N9"})
    assert follow(code, CHOSEN) == 400
    assert not refreshed(ann).is_confirmed


@pytest.mark.django_db(transaction=True)
def test_16_who_confirm_one_number_at_once_make_one_owner():
    people = [register(f"p{n}") for n in range(16)]

    def confirm(n: int) -> str:
        try:
            services.confirm_email(people[n], now=clock.now())
        except Refusal as refusal:
            return refusal.code
        return "ok"

    answers = at_once(16, confirm)
    assert answers.count("ok") == 1
    assert set(answers) <= {"ok", "number_taken", "number_missing"}
    assert User.objects.filter(institution_number="N7").count() == 1
    assert User.objects.exclude(email_confirmed_at=None).count() == 1


def test_erasing_a_thief_takes_nobody_from_the_list(db):
    RosterEntry.objects.create(email="ann@school.test", institution_number="N7")
    services.erase_person(register("ann"), now=clock.now(), unasked=True)
    assert RosterEntry.objects.get().institution_number == "N7"


# --- whose an address is ---------------------------------------------------------------------


def test_owner_takes_a_squatted_address_by_a_new_password(db):
    """Somebody else registered with Ann's address, and has a phone in the account."""
    ann = register("ann")
    squatter = phone_of(ann)
    Passkey.objects.create(user=ann, credential_digest="d", backed_up=False, created_at=clock.now())
    services.give_consent(ann, "1", now=clock.now())
    PageClient().post("/password/forgotten/", {"email": ann.email})
    wait_for_mails()
    code = mail.outbox[-1].body.partition("#")[2].split()[0]
    owner = PageClient()
    page = owner.post("/password/new/", {"code": code}, follow=True)
    new = {"new_password": "another quiet lamp", "again": "another quiet lamp"}
    assert owner.post(page.redirect_chain[-1][0], new).status_code == 302
    assert refreshed(ann).is_confirmed
    assert squatter.get(f"/profile/{ann.pk}").status_code == 401
    assert not Device.objects.filter(user=ann).exists()
    assert not Passkey.objects.filter(user=ann).exists()
    assert not consenting_to(ConsentEvent.FACE, "1")


def test_address_that_nobody_confirmed_is_free_again(db):
    ann = register("ann")
    soon = clock.now() + confirming.UNCONFIRMED_FOR - timedelta(minutes=1)
    assert services.purge_expired(now=soon)["unconfirmed accounts"] == 0
    later = clock.now() + confirming.UNCONFIRMED_FOR + timedelta(minutes=1)
    assert services.purge_expired(now=later)["unconfirmed accounts"] == 1
    assert services.purge_expired(now=later)["unconfirmed accounts"] == 0
    assert not refreshed(ann).is_active
    again = register("ann")
    assert again.pk != ann.pk


def test_confirmed_account_is_never_released(student):
    later = clock.now() + confirming.UNCONFIRMED_FOR * 2
    assert services.purge_expired(now=later)["unconfirmed accounts"] == 0
    assert not services.release_account(student, now=later)
    assert refreshed(student).is_active


# --- what is shown of a number that does not count -------------------------------------------


def test_pages_show_the_number_that_is_claimed(admin_user):
    ann = register("ann")
    client = PageClient()
    client.force_login(admin_user)
    pages = ("/people/", f"/people/{ann.pk}/", f"/people/{ann.pk}/merge/?other=A1")
    for path in (*pages, f"/reports/students/{ann.pk}/"):
        page = client.get(path)
        assert page.status_code == 200, path
        shown = re.sub(r"<[^>]*>", "", page.content.decode())
        assert "N7" in shown
        assert ann.institution_number not in shown
    own = phone_of(ann).get("/my-data").json()["account"]
    assert own["institution_number"] == "N7"


# --- accounts that took a number before the institution said whose it is ----------------------


def taken(number: str = "N7") -> User:
    """A number that a stranger confirmed with a mailbox of their own."""
    thief = register("mallory", number)
    assert follow(code_for(thief), CHOSEN) == 200
    return refreshed(thief)


def switch_off(admin_user: User, person: User) -> None:
    path = f"{API}/profile/update/{person.pk}"
    assert signed_in(admin_user).patch(path, {"is_active": False}, "json").status_code == 200


def imported(tmp_path, text: str) -> str:
    file = tmp_path / "list.csv"
    file.write_text("email,institution_number,full_name\n" + text)
    out = StringIO()
    call_command("import_roster", str(file), stdout=out)
    return out.getvalue()


def test_list_that_comes_later_names_who_has_a_number_already(admin_user, tmp_path):
    thief = taken()
    said = imported(tmp_path, "ann@school.test,N7,Ann\nbea@school.test,N8,Bea\n")
    assert "N7 (mallory@school.test)" in said
    assert "N8" not in said
    assert refreshed(thief).institution_number == "N7"
    client = PageClient()
    client.force_login(admin_user)
    for path in ("/people/", f"/people/{thief.pk}/"):
        page = client.get(path).content.decode()
        assert "The expected list has this number for ann@school.test" in page


@pytest.mark.parametrize("is_known", [False, True])
def test_switched_off_thief_loses_the_number_to_who_is_on_the_list(admin_user, is_known):
    """An account that somebody answered for keeps it, although it is switched off."""
    thief = taken()
    if is_known:
        services.vouch_for_names([thief], now=clock.now())
    ann = register("ann", "N8")
    RosterEntry.objects.create(
        email="ann@school.test", institution_number="N7", full_name="Ann Ash"
    )
    with pytest.raises(Refusal, match="already exists"):
        services.confirm_email(ann, now=clock.now())
    switch_off(admin_user, thief)
    if is_known:
        with pytest.raises(Refusal, match="already exists"):
            services.confirm_email(ann, now=clock.now())
    else:
        assert follow(code_for(ann), CHOSEN) == 200
    assert refreshed(ann).is_confirmed == (not is_known)
    assert refreshed(thief).institution_number.startswith("?") == (not is_known)


def test_merged_account_keeps_its_number_though_it_is_off(admin_user):
    thief, other = taken(), make_user(Role.STUDENT, "N9")
    merge_accounts(other, thief, by=admin_user, now=clock.now())
    User.objects.filter(pk=thief.pk).update(name_vouched_at=None)
    assert not refreshed(thief).is_active
    assert not services.holds_idly(refreshed(thief))


def test_switching_an_account_off_ends_its_claim_and_it_is_released_in_time(admin_user):
    ann = register("ann")
    switch_off(admin_user, ann)
    assert refreshed(ann).claimed_number == ""
    later = clock.now() + timedelta(days=31)
    assert services.purge_expired(now=later)["unconfirmed accounts"] == 1
    assert services.purge_expired(now=later)["unconfirmed accounts"] == 0
    assert refreshed(ann).email.endswith("@erased.invalid")


@pytest.mark.parametrize(("name", "is_known"), [("Mallory", True), ("Mallory Moss", False)])
def test_list_answers_for_a_name_that_is_the_same(tmp_path, db, name, is_known):
    person = taken()
    assert person.name_vouched_at is None
    imported(tmp_path, f"mallory@school.test,N7,{name}\n")
    assert (refreshed(person).name_vouched_at is not None) == is_known
    assert refreshed(person).full_name == "Mallory"
