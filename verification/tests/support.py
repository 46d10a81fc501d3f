"""A student's phone, and what it can send, for the tests over HTTP."""

import json
import math
import secrets
import time
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

import sessions_app.services as teaching
from accounts.tests.phone import Phone
from attendance_project import clock
from beacon.protocol import SLOT_S, ephemeral_id, sound_payload
from beacon.protocol import answer as beacon_answer
from lab.fake_engine import FakeEngine, honest_burst, picture
from sessions_app.domain import qr_tokens
from sessions_app.models import Attendance
from verification.domain.challenge import Challenge
from verification.engines.base import Template
from verification.models import EnrolmentChallenge, IssuedChallenge

READINGS = (-66.0, -63.5, -68.0, -64.0, -70.5)


def tokens(session, *, ages=(1, 0), key=None, code=None):
    """The codes that were on the live page so many slots ago."""
    now_slot = qr_tokens.slot_at(time.time(), session.qr_slot_s)
    key = key or teaching.code_key(session)
    code = session.code if code is None else code
    return [qr_tokens.mint(key, session_code=code, slot=now_slot - age) for age in ages]


def sightings(session, *, ages=(1, 0), readings=READINGS, drift=0.0):
    """What a phone hears of the session's beacon."""
    now_slot = int(time.time() // SLOT_S)
    key = teaching.beacon_key(session)
    return [
        {
            "eid": ephemeral_id(key, now_slot - age).hex(),
            "rssi_dbm": [round(r + drift + secrets.randbelow(900) / 100, 2) for r in readings],
        }
        for age in ages
    ]


def sounds(session, *, ages=(0,)):
    """What a phone decodes of the room's loudspeaker, with payloads that many slots old."""
    now_slot = int(time.time() // SLOT_S)
    key = teaching.beacon_key(session)
    return [
        {"payload": sound_payload(key, now_slot - age).hex(), "heard_s_ago": 0.4} for age in ages
    ]


def answer_to(step, session, *, age=0, key=None):
    """What the session's beacon answers to the nonce of a scan's answer."""
    slot = int(time.time() // SLOT_S) - age
    nonce = bytes.fromhex(step["beacon_nonce"])
    return beacon_answer(key or teaching.beacon_key(session), slot, nonce).hex()


def challenge_of(answer):
    return Challenge.from_json(answer["challenge"])


def drawn(attempt, number, *, seconds_ago):
    """Let so much time have passed since the challenge was drawn."""
    at = clock.now() - timedelta(seconds=seconds_ago)
    IssuedChallenge.objects.filter(attempt_id=attempt, number=number).update(issued_at=at)


def form_of(burst):
    """The multipart fields of a burst."""
    return {
        "times_s": json.dumps([at_s for at_s, _ in burst]),
        "frames": [
            SimpleUploadedFile(f"{n}.jpg", frame, "image/jpeg")
            for n, (_, frame) in enumerate(burst)
        ],
    }


FILMS_MOST = 6
"""How often somebody films at most: each of a few challenges, and each of them twice."""


def enrolment_pictures(who: str) -> list[bytes]:
    return [picture for _, picture in honest_burst(who, _STILL, fps=4.0)][:4]


class StudentPhone(Phone):
    """A phone that checks in step by step. A test can replace each step by its own."""

    def send_form(self, path, data):
        return self.post(path, data, format="multipart")

    def enrol(self, who="me", version="2027-01"):
        return enrol(self, who, consent_version=version)

    def scan(self, seen, **body):
        return self.post("/qr/scan", {"tokens": seen, "nonce": new_nonce(), **body})

    def hear(self, attempt, heard, **body):
        return self.post(
            "/bluetooth/check",
            {"attempt": attempt, "sightings": heard, "nonce": new_nonce(), **body},
        )

    def hear_sound(self, attempt, heard, **body):
        return self.post(
            "/sound/check", {"attempt": attempt, "heard": heard, "nonce": new_nonce(), **body}
        )

    def show(self, attempt, number, burst, *, after_s=9.5, **body):
        """Send a burst ``after_s`` seconds after its challenge was drawn."""
        drawn_at = clock.now() - timedelta(seconds=after_s)
        IssuedChallenge.objects.filter(attempt_id=attempt, number=number).update(issued_at=drawn_at)
        data = {"attempt": attempt, "challenge": number, "nonce": new_nonce(), **form_of(burst)}
        return self.send_form("/face/verify", data | body)

    def mark(self, attempt, **body):
        return self.post("/attendance/mark", {"attempt": attempt, "nonce": new_nonce(), **body})

    def check_in(self, session, *, who="me", hears=True):
        """Do everything as an honest student does. Returns the answer of the last call."""
        step = self.scan(tokens(session)).json()
        if step["decision"] is not None:
            return step["decision"]
        if hears:
            self.hear(step["attempt"], sightings(session))
        number = step["challenge"]["number"]
        self.show(step["attempt"], number, honest_burst(who, challenge_of(step)))
        return self.mark(step["attempt"]).json()


SEEN = "They enrolled before my eyes."
"""The note with which a face is approved that was compared with no classmate's."""


def begin_enrolment(phone, **versions):
    return phone.post("/face/enroll/challenge", versions)


def enrol(phone, who, **fields):
    """Enrol who follows the challenge, or the burst that a function makes of it.

    Returns the last answer: that to the burst, or the refusal of a challenge.
    """
    versions = {name: fields.pop(name) for name in list(fields) if name.endswith("version")}
    begun = begin_enrolment(phone, **versions)
    if begun.status_code != 201:
        return begun
    challenge = challenge_of(begun.json())
    burst = who(challenge) if callable(who) else honest_burst(who, challenge)
    return send_enrolment(phone, begun.json()["challenge"]["number"], burst, **fields)


def send_enrolment(phone, number, burst, *, after_s=9.5, **fields):
    """Send a burst ``after_s`` seconds after its challenge was drawn."""
    student = phone.user_id
    EnrolmentChallenge.objects.filter(student_id=student, number=number).update(
        issued_at=clock.now() - timedelta(seconds=after_s)
    )
    return phone.send_form("/face/enroll", {"challenge": number, **form_of(burst), **fields})


def spoilt(**shown):
    """A burst of who follows the challenge, in pictures with this fault."""
    return lambda challenge: [
        (at_s, json.dumps(json.loads(frame) | shown).encode())
        for at_s, frame in honest_burst("me", challenge)
    ]


def pictures_of(who, count=4):
    return [picture(who, grain=n) for n in range(count)]


def face_of(who, *, likeness=1.0):
    """The fake engine's template of a person, or one whose cosine with it is given."""
    mine, others = (_vector(name) for name in (who, f"the opposite of {who}"))
    along = sum(a * b for a, b in zip(mine, others, strict=True))
    across = [b - along * a for a, b in zip(mine, others, strict=True)]
    length = math.sqrt(sum(x * x for x in across))
    rest = math.sqrt(1 - likeness**2)
    mixed = (likeness * a + rest * b / length for a, b in zip(mine, across, strict=True))
    return Template("fake", tuple(mixed))


def _vector(who):
    template = FakeEngine().describe(picture(who))
    assert template is not None
    return template.vector


def new_nonce():
    return secrets.token_urlsafe(12)


_STILL = Challenge(prompts=(), duration_s=5.0)


def codes_of(answer):
    return {reason["code"] for reason in answer["reasons"]}


def nobody_got_in(session):
    assert not Attendance.objects.filter(session=session, status__in=["present", "late"]).exists()


def refused(answer, reason, session):
    """Check that the scan ended the attempt with this reason."""
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert body["accepted"] is False
    assert body["decision"]["outcome"] == "refused"
    assert reason in codes_of(body["decision"])
    nobody_got_in(session)


def after_code_and_radio(phone, session):
    step = phone.scan(tokens(session)).json()
    phone.hear(step["attempt"], sightings(session))
    return step


__all__ = [
    "READINGS",
    "SEEN",
    "StudentPhone",
    "after_code_and_radio",
    "answer_to",
    "begin_enrolment",
    "challenge_of",
    "codes_of",
    "drawn",
    "enrol",
    "enrolment_pictures",
    "face_of",
    "form_of",
    "new_nonce",
    "nobody_got_in",
    "pictures_of",
    "refused",
    "send_enrolment",
    "sightings",
    "sounds",
    "spoilt",
    "tokens",
]
