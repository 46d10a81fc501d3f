"""The reference client films live over a real websocket."""

from __future__ import annotations

import random
import time

import pytest

from attendance_project.tests.browser.server import Server
from lab.evaluation.written_people import WrittenPerson
from lab.pictures.live_people import QUICK_S
from phone.api import Connections
from phone.check_in import check_in
from phone.client import Phone
from phone.key import DeviceKey
from phone.tests.test_check_in import BackCamera, Radio, enrolled
from verification.domain.challenge import Move
from verification.models import CheckInDecision, EvidenceRecord, IssuedChallenge

pytestmark = [pytest.mark.slow, pytest.mark.waits, pytest.mark.django_db(transaction=True)]


class LiveCamera:
    """Films somebody who does what the phone shows, as the fake engine sees it."""

    def __init__(self, who: str) -> None:
        self.scene = WrittenPerson(who, random.Random(1), reaction_s=QUICK_S)
        self.began_s = time.monotonic()

    def picture(self, wide: int, high: int) -> bytes:
        return self.scene.picture(time.monotonic() - self.began_s)

    def show(self, shown) -> None:
        move = Move(shown.move) if shown.move else None
        self.scene.sees(time.monotonic() - self.began_s, move)


@pytest.fixture
def phone(transactional_db):
    server = Server()
    with Connections(server.url) as connections:
        yield Phone(connections, DeviceKey())
    server.close()


def test_the_outcome_comes_with_the_last_picture(phone, student, course, open_session):
    enrolled(phone, student)

    outcome = check_in(phone, BackCamera(open_session), Radio(open_session), None, LiveCamera("me"))

    assert (outcome.outcome, outcome.reasons) == ("present", ())
    assert IssuedChallenge.objects.get(filmed_at__isnull=False).film_moves
    assert len(EvidenceRecord.objects.get(kind="face").measured["liveness"]["responses_s"]) == 3


@pytest.mark.once
def test_somebody_else_films_as_often_as_is_offered(phone, student, course, open_session):
    enrolled(phone, student)

    outcome = check_in(
        phone, BackCamera(open_session), Radio(open_session), None, LiveCamera("somebody else")
    )

    assert outcome.outcome == "refused"
    assert "face_mismatch" in CheckInDecision.objects.get().reasons
    assert IssuedChallenge.objects.filter(filmed_at__isnull=False).count() == 3
