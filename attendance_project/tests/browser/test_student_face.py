"""What students do about their face on the student's page: agree, enrol, withdraw, disown."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import ConsentEvent
from accounts.tests.phone import Phone
from attendance_project import clock
from attendance_project.tests.browser.check_in_support import film_enrolment
from attendance_project.tests.browser.student import CAMERA, agree, go, kept_on, logged_in_page
from attendance_project.tests.browser.student_phone import StudentsPage, briefly, code_of
from lab.fake_engine import picture
from verification.models import FaceTemplate

pytestmark = [
    *(pytest.mark.slow, pytest.mark.browser, pytest.mark.once),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def page(context: BrowserContext, term, student) -> Page:
    return logged_in_page(context, student)


def test_consent_is_shown_whole_with_two_equal_answers(page, student):
    go(page, "face", "My face")
    shown = " ".join(page.locator(".consent").inner_text().split())
    texts = {one["purpose"]: one["text"] for one in Phone(student).get("/face/consent").json()}
    for line in texts["face_recognition"].split("\n"):
        assert " ".join(line.removeprefix("- ").split()) in shown
    boxes = [
        page.get_by_role("button", name=name).evaluate(
            "b => { const s = getComputedStyle(b);"
            " return [b.offsetWidth, b.offsetHeight, s.color, s.backgroundColor, s.fontSize]; }"
        )
        for name in ("I agree", "I do not agree")
    ]
    assert boxes[0] == boxes[1]


def test_declining_is_remembered_and_can_be_changed(page, student):
    go(page, "face", "My face")
    page.get_by_role("button", name="I do not agree").click()
    expect(page.get_by_role("heading", name="You check in without a face")).to_be_visible()
    assert ConsentEvent.objects.get(user=student).action == "declined"
    page.get_by_role("button", name="I agree").click()
    expect(page.get_by_text("You agreed. One step is left.")).to_be_visible()


@pytest.fixture
def agreed(phone, student, course) -> StudentsPage:
    """The student's phone with cameras, logged in. The student has agreed and enrolled nothing."""
    phone.log_in(student)
    agree(student)
    return phone


def test_a_face_is_enrolled_approved_and_withdrawn(agreed, student, teacher):
    page = agreed.page
    go(page, "enrol", "Enrol my face")
    film_enrolment(page)
    face = FaceTemplate.objects.get(student=student)
    page.get_by_role("link", name="Continue").click()
    expect(page.get_by_text("Waiting for approval")).to_be_visible()
    FaceTemplate.objects.filter(pk=face.pk).update(
        status="approved", decided_by=teacher, decided_at=clock.now()
    )
    page.reload()
    expect(page.get_by_text(f"Approved by {teacher.full_name} on")).to_be_visible()
    page.get_by_text("Who accessed my face data").click()
    expect(page.get_by_text("Your face was enrolled")).to_be_visible()
    expect(page.get_by_text("by you").first).to_be_visible()
    page.get_by_role("button", name="Withdraw and erase my face").click()
    page.get_by_role("button", name="Yes, erase it").click()
    expect(page.get_by_role("heading", name="Your face is erased")).to_be_visible()
    assert not FaceTemplate.objects.filter(student=student).exists()


def test_a_still_picture_before_the_camera_is_told_and_enrols_nobody(agreed, student):
    agreed.film = lambda _: [(0.0, code_of(briefly(picture("me"))))]
    page = agreed.page
    go(page, "enrol", "Enrol my face")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("heading", name="Please try again")).to_be_visible()
    expect(page.locator(".lead")).to_have_text(re.compile("Film again"))
    assert not FaceTemplate.objects.exists()
    assert "pitch" not in "".join(kept_on(page)["rows"])


def test_who_cannot_make_the_moves_reads_what_else_there_is(agreed):
    page = agreed.page
    go(page, "enrol", "Enrol my face")
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="I cannot make these moves").click()
    expect(page.get_by_text("You can check in without a face")).to_be_visible()
    assert page.evaluate("window.burstTimes.length") == 0


def test_a_camera_that_is_not_allowed_says_where_to_allow_it(page, student):
    agree(student)
    page.evaluate(
        "() => { navigator.mediaDevices.getUserMedia ="
        " () => Promise.reject(new DOMException('no', 'NotAllowedError')); }"
    )
    go(page, "enrol", "Enrol my face")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_text("Allow it for this page")).to_be_visible()


def test_the_camera_goes_dark_when_one_leaves(context, term, student):
    agree(student)
    context.add_init_script(CAMERA)
    page = logged_in_page(context, student)
    expect(page.get_by_role("heading", name="Today", exact=True)).to_be_visible()
    go(page, "enrol", "Enrol my face")
    page.get_by_role("button", name="Start").click()
    expect(page.locator("video")).to_be_visible()
    page.evaluate("globalThis.track = document.querySelector('video').srcObject.getTracks()[0]")
    assert page.evaluate("track.readyState") == "live"
    go(page, "more", "More")
    assert page.evaluate("track.readyState") == "ended"


def test_an_enrolment_by_somebody_else_is_disowned(page, student):
    agree(student)
    go(page, "face", "My face")
    page.get_by_role("button", name="This was not me").click()
    page.get_by_role("button", name="Yes, it was not me").click()
    expect(
        page.get_by_text("The enrolment was deleted and your teachers were told")
    ).to_be_visible()
    assert FaceTemplate.objects.get(student=student).status == "disowned"
