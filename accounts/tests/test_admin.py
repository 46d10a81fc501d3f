"""Django's admin: everything can be looked at, and history cannot be changed."""

import re

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts import services
from accounts.models import (
    ConsentEvent,
    Device,
    FailedLogin,
    Invitation,
    RefreshToken,
    Role,
    RosterEntry,
    SpentProof,
    User,
)
from accounts.tests.phone import API, PASSWORD, Phone, signed_in
from attendance_project import clock
from attendance_project.tests.page_client import PageClient

MODELS = [
    ConsentEvent,
    Device,
    FailedLogin,
    Invitation,
    RefreshToken,
    RosterEntry,
    SpentProof,
    User,
]
HISTORY = [ConsentEvent, RefreshToken, SpentProof]


@pytest.fixture
def site(admin_user) -> PageClient:
    client = PageClient()
    client.force_login(admin_user)
    return client


@pytest.fixture
def rows(student, site):
    """One row of everything."""
    Phone(student).log_in(student)
    now = clock.now()
    services.give_consent(student, "2027-01", now=now)
    services.create_invitation(role=Role.TEACHER, by=None, now=now)
    RosterEntry.objects.create(email="r@school.test", institution_number="R1")
    FailedLogin.objects.create(account="a", source="b", at=now)


def address(model, page: str, *args) -> str:
    return reverse(f"admin:accounts_{model._meta.model_name}_{page}", args=args)


@pytest.mark.parametrize("model", MODELS)
def test_list_search_and_row_are_shown(rows, site, model):
    row = model.objects.first()
    assert site.get(address(model, "changelist")).status_code == 200
    if admin.site.get_model_admin(model).search_fields:
        assert site.get(address(model, "changelist"), {"q": "s1"}).status_code == 200
    assert site.get(address(model, "change", row.pk)).status_code == 200


def test_filters_work(rows, site, student):
    page = site.get(address(User, "changelist"), {"role__exact": "student"}).content.decode()
    assert student.full_name in page
    assert "Admin One" not in re.findall(r"<tbody>.*</tbody>", page, re.DOTALL)[0]


@pytest.mark.parametrize("model", HISTORY)
def test_history_is_neither_added_changed_nor_deleted(rows, site, model):
    row = model.objects.first()
    assert site.get(address(model, "add")).status_code == 403
    assert site.post(address(model, "change", row.pk), {}).status_code == 403
    assert site.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    body = {"action": "delete_selected", "_selected_action": str(row.pk), "post": "yes"}
    site.post(address(model, "changelist"), body)
    assert model.objects.filter(pk=row.pk).exists()


def test_teachers_and_students_are_kept_out(teacher, student):
    for person in (teacher, student):
        client = PageClient()
        client.force_login(person)
        assert client.get(address(User, "changelist")).status_code == 302


NEW = {
    "email": "New@School.test",
    "full_name": "New One",
    "institution_number": "n1",
    "department": "",
    "role": "teacher",
    "password1": "a quiet blue lamp",
    "password2": "a quiet blue lamp",
}


def test_account_is_added_with_a_checked_and_hashed_password(site, admin_user):
    weak = NEW | {"password1": "short", "password2": "short"}
    assert site.post(address(User, "add"), weak).status_code == 200
    assert not User.objects.filter(full_name="New One").exists()
    assert site.post(address(User, "add"), NEW).status_code == 302
    user = User.objects.get(email="new@school.test")
    assert user.check_password(NEW["password1"])
    assert (user.institution_number, user.role, user.is_superuser) == ("N1", "teacher", False)
    assert (user.is_approved, user.approved_by) == (True, admin_user)


def test_email_in_another_spelling_is_taken(site, student):
    assert site.post(address(User, "add"), NEW | {"email": "S1@SCHOOL.test"}).status_code == 200
    assert User.objects.filter(full_name="New One").count() == 0


def change(site: PageClient, user: User, **changes):
    names = ("email", "full_name", "institution_number", "department", "role")
    body = {name: getattr(user, name) for name in names} | {"is_active": "on"} | changes
    return site.post(address(User, "change", user.pk), {k: v for k, v in body.items() if v != ""})


def test_role_changed_here_moves_the_powers_and_ends_the_log_ins(site, teacher):
    client = signed_in(teacher)
    assert change(site, teacher, role="admin").status_code == 302
    assert User.objects.get(pk=teacher.pk).is_superuser
    assert client.get(f"{API}/devices").status_code == 401
    assert change(site, teacher, role="teacher").status_code == 302
    assert not User.objects.get(pk=teacher.pk).is_superuser


