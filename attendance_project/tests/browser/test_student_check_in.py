"""A whole check-in on the student's page, until the name is on the teacher's page."""

import json
import time

import pytest
from playwright.sync_api import expect

import sessions_app.services as teaching
from accounts.models import User
from accounts.tests.phone import signed_in
from attendance_project import clock
from attendance_project.tests.browser.check_in_support import (
    PRESENT,
    begin,
    film_until,
    film_until_room,
    small,
    when_filming,
)
from attendance_project.tests.browser.emulated_beacon import EmulatedBeacon, answering
from attendance_project.tests.browser.student_phone import fake_person, kept_in
from sessions_app.models import Session, Subject
from verification.models import CheckInAttempt, CheckInDecision

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_student_checks_in_and_the_name_appears(enrolled, student, lecture, logged_in):
    page = enrolled.page
    teachers = logged_in(lecture.teacher)
    teachers.goto(f"/sessions/{lecture.pk}/register/")
    row = teachers.locator(".row", has_text=student.full_name)
    expect(row).to_have_attribute("data-status", "missing")
    begin(enrolled)
    film_until(enrolled)
    print(f"\n{enrolled.seconds():.1f} s from opening the camera to the outcome (fake engine)")
    assert page.evaluate("window.burstBytes") == []
    assert 0 < max(size for _, size in page.evaluate("window.livePictures")) < 60_000
    expect(page.locator(".counted div").nth(0)).to_contain_text("seen")
    expect(page.locator(".counted div").nth(1)).to_contain_text("not required")
    expect(page.locator(".counted div").nth(2)).to_contain_text("matched")
    expect(page.locator(".counted div").nth(3)).to_contain_text("recognised")
    expect(row).to_have_attribute("data-status", "present")
    expect(row).to_contain_text("code · face")


@pytest.mark.once
def test_nothing_readable_is_left_on_the_phone_and_a_reload_shows_the_outcome(
    enrolled, lecture, server
):
    seen = []
    enrolled.page.on("request", lambda request: seen.append(request.url))
    begin(enrolled)
    film_until(enrolled)
    kept = kept_in(enrolled.page)
    attempt = CheckInAttempt.objects.get()
    for secret in (str(attempt.pk), attempt.nonce, str(lecture.pk)):
        assert secret not in kept.replace(enrolled.page.url, "")
    rows = json.loads(kept)["rows"]
    assert rows["attendance.kept.device-key"]["privateKey"] == {
        "key": "private",
        "extractable": False,
    }
    assert "eyJ" not in kept
    assert not any("/api/" in url for url in json.loads(kept)["cached"])
    assert not any("/Q/" in url.upper().replace(server.url.upper(), "") for url in seen)
    refused = """async () => {
      const db = await new Promise((done) => {
        const asked = indexedDB.open("attendance");
        asked.onsuccess = () => done(asked.result);
      });
      const asked = db.transaction("kept").objectStore("kept").get("device-key");
      const pair = await new Promise((done) => (asked.onsuccess = () => done(asked.result)));
      return crypto.subtle.exportKey("pkcs8", pair.privateKey).then(() => "given", (e) => e.name);
    }"""
    assert enrolled.page.evaluate(refused) == "InvalidAccessError"
    enrolled.page.reload()
    expect(enrolled.page.get_by_text(PRESENT)).to_be_visible()
    assert CheckInAttempt.objects.count() == 1


@pytest.mark.once
def test_a_reload_in_the_middle_begins_anew(enrolled):
    begin(enrolled)
    when_filming(enrolled)
    enrolled.page.reload()
    film_until(enrolled)
    assert CheckInDecision.objects.count() == 1


@pytest.mark.once
def test_a_code_that_the_phones_own_camera_opened_goes_on(enrolled):
    page = enrolled.page
    token = enrolled.code_now().rpartition("/")[2]
    enrolled.wall = lambda: ""  # only the opened code is known for now
    page.goto(f"/Q/{token}")
    expect(page.get_by_text("1 of 2 read")).to_be_visible()
    assert page.url.endswith("/student/#/check-in")
    assert token not in kept_in(page)
    page.go_back()
    assert token not in page.url
    page.go_forward()
    enrolled.wall = None
    film_until(enrolled)


@pytest.mark.once
def test_a_code_that_was_opened_waits_for_the_log_in(phone, lecture, student):
    page = phone.page
    phone.session = lecture
    token = phone.code_now().rpartition("/")[2]
    page.goto(f"/Q/{token}")
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    assert token not in kept_in(page)


def test_a_typed_code_is_for_the_teacher_to_confirm(enrolled, lecture, teacher):
    """Two taps are one attempt too, and the phone learns the teacher's verdict by itself."""
    page = enrolled.page
    enrolled.wall = lambda: ""
    begin(enrolled)
    page.get_by_role("button", name="Type the short code").click()
    page.get_by_label("Six digits").fill("12")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Type the six digits")).to_be_visible()
    page.get_by_label("Six digits").fill(teaching.short_code(lecture, now=clock.now()).digits)
    page.get_by_role("button", name="Send").dblclick()
    expect(page.get_by_text("You typed the short code.")).to_be_visible()
    assert CheckInAttempt.objects.count() == 1
    decision = CheckInDecision.objects.get()
    answer = signed_in(teacher).post(
        f"/api/v1/attendance/reviews/{decision.pk}", {"verdict": "confirmed"}, format="json"
    )
    assert answer.status_code == 200
    expect(page.get_by_text("Your teacher confirmed")).to_be_visible()
    expect(page.locator(".counted")).not_to_contain_text("will confirm")


