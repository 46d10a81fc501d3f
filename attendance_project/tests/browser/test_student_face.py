"""What students do about their face on the student's page: agree, enrol, withdraw, disown."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import ConsentEvent
from accounts.tests.phone import Phone
from attendance_project import clock
from attendance_project.tests.browser.student import CAMERA, agree, go, kept_on, logged_in_page
from lab.fake_engine import picture
from verification.models import FaceTemplate

pytestmark = [
    *(pytest.mark.slow, pytest.mark.browser, pytest.mark.once),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def page(context: BrowserContext, term, student) -> Page:
    return logged_in_page(context, student)


def test_consent_is_shown_whole_with_two_equal_answers(page, student, client):
    go(page, "face", "My face")
    shown = " ".join(page.locator(".consent").inner_text().split())
    client = Phone(student)
    [text] = client.get("/face/consent").json()
    for line in text["text"].split("\n"):
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


def enrolling(page: Page, *shown: bytes) -> None:
    go(page, "enrol", "Look straight at the phone")
    page.evaluate("shown => { globalThis.shown = shown; }", [one.decode() for one in shown])
    page.get_by_role("button", name="Take the pictures").click()


def test_a_face_is_enrolled_approved_and_withdrawn(context, term, student, teacher):
    FaceTemplate.objects.all().delete()
    agree(student)
    context.add_init_script(CAMERA)
    page = logged_in_page(context, student)
    expect(page.get_by_role("heading", name="Today", exact=True)).to_be_visible()
    go(page, "enrol", "Look straight at the phone")
    expect(page.get_by_text("The light is good.")).to_be_visible()
    enrolling(page, *(picture("me", grain=n) for n in range(4)))
    expect(page.get_by_text("is waiting for your teacher's approval")).to_be_visible()
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


def test_pictures_that_were_not_good_enough_say_what_to_mend(context, term, student):
    FaceTemplate.objects.all().delete()
    agree(student)
    context.add_init_script(CAMERA)
    page = logged_in_page(context, student)
    expect(page.get_by_role("heading", name="Today", exact=True)).to_be_visible()
    good = picture("me")
    enrolling(page, good, picture("me", brightness=20.0), good, picture("me", faces=0))
    expect(page.get_by_text("Too dark.")).to_be_visible()
    expect(page.get_by_text("Keep your face in the oval")).to_be_visible()
    expect(page.get_by_text("This one is good.")).to_have_count(2)
    assert not FaceTemplate.objects.filter(student=student).exists()
    assert "pitch" not in "".join(kept_on(page)["rows"])
    page.get_by_role("button", name="Take them again").click()
    expect(page.get_by_role("button", name="Take the pictures")).to_be_visible()


def test_a_camera_that_is_not_allowed_says_where_to_allow_it(page, student):
    agree(student)
    page.evaluate(
        "() => { navigator.mediaDevices.getUserMedia ="
        " () => Promise.reject(new DOMException('no', 'NotAllowedError')); }"
    )
    go(page, "enrol", "Enrol my face")
    expect(page.get_by_role("alert")).to_contain_text("Allow it for this page")


def test_the_camera_goes_dark_when_one_leaves(context, term, student):
    agree(student)
    context.add_init_script(CAMERA)
    page = logged_in_page(context, student)
    expect(page.get_by_role("heading", name="Today", exact=True)).to_be_visible()
    go(page, "enrol", "Look straight at the phone")
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
