"""The admin's pages of people: the list, one person, and two accounts of one student."""

import pytest

from accounts.models import AccountMerge, RefreshToken, Role, User
from attendance_project import clock
from attendance_project.tests.page_client import PageClient
from conftest import make_user

PEOPLE = "/people/"


@pytest.fixture
def desk(admin_user) -> PageClient:
    client = PageClient()
    client.force_login(admin_user)
    return client


@pytest.fixture
def twin(db) -> User:
    return make_user(Role.STUDENT, "S1X", full_name="Student One Again")


def listed(answer) -> list[str]:
    return [person.institution_number for person in answer.context["list"].page]


def test_the_list_is_searched_narrowed_sorted_and_paged(
    desk, admin_user, student, teacher, monkeypatch
):
    make_user(Role.STUDENT, "X77", full_name="Élodie Müller", is_active=False)
    for asked, expected in (
        ("?q=x77", ["X77"]),
        ("?q=élodie+müller", ["X77"]),
        ("?q=MÜLLER", ["X77"]),
        ("?q=elodie+muller", ["X77"]),
        ("?q=muller+x77", ["X77"]),
        ("?q=muller+s1", []),
        ("?q=x77@school", ["X77"]),
        ("?q=nobody", []),
        ("?role=teacher", ["T1"]),
        ("?state=off", ["X77"]),
        ("?role=student&state=on", ["S1"]),
        ("?sort=number", ["A1", "S1", "T1", "X77"]),
        ("?sort=-number", ["X77", "T1", "S1", "A1"]),
    ):
        assert listed(desk.get(PEOPLE + asked)) == expected, asked
    monkeypatch.setattr("attendance_project.lists.ROWS_A_PAGE", 3)
    assert len(listed(desk.get(PEOPLE))) == 3
    assert len(listed(desk.get(PEOPLE + "?page=2"))) == 1
    assert listed(desk.get(PEOPLE + "?page=2")) == ["T1"]


def test_names_of_every_script_are_sorted_by_their_letters(desk, monkeypatch):
    names = ["Zoe", "émile", "Anna", "ärne", "Émil", "Αννα", "анна", "Ойле", "Łuk", "Luk"]
    for number, name in enumerate(names):
        make_user(Role.STUDENT, f"N{number}", full_name=name)
    monkeypatch.setattr("attendance_project.lists.ROWS_A_PAGE", 4)
    pages = [desk.get(f"{PEOPLE}?page={n}").context["list"].page for n in (1, 2, 3)]
    shown = [person.full_name for page in pages for person in page]
    expected = ["Admin One", "Anna", "ärne", "Émil", "émile"]
    assert shown[:5] == expected
    assert set(shown[5:7]) == {"Luk", "Łuk"}
    assert shown[7:] == ["Zoe", "Αννα", "анна", "Ойле"]
    turned = desk.get(f"{PEOPLE}?sort=-name").context["list"].page
    assert [person.full_name for person in turned] == shown[::-1][:4]


@pytest.mark.parametrize(
    "asked", ["?sort=password", "?role=owner", "?state=x", "?page=x", "?q=%00"]
)
def test_a_strange_question_is_answered_in_words(desk, asked):
    assert desk.get(PEOPLE + asked).status_code in (200, 400)


def test_the_list_takes_as_many_queries_for_many(desk, django_assert_max_num_queries):
    for number in range(60):
        make_user(Role.STUDENT, f"N{number}")
    with django_assert_max_num_queries(8):
        desk.get(PEOPLE)


def fields(person, **changes) -> dict:
    names = ("full_name", "institution_number", "email", "department")
    return {name: getattr(person, name) for name in names} | changes


def test_a_student_is_renumbered_and_keeps_what_was_recorded(desk, student, course):
    answer = desk.post(f"{PEOPLE}{student.pk}/", fields(student, institution_number="new-1"))
    assert answer.status_code == 302
    student.refresh_from_db()
    assert student.institution_number == "NEW-1"
    assert student.enrolments.count() == 1
    assert "NEW-1" in desk.get(f"/courses/{course.pk}/students/").content.decode()


def test_a_number_that_another_has_is_refused_in_words(desk, student, classmate):
    answer = desk.post(f"{PEOPLE}{student.pk}/", fields(student, institution_number="s2"))
    assert answer.status_code == 409
    assert "An account with this number already exists" in answer.content.decode()
    student.refresh_from_db()
    assert student.institution_number == "S1"


