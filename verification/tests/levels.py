"""Sessions of level Standard, and phones that check in there."""

from datetime import timedelta
from types import SimpleNamespace

from accounts.tests.authenticator import Authenticator
from attendance_project import clock
from lab.fake_engine import honest_burst
from sessions_app.models import Session
from verification import services
from verification.models import CheckInAttempt, CheckInDecision, FaceLot
from verification.services import lots
from verification.tests.support import challenge_of, tokens

SITE = {"origin": "http://localhost:8000", "rp_id": "localhost"}
ALWAYS, NEVER = 0, 1


def throw(monkeypatch, *numbers):
    """Let the dice show these numbers in turn, and the last one from then on: 0 asks."""
    left = list(numbers)
    dice = SimpleNamespace(randbelow=lambda sides: left.pop(0) if len(left) > 1 else left[0])
    monkeypatch.setattr(lots, "secrets", dice)


def at_standard(session, **more):
    """The session at level Standard, where only the code and the lot decide."""
    Session.objects.filter(pk=session.pk).update(level="standard", bluetooth="off", **more)
    session.refresh_from_db()
    return session


def another(session, **more):
    """One more open session of the same course."""
    same = ("course", "subject", "class_group", "teacher", "starts_at", "ends_at", "time_zone")
    same += ("state", "opened_at", "level", "bluetooth", "face_one_in")
    return Session.objects.create(**{name: getattr(session, name) for name in same} | more)


def scan(phone, session, **more):
    return phone.scan(tokens(session), finish=True, **more).json()


def show(phone, step, who="me"):
    number = step["challenge"]["number"]
    burst = honest_burst(who, challenge_of(step))
    return phone.show(step["attempt"], number, burst, finish="true").json()


def seen(phone, session, who="me"):
    """Check in with the face, as at the first check-in of a course."""
    step = scan(phone, session)
    assert step["needs"]["face"] == "required", step
    decision = show(phone, step, who)["decision"]
    assert decision["outcome"] in ("present", "late"), decision
    return decision


def asks(step):
    return step["needs"]["face_ask"]


def with_passkey(phone, **how):
    """The phone with a passkey of its own. Returns the authenticator."""
    authenticator = Authenticator(**SITE | how)
    options = phone.post("/passkeys/options").json()["options"]
    body = {"credential": authenticator.create(options), "name": "Phone"}
    assert phone.post("/passkeys", body).status_code == 201
    return authenticator


def settle(session):
    """Let the time of all attempts be over, and close the session's books."""
    later = clock.now() + timedelta(minutes=30)
    services.settle_expired(session, later)


def lot_of(phone, session):
    return FaceLot.objects.get(student_id=phone.user_id, session=session)


def decisions_of(phone):
    return CheckInDecision.objects.filter(student_id=phone.user_id).order_by("decided_at", "pk")


def last_attempt(phone):
    return CheckInAttempt.objects.filter(student_id=phone.user_id).order_by("-opened_at")[0]