def test_admin_neither_demotes_closes_nor_deletes_themself(site, admin_user):
    change(site, admin_user, role="student", is_active="")
    assert site.post(address(User, "delete", admin_user.pk), {"post": "yes"}).status_code == 403
    body = {"action": "delete_selected", "_selected_action": str(admin_user.pk), "post": "yes"}
    site.post(address(User, "changelist"), body)
    kept = User.objects.get(pk=admin_user.pk)
    assert (kept.role, kept.is_active) == ("admin", True)


def test_a_merged_account_is_switched_on_by_undoing_the_merge_only(site, student, classmate):
    services.merge_accounts(student, classmate, by=None, now=clock.now())
    answer = change(site, classmate, is_active="on")
    assert "Undo the merge instead" in answer.content.decode()
    assert not User.objects.get(pk=classmate.pk).is_active
    change(site, student, is_active="")
    assert change(site, student, is_active="on").status_code == 302
    assert User.objects.get(pk=student.pk).is_active


def test_password_is_changed_with_the_form(site, student):
    path = reverse("admin:auth_user_password_change", args=[student.pk])
    body = {"password1": "another quiet lamp", "password2": "another quiet lamp"}
    assert site.post(path, body | {"usable_password": "true"}).status_code == 302
    assert User.objects.get(pk=student.pk).check_password("another quiet lamp")


def test_several_rows_are_deleted_at_once(site):
    for n in range(3):
        RosterEntry.objects.create(email=f"r{n}@school.test", institution_number=f"R{n}")
    keys = [str(pk) for pk in RosterEntry.objects.values_list("pk", flat=True)[:2]]
    body = {"action": "delete_selected", "_selected_action": keys, "post": "yes"}
    assert site.post(address(RosterEntry, "changelist"), body).status_code == 302
    assert RosterEntry.objects.count() == 1


def test_rows_of_a_joined_list_are_deleted_at_once(site, student):
    for _ in range(2):
        services.create_invitation(role=Role.TEACHER, by=student, now=clock.now())
    keys = [str(pk) for pk in Invitation.objects.values_list("pk", flat=True)]
    body = {"action": "delete_selected", "_selected_action": keys, "post": "yes"}
    assert site.post(address(Invitation, "changelist"), body).status_code == 302
    assert not Invitation.objects.exists()


def test_accounts_are_deleted_at_once(site, student, classmate, teacher):
    keys = [str(student.pk), str(classmate.pk)]
    body = {"action": "delete_selected", "_selected_action": keys, "post": "yes"}
    assert site.post(address(User, "changelist"), body).status_code == 302
    assert set(User.objects.values_list("role", flat=True)) == {"teacher", "admin"}


def test_chosen_teachers_are_approved(site, admin_user, student):
    waiting = User.objects.create_user(
        "w@school.test", PASSWORD, full_name="W", institution_number="W1", role=Role.TEACHER
    )
    User.objects.filter(pk=student.pk).update(is_approved=False)
    keys = [str(waiting.pk), str(student.pk)]
    body = {"action": "approve_teachers", "_selected_action": keys}
    assert site.post(address(User, "changelist"), body).status_code == 302
    waiting.refresh_from_db()
    student.refresh_from_db()
    assert (waiting.is_approved, waiting.approved_by) == (True, admin_user)
    assert not student.is_approved


def test_invitation_made_here_shows_its_code_once(site):
    answer = site.post(address(Invitation, "add"), {"role": "teacher", "email": ""}, follow=True)
    code = re.search(r"shown only now: ([\w-]+)", answer.content.decode()).group(1)
    assert Invitation.objects.count() == 1
    assert services.register_teacher(
        services.NewAccount("t@school.test", "a quiet blue lamp", "T", "T9"),
        invitation=code,
        address="192.0.2.1",
        now=clock.now(),
    ).is_approved


def test_phones_are_approved_and_revoked(site, student, admin_user):
    old, new = Phone(student), Phone(student)
    body = {"action": "approve", "_selected_action": new.device["id"]}
    assert site.post(address(Device, "changelist"), body).status_code == 302
    assert Device.objects.get(status="active").jkt == new.key.jkt
    assert Device.objects.get(status="active").approved_by == admin_user
    body = {"action": "revoke", "_selected_action": new.device["id"]}
    assert site.post(address(Device, "changelist"), body).status_code == 302
    assert not Device.objects.filter(status="active").exists()
    assert new.get("/devices").status_code == 401
    assert old.get("/devices").status_code == 200
