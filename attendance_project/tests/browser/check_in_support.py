"""Helpers for the tests of a check-in on the student's page. The fixtures are in conftest.py."""

import re

from playwright.sync_api import Locator, Page, expect

from attendance_project.tests.browser.student_phone import StudentsPage
from verification.tests.support import FILMS_MOST

PRESENT = "You are present."


def begin(phone: StudentsPage) -> None:
    """Open the check-in of the session whose code is on the wall."""
    assert phone.session is not None
    phone.page.goto(f"/student/#/check-in/{phone.session.pk}")


def when_filming(phone: StudentsPage) -> None:
    expect(phone.page.locator("[data-recording], [data-live]")).to_be_visible()


WITHOUT_LIVE = "delete globalThis.WebSocket;"
"""A script that takes from the page what films live, so that it films bursts."""


def film_bursts(phone: StudentsPage) -> None:
    """Let the phone film bursts from the next page on."""
    phone.page.add_init_script(WITHOUT_LIVE)
    phone.page.reload()


FILM_AGAIN = re.compile("^(Start|Try the camera again)$")


def film_until(phone: StudentsPage, outcome: str = PRESENT) -> None:
    """Follow the page to the outcome, and film again where it asks for that.

    A busy machine shows the camera's film late. The page then has no picture of a moment, or the
    server does not count a move that comes late; both let the student film again.
    """
    film_until_shown(phone, phone.page.get_by_text(outcome, exact=True))


def film_until_room(phone: StudentsPage, button: str) -> Locator:
    """Film until the page asks for what shows the room, by a button with these words."""
    asks = phone.page.get_by_role("button", name=button)
    film_until_shown(phone, asks)
    return asks


def film_until_shown(phone: StudentsPage, what: Locator) -> None:
    again = phone.page.get_by_role("button", name=FILM_AGAIN)
    for _film in range(FILMS_MOST):
        expect(what.or_(again)).to_be_visible()
        if what.is_visible():
            return
        again.click()
        expect(again).to_have_count(0)
    expect(what).to_be_visible()


def film_until_told(phone: StudentsPage, words: str) -> None:
    """Film again where the page asks for that, until it says this of the film."""
    again = phone.page.get_by_role("button", name=FILM_AGAIN)
    for _film in range(FILMS_MOST):
        expect(again).to_be_visible()
        if words in (small(phone.page).text_content() or ""):
            return
        again.click()
        expect(again).to_have_count(0)
    expect(small(phone.page)).to_contain_text(words)


def film_enrolment(page: Page) -> None:
    """Film until the face is enrolled. A busy machine shows the camera's film late here too."""
    start = page.get_by_role("button", name="Start")
    enrolled = page.get_by_text("is waiting for your teacher's approval")
    for _film in range(FILMS_MOST):
        expect(enrolled.or_(start)).to_be_visible()
        if enrolled.is_visible():
            return
        start.click()
        expect(start).to_have_count(0)
    expect(enrolled).to_be_visible()


def small(page: Page) -> Locator:
    return page.locator(".how")
