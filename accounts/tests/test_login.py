"""Logging in, and the limits on guessing."""

from datetime import timedelta

import jwt
import pytest
from django.contrib.auth.hashers import MD5PasswordHasher, make_password
from rest_framework.test import APIClient

from accounts.models import FailedLogin, User
from accounts.tests.phone import API, HOST, PASSWORD, DeviceKey, log_in
from attendance_project import clock
from attendance_project import settings as real_settings
from attendance_project.tests.threads import at_once

PATH = f"{API}/login"


WRONG = "wrong"

pytestmark = pytest.mark.usefixtures("stopped_clock")


def attempt(email: str, password: str = WRONG, address: str = "10.0.0.1", key=None):
    extra = {"HTTP_DPOP": key.proof("POST", HOST + PATH)} if key else {}
    return APIClient().post(
        PATH, {"email": email, "password": password}, "json", REMOTE_ADDR=address, **extra
    )


def claims_of(token: str) -> dict:
    return jwt.decode(token, options={"verify_signature": False})


def test_teacher_gets_a_plain_token(teacher):
    answer = log_in(APIClient(), teacher)
    claims = claims_of(answer["access"])
    assert (claims["sub"], claims["role"]) == (str(teacher.pk), "teacher")
    assert "cnf" not in claims
    assert answer["device"] is None
    assert answer["notice"] is None
    assert answer["user"]["full_name"] == teacher.full_name
    assert claims["exp"] - claims["iat"] == 15 * 60


def test_students_phone_gets_a_token_bound_to_its_key(student):
    key = DeviceKey()
    answer = log_in(APIClient(), student, key, device_name="Ann's phone")
    assert claims_of(answer["access"])["cnf"] == {"jkt": key.jkt}
    assert answer["device"]["status"] == "active"
    assert answer["device"]["name"] == "Ann's phone"


def test_teachers_key_binds_the_token_but_is_no_device(teacher):
    key = DeviceKey()
    answer = log_in(APIClient(), teacher, key)
    assert claims_of(answer["access"])["cnf"] == {"jkt": key.jkt}
    assert answer["device"] is None
    assert answer["notice"] is None


def test_email_is_read_without_case_or_margin(student):
    assert log_in(APIClient(), f" {student.email.upper()} ")["user"]["id"] == str(student.pk)


def test_nothing_secret_is_in_the_answer(student):
    text = str(log_in(APIClient(), student))
    assert student.password not in text
    assert PASSWORD not in text


def test_bad_proof_stops_the_log_in(student):
    key = DeviceKey()
    proof = key.proof("POST", HOST + API + "/logout")
    body = {"email": student.email, "password": PASSWORD}
    response = APIClient().post(PATH, body, "json", HTTP_DPOP=proof)
    assert (response.status_code, response.json()["code"]) == (401, "invalid_device_proof")
    assert not student.devices.exists()


def test_log_in_proof_works_once(student):
    proof = DeviceKey().proof("POST", HOST + PATH)
    body = {"email": student.email, "password": PASSWORD}
    assert APIClient().post(PATH, body, "json", HTTP_DPOP=proof).status_code == 200
    response = APIClient().post(PATH, body, "json", HTTP_DPOP=proof)
    assert (response.status_code, response.json()["code"]) == (401, "device_proof_replayed")


def test_waiting_teacher_is_told_so_only_with_the_right_password(teacher):
    User.objects.filter(pk=teacher.pk).update(is_approved=False)
    response = attempt(teacher.email, PASSWORD)
    assert (response.status_code, response.json()["code"]) == (403, "account_waiting_for_approval")
    assert attempt(teacher.email).json()["code"] == "wrong_credentials"


class CountingHasher(MD5PasswordHasher):
    """The test suite's hasher, which counts its work."""

    runs: list[str] = []

    def encode(self, password: str, salt: str) -> str:
        self.runs.append(password)
        return super().encode(password, salt)


def test_unknown_user_wrong_password_and_closed_account_look_and_cost_the_same(
    student, classmate, settings
):
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    User.objects.filter(pk=classmate.pk).update(is_active=False)
    seen = []
    for email, password in [
        (student.email, "wrong"),
        ("nobody@school.test", "wrong"),
        (classmate.email, PASSWORD),
    ]:
        CountingHasher.runs.clear()
        response = attempt(email, password)
        seen.append((response.status_code, response.content, len(CountingHasher.runs)))
    assert seen[0][0] == 401
    assert seen[0][2] == 1
    assert seen[0] == seen[1] == seen[2]


def test_real_settings_hash_with_argon2_at_the_recommended_cost(settings):
    settings.PASSWORD_HASHERS = real_settings.PASSWORD_HASHERS
    encoded = make_password("a quiet blue lamp")
    assert encoded.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


