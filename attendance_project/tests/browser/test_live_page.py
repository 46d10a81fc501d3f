"""The projected page and the register beside it, while a class checks in."""

import pytest
from playwright.sync_api import expect

from attendance_project.tests.browser.server import Server
from sessions_app.models import Session
from verification.tests.support import tokens

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def live(session: Session) -> str:
    return f"/sessions/{session.pk}/live/"


def register(session: Session) -> str:
    return f"/sessions/{session.pk}/register/"


def row(page, name: str):
    return page.locator(".row", has_text=name)


def test_a_teacher_opens_a_session_and_the_code_changes(logged_in, teacher, session):
    page = logged_in(teacher)
    page.goto("/")
    page.get_by_role("button", name="Open and show code").click()
    code = page.get_by_alt_text("The code to scan with your phone")
    expect(code).to_be_visible()
    first = code.get_attribute("src")
    expect(code).not_to_have_attribute("src", first)
    box = code.bounding_box()
    assert box["width"] > 0.5 * 800, "the code is as large as the screen lets it"


def test_a_name_appears_without_a_reload(logged_in, teacher, student, open_session, phone_of):
    page = logged_in(teacher)
    page.goto(live(open_session))
    page.keyboard.press("r")
    expect(row(page, student.full_name)).to_have_attribute("data-status", "missing")
    page.evaluate("window.sameDocument = true")
    assert phone_of(student).check_in(open_session)["outcome"] == "present"
    expect(row(page, student.full_name)).to_have_attribute("data-status", "present")
    expect(row(page, student.full_name)).to_contain_text("code · Bluetooth · face")
    expect(page.locator("[data-here]")).to_have_text("1")
    assert page.evaluate("window.sameDocument")


def test_a_name_appears_though_another_process_took_the_check_in(
    context, logged_in, teacher, student, open_session, phone_of
):
    """The two share only the database, and the one that shows reads nothing until it is told."""
    showing = Server("attendance_project.tests.browser.told_only:application")
    try:
        showing.warm_up()
        page = logged_in(teacher)
        log_in = {key: context.cookies()[0][key] for key in ("name", "value")}
        context.add_cookies([log_in | {"url": showing.url}])
        sockets = []
        page.on("websocket", lambda socket: sockets.append(socket.url))
        page.goto(showing.url + register(open_session))
        expect(page.locator("[data-connection]")).to_have_attribute("data-connection", "live")
        phone = phone_of(student)
        assert phone.check_in(open_session)["outcome"] == "present"
        expect(row(page, student.full_name)).to_have_attribute("data-status", "present")
        assert len(sockets) == 1, "and it did not come by connecting anew"
    finally:
        page.close()
        showing.close()


def test_doubt_is_confirmed_with_one_tap(logged_in, teacher, student, open_session, phone_of):
    phone = phone_of(student)
    assert phone.check_in(open_session, hears=False)["outcome"] == "review"
    page = logged_in(teacher)
    page.goto(register(open_session))
    page.get_by_role("button", name="To confirm").click()
    page.get_by_role("button", name=f"Confirm {student.full_name}").click()
    expect(page.get_by_text("No check-ins to confirm.")).to_be_visible()
    page.get_by_role("button", name="All").click()
    expect(row(page, student.full_name)).to_have_attribute("data-status", "present")
    expect(row(page, student.full_name)).to_contain_text("confirmed by the teacher")


def test_a_refusal_stays_on_the_register_with_its_reason(
    logged_in, teacher, student, open_session, phone_of
):
    phone = phone_of(student)
    step = phone.scan(tokens(open_session, ages=(121, 120))).json()
    assert step["decision"]["outcome"] == "refused"
    page = logged_in(teacher)
    page.goto(register(open_session))
    page.get_by_role("button", name="Refused").click()
    expect(row(page, student.full_name)).to_contain_text("Code long expired")


def test_a_mark_by_hand_asks_why(logged_in, teacher, student, open_session):
    page = logged_in(teacher)
    page.goto(register(open_session))
    page.get_by_role("link", name=f"Mark by hand: {student.full_name}").click()
    page.get_by_label("Mark as").select_option("excused")
    page.get_by_role("button", name="Save").click()
    assert page.get_by_label("Reason").evaluate("field => field.validity.valueMissing")
    page.get_by_label("Reason").fill("Doctor's note")
    page.get_by_role("button", name="Save").click()
    expect(row(page, student.full_name)).to_have_attribute("data-status", "excused")


