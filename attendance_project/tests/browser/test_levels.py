"""The level of a course: chosen by the teacher, and what the student's page does at Standard."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from accounts.models import Device
from attendance_project import clock
from attendance_project.tests.browser.check_in_support import PRESENT, begin, film_until
from attendance_project.tests.browser.lock import Lock
from attendance_project.tests.browser.watching import overflow_px
from sessions_app.models import Course, Session
from verification.models import CheckInAttempt, CheckInDecision, FaceLot

pytestmark = [
    *(pytest.mark.slow, pytest.mark.browser, pytest.mark.once),
    pytest.mark.django_db(transaction=True),
]

SELDOM = 30_000
"""By lot, one time in so many: more than a form takes, and as good as never for a test."""


def test_a_teacher_reads_what_each_level_lets_pass_and_chooses(
    logged_in, teacher, course, watch, pictures
):
    page = logged_in(teacher)
    page.goto(f"/courses/{course.pk}/policy/")
    never = page.locator("[data-figure=never]")
    expect(never).to_have_text("0.8")
    page.get_by_label("Standard: face one time in").fill("5")
    expect(never).to_have_text("7")
    expect(page.locator("[data-figure=once]")).to_have_text("80")
    page.get_by_role("radio", name="Standard").check()
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert overflow_px(page) == 0
            page.screenshot(path=pictures / f"levels-{width}-{scheme}.png", full_page=True)
    assert watch.audit(page) == []
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Rules saved.")).to_be_visible()
    course.refresh_from_db()
    assert (course.level, course.face_one_in) == ("standard", 5)


@pytest.fixture
def seen(phone, student, open_session):
    """The student's phone at Standard, in a course where the face was shown a week ago."""
    phone.log_in(student)
    Session.objects.update(level="standard", bluetooth="off", face_one_in=SELDOM)
    Course.objects.update(level="standard", bluetooth="off", face_one_in=SELDOM)
    open_session.refresh_from_db()
    at = clock.now() - timedelta(days=7)
    earlier = another(open_session, starts_at=at, ends_at=at + timedelta(hours=1), state="closed")
    same = {"session": earlier, "student": student}
    attempt = CheckInAttempt.objects.create(
        **same,
        jkt=Device.objects.get(user=student).jkt,
        nonce="a-week-ago",
        opened_at=at,
        expires_at=at + timedelta(minutes=4),
    )
    CheckInDecision.objects.create(
        **same,
        attempt=attempt,
        outcome="present",
        reasons=[],
        counted=["code", "face"],
        evidence={},
        policy={},
        policy_version="test",
        decided_at=at,
    )
    phone.session = open_session
    return phone


def another(session, **changes):
    """Another session of the same course."""
    same = ("course", "subject", "class_group", "teacher", "starts_at", "ends_at", "time_zone")
    same += ("state", "opened_at", "level", "bluetooth", "face_one_in")
    return Session.objects.create(**{name: getattr(session, name) for name in same} | changes)


def test_standard_asks_for_nothing_more_then_for_the_phones_lock_and_by_lot_for_the_face(
    seen, student, open_session, watch, pictures
):
    page, calls = seen.page, []
    begin(seen)
    page.on("request", lambda sent: calls.append(sent.url) if sent.method == "POST" else None)
    expect(page.get_by_text(PRESENT, exact=True)).to_be_visible()
    expect(page.locator(".counted div").nth(2)).to_contain_text("not needed this time")
    steps = [url for url in calls if any(name in url for name in ("/qr/", "/face/", "/mark"))]
    assert [url.rpartition("/api/v1")[2] for url in steps] == ["/qr/scan"]
    assert watch.audit(page) == []
    page.screenshot(path=pictures / "not-drawn-390-light.png")
    Session.objects.filter(pk=open_session.pk).update(state="closed", closed_at=clock.now())

    lock = Lock(page)
    page.goto("/student/#/passkeys")
    page.get_by_role("button", name="Create a passkey on this phone").click()
    expect(page.get_by_text("Stays on the device where it was created.")).to_be_visible()
    seen.session = another(open_session, state="open")
    lock.verifies(False)
    begin(seen)
    again = page.get_by_role("button", name="Use the screen lock")
    expect(again).to_be_visible()
    expect(page.get_by_role("button", name="Show my face instead")).to_be_visible()
    expect(page.locator(".progress .on")).to_have_text("Phone's lock")
    assert watch.audit(page) == []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=pictures / f"lock-390-{scheme}.png")
    lock.verifies(True)
    again.click()
    expect(page.get_by_text(PRESENT, exact=True)).to_be_visible()
    expect(page.locator(".counted div").nth(2)).to_contain_text("confirmed")
    expect(page.locator(".progress li").nth(2)).to_have_text("Phone's lock: confirmed")
    page.screenshot(path=pictures / "locked-390-dark.png")
    assert CheckInDecision.objects.get(session=seen.session).counted == ["code", "passkey"]
    assert set(FaceLot.objects.values_list("ask", flat=True)) == {"not_asked"}

    Session.objects.filter(pk=seen.session.pk).update(state="closed", closed_at=clock.now())
    seen.session = another(open_session, state="open", face_one_in=1)
    seen.enrol(student)
    begin(seen)
    expect(page.get_by_text("this time you were chosen at random")).to_be_visible()
    film_until(seen)
    expect(page.locator(".counted div").nth(2)).to_contain_text("matched")
    expect(page.locator(".progress li").nth(2)).to_have_text("Face: matched")
    assert FaceLot.objects.get(session=seen.session).ask == "lot"
    assert CheckInDecision.objects.get(session=seen.session).counted == ["code", "face"]