def test_sixth_wrong_password_is_not_even_tried(student, stopped_clock):
    for _ in range(5):
        assert attempt(student.email).status_code == 401
    response = attempt(student.email, PASSWORD)
    assert (response.status_code, response.json()["code"]) == (429, "too_many_attempts")
    assert response.headers["Retry-After"] == "6"


def test_unknown_account_is_limited_like_a_known_one(db):
    answers = [attempt("nobody@school.test").status_code for _ in range(6)]
    assert answers == [401] * 5 + [429]


def test_spelling_of_the_email_does_not_buy_more_guesses(student):
    for email in (student.email, student.email.upper(), f" {student.email}", student.email) * 2:
        last = attempt(email)
    assert last.status_code == 429


def test_window_passes(student, settings):
    for _ in range(6):
        attempt(student.email)
    earlier = clock.now() - settings.LOGIN_FAILURE_WINDOW - timedelta(seconds=1)
    FailedLogin.objects.update(at=earlier)
    assert attempt(student.email, PASSWORD).status_code == 200


def test_trying_while_refused_does_not_prolong_the_wait(student):
    for _ in range(9):
        attempt(student.email)
    assert FailedLogin.objects.count() == 5


def test_right_password_clears_the_count(student):
    for _ in range(4):
        attempt(student.email)
    assert attempt(student.email, PASSWORD).status_code == 200
    assert not FailedLogin.objects.exists()


def test_prankster_elsewhere_does_not_lock_a_student_out(student):
    for _ in range(8):
        attempt(student.email, address="6.6.6.6")
    assert attempt(student.email, PASSWORD, address="10.0.0.1").status_code == 200


def test_prankster_on_the_same_wifi_does_not_lock_a_students_phone_out(student):
    key = DeviceKey()
    log_in(APIClient(), student, key)
    for _ in range(8):
        attempt(student.email)
    assert attempt(student.email, PASSWORD).status_code == 429
    assert attempt(student.email, PASSWORD, key=key).status_code == 200


def test_phone_of_ones_own_may_not_guess_without_limit_either(student):
    key = DeviceKey()
    log_in(APIClient(), student, key)
    answers = [attempt(student.email, key=key).status_code for _ in range(6)]
    assert answers == [401] * 5 + [429]


def test_key_of_another_account_buys_no_guesses(student, classmate):
    key = DeviceKey()
    log_in(APIClient(), classmate, key)
    answers = [attempt(student.email).status_code for _ in range(5)]
    answers.append(attempt(student.email, key=key).status_code)
    answers.append(attempt(student.email, key=DeviceKey()).status_code)
    assert answers == [401] * 5 + [429, 429]


def test_guesses_from_many_addresses_are_limited_too(student):
    answers = [attempt(student.email, address=f"10.0.{n}.1").status_code for n in range(21)]
    assert answers == [401] * 20 + [429]


def test_own_log_in_does_not_reset_guesses_on_another_account(student, classmate):
    for _ in range(5):
        attempt(student.email)
        assert attempt(classmate.email, PASSWORD).status_code == 200
    assert attempt(student.email).status_code == 429


def test_made_up_forwarded_address_buys_no_guesses(student):
    for n in range(6):
        response = APIClient().post(
            PATH,
            {"email": student.email, "password": "wrong"},
            "json",
            HTTP_X_FORWARDED_FOR=f"1.2.3.{n}",
        )
    assert response.status_code == 429


def test_class_behind_one_address_is_never_slowed_down(db, settings):
    settings.LOGIN_FAILURES_PER_ADDRESS = 10
    for n in range(30):
        email = f"pupil{n}@school.test"
        User.objects.create_user(
            email, PASSWORD, full_name=f"P {n}", institution_number=f"P{n}", is_approved=True
        )
        assert attempt(email, PASSWORD, key=DeviceKey()).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_16_guesses_at_once_pass_no_more_than_the_limit(student):
    answers = at_once(16, lambda _: attempt(student.email).status_code)
    assert set(answers) <= {401, 429}
    assert answers.count(401) <= 5


@pytest.mark.django_db(transaction=True)
def test_30_students_log_in_at_once_from_one_address(db, settings):
    settings.LOGIN_FAILURES_PER_ADDRESS = 10
    emails = [f"pupil{n}@school.test" for n in range(30)]
    for n, email in enumerate(emails):
        User.objects.create_user(
            email, PASSWORD, full_name=f"P {n}", institution_number=f"P{n}", is_approved=True
        )
    answers = at_once(30, lambda n: attempt(emails[n], PASSWORD, key=DeviceKey()).status_code)
    assert answers == [200] * 30
