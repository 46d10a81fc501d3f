"""Both ways to check in with the reference client, against the running server."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.tests.authenticator import Authenticator
from conftest import PASSWORD
from lab.fake_engine import honest_burst
from phone import enrolment
from phone.check_in import check_in, check_in_at_once
from sessions_app.models import Session
from verification.domain.challenge import Challenge as Asked
from verification.models import EnrolmentChallenge, FaceTemplate, IssuedChallenge
from verification.tests.levels import NEVER, another, at_standard, throw
from verification.tests.support import sightings, tokens

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


class BackCamera:
    """Shows the session's codes of this moment."""

    def __init__(self, session):
        self.session, self.asked_for = session, []

    def look(self, codes):
        self.asked_for.append(codes)
        return tokens(self.session, ages=tuple(reversed(range(codes))))


class Radio:
    """Hears the session's beacon, which does not answer."""

    def __init__(self, session):
        self.session = session

    def hear(self):
        return sightings(self.session)

    def ask(self, nonce):
        return None


class FrontCamera:
    """Films somebody as the fake engine sees them. The challenge's time passes at once."""

    def __init__(self, who="me", kind=IssuedChallenge):
        self.who, self.kind, self.filmed = who, kind, []

    def film(self, challenge):
        self.filmed.append(challenge.number)
        issued = self.kind.objects.order_by("-issued_at", "-number").first()
        began_at = datetime.now(UTC) - timedelta(seconds=challenge.duration_s + 0.5)
        self.kind.objects.filter(pk=issued.pk).update(issued_at=began_at)
        return honest_burst(self.who, Asked.from_json(issued.challenge))


@pytest.fixture(autouse=True)
def fake_engine(settings):
    settings.FACE_ENGINE = "fake"


@pytest.fixture
def ready(phone, student, course):
    return enrolled(phone, student)


def enrolled(phone, student):
    """The phone, logged in and with an approved face."""
    phone.log_in(student.email, PASSWORD)
    text = enrolment.texts(phone)[0]
    front_camera = FrontCamera(kind=EnrolmentChallenge)
    assert enrolment.enrol(phone, front_camera, text["version"])["status"] == "waiting"
    FaceTemplate.objects.update(status="approved")
    return phone


def test_step_by_step(ready, open_session):
    outcome = check_in(ready, BackCamera(open_session), Radio(open_session), FrontCamera())
    assert (outcome.outcome, outcome.reasons) == ("present", ())


class LiveCamera:
    """Is never asked for a picture, since the server of these tests has no websockets."""

    def picture(self, wide, high):
        raise AssertionError("there is no connection to send it on")

    def show(self, shown):
        raise AssertionError("there is no connection that says so")


def test_where_nothing_is_filmed_live_the_burst_follows(ready, open_session):
    front_camera = FrontCamera()
    outcome = check_in(
        ready, BackCamera(open_session), Radio(open_session), front_camera, LiveCamera()
    )
    assert outcome.outcome == "present"
    assert front_camera.filmed == [1]


def test_a_decision_that_came_with_the_last_picture_is_final(ready, open_session, monkeypatch):
    decision = {"outcome": "present", "message": "You are present.", "reasons": []}

    def film_live(server, key, ticket, camera, *, finish):
        return {"type": "result", "step": {"challenge": None}, "decision": decision}

    monkeypatch.setattr("phone.check_in.film_live", film_live)
    outcome = check_in(ready, BackCamera(open_session), None, None, LiveCamera())
    assert outcome.outcome == "present"


def test_all_in_one_request(ready, open_session):
    outcome = check_in_at_once(
        ready, str(open_session.pk), BackCamera(open_session), Radio(open_session), FrontCamera()
    )
    assert outcome.outcome == "present", outcome


def test_another_face_is_told_and_tried_again_as_the_server_offers(ready, open_session):
    front_camera = FrontCamera("somebody else")
    outcome = check_in(ready, BackCamera(open_session), Radio(open_session), front_camera)
    assert outcome.outcome == "refused"
    assert front_camera.filmed == [1, 2, 3]
    assert outcome.reasons


def test_one_code_more_where_the_session_wants_more(ready, open_session):
    Session.objects.filter(pk=open_session.pk).update(qr_slots_needed=3)
    open_session.refresh_from_db()
    back_camera = BackCamera(open_session)
    outcome = check_in(ready, back_camera, Radio(open_session), FrontCamera())
    assert back_camera.asked_for == [2, 3]
    assert outcome.outcome == "present"


def test_without_radio_and_camera_the_session_decides_what_it_means(ready, open_session):
    Session.objects.filter(pk=open_session.pk).update(level="room")
    outcome = check_in(ready, BackCamera(open_session), None, None)
    assert outcome.outcome == "review"


def test_withdrawing_deletes_the_face(ready):
    enrolment.withdraw(ready)
    assert not FaceTemplate.objects.exists()


def test_declining_leaves_the_teacher_to_confirm(phone, student, open_session):
    phone.log_in(student.email, PASSWORD)
    enrolment.decline(phone)
    outcome = check_in(phone, BackCamera(open_session), Radio(open_session), None)
    assert outcome.outcome == "review"


# --- level Standard -------------------------------------------------------------------


class OwnLock:
    """The phone's lock, with a passkey that it made on the server before."""

    def __init__(self, phone):
        self.authenticator = Authenticator(origin="http://localhost:8000", rp_id="localhost")
        options = phone.post("/passkeys/options", {})["options"]
        made = {"credential": self.authenticator.create(options), "name": "Phone"}
        phone.post("/passkeys", made)

    def confirm(self, options):
        return self.authenticator.get(options)


@pytest.fixture
def later(ready, open_session, monkeypatch, settings):
    """A session at Standard of which the student is not drawn, a while after the face was shown."""
    settings.PUBLIC_URL = "http://localhost:8000"
    at_standard(open_session)
    first = check_in(ready, BackCamera(open_session), None, FrontCamera())
    assert first.outcome == "present"
    throw(monkeypatch, NEVER)
    return another(open_session)


def test_where_no_face_is_asked_for_the_scan_is_all(ready, later):
    front_camera = FrontCamera()
    assert check_in(ready, BackCamera(later), None, front_camera).outcome == "present"
    assert front_camera.filmed == []


def test_the_phones_lock_stands_for_the_face(ready, later):
    front_camera, lock = FrontCamera(), OwnLock(ready)
    outcome = check_in(ready, BackCamera(later), None, front_camera, lock=lock)
    assert (outcome.outcome, front_camera.filmed) == ("present", [])


def test_without_the_lock_the_face_is_shown_instead(ready, later):
    OwnLock(ready)
    front_camera = FrontCamera()
    assert check_in(ready, BackCamera(later), None, front_camera).outcome == "present"
    assert front_camera.filmed == [1]


def test_all_in_one_request_brings_the_face_before_anybody_knows(ready, later):
    front_camera = FrontCamera()
    outcome = check_in_at_once(ready, str(later.pk), BackCamera(later), None, front_camera)
    assert (outcome.outcome, front_camera.filmed) == ("present", [1])
