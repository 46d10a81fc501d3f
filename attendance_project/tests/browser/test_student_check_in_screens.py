"""Each screen of a check-in, narrow, by day and by night: axe finds nothing, nothing is cut off."""

import pytest
from playwright.sync_api import expect

from attendance_project.tests.browser.check_in_support import begin
from attendance_project.tests.browser.watching import overflow_px
from sessions_app.models import Session

pytestmark = [
    *(pytest.mark.slow, pytest.mark.browser, pytest.mark.once),
    pytest.mark.django_db(transaction=True),
]

NARROWEST = {"width": 320, "height": 568}
THUMB_PX = 24  # WCAG 2.2, success criterion 2.5.8


@pytest.fixture
def look(enrolled, watch, pictures):
    """Fail for anything wrong with the current screen, and keep a picture of it."""

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
        page.screenshot(path=pictures / f"check-in-{name}.jpg", quality=80, caret="initial")

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
    skip = page.get_by_role("button", name="Skip: my teacher will confirm")
    expect(skip).to_be_visible()
    look(f"room-{scheme}")
    skip.click()
    page.get_by_role("button", name="Wait").click()
    look(f"face-{scheme}")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Your teacher will confirm.", exact=True)).to_be_visible()
    look(f"outcome-{scheme}")
