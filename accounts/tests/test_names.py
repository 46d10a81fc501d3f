"""Names that hide something, and names that nobody can tell from another's."""

import pytest
from rest_framework.test import APIClient

from accounts.domain import names
from accounts.models import User
from accounts.tests.phone import API, Phone, signed_in
from attendance_project.tests.page_client import PageClient

HIDDEN = ["Ann\u202eeeL", "Ann\u200bLee", "\u2066Ann Lee", "Ann\u00adLee", "Ann\u2028Lee", "123"]


@pytest.mark.parametrize(
    "text",
    [
        *("Ann\u202eeeL", "Ann\u2066Lee\u2069", "\u200fAnn", "Ann\u200bLee", "Ann\u00adLee"),
        *("Ann\nLee", "Ann\u2028Lee", "Ann\x07", "\u3164", "Ann\ufeff", "Ann\U000e0041", "A\ue000"),
        "Ann\u200dLee",  # a joiner between letters that need none
    ],
)
def test_what_does_not_show_itself_is_no_name(text):
    assert not names.is_visible_line(text)


@pytest.mark.parametrize(
    "text", ["Zoë Núñez-O’Neill", "می\u200cخواهم", "क्\u200dषमा", "Ágnes", "李小龙", "Ann  Lee"]
)
def test_names_of_the_world_are_names(text):
    assert names.is_visible_line(text)
    assert names.has_letter(text)


@pytest.mark.parametrize("text", ["123", "-", "🙂", "٣"])
def test_a_name_has_a_letter(text):
    assert not names.has_letter(text)


@pytest.mark.parametrize(
    "other",
    [
        *(
            "Kavya Rao",
            "kavya  rao",
            "KAVYA RAO",
            "Rao Kavya",
            "Kavya-Rao",
            "Kávya Rao",
            "Kavya Rao.",
        ),
        *("Каvуа Rао", "Kаvya Rao", "Kavya Rαo", "𝐊avya Rao", "Ｋａｖｙａ　Ｒａｏ", "ΚΑVΥΑ RΑΟ"),
    ],
)
def test_name_that_looks_the_same_is_alike(other):
    assert names.are_alike("Kavya Rao", other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(("Ali Kaya", "AIi Kaya"), ("Ali Kaya", "A1i Kaya"), ("Oskar Lind", "0skar Lind")),
        *(("Bernard", "Bemard"), ("Вера Котова", "ВЕРА КОТОВА"), ("Ольга", "OЛЬГА")),
    ],
)
def test_pairs_that_are_alike(one, other):
    assert names.are_alike(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ian Lee", "Lan Lee"), ("Ann Lee", "Anna Lee"), ("Li Wei", "Li Wen"), ("Инна", "Нина")],
)
def test_honest_pairs_are_not_alike(one, other):
    assert not names.are_alike(one, other)


# --- each way in -----------------------------------------------------------------------------


def refused_fields(answer) -> list[str]:
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")
    return list(answer.json()["fields"])


@pytest.mark.parametrize("text", HIDDEN)
def test_registering_with_a_hidden_sign_is_refused(db, text):
    body = {"email": "n@school.test", "password": "a quiet blue lamp", "full_name": text}
    for kind in ("student", "teacher", "admin"):
        answer = APIClient().post(
            f"{API}/register/{kind}", body | {"institution_number": "N1"}, "json"
        )
        assert refused_fields(answer) == ["full_name"]
    assert not User.objects.exists()


@pytest.mark.parametrize("text", HIDDEN)
def test_no_page_takes_a_hidden_sign(admin_user, student, text):
    client = PageClient()
    joining = {"full_name": text, "email": "n@school.test", "institution_number": "N1"}
    password = {"new_password": "a quiet blue lamp", "again": "a quiet blue lamp"}
    client.post("/join/", joining | password | {"role": "teacher"})
    client.force_login(admin_user)
    whole = {"email": student.email, "institution_number": "S1", "department": ""}
    client.post(f"/people/{student.pk}/", whole | {"full_name": text})
    whole |= {"role": "student", "is_active": "on", "full_name": text}
    client.post(f"/admin/accounts/user/{student.pk}/change/", whole)
    assert set(User.objects.values_list("full_name", flat=True)) == {"Admin One", "Student S1"}


@pytest.mark.parametrize("text", HIDDEN)
def test_changing_to_a_hidden_sign_is_refused(admin_user, student, text):
    path = f"/profile/update/{student.pk}"
    body = {"full_name": text, "department": text}
    expected = ["full_name"] if text == "123" else ["full_name", "department"]
    assert refused_fields(Phone(student).patch(path, body)) == expected
    answer = signed_in(admin_user).patch(f"{API}{path}", body, "json")
    assert refused_fields(answer) == expected


def test_name_is_stored_in_one_spelling(db):
    body = {"email": "n@school.test", "password": "a quiet blue lamp", "institution_number": "N1"}
    name = "  Zoe\u0308   Nu\u0301n\u0303ez "
    answer = APIClient().post(f"{API}/register/student", body | {"full_name": name}, "json")
    assert answer.json()["full_name"] == "Zo\u00eb N\u00fa\u00f1ez"
