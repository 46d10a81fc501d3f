"""The student's page with a person logged in, for tests of one of its modules alone."""

from playwright.sync_api import Page

from accounts.models import User
from accounts.tests.phone import PASSWORD

LOG_IN = """async ([email, password]) => {
  const { logIn } = await import("/static/student/lib/api.js");
  await logIn(email, password, "Chromium");
}"""


def logged_in_at(page: Page, student: User) -> Page:
    """Log in by the page's own call, and stay on a view that asks the server for nothing."""
    page.goto("/student/#/login")
    page.evaluate(LOG_IN, [student.email, PASSWORD])
    page.goto("/student/#/more")
    page.get_by_role("heading", name="More").wait_for()
    return page
