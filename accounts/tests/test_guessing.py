"""Attacks on the log-in: nobody is locked out, and guessing is slow.

Each attack goes over HTTP. The school's address is shared by everybody who is in the building.
"""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core import mail
from rest_framework.test import APIClient

from accounts import services
from accounts.models import FailedLogin, ResetRequest, Role, User
from accounts.services import guesses, known_browsers, resets
from accounts.tests.phone import API, HOST, PASSWORD, DeviceKey, Phone, log_in, signed_in
from attendance_project import clock
from attendance_project.tests.page_client import PageClient
from attendance_project.tests.threads import at_once, wait_for_mails
from conftest import make_user

SCHOOL, HOME = "192.0.2.1", "198.51.100.7"
LOGIN, ADMIN, API_LOGIN = "/login/", "/admin/login/", f"{API}/login"
WAYS = [LOGIN, ADMIN, API_LOGIN]
ASK = "/password/forgotten/"
WRONG = "wrong"


class Watch:
    """The program's clock, which the test moves."""

    def __init__(self) -> None:
        self.now = clock.now()

    def go_on(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture(autouse=True)
def watch(monkeypatch) -> Watch:
    watch = Watch()
    monkeypatch.setattr(clock, "now", lambda: watch.now)
    return watch


def try_password(
    email: str,
    password: str = WRONG,
    *,
    path: str = API_LOGIN,
    client: PageClient | None = None,
    address: str = SCHOOL,
    **extra,
):
    """Send a password to a page or to the API."""
    name = "email" if path == API_LOGIN else "username"
    form = {name: email, "password": password}
    kind = {"content_type": "application/json"} if path == API_LOGIN else {}
    return (client or PageClient()).post(path, form, REMOTE_ADDR=address, **kind, **extra)


def is_in(answer) -> bool:
    return answer.status_code in (200, 302) and "errorlist" not in answer.content.decode()


def guess_many(email: str, count: int, **where) -> list[int]:
    return [try_password(email, **where).status_code for _ in range(count)]


@pytest.mark.parametrize("path", WAYS)
def test_wrong_guesses_from_the_schools_address_keep_no_known_browser_out(admin_user, path):
    own = PageClient()
    assert is_in(try_password(admin_user.email, PASSWORD, path=path, client=own))
    guess_many(admin_user.email, 30)
    assert try_password(admin_user.email, PASSWORD, path=path).status_code == 429
    own.post("/logout/")
    assert is_in(try_password(admin_user.email, PASSWORD, path=path, client=own))


def known(user: User, *, address: str = SCHOOL) -> PageClient:
    """A browser in which the person logged in once and out again."""
    browser = PageClient()
    assert is_in(try_password(user.email, PASSWORD, path=LOGIN, client=browser, address=address))
    browser.post("/logout/", REMOTE_ADDR=address)
    return browser


def test_log_out_leaves_the_browser_known(teacher):
    browser = known(teacher)
    assert known_browsers.cookie_name(teacher) in browser.cookies
    cookie = browser.cookies[known_browsers.cookie_name(teacher)]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    guess_many(teacher.email, 30)
    assert is_in(try_password(teacher.email, PASSWORD, path=LOGIN, client=browser))


def test_students_phone_and_teachers_program_have_counts_of_their_own(student, teacher):
    for person in (student, teacher):
        key = DeviceKey()
        log_in(APIClient(), person, key)
        guess_many(person.email, 30)
        assert try_password(person.email, PASSWORD).status_code == 429
        proof = {"HTTP_DPOP": key.proof("POST", HOST + API_LOGIN)}
        assert try_password(person.email, PASSWORD, **proof).status_code == 200


def test_copied_proof_does_not_guess_at_the_phones_own_count(student):
    key = DeviceKey()
    log_in(APIClient(), student, key)
    proof = {"HTTP_DPOP": key.proof("POST", HOST + API_LOGIN)}
    answers = [try_password(student.email, **proof).json()["code"] for _ in range(9)]
    assert answers == ["wrong_credentials"] + ["device_proof_replayed"] * 8
    fresh = {"HTTP_DPOP": key.proof("POST", HOST + API_LOGIN)}
    assert try_password(student.email, PASSWORD, **fresh).status_code == 200


def test_delays_grow_and_are_told(teacher, watch, settings):
    guess_many(teacher.email, 5)
    waits = []
    for _ in range(9):
        answer = try_password(teacher.email, PASSWORD + "!")
        assert answer.status_code == 429
        wait = int(answer.headers["Retry-After"])
        assert f"{wait} s" in answer.json()["detail"]
        waits.append(wait)
        watch.go_on(seconds=wait)
        assert try_password(teacher.email).status_code == 401
    assert waits == [6, 11, 21, 41, 81, 161, 321, 641, 901]
    watch.go_on(seconds=901)
    assert try_password(teacher.email, PASSWORD).status_code == 200


def test_refused_tries_neither_prolong_the_wait_nor_store_anything(teacher, watch):
    guess_many(teacher.email, 5)
    guess_many(teacher.email, 50)
    assert FailedLogin.objects.count() == 5
    watch.go_on(seconds=6)
    assert try_password(teacher.email, PASSWORD).status_code == 200


def test_more_guesses_at_invented_names_than_the_limit_keep_nobody_out(teacher, student, settings):
    settings.LOGIN_FAILURES_PER_ADDRESS = 12
    for n in range(15):
        assert try_password(f"invented{n}@school.test").status_code == 401
    for path in (LOGIN, API_LOGIN):
        assert is_in(try_password(teacher.email, PASSWORD, path=path))
    assert try_password(student.email, PASSWORD).status_code == 200


def test_invented_name_is_answered_like_a_real_one_to_the_last_guess(teacher, watch):
    seen = {}
    for email in (teacher.email, "invented@school.test"):
        answers = []
        for _ in range(40):
            answer = try_password(email)
            answers.append((answer.status_code, answer.content, answer.headers.get("Retry-After")))
            watch.go_on(seconds=3)
        seen[email] = answers
    assert seen[teacher.email] == seen["invented@school.test"]


def test_spraying_one_guess_at_each_account_is_delayed(db, settings, teacher):
    settings.LOGIN_FAILURES_PER_ADDRESS = 12
    people = [make_user(Role.STUDENT, f"P{n}") for n in range(16)]
    answers = [try_password(person.email).status_code for person in people]
    assert 9 <= answers.count(401) <= 12
    assert answers[-4:] == [429] * 4
    refused = try_password(teacher.email, PASSWORD)
    assert (refused.status_code, int(refused.headers["Retry-After"]) <= 61) == (429, True)
    assert try_password(teacher.email, PASSWORD, address=HOME).status_code == 200


def test_spraying_keeps_no_known_browser_out(db, settings, teacher):
    settings.LOGIN_FAILURES_PER_ADDRESS = 4
    browser = known(teacher)
    for n in range(8):
        try_password(make_user(Role.STUDENT, f"P{n}").email)
    assert is_in(try_password(teacher.email, PASSWORD, path=LOGIN, client=browser))


def test_limit_of_an_address_is_drawn_so_that_one_guess_tells_no_name(watch):
    drawn = set()
    for _ in range(60):
        drawn.add(guesses.drawn_limit(100, "place", watch.now))
        watch.go_on(hours=1)
    assert min(drawn) >= 75
    assert max(drawn) <= 100
    assert len(drawn) > 10


@pytest.mark.slow
@pytest.mark.once
def test_class_of_300_that_logs_in_at_nine_with_typos_is_never_delayed(db):
    for n in range(300):
        person = make_user(Role.STUDENT, f"P{n}")
        if n % 5 == 0:
            assert try_password(person.email).status_code == 401
        assert try_password(person.email, PASSWORD).status_code == 200


def test_botnet_is_slowed_and_the_owner_comes_in(teacher):
    browser = known(teacher)
    answers = [try_password(teacher.email, address=f"10.0.{n}.1").status_code for n in range(60)]
    assert answers == [401] * 20 + [429] * 40
    assert is_in(try_password(teacher.email, PASSWORD, path=LOGIN, client=browser))


def test_owner_on_a_new_browser_under_attack_comes_in_by_the_mailed_link(teacher):
    for n in range(60):
        try_password(teacher.email, address=f"10.0.{n}.1")
    new = PageClient()
    assert try_password(teacher.email, PASSWORD, path=LOGIN, client=new).status_code == 429
    link = urlsplit(services.password_link(User.objects.get(pk=teacher.pk)))
    page = new.post(link.path, {"code": link.fragment}, follow=True, REMOTE_ADDR=SCHOOL)
    form = {"new_password": "a quiet blue lamp", "again": "a quiet blue lamp"}
    new.post(page.redirect_chain[-1][0], form, REMOTE_ADDR=SCHOOL)
    guess_many(teacher.email, 5, address="10.9.9.9")
    assert is_in(try_password(teacher.email, "a quiet blue lamp", path=LOGIN, client=new))


def test_stolen_cookie_neither_buys_many_guesses_nor_keeps_its_owner_out(teacher):
    owner = known(teacher)
    thief = PageClient()
    thief.cookies = owner.cookies.copy()
    answers = [
        try_password(teacher.email, client=thief, address=f"10.0.{n}.1").status_code
        for n in range(40)
    ]
    assert answers == [401] * 20 + [429] * 20
    assert is_in(try_password(teacher.email, PASSWORD, path=LOGIN, client=owner))


@pytest.mark.parametrize("attack", ["of another account", "of an older password", "made up"])
def test_cookie_that_does_not_fit_buys_nothing(teacher, colleague, attack):
    thief = PageClient()
    name = known_browsers.cookie_name(teacher)
    if attack == "of another account":
        thief.cookies[name] = known_browsers.new_cookie(colleague, address=SCHOOL)
    elif attack == "of an older password":
        thief.cookies[name] = known_browsers.new_cookie(teacher, address=SCHOOL)
        teacher.set_password(PASSWORD)
        teacher.save()
    else:
        thief.cookies[name] = "WyJhIiwiYiIsImMiXQ:1abcde:AAAA"
    guess_many(teacher.email, 5)
    assert try_password(teacher.email, client=thief).status_code == 429


def test_log_in_to_another_account_makes_nobody_known_on_the_admins_page(admin_user, teacher):
    """The page of the admin site takes a form also from somebody who is logged in."""
    insider = PageClient()
    insider.force_login(teacher)
    guess_many(admin_user.email, 5)
    assert try_password(admin_user.email, path=ADMIN, client=insider).status_code == 429


def test_stolen_log_in_does_not_slow_the_owners_change_of_password(teacher):
    thief, owner = signed_in(teacher), signed_in(teacher)
    path, new = f"{API}/password/change", "a quiet blue lamp"
    for _ in range(9):
        thief.post(path, {"current_password": "wrong", "new_password": new}, "json")
    guess_many(teacher.email, 30)
    body = {"current_password": PASSWORD, "new_password": new}
    assert thief.post(path, body, "json").status_code == 429
    assert owner.post(path, body, "json").status_code == 204


def test_staff_rooms_browser_is_known_to_several_people(teacher, colleague):
    browser = PageClient()
    for person in (teacher, colleague):
        try_password(person.email, PASSWORD, path=LOGIN, client=browser)
        browser.post("/logout/")
        guess_many(person.email, 30)
    for person in (teacher, colleague):
        assert is_in(try_password(person.email, PASSWORD, path=LOGIN, client=browser))
        browser.post("/logout/")


def test_browser_keeps_a_few_cookies_only(db):
    browser = PageClient()
    for n in range(known_browsers.MOST_COOKIES + 3):
        person = make_user(Role.TEACHER, f"M{n}")
        try_password(person.email, PASSWORD, client=browser)
    kept = [c for c in browser.cookies.values() if c.key.startswith("known-") and c.value]
    assert len(kept) == known_browsers.MOST_COOKIES


def test_guesses_stop_neither_refreshing_nor_a_passkey(student):
    phone = Phone(student)
    guess_many(student.email, 30)
    for _ in range(30):
        body = {"refresh": "made.up.token"}
        assert APIClient().post(f"{API}/token/refresh", body, "json").status_code == 401
    assert phone.post("/passkeys/options").status_code == 200
    path = f"{API}/token/refresh"
    proof = {"HTTP_DPOP": phone.key.proof("POST", HOST + path)}
    answer = APIClient().post(path, {"refresh": phone.refresh_token}, "json", **proof)
    assert answer.status_code == 200


def test_person_is_told_of_many_wrong_guesses_once_a_day(teacher, watch):
    for n in range(guesses.GUESSES_BEFORE_MAIL - 1):
        try_password(teacher.email, address=f"10.0.{n}.1")
    wait_for_mails()
    assert mail.outbox == []
    for n in range(9):
        try_password(teacher.email, address=f"10.1.{n}.1")
    wait_for_mails()
    assert [sent.to for sent in mail.outbox] == [[teacher.email]]
    watch.go_on(days=1, seconds=1)
    for n in range(guesses.GUESSES_BEFORE_MAIL):
        try_password(teacher.email, address=f"10.2.{n}.1")
    wait_for_mails()
    assert len(mail.outbox) == 2


def test_nobody_is_told_of_guesses_at_an_invented_or_a_closed_account(teacher):
    User.objects.filter(pk=teacher.pk).update(is_active=False)
    for n in range(15):
        try_password(teacher.email, address=f"10.0.{n}.1")
        try_password("invented@school.test", address=f"10.0.{n}.1")
    wait_for_mails()
    assert mail.outbox == []


def test_old_guesses_are_forgotten_by_the_next_one(teacher, watch, settings):
    for n in range(9):
        try_password(f"invented{n}@school.test")
    watch.go_on(seconds=settings.LOGIN_FAILURE_WINDOW.total_seconds() + 1)
    try_password(teacher.email)
    assert FailedLogin.objects.count() == 1


def test_guess_that_a_crash_cut_short_counts_as_a_wrong_one(teacher, watch):
    account = guesses.digest("account", teacher.email)
    source = guesses.digest("address", SCHOOL)
    for _ in range(5):
        FailedLogin.objects.create(account=account, source=source, at=watch.now)
    watch.go_on(seconds=31)
    assert try_password(teacher.email, PASSWORD).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_16_guesses_at_once_above_the_limit_pass_one_at_most(teacher):
    guess_many(teacher.email, 5)
    FailedLogin.objects.update(at=clock.now() - timedelta(seconds=20))
    answers = at_once(16, lambda _: try_password(teacher.email).status_code)
    assert answers.count(401) <= 1
    assert answers.count(429) >= 15


@pytest.mark.django_db(transaction=True)
def test_16_guesses_at_once_send_one_mail(teacher):
    at_once(16, lambda n: try_password(teacher.email, address=f"10.0.{n}.1").status_code)
    wait_for_mails()
    assert len(mail.outbox) <= 1


# --- links to a new password ----------------------------------------------------------


def ask(email: str, *, client: PageClient | None = None, address: str = SCHOOL):
    answer = (client or PageClient()).post(ASK, {"email": email}, REMOTE_ADDR=address)
    wait_for_mails()
    return answer


def test_nobody_fills_an_inbox(teacher, watch):
    statuses = [ask(teacher.email, address=f"10.0.{n}.1").status_code for n in range(6)]
    assert statuses == [200, 200, 200, 429, 429, 429]
    assert len(mail.outbox) == 3
    watch.go_on(seconds=61)
    assert ask(teacher.email).status_code == 200
    assert int(ask(teacher.email).headers["Retry-After"]) == 121
    watch.go_on(hours=24, seconds=1)
    assert ask(teacher.email).status_code == 200


@pytest.fixture
def few_resets(monkeypatch) -> int:
    """How many requests for links one address has free in the test, which are fewer than usual."""
    monkeypatch.setattr(resets, "RESETS_PER_ADDRESS", replace(resets.RESETS_PER_ADDRESS, free=8))
    return 8


def test_requests_for_invented_names_end_nobodys_requests(teacher, few_resets):
    for n in range(few_resets * 3):
        assert ask(f"invented{n}@school.test").status_code == 200
    assert ask(teacher.email).status_code == 200
    assert len(mail.outbox) == 1


def test_requests_for_an_invented_name_are_answered_like_those_for_a_real_one(teacher, watch):
    seen = {}
    for email in (teacher.email, "invented@school.test"):
        answers = [ask(email) for _ in range(6)]
        seen[email] = [(a.status_code, a.headers.get("Retry-After")) for a in answers]
    assert seen[teacher.email] == seen["invented@school.test"]


def test_one_address_does_not_write_to_everybody_and_its_wait_is_short(db, watch, few_resets):
    people = [make_user(Role.STUDENT, f"P{n}") for n in range(few_resets + 4)]
    answers = [ask(person.email) for person in people]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) <= 61
    watch.go_on(seconds=61)
    assert ask(people[-1].email).status_code == 200


