"""The student's page films a real person's face making the moves, and the real engine judges it."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import expect

from attendance_project.tests.browser.check_in_support import FLOW_MS, PRESENT, begin, small
from attendance_project.tests.browser.server import Server
from attendance_project.tests.browser.student_phone import Film, StudentsPage, open_phone
from verification.domain.challenge import Challenge
from verification.engines import photographs as archive
from verification.engines import rendering
from verification.models import CheckInDecision

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FILM_FPS = 10.0
"""Of the camera; the page takes about every third picture."""


@pytest.fixture(scope="module")
def judge(django_db_setup, django_db_blocker) -> Iterator[Server]:
    """A server with the engine that the product ships."""
    running = Server(face_engine="opencv")
    yield running
    running.close()


@pytest.fixture(scope="module")
def faces() -> dict[str, list[bytes]]:
    return archive.faces(Path(settings.VAR_DIR) / "photographs")


@pytest.fixture
def obama(chromium, judge, watch, student, lecture, faces, settings) -> Iterator[StudentsPage]:
    """The student's phone, enrolled from one photograph; another is what the camera sees."""
    context, phone = open_phone(chromium, judge, watch)
    phone.session = lecture
    phone.log_in(student)
    phone.enrol(student, rendering.render_enrolment(faces["obama"][1], random.Random(2)))
    phone.film = acted_by(faces["obama"][0])
    yield phone
    phone.close()
    context.close()


def acted_by(photograph: bytes) -> Callable[[Challenge], Film]:
    def film(challenge: Challenge) -> Film:
        return rendering.render_burst(photograph, challenge, fps=FILM_FPS, rng=random.Random(3))

    return film


def test_the_right_person_is_let_in(obama):
    begin(obama)
    expect(obama.page.get_by_text(PRESENT)).to_be_visible(timeout=FLOW_MS)
    print(f"\n{obama.seconds():.1f} s from opening the camera to the outcome (opencv)")
    sent = obama.page.evaluate("window.burstBytes")[-1]
    print(f"{sent / 1000:.0f} KB for the burst")
    assert 0 < sent < 400_000
    assert CheckInDecision.objects.get().counted == ["code", "face"]


def test_somebody_else_with_the_phone_is_not(obama, faces):
    obama.film = acted_by(faces["biden"][0])
    begin(obama)
    expect(obama.page.get_by_text("Once more, please")).to_be_visible(timeout=FLOW_MS)
    expect(small(obama.page)).to_contain_text("did not match the enrolled one")
    assert not CheckInDecision.objects.exists()
