"""What the tests of a check-in on the student's page share; the fixtures are in conftest.py."""

from playwright.sync_api import Locator, Page, expect

from attendance_project.tests.browser.student_phone import StudentsPage

FLOW_MS = 60_000
"""Two changes of the code, a countdown, a burst of up to 9 s, on a busy machine."""
PRESENT = "You are present."


def begin(phone: StudentsPage) -> None:
    """Open the check-in of the session whose code hangs on the wall."""
    assert phone.session is not None
    phone.page.goto(f"/student/#/check-in/{phone.session.pk}")


def when_filming(phone: StudentsPage) -> None:
    expect(phone.page.locator("[data-recording]")).to_be_visible(timeout=FLOW_MS)


def film_until(phone: StudentsPage, outcome: str) -> None:
    """Follow the page to the outcome, and film again where it asks for that.

    A busy machine shows the camera's film late, and a move that comes late is not counted.
    """
    page = phone.page
    again = page.get_by_role("button", name="Start", exact=True)
    decided = page.get_by_text(outcome, exact=True)
    for _try in range(3):
        expect(decided.or_(again)).to_be_visible(timeout=FLOW_MS)
        if decided.is_visible():
            return
        again.click()
    expect(decided).to_be_visible(timeout=FLOW_MS)


def small(page: Page) -> Locator:
    return page.locator(".how")
