"""A working day without a mouse: every step is reached by Tab, and the focus is always seen."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from accounts.tests.phone import PASSWORD
from attendance_project.tests.browser.test_dashboard import FILE
from sessions_app.models import Enrolment, Session
from verification.models import FaceTemplate

pytestmark = [
    *(pytest.mark.slow, pytest.mark.browser, pytest.mark.once),
    pytest.mark.django_db(transaction=True),
]

MOST_TABS = 90
FOCUS = """() => {
  const element = document.activeElement;
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  return {
    ringed: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0,
    inside: box.bottom > 0 && box.top < innerHeight && box.width > 0,
    what: element.outerHTML.slice(0, 120),
  };
}"""


def tab_to(page: Page, target: Locator, key: str = "Tab") -> None:
    """Press Tab until the target has the focus. Each stop on the way must show its focus."""
    expect(target).to_be_visible()
    for _ in range(MOST_TABS):
        page.keyboard.press(key)
        focus = page.evaluate(FOCUS)
        assert focus["ringed"], f"the focus is not seen on {focus['what']}"
        assert focus["inside"], f"the focus is out of sight on {focus['what']}"
        if has_focus(target):
            return
    raise AssertionError(f"Tab does not reach {target}")


def has_focus(target: Locator) -> bool:
    focused: bool = target.evaluate("element => element === document.activeElement")
    return focused


def press(page: Page, target: Locator, key: str = "Enter") -> None:
    tab_to(page, target)
    page.keyboard.press(key)


def row(page: Page, name: str) -> Locator:
    return page.locator(".row", has_text=name)


def test_logging_in_and_out(context, teacher):
    page = context.new_page()
    page.goto("/login/")
    tab_to(page, page.get_by_label("E-mail"))
    page.keyboard.type(teacher.email)
    tab_to(page, page.get_by_label("Password"))
    page.keyboard.type(PASSWORD)
    press(page, page.get_by_role("button", name="Log in"))
    expect(page.get_by_role("heading", name="Today", exact=True)).to_be_visible()
    press(page, page.get_by_role("button", name="Log out"))
    expect(page.get_by_text("You are logged out.")).to_be_visible()


def test_opening_a_session_and_its_register(logged_in, teacher, student, session):
    page = logged_in(teacher)
    page.goto("/")
    press(page, page.get_by_role("button", name="Open and show code"))
    expect(page.get_by_alt_text("The code to scan with your phone")).to_be_visible()
    opener = page.get_by_role("button", name="Register")
    press(page, opener, "Space")
    closer = page.get_by_role("button", name="Close Esc")
    expect(closer).to_be_focused()
    page.keyboard.press("Escape")
    expect(closer).to_be_hidden()
    expect(opener).to_be_focused()
    press(page, page.get_by_role("button", name="Short code"))
    expect(page.locator("[data-digits]")).to_be_visible()
    sound = page.get_by_role("button", name="Room's sound")
    press(page, sound)
    expect(page.get_by_text("The room's sound is on")).to_be_visible()
    expect(sound).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("The room's sound is off")).to_be_visible()


def test_doubt_is_confirmed_and_taken_back(
    logged_in, teacher, student, classmate, open_session, phone_of
):
    for person in (student, classmate):
        assert phone_of(person).check_in(open_session, hears=False)["outcome"] == "review"
    page = logged_in(teacher)
    page.goto(f"/sessions/{open_session.pk}/register/")
    press(page, page.get_by_role("button", name=f"Confirm {student.full_name}"))
    expect(row(page, student.full_name)).to_have_attribute("data-status", "present")
    expect(row(page, student.full_name)).to_be_focused()
    said = page.locator("[data-said]")
    expect(said).to_have_text(f"{student.full_name}: Present")
    press(page, page.get_by_role("button", name=f"Undo for {student.full_name}"))
    expect(row(page, student.full_name)).to_have_attribute("data-status", "review")
    expect(row(page, student.full_name)).to_be_focused()
    expect(said).to_have_text(f"{student.full_name}: To confirm")


def test_working_off_the_reviews_one_after_the_other(
    logged_in, teacher, student, classmate, open_session, phone_of
):
    """Where a row goes away, the focus goes to the row that takes its place."""
    for person in (student, classmate):
        assert phone_of(person).check_in(open_session, hears=False)["outcome"] == "review"
    page = logged_in(teacher)
    page.goto(f"/sessions/{open_session.pk}/register/")
    filtered = page.get_by_role("button", name="To confirm", exact=False).first
    press(page, filtered)
    for person in (student, classmate):
        press(page, page.get_by_role("button", name=f"Confirm {person.full_name}"))
        expect(row(page, person.full_name)).to_have_count(0)
        if person == student:
            expect(row(page, classmate.full_name)).to_be_focused()
    expect(filtered).to_be_focused()


def test_the_focus_stays_while_others_arrive(
    logged_in, teacher, student, classmate, open_session, phone_of
):
    page = logged_in(teacher)
    page.goto(f"/sessions/{open_session.pk}/register/")
    press(page, page.get_by_role("button", name="Not checked in"))
    link = page.get_by_role("link", name=f"Mark by hand: {classmate.full_name}")
    tab_to(page, link)
    assert phone_of(student).check_in(open_session)["outcome"] == "present"
    expect(row(page, student.full_name)).to_have_count(0)
    expect(link).to_be_focused()


def test_a_mark_with_its_reason(logged_in, teacher, student, open_session):
    page = logged_in(teacher)
    page.goto(f"/sessions/{open_session.pk}/register/")
    press(page, page.get_by_role("link", name=f"Mark by hand: {student.full_name}"))
    tab_to(page, page.get_by_label("Mark as"))
    page.keyboard.type("Exc")
    tab_to(page, page.get_by_label("Reason"))
    page.keyboard.type("Doctor's note")
    press(page, page.get_by_role("button", name="Save"))
    expect(row(page, student.full_name)).to_have_attribute("data-status", "excused")
    expect(row(page, student.full_name)).to_be_focused()


def test_planning_a_session(logged_in, teacher, course):
    page = logged_in(teacher)
    page.goto("/")
    press(page, page.get_by_role("navigation").get_by_role("link", name="Courses"))
    press(page, page.get_by_role("link", name="Plan sessions").first)
    day = timezone.localdate() + timedelta(days=7)
    tab_to(page, page.get_by_label("Day, or first day"))
    page.keyboard.type(f"{day:%m%d%Y}")
    tab_to(page, page.get_by_label("From"))
    page.keyboard.type("0900AM")
    tab_to(page, page.get_by_label("To", exact=True))
    page.keyboard.type("1030AM")
    press(page, page.get_by_role("button", name="Plan", exact=True))
    expect(page.get_by_role("status")).to_be_visible()
    start = Session.objects.get().local_start
    assert (start.date(), f"{start:%H:%M}") == (day, "09:00")


def test_an_import_is_looked_at_and_applied(logged_in, admin_user, course):
    page = logged_in(admin_user)
    page.goto("/imports/enrolments/")
    with page.expect_file_chooser() as chooser:
        press(page, page.get_by_label("CSV file or workbook"))
    chooser.value.set_files(
        [{"name": "class.csv", "mimeType": "text/csv", "buffer": FILE.encode()}]
    )
    press(page, page.get_by_role("button", name="Preview changes"))
    expect(page.get_by_role("heading", name="Preview changes")).to_be_visible()
    press(page, page.get_by_role("button", name="Apply changes"))
    expect(page.get_by_role("status")).to_be_visible()
    assert Enrolment.objects.filter(course=course).count() == 3


def test_an_approval(logged_in, world, teacher, student):
    FaceTemplate.objects.update(compared_with=20)
    page = logged_in(teacher)
    page.goto("/")
    press(page, page.get_by_role("navigation").get_by_role("link", name="Approvals"))
    button = page.get_by_role("button", name=f"Approve the face of {student.full_name}")
    press(page, button)
    expect(button).to_have_count(0)
    expect(page.get_by_role("heading", name="Faces", level=2)).to_be_focused()
    assert FaceTemplate.objects.get(student=student).status == "approved"


def test_a_report_and_its_export(logged_in, world, teacher, open_session):
    page = logged_in(teacher)
    page.goto("/")
    press(page, page.get_by_role("navigation").get_by_role("link", name="Reports"))
    press(page, page.get_by_role("link", name="Operating Systems").first)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Operating Systems")
    with page.expect_download() as download:
        press(page, page.get_by_role("link", name="Download CSV"))
    assert download.value.suggested_filename.endswith(".csv")


def test_the_focus_stays_on_a_figure_that_is_fetched_anew(logged_in, world, admin_user):
    page = logged_in(admin_user)
    page.goto("/office/")
    figure = page.locator("#today-reviews")
    tab_to(page, figure)
    with page.expect_response(lambda answer: "today" in answer.url):
        pass
    page.evaluate("() => new Promise(done => setTimeout(done, 200))")
    expect(figure).to_be_focused()


def test_the_menu_of_more_places_closes_by_escape_and_when_one_goes_on(logged_in, admin_user):
    page = logged_in(admin_user)
    page.goto("/people/")
    menu = page.locator("details.more")
    opener, first = menu.locator("summary"), menu.get_by_role("link", name="Closed days")
    press(page, opener)
    tab_to(page, first)
    page.keyboard.press("Escape")
    expect(first).to_be_hidden()
    expect(opener).to_be_focused()
    page.keyboard.press("Enter")
    expect(first).to_be_visible()
    page.get_by_role("heading", level=1).click()
    expect(first).to_be_hidden()
    opener.focus()
    page.keyboard.press("Enter")
    expect(first).to_be_visible()
    tab_to(page, page.get_by_role("banner").get_by_role("link", name=admin_user.full_name))
    expect(first).to_be_hidden()
