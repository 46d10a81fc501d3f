"""A teacher annuls a session that was opened by mistake, and restores it."""

import pytest
from playwright.sync_api import Page, expect

from attendance_project import clock
from attendance_project.tests.browser.watching import screenshots
from sessions_app import services
from sessions_app.models import Session

pytestmark = [
    *(pytest.mark.slow, pytest.mark.browser, pytest.mark.once),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def with_a_mark(open_session, student, teacher) -> Session:
    """An open session, at which the student is present."""
    services.mark_by_hand(
        open_session,
        student,
        status="present",
        reason="Seen.",
        by=teacher,
        now=clock.now(),
        key="browser-annul",
    )
    return open_session


def rate_of(page: Page, session: Session, name: str):
    """The student's line in the course's report."""
    page.goto(f"/reports/courses/{session.course_id}/")
    return page.get_by_role("row", name=name)


def test_an_open_session_is_annulled_its_code_ends_and_it_opens_again(
    logged_in, watch, teacher, student, with_a_mark, pictures
):
    wall, desk = logged_in(teacher), logged_in(teacher)
    wall.goto(f"/sessions/{with_a_mark.pk}/live/")
    expect(wall.locator("[data-code-image]")).to_be_visible()
    desk.goto(f"/sessions/{with_a_mark.pk}/register/")
    desk.get_by_role("link", name="Annul session").click()
    assert max(screenshots(desk, pictures, "annul").values()) == 0
    assert watch.audit(desk) == []
    desk.get_by_label("Reason").fill("Opened the wrong one")
    desk.get_by_role("button", name="Annul session").click()
    expect(desk.get_by_text("Annulled. The session counts for nobody.")).to_be_visible()
    expect(desk.get_by_text("Annulled: this session counts for nobody.")).to_be_visible()
    expect(desk.get_by_text("Opened the wrong one").first).to_be_visible()
    expect(desk.get_by_role("listitem").filter(has_text=student.full_name)).to_contain_text(
        "Present"
    )
    row = desk.get_by_role("listitem").filter(has_text=student.full_name)
    expect(row.get_by_role("link", name=f"History: {student.full_name}")).to_be_visible()
    for button in ("Undo", "Compare", "Add a guest"):
        expect(desk.get_by_role("button", name=button)).to_have_count(0)
    wall.keyboard.press("r")
    expect(wall.get_by_role("link", name=f"History: {student.full_name}")).to_be_visible()
    for button in ("Undo", "Compare"):
        expect(wall.get_by_role("button", name=button)).to_have_count(0)
    wall.keyboard.press("Escape")
    assert max(screenshots(desk, pictures, "annulled-register").values()) == 0
    assert watch.audit(desk) == []
    expect(wall.get_by_role("heading", name="Session annulled")).to_be_visible()
    expect(wall.locator("[data-code-image]")).to_be_hidden()

    desk.get_by_role("button", name="Restore session").click()
    expect(desk.get_by_text("Annulled: this session counts for nobody.")).to_be_hidden()
    expect(wall.locator("[data-code-image]")).to_be_visible()
    assert Session.objects.get(pk=with_a_mark.pk).state == "open"


def test_an_annulled_session_is_in_no_figure_until_it_is_restored(
    logged_in, teacher, student, classmate, with_a_mark
):
    services.close_session(with_a_mark, by=teacher, now=clock.now())
    page = logged_in(teacher)
    expect(rate_of(page, with_a_mark, student.full_name)).to_contain_text("100.0")
    expect(rate_of(page, with_a_mark, classmate.full_name)).to_contain_text("0.0")
    page.goto(f"/sessions/{with_a_mark.pk}/annul/")
    page.get_by_label("Reason").fill("It did not take place")
    page.get_by_role("button", name="Annul session").click()
    expect(page.get_by_text("Annulled. The session counts for nobody.")).to_be_visible()
    expect(rate_of(page, with_a_mark, student.full_name)).to_have_count(0)
    page.goto(f"/sessions/{with_a_mark.pk}/register/")
    page.get_by_role("button", name="Restore session").click()
    expect(page.get_by_role("link", name="Annul session")).to_be_visible()
    expect(rate_of(page, with_a_mark, student.full_name)).to_contain_text("100.0")
    expect(rate_of(page, with_a_mark, classmate.full_name)).to_contain_text("0.0")
