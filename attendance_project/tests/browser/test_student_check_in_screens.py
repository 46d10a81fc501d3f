"""Each screen of a check-in, narrow, by day and by night: axe finds nothing, nothing is cut off.

The course has one of the longest names, and the letters are then made twice as large.
"""

import pytest
from playwright.sync_api import expect

from attendance_project.tests.browser.check_in_support import begin, film_bursts
from attendance_project.tests.browser.watching import OUT_OF_VIEW, overflow_px
from sessions_app.models import Session, Subject

pytestmark = [
    *(pytest.mark.slow, pytest.mark.browser, pytest.mark.once),
    pytest.mark.django_db(transaction=True),
]

NARROWEST = {"width": 320, "height": 568}
LONG = "Wissenschaftsgeschichtsgrundlagenvorlesungsreihenfortsetzung"
THUMB_PX = 24  # WCAG 2.2, success criterion 2.5.8
CUT_OFF = """() => [...document.querySelectorAll("main :is(p, li, dt, dd, label, button, a)")]
  .filter((each) => each.offsetParent && !each.matches(".class *, .unseen"))
  .filter((each) => each.scrollWidth > each.clientWidth + 1
    && getComputedStyle(each).display !== "inline")
  .map((each) => each.textContent)"""
"""The words that stand out of their place. Only a name and a room may end in dots."""


@pytest.fixture
def look(enrolled, watch, pictures):
    """Fail for anything wrong with the current screen, and keep a picture of it."""

    subject = Subject.objects.filter(pk=enrolled.session.subject_id)
    subject.update(name=LONG)

    def at(name):
        page = enrolled.page
        assert watch.audit(page) == [], name
        assert overflow_px(page) == 0, name
        small = page.evaluate(
            """least => [...document.querySelectorAll("main button, main a")]
              .filter((each) => each.offsetParent && each.offsetHeight < least)
              .map((each) => each.textContent)""",
            THUMB_PX,
        )
        assert small == [], name
        assert page.evaluate(OUT_OF_VIEW) == [], name
        assert page.locator("main :is(button, a.button):not(.quiet)").count() <= 1, name
        page.screenshot(path=pictures / f"check-in-{name}.jpg", quality=80, caret="initial")
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert overflow_px(page) == 0, name
        assert page.evaluate(CUT_OFF) == [], name
        page.evaluate("document.documentElement.style.fontSize = ''")

    return at


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_screen(enrolled, lecture, look, scheme):
    page = enrolled.page
    Session.objects.filter(pk=lecture.pk).update(bluetooth="preferred")
    page.set_viewport_size(NARROWEST)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    enrolled.wall = lambda: ""
    begin(enrolled)
    expect(page.get_by_text("Point at the code")).to_be_visible()
    look(f"code-{scheme}")
    page.get_by_role("button", name="Type the short code").click()
    expect(page.get_by_label("Six digits")).to_be_focused()
    look(f"digits-{scheme}")
    page.get_by_role("button", name="Back to camera").click()
    enrolled.wall = None
    page.evaluate("window.staysStill = true")
    move = page.locator(".stage[data-live][data-move]")
    expect(move).to_be_visible()
    look(f"live-{scheme}")
    page.get_by_role("button", name="I cannot make these moves").click()
    skip = page.get_by_role("button", name="Skip: my teacher will confirm")
    expect(skip).to_be_visible()
    look(f"room-{scheme}")
    skip.click()
    expect(page.get_by_text("Your teacher will confirm.", exact=True)).to_be_visible()
    look(f"outcome-{scheme}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_screen_of_a_burst(enrolled, look, scheme):
    page = enrolled.page
    film_bursts(enrolled)
    page.set_viewport_size(NARROWEST)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    begin(enrolled)
    page.get_by_role("button", name="Wait").click()
    look(f"face-{scheme}")