@pytest.mark.parametrize("number", ["", "a b", "\x00", "9" * 41])
def test_a_number_that_is_none_is_refused(desk, student, number):
    desk.post(f"{PEOPLE}{student.pk}/", fields(student, institution_number=number))
    student.refresh_from_db()
    assert student.institution_number == "S1"


def test_an_account_is_switched_off_and_on(desk, student):
    now = clock.now()
    RefreshToken.objects.create(
        jti="j", family=student.pk, user=student, issued_at=now, expires_at=now
    )
    desk.post(f"{PEOPLE}{student.pk}/switch/", {"to": "off"})
    student.refresh_from_db()
    assert not student.is_active
    assert RefreshToken.objects.get().revoked_at is not None
    desk.post(f"{PEOPLE}{student.pk}/switch/", {"to": "on"})
    student.refresh_from_db()
    assert student.is_active


def test_nobody_switches_themself_off(desk, admin_user):
    told = desk.post(f"{PEOPLE}{admin_user.pk}/switch/", {"to": "off"}, follow=True)
    assert "cannot change your own role" in told.content.decode()
    admin_user.refresh_from_db()
    assert admin_user.is_active


def test_two_accounts_are_shown_merged_and_separated_by_page(desk, admin_user, student, twin):
    page = f"{PEOPLE}{student.pk}/merge/"
    assert "Which other account" in desk.get(page).content.decode()
    shown = desk.get(page, {"other": "s1x"}).content.decode()
    assert twin.full_name in shown
    assert f'value="{student.pk}"' in shown
    done = desk.post(page, {"other": "S1X", "keep": str(twin.pk)}, follow=True)
    assert "Merged." in done.content.decode()
    row = AccountMerge.objects.get()
    assert (row.kept, row.merged, row.by) == (twin, student, admin_user)
    assert "was merged into S1X" in desk.get(f"{PEOPLE}{student.pk}/").content.decode()
    assert "Undo" in desk.get(f"{PEOPLE}merges/").content.decode()
    undone = desk.post(f"{PEOPLE}merges/{row.pk}/undo/", follow=True).content.decode()
    assert "Undone." in undone
    student.refresh_from_db()
    assert student.is_active


def test_an_unknown_or_wrong_other_account_is_named(desk, student, teacher):
    page = f"{PEOPLE}{student.pk}/merge/"
    for other in ("nobody", "nobody@school.test", "\x00"):
        assert desk.get(page, {"other": other}).context["form"].errors["other"]
    for other, keep in (("S1", student), ("T1", student), ("T1", teacher)):
        told = desk.post(page, {"other": other, "keep": str(keep.pk)}, follow=True)
        assert told.status_code == 200
    answer = desk.post(page, {"other": "T1", "keep": "x"})
    assert (answer.status_code, "errorlist" in answer.content.decode()) == (400, True)
    assert not AccountMerge.objects.exists()


def test_a_merged_account_is_switched_on_by_undoing_only(desk, student, twin):
    desk.post(f"{PEOPLE}{student.pk}/merge/", {"other": "S1X", "keep": str(student.pk)})
    told = desk.post(f"{PEOPLE}{twin.pk}/switch/", {"to": "on"}, follow=True)
    assert "Undo the merge instead" in told.content.decode()
    twin.refresh_from_db()
    assert not twin.is_active


def test_a_merged_account_offers_nothing_that_would_be_refused(desk, student, twin, classmate):
    page = f"{PEOPLE}{twin.pk}/"
    shown = desk.get(page).content.decode()
    assert f"{page}merge/" in shown
    desk.post(f"{PEOPLE}{student.pk}/merge/", {"other": "S1X", "keep": str(student.pk)})
    shown = desk.get(page).content.decode()
    assert f"{page}merge/" not in shown
    assert "Switch on" not in shown
    assert f'href="{PEOPLE}{student.pk}/"' in shown


def test_a_merged_account_is_not_offered_for_another_merge(desk, student, twin, classmate):
    desk.post(f"{PEOPLE}{student.pk}/merge/", {"other": "S1X", "keep": str(student.pk)})
    told = desk.get(f"{PEOPLE}{twin.pk}/merge/", {"other": "S2"}).content.decode()
    assert "This account was merged into S1 already" in told
    assert 'name="keep"' not in told
    page = f"{PEOPLE}{classmate.pk}/merge/"
    for keep in (classmate, twin):
        told = desk.post(page, {"other": "S1X", "keep": str(keep.pk)})
        assert "merged into S1 already" in told.content.decode()
    assert AccountMerge.objects.count() == 1
