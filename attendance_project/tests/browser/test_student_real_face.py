"""The student's page films a real face that makes the moves, and the real engine judges it."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Locator, Page, expect

import sessions_app.services as teaching
from accounts.models import Device, Passkey, User
from accounts.tests.phone import PASSWORD
from attendance_project import clock
from attendance_project.tests.browser.check_in_support import (
    PRESENT,
    WITHOUT_LIVE,
    begin,
    film_bursts,
    film_enrolment,
    film_until,
    film_until_room,
    film_until_told,
)
from attendance_project.tests.browser.emulated_beacon import EmulatedBeacon, answering
from attendance_project.tests.browser.lock import Lock
from attendance_project.tests.browser.server import Server
from attendance_project.tests.browser.sound import write_wav
from attendance_project.tests.browser.student_phone import Film, Person, StudentsPage, open_phone
from attendance_project.tests.browser.watching import open_window
from lab.pictures import photographs as archive
from lab.pictures import rendering
from sessions_app.models import Session
from verification.domain.challenge import Challenge, Move
from verification.engines.head import Pose
from verification.models import CheckInDecision

pytestmark = [
    *(pytest.mark.slow, pytest.mark.browser, pytest.mark.once),
    pytest.mark.django_db(transaction=True),
]

FILM_FPS = 10.0
"""Frames per second of the camera. The page takes about every third one."""
TELL_WHAT_PLAYS = """
globalThis.played = [];
const start = AudioBufferSourceNode.prototype.start;
AudioBufferSourceNode.prototype.start = function (...given) {
  const samples = Array.from(this.buffer.getChannelData(0), (sample) => (sample * 32767) | 0);
  played.push({ samples, rate: this.buffer.sampleRate });
  return start.apply(this, given);
};
"""


@pytest.fixture(scope="module")
def judge(django_db_setup, django_db_blocker) -> Iterator[Server]:
    """A server with the engine that the product ships."""
    running = Server(face_engine="opencv")
    running.warm_up()
    yield running
    running.close()


@pytest.fixture(scope="module")
def faces() -> dict[str, list[bytes]]:
    return archive.faces(Path(settings.VAR_DIR) / "photographs")


@pytest.fixture
def obama(chromium, judge, watch, student, lecture, faces, settings) -> Iterator[StudentsPage]:
    """The student's phone, enrolled from one photograph. The camera sees another one."""
    context, phone = open_phone(chromium, judge, watch)
    context.add_init_script("window.personSways = true;")
    phone.session = lecture
    phone.log_in(student)
    phone.enrol(student, enrolled_by(faces["obama"][1]))
    phone.person = drawn_person(faces["obama"][0])
    phone.film = acted_by(faces["obama"][0])
    yield phone
    context.close()
    phone.close()


def enrolled_by(photograph: bytes) -> Callable[[Challenge], Film]:
    def film(challenge: Challenge) -> Film:
        return list(rendering.render_burst(photograph, challenge, rng=random.Random(2)))

    return film


def acted_by(photograph: bytes) -> Callable[[Challenge], Film]:
    def film(challenge: Challenge) -> Film:
        return rendering.render_burst(photograph, challenge, fps=FILM_FPS, rng=random.Random(3))

    return film


def drawn_person(photograph: bytes) -> Person:
    """Somebody who is filmed live. Each look is drawn beforehand: no picture comes meanwhile."""
    head, straight_degrees = rendering.head_of(photograph)
    temper = rendering.Temper.draw(random.Random(3))

    def drawn(pose: Pose) -> bytes:
        yaw_degrees = pose.yaw_degrees + straight_degrees
        return rendering.to_jpeg(head.draw(replace(pose, yaw_degrees=yaw_degrees)))

    looks = {
        (move, quarters): drawn(temper.pose([(move, quarters / 4)]))
        for move in Move
        for quarters in range(1, 5)
    }
    at_rest = drawn(Pose())

    def look(move: str, share: float) -> bytes:
        return looks[Move(move), round(4 * share)] if share else at_rest

    return look


@pytest.fixture
def newcomer(hearing, judge, watch, student, lecture, faces) -> Iterator[StudentsPage]:
    """A phone on which nobody has ever logged in, before a face. It can hear and has a lock."""
    Session.objects.filter(pk=lecture.pk).update(
        bluetooth="required", state="planned", opened_at=None
    )
    lecture.refresh_from_db()
    context, phone = open_phone(hearing, judge, watch, permissions=["microphone"])
    context.add_init_script(WITHOUT_LIVE)
    phone.session = lecture
    phone.rest = rendering.render_enrolment(faces["obama"][0], random.Random(2))
    phone.film = acted_by(faces["obama"][0])
    yield phone
    context.close()
    phone.close()


