"""Logging in and out, as a person at a keyboard does it."""

import re

import pytest
from playwright.sync_api import expect

from accounts.tests.phone import PASSWORD
from attendance_project.tests.patience import until

pytestmark = [
    *(pytest.mark.slow, pytest.mark.browser, pytest.mark.once),
    pytest.mark.django_db(transaction=True),
]

NEW = "quiet river under bridges"


def log_in(page, email: str, password: str) -> None:
    page.goto("/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")


def test_log_in_by_keyboard_and_out_again(context, teacher):
    page = context.new_page()
    page.goto("/login/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    log_in(page, teacher.email, PASSWORD)
    expect(page.get_by_role("link", name=teacher.full_name)).to_be_visible()
    expect(page.get_by_role("link", name="Today")).to_have_attribute("aria-current", "page")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_text("You are logged out.")).to_be_visible()
    page.goto("/account/")
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()


def test_a_wrong_password_is_told_beside_the_form(context, watch, teacher):
    watch.expect("status of 401")
    page = context.new_page()
    log_in(page, teacher.email, "wrong")
    expect(page.get_by_role("alert")).to_contain_text("Wrong e-mail or password")


def test_a_forgotten_password_is_replaced_by_the_link_in_the_mail(context, server, teacher):
    page = context.new_page()
    page.goto("/login/")
    page.get_by_role("link", name="Forgot your password?").click()
    page.get_by_label("E-mail").fill(teacher.email)
    page.get_by_role("button", name="Send link").click()
    expect(page.get_by_role("heading", name="Check your mail")).to_be_visible()
    page.goto(until(lambda: _link_mailed(server)))
    page.get_by_label("New password").fill(NEW)
    page.get_by_label("Repeat password").fill(NEW)
    page.get_by_role("button", name="Save password").click()
    log_in(page, teacher.email, NEW)
    expect(page.get_by_role("link", name=teacher.full_name)).to_be_visible()


def _link_mailed(server) -> str:
    """The link in the mail. It is empty until the mail is there, which is sent after the answer."""
    mails = "".join(mail.read_text() for mail in server.mails.glob("*"))
    link = re.search(server.url + r"/password/\S+", mails)
    return link.group() if link else ""
