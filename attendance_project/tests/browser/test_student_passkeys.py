"""A passkey of Chromium's own authenticator: made, used on a new phone, seen by the teacher."""

import pytest
from playwright.sync_api import expect

from accounts.models import Device, Passkey
from attendance_project.tests.browser.lock import Lock
from attendance_project.tests.browser.watching import open_window
from conftest import PASSWORD

pytestmark = [
    *(pytest.mark.slow, pytest.mark.browser, pytest.mark.once),
    pytest.mark.django_db(transaction=True),
]

SYNCED = {"defaultBackupEligibility": True, "defaultBackupState": True}


@pytest.fixture
def page(context, server):
    return phone_page(context)


def phone_page(context):
    opened = context.new_page()
    opened.set_viewport_size({"width": 390, "height": 800})
    return opened


def log_in(page, student):
    page.goto("/student/#/passkeys")
    page.get_by_label("E-mail").fill(student.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def test_a_passkey_is_made_and_removed(page, student, course, watch, pictures):
    Lock(page)
    log_in(page, student)
    expect(page.get_by_text("You have no passkey yet.")).to_be_visible()
    page.get_by_role("button", name="Create a passkey on this phone").click()
    expect(page.get_by_text("Stays on the device where it was created.")).to_be_visible()
    assert Passkey.objects.get().trust == "device_bound"
    page.screenshot(path=pictures / "student-passkeys.png", full_page=True)
    assert watch.audit(page) == []

    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("You have no passkey yet.")).to_be_visible()
    assert not Passkey.objects.exists()


def test_a_synced_passkey_says_so(page, student, course):
    Lock(page, **SYNCED)
    log_in(page, student)
    page.get_by_role("button", name="Create a passkey on this phone").click()
    expect(page.get_by_text("Synced across your devices")).to_be_visible()


def test_a_question_that_is_not_answered_loses_nothing(page, student, course, watch):
    Lock(page, isUserVerified=False)
    log_in(page, student)
    page.get_by_role("button", name="Create a passkey on this phone").click()
    expect(page.get_by_role("alert")).to_contain_text("was not confirmed")
    assert not Passkey.objects.exists()


def test_without_a_screen_lock_everything_else_works(page, student, course):
    log_in(page, student)
    expect(page.get_by_text("Everything works without one.")).to_be_visible()


def test_a_new_phone_is_confirmed_with_a_passkey(page, student, course, chromium, server, watch):
    """The passkey comes to the new phone as a synced one does, through the phone's maker."""
    first = Lock(page, **SYNCED)
    log_in(page, student)
    page.get_by_role("button", name="Create a passkey on this phone").click()
    expect(page.get_by_role("button", name="Remove")).to_be_visible()
    other = open_window(chromium, server, watch)
    new = phone_page(other)
    Lock(new, **SYNCED).add(first.passkeys())
    log_in(new, student)
    expect(new.get_by_role("heading", name="You are logged in")).to_be_visible()
    new.goto("/student/#/passkeys")
    new.get_by_role("button", name="Confirm this phone").click()
    expect(new.get_by_role("button", name="Confirm this phone")).to_have_count(0)
    waiting = Device.objects.get(user=student, status="pending")
    assert waiting.confirmed_by == "synced"
    other.close()