@pytest.fixture
def desk(chromium, judge, watch, newcomer, teacher) -> Iterator[Page]:
    """The teacher's own browser, logged in by the page."""
    context = open_window(chromium, judge, watch, viewport={"width": 1280, "height": 800})
    context.add_init_script(TELL_WHAT_PLAYS)
    page = context.new_page()
    page.goto("/login/")
    page.get_by_label("E-mail").fill(teacher.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/")
    yield page
    context.close()


def enrol_by_hand(page: Page) -> None:
    """Agree, enrol a face and make a passkey, as the pages lead a student to do."""
    page.goto("/student/#/face")
    page.get_by_role("button", name="I agree").click()
    page.get_by_role("link", name="Film my face").click()
    film_enrolment(page)
    page.goto("/student/#/passkeys")
    page.get_by_role("button", name="Create a passkey on this phone").click()
    expect(page.get_by_text("Stays on the device where it was created.")).to_be_visible()


def approve(desk: Page, student: User) -> None:
    desk.goto("/approvals/")
    desk.get_by_label("How do you know that this is the student?").fill("I saw them enrol.")
    desk.get_by_role("button", name=f"Approve the face of {student.full_name}").click()
    expect(desk.get_by_role("button", name="Approve the face of")).to_have_count(0)


def open_the_session(desk: Page, session: Session) -> Locator:
    """The dot and the name of the only student, on the page that shows the code."""
    desk.goto(f"/sessions/{session.pk}/live/")
    desk.get_by_role("button", name="Open and show code").click()
    expect(desk.get_by_alt_text("The code to scan with your phone")).to_be_visible()
    desk.get_by_role("button", name="Register").click()
    return desk.locator(".row", has_text="Student S1")


def by_sound(phone: StudentsPage, desk: Page, microphone: Path) -> None:
    """Switch the sound on as the teacher. What the page plays is what the phone hears meanwhile."""
    desk.get_by_role("button", name="Room's sound").click()
    desk.wait_for_function("() => played.length > 0")
    heard = desk.evaluate("played.at(-1)")
    write_wav(microphone, heard["samples"], heard["rate"])
    begin(phone)


def by_beacon(phone: StudentsPage, hearing: Browser) -> EmulatedBeacon:
    assert phone.session is not None
    teaching.note_beacon(phone.session, now=clock.now())
    beacon = EmulatedBeacon(hearing, phone.page, answering(phone.session))
    begin(phone)
    film_until_room(phone, "Connect to the room's beacon").click()
    return beacon


@pytest.mark.parametrize("way", ["beacon", "sound"])
def test_from_the_first_log_in_to_the_name_on_the_teachers_page(
    newcomer, desk, hearing, microphone, student, lecture, way
):
    """Only the accounts and the plan are prepared. The sound alone waits for the teacher."""
    page = newcomer.page
    Lock(page)
    newcomer.log_in(student)
    enrol_by_hand(page)
    approve(desk, student)
    row = open_the_session(desk, lecture)
    expect(row).to_have_attribute("data-status", "missing")
    beacon = by_beacon(newcomer, hearing) if way == "beacon" else None
    if beacon is None:
        by_sound(newcomer, desk, microphone)
    decided = PRESENT if beacon else "Your teacher will confirm."
    film_until(newcomer, decided)
    print(f"\n{newcomer.seconds():.1f} s from opening the camera to the outcome ({way}, opencv)")
    sent = page.evaluate("window.burstBytes")[-1]
    pictures = len(page.evaluate("window.burstTimes")[-1])
    print(f"{sent / 1000:.0f} KB for the burst of {pictures} pictures")
    assert 0 < sent < 400_000
    assert pictures >= 12, "more where the machine was too busy for the moments"
    expect(row).to_have_attribute("data-status", "present" if beacon else "review")
    if beacon is None:
        row.get_by_role("button", name="Confirm").click()
        expect(row).to_have_attribute("data-status", "present")
        expect(page.get_by_text(PRESENT)).to_be_visible()
    else:
        beacon.switch_off()
        assert CheckInDecision.objects.get().counted == ["code", "bluetooth", "face"]
    assert Device.objects.get(user=student).status == "active"
    assert Passkey.objects.get().trust == "device_bound"


def test_a_real_face_is_filmed_live(obama):
    begin(obama)
    film_until(obama)
    print(f"\n{obama.seconds():.1f} s from opening the camera to the outcome (live, opencv)")
    assert obama.page.evaluate("window.burstBytes") == []
    assert CheckInDecision.objects.get().counted == ["code", "face"]


def test_somebody_else_with_the_phone_is_not(obama, faces):
    film_bursts(obama)
    obama.film = acted_by(faces["biden"][0])
    begin(obama)
    film_until_told(obama, "did not match the enrolled one")
    assert not CheckInDecision.objects.exists()