def test_who_cannot_make_the_moves_goes_on_without(enrolled):
    begin(enrolled)
    enrolled.page.get_by_role("button", name="I cannot make these moves").click()
    expect(enrolled.page.get_by_text("You continued without the face step.")).to_be_visible()
    assert CheckInDecision.objects.get().outcome == "review"


WHY_NO_FACE = """async ([consent, ...faces]) => {
  const { isEnrolled, whyNoFace } = await import("/static/student/check_in/enrolled.js");
  const standing = { consent, faces };
  return isEnrolled(standing) ? "" : whyNoFace(standing);
}"""
APPROVED = {"status": "approved", "needs_renewal": False}


def told_of_faces(page, *standing):
    return page.evaluate(WHY_NO_FACE, standing)


def test_who_declined_is_not_filmed(phone, lecture, student):
    phone.session = lecture
    phone.log_in(student)
    phone.page.evaluate(
        """async () => (await import("/static/student/lib/api.js"))
             .post("/face/consent", { action: "decline" })"""
    )
    begin(phone)
    expect(phone.page.get_by_text("No face step")).to_be_visible()
    expect(phone.page.get_by_text("You check in without a face.")).to_be_visible()
    assert phone.page.evaluate("window.camerasOpened") == 1
    waiting, renewed = {"status": "waiting"}, APPROVED | {"needs_renewal": True}
    assert told_of_faces(phone.page, "given", waiting, APPROVED) == ""
    assert "not approved yet" in told_of_faces(phone.page, "given", waiting)
    assert "enrol again" in told_of_faces(phone.page, "given", renewed)
    for nothing in (["given"], [None], ["given", {"status": "rejected"}]):
        assert "will confirm" not in told_of_faces(phone.page, *nothing)


@pytest.mark.once
def test_the_room_is_shown_on_the_way(enrolled, lecture, chromium):
    """The beacon's answer counts, since the server knows that a beacon is on."""
    page = enrolled.page
    Session.objects.filter(pk=lecture.pk).update(bluetooth="required")
    teaching.note_beacon(lecture, now=clock.now())
    begin(enrolled)
    ask = film_until_room(enrolled, "Connect to the room's beacon")
    expect(page.get_by_role("button", name="Listen to the room's sound")).to_have_count(0)
    beacon = EmulatedBeacon(chromium, page, answering(lecture))
    ask.click()
    film_until(enrolled)
    beacon.switch_off()
    expect(page.locator(".counted div").nth(1)).to_contain_text("found")
    assert CheckInDecision.objects.get().outcome == "present"


def test_who_cannot_show_the_room_goes_to_the_teacher(enrolled, lecture):
    page = enrolled.page
    Session.objects.filter(pk=lecture.pk).update(bluetooth="preferred")
    begin(enrolled)
    skip = film_until_room(enrolled, "Skip: my teacher will confirm")
    expect(small(page)).to_contain_text("Ask your teacher to turn on the sound.")
    for way in ("Connect to the room's beacon", "Listen to the room's sound"):
        expect(page.get_by_role("button", name=way)).to_be_visible()
    skip.click()
    expect(page.locator(".why")).to_be_visible()
    assert CheckInDecision.objects.get().outcome == "review"


@pytest.mark.once
def test_names_with_markup_are_only_words(enrolled, lecture):
    probe = '<img src=x onerror="window.hacked=1">'
    Subject.objects.filter(pk=lecture.subject_id).update(name=probe)
    Session.objects.filter(pk=lecture.pk).update(room=probe[:40])
    begin(enrolled)
    expect(enrolled.page.get_by_role("heading", name=probe)).to_be_visible()
    expect(enrolled.page.locator("p", has_text="<img")).to_be_visible()
    assert enrolled.page.evaluate("window.hacked") is None
    assert enrolled.page.locator("img").count() == 0


@pytest.mark.once
def test_another_face_gets_a_hint_and_the_teacher_looks_at_the_next_try(enrolled):
    page = enrolled.page
    enrolled.person = fake_person("somebody else")
    begin(enrolled)
    expect(small(page)).to_contain_text("did not match the enrolled one")
    expect(page.get_by_text("Please try again")).to_be_visible()
    expect(small(page)).to_contain_text("2 tries left.")
    enrolled.person = fake_person("me")
    page.evaluate("window.personChanges()")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_text("An earlier try of this check-in did not match")).to_be_visible()
    assert CheckInDecision.objects.get().outcome == "review"


@pytest.mark.once
def test_with_several_open_classes_one_chooses(enrolled, lecture, course):
    User.objects.filter(pk=lecture.teacher_id).update(full_name="Ada")
    other = Session.objects.get(pk=lecture.pk)
    other.pk, other.code = None, int(time.time()) % 2**31
    other._state.adding = True
    other.room = "C-1"
    other.starts_at, other.ends_at = (
        lecture.ends_at,
        lecture.ends_at + (lecture.ends_at - lecture.starts_at),
    )
    other.save()
    enrolled.page.goto("/student/#/check-in")
    card = enrolled.page.locator(".card", has_text="B-204")
    card.get_by_role("button", name="Check in").click()
    expect(enrolled.page.get_by_text("Room B-204")).to_be_visible()
    film_until(enrolled)
