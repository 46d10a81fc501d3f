"""Inviting imported people into their accounts."""

import re
from contextlib import suppress
from datetime import timedelta
from smtplib import SMTPException
from typing import ClassVar

import pytest
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.test import Client

from accounts import services as people
from accounts.models import Role, User
from accounts.services import new_person
from attendance_project import clock
from sessions_app.imports import invitations

LINK = re.compile(r"https?://[^/]+(/\S+)")
PASSWORD = "her own long words"


@pytest.fixture
def ann(db) -> User:
    ann = new_person(
        role=Role.STUDENT, email="ann@school.test", institution_number="S7", full_name="Ann Ågren"
    )
    ann.save()
    return ann


def open_link(client: Client, link: str):
    """The page that the link leads to, once its script has sent on what stands behind the #."""
    path, _, code = LINK.search(link)[1].partition("#")
    return client.post(path, {"code": code}, follow=True)


def choose_password(link: str) -> None:
    client = Client()
    address = open_link(client, link).redirect_chain[-1][0]
    body = {"new_password": PASSWORD, "again": PASSWORD}
    assert client.post(address, body).status_code == 302


def test_only_people_without_a_password_are_invited(ann, student, teacher, admin_user):
    assert invitations.waiting() == [ann]
    User.objects.filter(pk=ann.pk).update(is_active=False)
    assert invitations.waiting() == []


def test_a_mailed_link_lets_its_owner_choose_a_password_once(ann, mailoutbox):
    assert invitations.mail([ann], by=None, now=clock.now()) == (1, [])
    sent = mailoutbox[0]
    assert sent.to == ["ann@school.test"]
    assert "Hello Ann Ågren" in sent.body
    choose_password(sent.body)
    ann.refresh_from_db()
    assert ann.check_password(PASSWORD)
    assert invitations.waiting() == []
    again = open_link(Client(), sent.body)
    assert "new_password" not in again.content.decode()


def test_a_bad_address_stops_no_other_mail(ann, mailoutbox):
    User.objects.filter(pk=ann.pk).update(email="ann@school.test\nBcc: all@evil.test")
    bo = new_person(
        role=Role.STUDENT, email="bo@school.test", institution_number="S8", full_name="Bo"
    )
    bo.save()
    ann.refresh_from_db()
    assert invitations.mail([ann, bo], by=None, now=clock.now()) == (1, [ann])
    assert [sent.to for sent in mailoutbox] == [["bo@school.test"]]


def test_the_command_prints_or_mails_links(db, tmp_path, capsys, mailoutbox):
    path = tmp_path / "people.csv"
    path.write_text("student_number,student_email,student_name\nS7,ann@school.test,Ann\n")
    call_command("import_enrolments", str(path), "--invite=print", "--dry-run")
    assert "http" not in capsys.readouterr().out
    call_command("import_enrolments", str(path), "--invite=print")
    choose_password(capsys.readouterr().out)
    assert User.objects.get().check_password(PASSWORD)
    call_command("import_enrolments", str(path), "--invite=mail")
    assert "Invitations mailed: 0" in capsys.readouterr().out


def test_the_page_says_who_was_invited_by_whom_until_when_and_who_used_it(ann, admin_user, client):
    client.force_login(admin_user)
    page = "/imports/invitations/"
    assert "Not noted" in client.get(page).content.decode()
    client.post(f"{page}print/", {"person": [str(ann.pk)]})
    ann.refresh_from_db()
    assert (ann.invited_by, ann.invitation_used_at) == (admin_user, None)
    html = client.get(page).content.decode()
    assert f"by {admin_user.full_name}" in html
    assert "The link works until" in html
    assert "Ann Ågren" in client.get(page, {"q": admin_user.full_name}).content.decode()
    long_ago = ann.invited_at - timedelta(days=4)
    User.objects.filter(pk=ann.pk).update(invited_at=long_ago)
    assert "The link has ended" in client.get(page).content.decode()
    choose_password(people.password_link(ann))
    html = client.get(page).content.decode()
    used = html.split('<section id="used">')[1]
    assert "Ann Ågren" in used
    assert "Everyone has a password" in html


def test_who_could_not_be_mailed_is_not_noted_as_invited(ann, mailoutbox):
    User.objects.filter(pk=ann.pk).update(email="ann@school.test\nBcc: all@evil.test")
    ann.refresh_from_db()
    invitations.mail([ann], by=None, now=clock.now())
    ann.refresh_from_db()
    assert ann.invited_at is None


class Watching(EmailBackend):
    """Keeps in memory whom the database has as invited while each mail is sent. It fails to send
    those to Bo."""

    noted: ClassVar[list[tuple[str, bool]]] = []

    def send_messages(self, messages):
        [address] = messages[0].to
        person = User.objects.get(email=address)
        self.noted.append((address, person.invited_at is not None))
        if address == "bo@school.test":
            raise SMTPException
        return super().send_messages(messages)


@pytest.fixture
def watched(settings):
    settings.EMAIL_BACKEND = f"{__name__}.Watching"
    Watching.noted.clear()
    return Watching.noted


def test_each_is_noted_as_invited_before_their_mail(ann, watched):
    assert invitations.mail([ann], by=None, now=clock.now()) == (1, [])
    assert watched == [("ann@school.test", True)]


def test_who_was_invited_before_stays_so_where_the_next_mail_fails(ann, admin_user, watched):
    earlier = clock.now().replace(microsecond=0) - timedelta(days=1)
    User.objects.filter(pk=ann.pk).update(email="bo@school.test")
    people.note_invited([ann], by=admin_user, now=earlier)
    ann = User.objects.get(pk=ann.pk)
    assert invitations.mail([ann], by=None, now=clock.now()) == (0, [ann])
    assert watched == [("bo@school.test", True)]
    ann.refresh_from_db()
    assert (ann.invited_at, ann.invited_by) == (earlier, admin_user)


def test_a_failed_mail_takes_back_no_invitation_by_somebody_else(ann, admin_user):
    later = clock.now().replace(microsecond=0) + timedelta(seconds=5)
    with suppress(SMTPException), people.noted_as_invited(ann, by=None, now=clock.now()):
        people.note_invited([ann], by=admin_user, now=later)
        raise SMTPException
    ann.refresh_from_db()
    assert (ann.invited_at, ann.invited_by) == (later, admin_user)


def test_an_invitation_of_an_account_that_is_switched_off_is_not_listed(ann):
    people.note_invited([ann], by=None, now=clock.now())
    choose_password(people.password_link(ann))
    assert list(invitations.used()) == [ann]
    User.objects.filter(pk=ann.pk).update(is_active=False)
    assert not invitations.used().exists()


def test_a_password_without_an_invitation_uses_none(ann):
    choose_password(people.password_link(ann))
    assert not invitations.used().exists()