def test_the_page_comes_back_after_the_server_was_away(
    logged_in, watch, server, teacher, student, open_session, phone_of
):
    watch.expect_no_network()
    phone = phone_of(student)
    page = logged_in(teacher)
    page.goto(live(open_session))
    page.keyboard.press("r")
    expect(page.locator("[data-connection]")).to_have_attribute("data-connection", "live")
    server.prepare()
    server.stop()
    expect(page.get_by_text("No connection. Trying again")).to_be_visible()
    server.start()
    expect(page.locator("[data-connection]")).to_have_attribute("data-connection", "live")
    assert phone.check_in(open_session)["outcome"] == "present"
    expect(row(page, student.full_name)).to_have_attribute("data-status", "present")
    expect(page.get_by_alt_text("The code to scan with your phone")).to_be_visible()


def test_where_websockets_are_blocked_the_page_asks_again_and_again(
    logged_in, context, teacher, student, open_session, phone_of
):
    context.route_web_socket("**/ws/**", lambda socket: socket.close())
    page = logged_in(teacher)
    page.goto(live(open_session))
    expect(page.get_by_text("Connected, without live updates")).to_be_visible()
    code = page.get_by_alt_text("The code to scan with your phone")
    expect(code).to_be_visible()
    first = code.get_attribute("src")
    expect(code).not_to_have_attribute("src", first)
    assert phone_of(student).check_in(open_session)["outcome"] == "present"
    expect(page.locator("[data-here]")).to_have_text("1")


def test_the_register_is_not_on_the_wall_until_asked_for(logged_in, teacher, student, open_session):
    page = logged_in(teacher)
    page.goto(live(open_session))
    expect(page.get_by_text("of 2 checked in")).to_be_visible()
    expect(page.get_by_text(student.full_name)).to_be_hidden()
    page.keyboard.press("r")
    expect(page.get_by_text(student.full_name)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text(student.full_name)).to_be_hidden()


def test_digits_for_a_phone_without_a_camera(logged_in, teacher, student, open_session, phone_of):
    page = logged_in(teacher)
    page.goto(live(open_session))
    page.keyboard.press("s")
    digits = page.locator("[data-digits]")
    expect(digits).to_be_visible()
    page.keyboard.press("s")
    expect(digits).to_be_hidden()


def test_closing_marks_the_missing_absent(logged_in, teacher, student, open_session):
    page = logged_in(teacher)
    page.goto(register(open_session))
    page.get_by_role("button", name="Close session").click()
    expect(row(page, student.full_name)).to_have_attribute("data-status", "absent")
    page.get_by_role("button", name="Reopen session").click()
    expect(page.get_by_role("button", name="Close session")).to_be_visible()


def test_a_verdict_can_be_taken_back_for_a_moment(
    logged_in, teacher, student, open_session, phone_of
):
    phone = phone_of(student)
    assert phone.check_in(open_session, hears=False)["outcome"] == "review"
    page = logged_in(teacher)
    page.goto(register(open_session))
    page.get_by_role("button", name=f"Refuse {student.full_name}").click()
    expect(row(page, student.full_name)).to_have_attribute("data-status", "refused")
    page.get_by_role("button", name=f"Undo for {student.full_name}").click()
    expect(row(page, student.full_name)).to_have_attribute("data-status", "review")
    expect(page.get_by_role("button", name=f"Confirm {student.full_name}")).to_be_visible()


def test_a_mark_can_be_taken_back_for_a_moment(logged_in, teacher, student, open_session):
    page = logged_in(teacher)
    page.goto(f"{register(open_session)}{student.pk}/")
    page.get_by_label("Mark as").select_option("present")
    page.get_by_label("Reason").fill("Phone was flat")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name=f"Undo for {student.full_name}").click()
    expect(row(page, student.full_name)).to_have_attribute("data-status", "missing")


def test_heads_counted_in_the_room_are_compared(
    logged_in, teacher, student, open_session, phone_of
):
    assert phone_of(student).check_in(open_session)["outcome"] == "present"
    page = logged_in(teacher)
    page.goto(register(open_session))
    page.get_by_label("Head count").fill("3")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_text("You counted 3; 1 is checked in.")).to_be_visible()


def test_the_register_is_searched_and_sorted(
    logged_in, teacher, student, classmate, open_session, phone_of
):
    page = logged_in(teacher)
    page.goto(register(open_session))
    names = page.locator(".row [data-name]")
    by_name = sorted([student.full_name, classmate.full_name])
    expect(names).to_have_text(by_name)
    search = page.get_by_label("Search")
    search.fill(f" {classmate.institution_number.lower()} ")
    expect(names).to_have_text([classmate.full_name])
    search.fill("nobody of this name")
    expect(page.get_by_text("No student found.")).to_be_visible()
    search.fill("")
    page.get_by_label("Sort by").select_option("Status")
    assert phone_of(student).check_in(open_session)["outcome"] == "present"
    expect(names).to_have_text([student.full_name, classmate.full_name])
    phone_of(classmate).check_in(open_session)
    page.get_by_label("Sort by").select_option("Number")
    numbers = sorted([student, classmate], key=lambda person: person.institution_number)
    expect(names).to_have_text([person.full_name for person in numbers])
