"""Logging in to the pages."""

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.urls import reverse

from accounts.models import Role, User
from accounts.tests.phone import PASSWORD
from attendance_project.tests.page_client import PageClient
from conftest import make_user

LOGIN = "/login/"


@pytest.fixture
def stranger(db) -> User:
    """A person who registered as a teacher and waits for an admin."""
    return make_user(Role.TEACHER, "T9", is_approved=False)


def log_in(email: str, password: str = PASSWORD, client: PageClient | None = None, path=LOGIN):
    body = {"username": email, "password": password, "next": "/logout/"}
    return (client or PageClient()).post(path, body)


def is_in(client: PageClient) -> bool:
    return "_auth_user_id" in client.session


def test_page_shows_a_labelled_form(db):
    page = PageClient().get(reverse("login")).content.decode()
    assert '<label for="id_username">' in page
    assert '<label for="id_password">' in page
    assert "csrfmiddlewaretoken" in page


def test_teacher_gets_in_and_goes_on(teacher):
    client = PageClient()
    answer = log_in(teacher.email.upper(), client=client)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/logout/")
    assert is_in(client)


def test_nobody_is_sent_to_another_site(teacher):
    body = {"username": teacher.email, "password": PASSWORD, "next": "https://evil.test/"}
    answer = PageClient().post(LOGIN, body)
    assert answer.status_code == 302
    assert "evil" not in answer.headers["Location"]


def test_form_without_its_token_is_refused(teacher):
    client = PageClient(enforce_csrf_checks=True)
    assert log_in(teacher.email, client=client).status_code == 403


def test_student_is_sent_to_the_app_without_a_session(student):
    client = PageClient()
    answer = log_in(student.email, client=client)
    assert answer.status_code == 200
    assert "app" in answer.content.decode()
    assert not is_in(client)


def test_waiting_teacher_is_told_to_wait(teacher):
    User.objects.filter(pk=teacher.pk).update(is_approved=False)
    client = PageClient()
    answer = log_in(teacher.email, client=client)
    assert answer.status_code == 403
    assert "approval" in answer.content.decode()
    assert not is_in(client)


@pytest.mark.usefixtures("stopped_clock")
@pytest.mark.parametrize("path", [LOGIN, "/admin/login/"])
def test_guesses_are_limited_on_every_page_and_shared_with_the_api(admin_user, path):
    for _ in range(5):
        assert (
            "Wrong e-mail or password"
            in log_in(admin_user.email, "wrong", path=path).content.decode()
        )
    client = PageClient()
    answer = log_in(admin_user.email, client=client, path=path)
    assert "Too many wrong passwords" in answer.content.decode()
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "6")
    assert not is_in(client)
    body = {"email": admin_user.email, "password": PASSWORD}
    assert PageClient().post("/api/v1/login", body, "application/json").status_code == 429


def test_limit_answers_with_its_own_status_and_wait(teacher, stopped_clock):
    for _ in range(5):
        assert log_in(teacher.email, "wrong").status_code == 401
    answer = log_in(teacher.email)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


class CountingHasher(MD5PasswordHasher):
    runs: list[str] = []

    def encode(self, password: str, salt: str) -> str:
        self.runs.append(password)
        return super().encode(password, salt)


def test_unknown_user_costs_as_much_as_a_wrong_password(teacher, settings):
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    work = []
    for email in (teacher.email, "nobody@school.test"):
        CountingHasher.runs.clear()
        assert log_in(email, "wrong").status_code == 401
        work.append(len(CountingHasher.runs))
    assert work == [1, 1]


@pytest.mark.parametrize("email", ["", "x", "a@b", "\0", "a\0@school.test", "x" * 9000])
def test_malformed_form_is_shown_again(db, email):
    assert log_in(email, "wrong").status_code == 400
    assert log_in("a@school.test", "x" * 9000).status_code == 400


def test_log_out_takes_a_post(teacher):
    client = PageClient()
    log_in(teacher.email, client=client)
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/").status_code == 302
    assert not is_in(client)


def test_admin_site_is_for_admins(teacher, student, admin_user):
    for person in (teacher, student):
        client = PageClient()
        assert log_in(person.email, client=client, path="/admin/login/").status_code == 200
        assert not is_in(client)
    client = PageClient()
    assert log_in(admin_user.email, client=client, path="/admin/login/").status_code == 302
    assert client.get("/admin/").status_code == 200


WAITING = "/people/waiting/"


def of(user: User) -> PageClient:
    client = PageClient()
    client.force_login(user)
    return client


def test_who_waits_may_have_come_with_an_import(admin_user, stranger):
    html = of(admin_user).get(WAITING).content.decode()
    assert "or an import created their accounts" in html
    stranger.delete()
    assert "or whom an import adds" in of(admin_user).get(WAITING).content.decode()


def test_an_admin_lets_in_who_waits(admin_user, stranger):
    admin = of(admin_user)
    assert "account to approve" in admin.get("/").content.decode()
    assert stranger.full_name in admin.get(WAITING).content.decode()
    told = admin.post(f"/people/{stranger.pk}/approve/", follow=True).content.decode()
    assert f"{stranger.full_name} is approved." in told
    assert "No accounts to approve" in told
    stranger.refresh_from_db()
    assert (stranger.is_approved, stranger.approved_by) == (True, admin_user)
    assert "account to approve" not in admin.get("/").content.decode()


def test_nobody_approves_themself(stranger):
    assert of(stranger).post(f"/people/{stranger.pk}/approve/").status_code == 403
    stranger.refresh_from_db()
    assert not stranger.is_approved


def test_approving_again_changes_nothing(admin_user, teacher):
    assert of(admin_user).post(f"/people/{teacher.pk}/approve/").status_code == 302
    teacher.refresh_from_db()
    assert teacher.approved_by is None


def test_a_long_queue_is_shown_in_parts(admin_user, monkeypatch):
    monkeypatch.setattr("attendance_project.lists.ROWS_A_PAGE", 2)
    for number in range(3):
        make_user(Role.TEACHER, f"T5{number}", is_approved=False)
    page = of(admin_user).get(WAITING).content.decode()
    assert page.count("View account of") == 2
    assert "Page 1 of 2, 3 rows" in page