def test_known_browser_asks_for_a_link_whatever_others_did(teacher):
    browser = known(teacher)
    for n in range(9):
        ask(teacher.email, address=f"10.0.{n}.1")
    assert ask(teacher.email, client=browser).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_16_requests_at_once_send_three_mails_at_most(teacher):
    def request(n: int) -> int:
        form, address = {"email": teacher.email}, f"10.0.{n}.1"
        return PageClient().post(ASK, form, REMOTE_ADDR=address).status_code

    statuses = at_once(16, request)
    wait_for_mails()
    assert set(statuses) <= {200, 429}
    assert len(mail.outbox) <= 3
    assert ResetRequest.objects.count() <= 3


def test_a_browser_stands_for_its_account_without_a_query(student, django_assert_num_queries):
    name = known_browsers.cookie_name(student)
    headers = [
        f"x=1; {name}={known_browsers.new_cookie(student, address=address)}"
        for address in (SCHOOL, HOME)
    ]
    with django_assert_num_queries(0):
        named = {services.account_named_in(header) for header in headers}
    assert len(named) == 1
    assert named != {""}


@pytest.mark.parametrize(
    "cookies", ["", "known-1=x:y:z", "known-1", "sessionid=1", "known-\xff=\0;;="]
)
def test_cookies_that_are_not_ours_stand_for_nobody(cookies):
    assert services.account_named_in(cookies) == ""
