"""A substitute takes a session, and an admin merges two accounts of one student."""

import pytest
from django.core import mail
from playwright.sync_api import expect

from accounts.models import AccountMerge, Role, User, no_number
from accounts.services import ask_for_name, mail_confirmation
from accounts.tests.phone import PASSWORD
from attendance_project import clock
from attendance_project.tests.browser.watching import screenshots
from attendance_project.tests.threads import wait_for_mails
from conftest import make_user
from sessions_app import services
from sessions_app.models import Attendance

pytestmark = [
    *(pytest.mark.slow, pytest.mark.browser, pytest.mark.once),
    pytest.mark.django_db(transaction=True),
]


def test_a_substitute_is_named_shows_the_code_and_is_sent_away_when_it_is_over(
    logged_in, watch, teacher, colleague, open_session, pictures
):
    desk = logged_in(teacher)
    desk.goto(f"/sessions/{open_session.pk}/register/")
    desk.get_by_role("link", name="Substitute").click()
    desk.get_by_label("Substitute").fill("T2")
    desk.get_by_role("button", name="Save").click()
    expect(desk.get_by_text(f"substitute: {colleague.full_name}")).to_be_visible()
    assert watch.audit(desk) == []

    theirs = logged_in(colleague)
    theirs.goto("/")
    theirs.get_by_role("link", name="Show code").click()
    expect(theirs.locator("[data-code-image]")).to_be_visible()
    watch.expect("status of 404")
    services.name_substitute(open_session, person=None, by=teacher, now=clock.now())
    theirs.goto(f"/sessions/{open_session.pk}/live/")
    expect(theirs.get_by_role("heading", level=1)).not_to_contain_text("Operating Systems")


def test_an_admin_finds_a_student_merges_the_second_account_and_undoes_it(
    logged_in, watch, admin_user, student, open_session, pictures
):
    twin = make_user(Role.STUDENT, "S1X", full_name="Student One Again")
    services.mark_by_hand(
        open_session,
        twin,
        status="late",
        reason="Came late.",
        by=open_session.teacher,
        now=clock.now(),
        key="browser-merge",
    )
    page = logged_in(admin_user)
    page.goto("/")
    page.get_by_role("link", name="People").click()
    page.get_by_label("Search").fill("one again")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="Student One Again").click()
    page.get_by_role("link", name="Merge with another account").click()
    page.get_by_label("The other account").fill("s1")
    page.get_by_role("button", name="Show both").click()
    page.get_by_role("radio", name=student.full_name).check()
    assert max(screenshots(page, pictures, "merge-accounts").values()) == 0
    assert watch.audit(page) == []
    page.get_by_role("button", name="Merge").click()
    expect(page.get_by_role("status")).to_contain_text("Merged.")
    assert Attendance.objects.get().student == student
    page.get_by_role("link", name="Merged accounts").first.click()
    page.get_by_role("button", name="Undo the merge of S1X").click()
    expect(page.get_by_role("status")).to_contain_text("Undone.")
    assert Attendance.objects.get().student == twin
    assert not AccountMerge.objects.get().is_standing


def test_an_admin_approves_a_name_and_undoes_it(logged_in, watch, admin_user, student, pictures):
    ask_for_name(student, "Sam Student", reason="Married", now=clock.now())
    page = logged_in(admin_user)
    page.goto("/people/")
    page.get_by_role("link", name="Names to approve").click()
    expect(page.get_by_text("Married")).to_be_visible()
    assert max(screenshots(page, pictures, "names").values()) == 0
    page.get_by_role("button", name="Approve Sam Student").click()
    expect(page.get_by_text("Sam Student is approved.")).to_be_visible()
    assert watch.audit(page) == []
    page.get_by_role("button", name="Undo the decision about Sam Student").click()
    expect(page.get_by_role("button", name="Approve Sam Student")).to_be_visible()
    student.refresh_from_db()
    assert student.full_name == "Student S1"


def test_an_address_is_confirmed_by_the_link_and_the_password(context, watch, db):
    """The browser opens the link of the mail, types a wrong password and then the right one."""
    ann = make_user(
        Role.STUDENT,
        "N7",
        email_confirmed_at=None,
        claimed_number="N7",
    )
    User.objects.filter(pk=ann.pk).update(institution_number=no_number())
    ann.refresh_from_db()
    mail_confirmation(ann, now=clock.now())
    wait_for_mails()
    link = next(word for word in mail.outbox[-1].body.split() if "/confirm/#" in word)
    page = context.new_page()
    page.goto("/confirm/#" + link.partition("#")[2])
    expect(page.get_by_text("with the number N7")).to_be_visible()
    watch.expect("status of 400")
    for password in ("not the password", PASSWORD):
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Yes, do it").click()
    expect(page.get_by_text("Done.")).to_be_visible()
    ann.refresh_from_db()
    assert (ann.is_confirmed, ann.institution_number) == (True, "N7")
