"""The student's page: logging in, staying logged in, logging out, and what may prevent it."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from accounts.models import Device, RefreshToken, User
from accounts.services import approve_device, confirm_email
from accounts.tests.phone import PASSWORD, Phone
from attendance_project import clock
from attendance_project.tests.browser.student import (
    kept_on,
    log_in,
    logged_in_page,
    open_student_page,
    text_kept_on,
)
from attendance_project.tests.browser.watching import OUT_OF_VIEW
from verification.models import CheckInAttempt

pytestmark = [
    *(pytest.mark.slow, pytest.mark.browser, pytest.mark.once),
    pytest.mark.django_db(transaction=True),
]

REFUSED = "status of 401"


def today(page):
    return page.get_by_role("heading", name="Today", exact=True)


def test_log_in_stay_in_and_log_out(context, open_session, student):
    page = open_student_page(context)
    log_in(page, student)
    expect(today(page)).to_be_visible()
    page.reload()
    expect(today(page)).to_be_visible()
    page.get_by_role("link", name="More").click()
    expect(page.get_by_text(student.full_name)).to_be_visible()
    page.get_by_role("button", name="Log out on this phone").click()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    page.goto("/student/#/today")
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    assert not RefreshToken.objects.filter(user=student, revoked_at=None).exists()


def test_a_wrong_password_says_what_to_do_and_keeps_the_address(context, watch, student):
    watch.expect(REFUSED)
    page = open_student_page(context)
    log_in(page, student, "not this one")
    expect(page.get_by_role("alert")).to_contain_text("ask for a new password")
    expect(page.get_by_label("E-mail")).to_have_value(student.email)
    expect(page.get_by_label("Password")).to_be_focused()


def test_after_the_log_in_goes_on_where_one_wanted_to(context, open_session, student):
    page = open_student_page(context, "devices")
    log_in(page, student)
    expect(page.get_by_role("heading", name="My phones")).to_be_visible()


def test_who_has_just_chosen_a_password_is_told_so_and_logs_in(context, open_session, student):
    page = open_student_page(context, "login//saved")
    expect(page.get_by_role("status").get_by_text("Password saved.")).to_be_visible()
    log_in(page, student)
    expect(page.get_by_role("heading", name="Today")).to_be_visible()


def test_a_teacher_is_shown_the_way_and_not_kept_in(context, teacher):
    page = open_student_page(context)
    log_in(page, teacher)
    expect(page.get_by_role("heading", name="This page is for students")).to_be_visible()
    page.goto("/student/#/today")
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    assert not RefreshToken.objects.filter(user=teacher, revoked_at=None).exists()


def test_a_new_student_registers_and_is_in(context, watch, server):
    page = open_student_page(context)
    page.get_by_role("link", name="Create account").click()
    watch.expect("status of 400")
    page.get_by_label("Full name").fill("Mei Tanaka")
    page.get_by_label("Student number").fill("S77")
    page.get_by_label("E-mail").fill("mei")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_label("E-mail")).to_be_focused()
    expect(page.get_by_label("E-mail")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("E-mail").fill("mei@school.test")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Confirm your e-mail address")).to_be_visible()
    mei = User.objects.get(email="mei@school.test")
    assert mei.is_student
    page.get_by_label("Student number").fill("S78")
    page.get_by_role("button", name="Send the link again").click()
    expect(page.get_by_text("Sent to mei@school.test.")).to_be_visible()
    page.get_by_role("link", name="Continue without it").click()
    expect(page.get_by_text("not confirmed yet")).to_be_visible()
    confirm_email(mei, now=clock.now())
    page.get_by_role("link", name="What to do").click()
    expect(page.get_by_text("Your e-mail address is confirmed.")).to_be_visible()
    page.get_by_role("link", name="Continue", exact=True).click()
    expect(today(page)).to_be_visible()
    expect(page.get_by_text("not confirmed yet")).to_be_hidden()
    assert User.objects.get(pk=mei.pk).institution_number == "S78"


def test_a_second_phone_waits_and_says_so(context, open_session, student):
    Phone(student)
    page = open_student_page(context)
    log_in(page, student)
    expect(page.get_by_role("heading", name="You are logged in")).to_be_visible()
    expect(page.get_by_text("once a teacher approves it")).to_be_visible()
    page.get_by_role("link", name="Continue").click()
    expect(page.get_by_text("Ask your teacher to approve it, or to mark you.")).to_be_visible()
    page.get_by_role("link", name="What to do").click()
    expect(page.get_by_text("it becomes active on")).to_be_visible()


def test_a_waiting_phone_is_told_what_to_do_until_it_is_approved(
    context, open_session, student, teacher
):
    """The check-in would be refused. Once the phone is approved, it begins by itself."""
    Phone(student)
    page = open_student_page(context)
    log_in(page, student)
    page.get_by_role("link", name="Continue").click()
    expect(page.locator(".open-now")).to_be_visible()
    expect(page.locator("main").get_by_role("link", name="Check in")).to_have_count(0)
    page.goto(f"/student/#/check-in/{open_session.pk}")
    expect(page.get_by_text("This phone is not approved yet")).to_be_visible()
    expect(page.locator(".how")).to_contain_text("it becomes active on")
    page.set_viewport_size({"width": 320, "height": 568})
    assert page.evaluate(OUT_OF_VIEW) == []
    expect(page.locator("video")).to_have_count(0)
    assert not CheckInAttempt.objects.exists()
    waiting = Device.objects.get(user=student, status="pending")
    approve_device(waiting, by=teacher, now=clock.now())
    expect(page.get_by_text("This phone is not approved yet")).to_have_count(0)
    expect(page.get_by_role("button", name="Type the short code")).to_be_visible()


def test_a_phone_that_another_one_replaced_is_told_to_log_in_again(
    context, open_session, student, teacher
):
    page = logged_in_page(context, student)
    Phone(student)
    approve_device(Device.objects.get(user=student, status="pending"), by=teacher, now=clock.now())
    page.goto(f"/student/#/check-in/{open_session.pk}")
    expect(page.get_by_text("This phone was removed")).to_be_visible()
    page.get_by_role("button", name="Log in again").click()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()


def test_another_students_phone_says_that_it_cannot_check_in(
    context, open_session, student, classmate
):
    page = logged_in_page(context, classmate)
    page.get_by_role("link", name="More").click()
    page.get_by_role("button", name="Log out on this phone").click()
    log_in(page, student)
    expect(page.get_by_text("registered to another student")).to_be_visible()
    page.get_by_role("link", name="Continue").click()
    expect(today(page)).to_be_visible()
    page.reload()
    expect(
        page.get_by_role("heading", name="This phone belongs to another student")
    ).to_be_visible()
    page.get_by_role("link", name="What to do").click()
    expect(
        page.get_by_role("heading", name="This phone belongs to another student")
    ).to_be_visible()


def test_a_phone_that_was_removed_elsewhere_is_told_so(context, watch, open_session, student):
    watch.expect(REFUSED)
    page = logged_in_page(context, student)
    expect(today(page)).to_be_visible()
    RefreshToken.objects.update(revoked_at=clock.now())
    page.get_by_role("link", name="Attendance").click()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("Log in again")


def test_an_access_token_that_is_over_is_renewed_unseen(context, watch, open_session, student):
    page = logged_in_page(context, student)
    expect(today(page)).to_be_visible()
    before = RefreshToken.objects.count()
    page.reload()
    expect(today(page)).to_be_visible()
    assert RefreshToken.objects.count() == before + 1
    assert RefreshToken.objects.exclude(spent_at=None).count() == 1


@pytest.mark.parametrize(("minutes", "words"), [(-7, "7 minutes slow"), (25, "25 minutes fast")])
def test_with_a_wrong_clock_all_goes_on_by_the_servers_time(
    context, watch, open_session, student, minutes, words
):
    watch.expect(REFUSED)
    page = context.new_page()
    page.add_init_script(
        f"const right = Date.now.bind(Date); Date.now = () => right() + {minutes * 60_000};"
    )
    page.goto("/student/")
    log_in(page, student)
    expect(today(page)).to_be_visible()
    expect(page.get_by_text(words)).to_be_visible()
    expect(page.get_by_role("link", name="Check in", exact=True).last).to_be_visible()
    page.reload()
    expect(page.get_by_text(words)).to_be_visible()


def test_a_right_clock_is_not_talked_about(context, open_session, student):
    page = logged_in_page(context, student)
    expect(today(page)).to_be_visible()
    expect(page.locator("[data-clock]")).to_have_count(0)


@pytest.mark.parametrize(
    "broken",
    [
        "Object.defineProperty(window, 'indexedDB', {get: () => undefined})",
        "IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError') }",
        "IDBObjectStore.prototype.put = () => { throw new DOMException('no', 'DataCloneError') }",
    ],
)
def test_where_nothing_can_be_kept_the_page_says_what_to_do(context, server, broken):
    page = context.new_page()
    page.add_init_script(broken)
    page.goto("/student/")
    expect(page.get_by_role("heading", name="This browser cannot check you in")).to_be_visible()
    expect(
        page.get_by_text("Open the page in a normal window").or_(page.get_by_text("too old"))
    ).to_be_visible()


def ready_offline(page):
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")


def test_it_starts_offline_and_goes_on_by_itself(context, watch, open_session, student):
    # The reload may lose the answer to a renewal, and then that token is used up.
    watch.expect_no_network()
    watch.expect(REFUSED)
    page = logged_in_page(context, student)
    expect(today(page)).to_be_visible()
    ready_offline(page)
    context.set_offline(True)
    page.reload()
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    expect(page.get_by_text("Ask your teacher to mark you")).to_be_visible()
    context.set_offline(False)
    expect(today(page)).to_be_visible()


def test_a_log_in_outlives_an_answer_that_was_lost(context, watch, open_session, student):
    watch.expect_no_network()
    watch.expect(REFUSED)
    page = logged_in_page(context, student)
    expect(today(page)).to_be_visible()

    def lose(route):
        route.fetch()
        route.abort()

    page.route("**/api/v1/token/refresh", lose, times=1)
    page.reload()
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    expect(today(page)).to_be_visible()


def test_offline_in_the_middle_keeps_what_is_shown(context, watch, open_session, student):
    watch.expect_no_network()
    page = logged_in_page(context, student)
    expect(page.get_by_role("heading", name="Operating Systems")).to_be_visible()
    context.set_offline(True)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_role("status").filter(has_text="No connection")).to_be_visible()
    expect(page.get_by_role("heading", name="Operating Systems")).to_be_visible()
    context.set_offline(False)


def test_today_refreshes_by_itself_and_keeps_the_focus(context, session, student):
    page = logged_in_page(context, student)
    expect(page.get_by_text("Starts at")).to_be_visible()
    session.state = "open"
    session.save(update_fields=["state"])
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    link = page.locator("[data-sessions]").get_by_role("link", name="Check in")
    expect(link).to_have_attribute("href", f"#/check-in/{session.pk}")
    link.focus()
    session.room = "C-1"
    session.save(update_fields=["room"])
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_text("Room C-1")).to_be_visible()
    expect(link).to_be_focused()


def test_nothing_readable_is_left_on_the_phone(context, open_session, student):
    page = logged_in_page(context, student)
    expect(today(page)).to_be_visible()
    ready_offline(page)
    expect(today(page)).to_be_visible()
    kept = kept_on(page)
    assert (kept["local"], kept["session"], kept["cookies"]) == ({}, {}, "")
    text = text_kept_on(page)
    for secret in (student.email, student.full_name, str(student.pk), PASSWORD, "eyJ", "B-204"):
        assert secret not in text, secret
    names = {row.partition(":")[0] for row in kept["rows"]}
    assert names == {"device-key", "sealing-key", "refresh", "who", "trial"}
    assert "[CryptoKey private true]" not in text
    assert "[CryptoKey secret true]" not in text
    assert all("/api/" not in address for address, _ in kept["files"])


def test_the_keys_cannot_be_taken_out(context, open_session, student):
    page = logged_in_page(context, student)
    expect(today(page)).to_be_visible()
    refused = page.evaluate(
        """async () => {
          const base = await new Promise((done) => {
            const asked = indexedDB.open("attendance");
            asked.onsuccess = () => done(asked.result);
          });
          const store = base.transaction("kept").objectStore("kept");
          const of = (name) => new Promise((done) => {
            const asked = store.get(name);
            asked.onsuccess = () => done(asked.result);
          });
          const [pair, seal] = [await of("device-key"), await of("sealing-key")];
          const own = pair.privateKey;
          const tries = [["jwk", own], ["pkcs8", own], ["raw", seal], ["jwk", seal]];
          const outcomes = tries.map(([kind, key]) =>
            crypto.subtle.exportKey(kind, key).then(() => "given", (error) => error.name));
          return Promise.all(outcomes);
        }"""
    )
    assert set(refused) == {"InvalidAccessError"}


def test_addresses_that_nobody_meant_lead_to_today(context, open_session, student):
    page = logged_in_page(context, student)
    for place in ("constructor", "__proto__", "%E0%A4%A", "nowhere/at/all", "<b>x"):
        page.goto(f"/student/#/{place}")
        expect(today(page)).to_be_visible()


def test_the_device_is_named_and_the_old_one_stays(context, open_session, student):
    page = logged_in_page(context, student)
    expect(today(page)).to_be_visible()
    device = Device.objects.get(user=student)
    assert device.name == "Chrome on Linux"
    assert device.registered_at > clock.now() - timedelta(minutes=5)


def test_the_browser_finds_nothing_against_installing_it(context, open_session, student):
    page = logged_in_page(context, student)
    expect(today(page)).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    devtools = context.new_cdp_session(page)
    manifest = devtools.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert manifest["url"].endswith("/student/manifest.webmanifest")
    found = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # The tests' own window is a private one.
    assert [error["errorId"] for error in found if error["errorId"] != "in-incognito"] == []


def test_a_shell_of_before_is_cleared_away(context, open_session, student):
    page = open_student_page(context)
    page.evaluate(
        "caches.open('shell-of-before').then((cache) => cache.put('/x', new Response('')))"
    )
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    page.wait_for_function("async () => (await caches.keys()).length === 1")
    assert "shell-of-before" not in page.evaluate("caches.keys()")


def test_the_address_says_nothing_of_who_is_in(context, open_session, student):
    asked = []
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/student/")
    log_in(page, student)
    expect(today(page)).to_be_visible()
    assert any("/api/v1/" in url for url in asked)
    assert not [url for url in asked if student.email in url or "eyJ" in url or PASSWORD in url]
    assert page.url.endswith("/student/#/today")
