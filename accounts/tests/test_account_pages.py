"""Pages for a forgotten password, a changed password, and the first visit."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core import mail
from rest_framework.test import APIClient

from accounts import services
from accounts.models import Role, User
from accounts.services import resets
from accounts.tests.phone import PASSWORD, log_in
from attendance_project import clock
from attendance_project.tests.page_client import PageClient
from attendance_project.tests.threads import wait_for_mails

NEW = "quiet river under bridges"
ASK, CHANGE, JOIN = "/password/forgotten/", "/account/password/", "/join/"


def ask(email: str, client: PageClient | None = None):
    answer = (client or PageClient()).post(ASK, {"email": email})
    wait_for_mails()
    return answer


def link_in(sent) -> str:
    """The only link in a mail, without its host."""
    (link,) = re.findall(r"https?://\S+", sent.body)
    return link.removeprefix(settings.PUBLIC_URL)


def follow(link: str, client: PageClient):
    """Open the link as a browser does. Returns the answer and the address of its form."""
    page = client.get(link)
    assert page.status_code == 200
    answer = client.post(urlsplit(link).path, {"code": urlsplit(link).fragment}, follow=True)
    return answer, answer.redirect_chain[-1][0]


def set_new(path: str, password: str = NEW, again: str | None = None):
    client = PageClient()
    _, form_path = follow(path, client)
    again = password if again is None else again
    return client.post(form_path, {"new_password": password, "again": again})


def opens(user: User, password: str) -> bool:
    return User.objects.get(pk=user.pk).check_password(password)


def test_the_link_in_the_mail_sets_a_new_password_once(teacher):
    assert ask(teacher.email.upper()).status_code == 200
    (sent,) = mail.outbox
    assert sent.to == [teacher.email]
    path = link_in(sent)
    assert set_new(path).status_code == 302
    assert opens(teacher, NEW)
    answer, _ = follow(path, PageClient())
    assert "no longer works" in answer.content.decode()
    assert set_new(path, "another good password").status_code == 200
    assert opens(teacher, NEW)


def test_a_student_is_led_to_the_log_in_of_their_own_page(student, teacher):
    for person, place in ((student, "/student/#/login//saved"), (teacher, "/login/")):
        mail.outbox.clear()
        ask(person.email)
        [sent] = mail.outbox
        assert set_new(link_in(sent)).url == place


def test_the_token_is_out_of_the_address_when_the_form_shows(teacher):
    ask(teacher.email)
    path = link_in(mail.outbox[0])
    _, shown_at = follow(path, PageClient())
    assert urlsplit(path).fragment.partition(".")[2] not in shown_at


def test_the_whole_link_may_be_pasted_where_no_script_runs(teacher):
    ask(teacher.email)
    link = link_in(mail.outbox[0])
    answer = PageClient().post("/password/new/", {"code": f" https://x.test{link} "}, follow=True)
    assert "Save password" in answer.content.decode()


def test_the_link_leads_to_the_site_and_not_to_the_host_of_the_asker(teacher, settings):
    settings.ALLOWED_HOSTS = ["*"]
    ask(teacher.email, PageClient(headers={"host": "evil.test"}))
    assert "evil" not in mail.outbox[0].body
    assert settings.PUBLIC_URL in mail.outbox[0].body


def test_a_stranger_gets_the_same_answer_and_no_mail(teacher):
    known = ask(teacher.email).content.decode().replace(teacher.email, "X")
    mail.outbox.clear()
    unknown = ask("nobody@school.test").content.decode().replace("nobody@school.test", "X")
    token = re.compile(r'value="[^"]{64}"')
    assert token.sub("", known) == token.sub("", unknown)
    assert mail.outbox == []


def test_a_switched_off_account_gets_no_mail(teacher):
    User.objects.filter(pk=teacher.pk).update(is_active=False)
    ask(teacher.email)
    assert mail.outbox == []


@pytest.mark.parametrize("uid", ["AAAA", "MTIz", "x", "%00", "é"])
def test_an_invented_link_says_how_to_get_one(db, uid):
    answer = PageClient().post("/password/new/", {"code": f"{uid}.abc-def"}, follow=True)
    assert answer.status_code == 200
    assert "Get a new link" in answer.content.decode()


def test_a_link_ends_with_its_time(teacher, settings):
    ask(teacher.email)
    settings.PASSWORD_RESET_TIMEOUT = -1
    answer, _ = follow(link_in(mail.outbox[0]), PageClient())
    assert "no longer works" in answer.content.decode()


def test_requests_are_forgotten_once_they_count_no_more(teacher):
    ask(teacher.email)
    assert services.purge_expired(now=clock.now())["reset requests"] == 0
    later = clock.now() + resets.WINDOW + timedelta(seconds=1)
    assert services.purge_expired(now=later)["reset requests"] == 1


@pytest.mark.parametrize(("password", "again"), [("short", None), (NEW, "not that"), ("", "")])
def test_a_weak_or_mistyped_password_is_not_set(teacher, password, again):
    ask(teacher.email)
    answer = set_new(link_in(mail.outbox[0]), password, again)
    assert answer.status_code == 400
    assert "errorlist" in answer.content.decode()
    assert opens(teacher, PASSWORD)


def test_a_new_password_ends_every_log_in(teacher):
    api = APIClient()
    tokens = log_in(api, teacher)
    browser = PageClient()
    browser.force_login(teacher)
    ask(teacher.email)
    set_new(link_in(mail.outbox[0]))
    assert browser.get("/").status_code == 302
    body = {"refresh": tokens["refresh"]}
    assert api.post("/api/v1/token/refresh", body, "json").status_code == 401


def change(client: PageClient, **fields: str):
    body = {"current_password": PASSWORD, "new_password": NEW, "again": NEW} | fields
    return client.post(CHANGE, body)


def test_changing_the_password_keeps_this_browser_only(teacher):
    here, elsewhere = PageClient(), PageClient()
    for client in (here, elsewhere):
        client.force_login(teacher)
    assert change(here).status_code == 302
    assert opens(teacher, NEW)
    assert here.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"current_password": "wrong"}, "not your current password"),
        ({"new_password": "short", "again": "short"}, "too short"),
        ({"again": "something else"}, "do not match"),
        ({"new_password": "t1@school.test", "again": "t1@school.test"}, "too similar"),
    ],
)
def test_a_refused_change_says_why_beside_the_field(teacher, fields, words):
    client = PageClient()
    client.force_login(teacher)
    page = change(client, **fields).content.decode()
    assert words in page
    assert 'aria-invalid="true"' in page
    assert opens(teacher, PASSWORD)


def test_guesses_at_the_current_password_are_limited(teacher, stopped_clock):
    client = PageClient()
    client.force_login(teacher)
    for _ in range(5):
        assert change(client, current_password="wrong").status_code == 400
    assert change(client).status_code == 429
    assert opens(teacher, PASSWORD)


def newcomer(**fields: str) -> dict[str, str]:
    return {
        "role": "teacher",
        "full_name": "Nina New",
        "email": "Nina@School.test",
        "institution_number": "t77",
        "department": "",
        "invitation": "",
        "new_password": NEW,
        "again": NEW,
    } | fields


def invitation(role: Role) -> str:
    return services.create_invitation(role=role, by=None, now=clock.now())[1]


def test_a_teacher_without_an_invitation_waits(db):
    page = PageClient().post(JOIN, newcomer()).content.decode()
    assert "is waiting for approval" in page
    nina = User.objects.get(email="nina@school.test")
    assert (nina.role, nina.is_approved, nina.number) == ("teacher", False, "T77")


@pytest.mark.parametrize("role", [Role.TEACHER, Role.ADMIN])
def test_an_invitation_lets_in_at_once_and_once(db, role):
    code = invitation(role)
    answer = PageClient().post(JOIN, newcomer(role=role.value, invitation=code))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/login/")
    nina = User.objects.get(email="nina@school.test")
    assert (nina.role, nina.is_approved) == (role, True)
    other = {"email": "b@school.test", "institution_number": "T78"}
    again = PageClient().post(JOIN, newcomer(role=role.value, invitation=code, **other))
    assert "has expired, was already used" in again.content.decode()
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"role": "admin"},
        {"role": "student"},
        {"role": "admin", "invitation": "invented"},
        {"email": "not an address"},
        {"institution_number": "Т1"},  # its first letter is Cyrillic
        {"full_name": "Nina\nNew"},
        {"full_name": "Nina\0"},
        {"new_password": "short", "again": "short"},
        {"again": "x"},
    ],
)
def test_what_cannot_be_is_refused_and_makes_nobody(db, fields):
    answer = PageClient().post(JOIN, newcomer(**fields))
    assert answer.status_code in (400, 403)
    assert "errorlist" in answer.content.decode()
    assert not User.objects.exists()


def test_a_teachers_invitation_makes_no_admin(db):
    body = newcomer(role="admin", invitation=invitation(Role.TEACHER))
    assert PageClient().post(JOIN, body).status_code == 400
    assert not User.objects.exists()


def test_a_taken_address_or_number_is_told(teacher):
    for fields in ({"email": teacher.email}, {"institution_number": "T1"}):
        answer = PageClient().post(JOIN, newcomer(**fields))
        assert answer.status_code == 409
        assert "already" in answer.content.decode()
    assert User.objects.count() == 1


def test_a_link_brings_its_invitation_along(db):
    page = PageClient().get(JOIN, {"invitation": '"><script>x'}).content.decode()
    assert "<script>x" not in page
    assert 'value="&quot;&gt;&lt;script&gt;x"' in page


def test_the_account_page_says_who_one_is_and_in_which_zone(teacher):
    client = PageClient()
    client.force_login(teacher)
    page = client.get("/account/").content.decode()
    for words in (teacher.full_name, teacher.email, teacher.institution_number, "UTC"):
        assert words in page


def test_too_many_from_one_address_have_to_wait(db, settings):
    settings.REGISTRATIONS_PER_ADDRESS = 1
    assert "is waiting for approval" in PageClient().post(JOIN, newcomer()).content.decode()
    other = {"email": "b@school.test", "institution_number": "T78"}
    answer = PageClient().post(JOIN, newcomer(**other))
    assert (answer.status_code, "Retry-After" in answer.headers) == (429, True)
    assert "Too many accounts were created from your network." in answer.content.decode()
    assert User.objects.count() == 1
