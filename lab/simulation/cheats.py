"""One play for each cheat. None may get in, and each must be told its own reason."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx

from lab.pictures import attacks, live_attacks, rendering
from lab.pictures.live_people import Scene
from lab.simulation.classroom import Room
from lab.simulation.filming import wait_out
from lab.simulation.honest import (
    KEPT_S,
    challenge_in,
    finish,
    scan_and_hear,
    show_own_face,
)
from lab.simulation.live_filming import film_scene
from lab.simulation.people import Student
from lab.simulation.stage import Act, Expected, Play, Result, Stage, result_of
from phone.api import API, Blocked, read
from phone.camera import Burst
from phone.client import Phone
from phone.key import DeviceKey, new_nonce
from verification.domain.challenge import Challenge, Move

EVIDENCE_LIFETIME_S = 120.0
MOST_FRIENDS = 16
"""Sessions at level Standard to which a friend comes at most. With every other one drawn, the
friend is drawn at none of them once in 32,768 times."""
MOST_SPARED = 12
"""Sessions after which the cheat who is spared a check each time gives up."""

# --- the code -------------------------------------------------------------------------


def one_photograph(stage: Stage, student: Student) -> Result:
    return result_of(student.phone.scan(stage.room.projector.look(codes=1)))


def old_photographs(stage: Stage, student: Student) -> Result:
    return result_of(student.phone.scan(stage.room.projector.photographed(2, ago_s=12)))


def signed_later(stage: Stage, student: Student) -> Result:
    """The phone states that it saw a friend's photographs itself, and had no network."""
    seen = stage.room.projector.photographed(2, ago_s=KEPT_S)
    seen_s = student.phone.server_now_s() - KEPT_S
    fields = {"without_face": "true"}
    return result_of(student.phone.send_kept(fields, [], tokens=seen, seen_s=seen_s, done_s=seen_s))


def codes_of_another_session(stage: Stage, student: Student) -> Result:
    seen = stage.other_room.projector.look()
    return result_of(student.phone.scan(seen, session=stage.room.id))


def forged_codes(stage: Stage, student: Student) -> Result:
    first, second = stage.room.projector.look()
    forged = first[:-1] + ("A" if first[-1] != "A" else "B")
    return result_of(student.phone.scan([forged, second]))


def truncated_codes(stage: Stage, student: Student) -> Result:
    seen = [url[:-6] for url in stage.room.projector.look()]
    return result_of(student.phone.scan(seen, session=stage.room.id))


def before_opening(stage: Stage, student: Student) -> Result:
    """Nobody has a code of this session yet, so the cheat tries one of the next room."""
    return result_of(student.phone.scan(stage.other_room.projector.look(), session=stage.room.id))


def after_closing(stage: Stage, student: Student) -> Result:
    seen = [url for _, url in stage.room.projector.photographs[-2:]]
    return result_of(student.phone.scan(seen))


# --- who and with what ----------------------------------------------------------------


def not_enrolled(stage: Stage, student: Student) -> Result:
    return result_of(student.phone.scan(stage.room.projector.look()))


def anothers_attempt(stage: Stage, student: Student) -> Result:
    return result_of(student.phone.mark(stage.wait_for("attempt")))


def stolen_token(stage: Stage, student: Student) -> Result:
    """The thief has the token and signs with a key of their own."""
    thief = Phone(stage.connections, DeviceKey())
    thief.access = stage.wait_for("token")
    return result_of(thief.scan(stage.room.projector.look()))


def replayed_proof(stage: Stage, student: Student) -> Result:
    """The thief sends a recorded request a second time, with its proof."""
    headers = student.phone.headers("POST", "/qr/scan")
    body = {"tokens": stage.room.projector.look(codes=1), "nonce": new_nonce()}
    client = stage.connections.client
    answers = [client.post(API + "/qr/scan", json=body, headers=headers) for _ in range(2)]
    if answers[1].is_success:
        return Result("accepted twice")
    raise Blocked(answers[1].status_code, answers[1].json()["code"], "")


def friends_phone(stage: Stage, student: Student) -> Result:
    """The student logs in on the phone of somebody who has checked in with it."""
    borrowed = Phone(stage.connections, stage.students["Aarav Mehta"].phone.key)
    borrowed.log_in(student.email, stage.password)
    return result_of(borrowed.scan(stage.room.projector.look()))


def new_phone(stage: Stage, student: Student) -> Result:
    """The phone was registered a minute ago. It is logged out again afterwards."""
    new = Phone(stage.connections, DeviceKey())
    device = new.log_in(student.email, stage.password)["device"]
    result = result_of(new.scan(stage.room.projector.look()))
    new.client.delete(
        f"{API}/devices/{device['id']}", headers=new.headers("DELETE", f"/devices/{device['id']}")
    )
    return result


# --- the face -------------------------------------------------------------------------

MakeFilm = Callable[[Student, bytes, Challenge], Burst]


def _with_film(make: MakeFilm) -> Play:
    """A play in which code and Bluetooth are right, and only the film is false."""

    def play(stage: Stage, student: Student) -> Result:
        step = scan_and_hear(stage, student)
        number, challenge = challenge_in(step)
        began = time.monotonic()
        burst = make(student, _another_face(stage, student), challenge)
        wait_out(challenge, began)
        student.phone.show(step["attempt"], number, burst)
        return result_of(student.phone.mark(step["attempt"]))

    return play


def _with_live_film(make: Callable[[Student], Scene]) -> Play:
    """The same with a live film, for as many tries as are offered."""

    def play(stage: Stage, student: Student) -> Result:
        step = scan_and_hear(stage, student)
        shown = step
        while shown["challenge"] is not None:
            filmed = film_scene(student, make(student), shown)
            if filmed is None:
                break
            shown = filmed
        return result_of(shown["decision"] or student.phone.mark(step["attempt"]))

    return play


def _still_live(student: Student) -> Scene:
    return live_attacks.still(student.today, student.rng)


def _earlier_live(student: Student) -> Scene:
    """The film has no blink, which is asked for in every film, so that it never fits by chance."""
    return live_attacks.earlier_film(student.today, student.rng, without=[Move.BLINK])


def _another_face(stage: Stage, student: Student) -> bytes:
    others = [s for s in stage.students.values() if s.photographs is not student.photographs]
    return student.rng.choice(others).today


def _anothers(student: Student, other: bytes, challenge: Challenge) -> Burst:
    return rendering.render_burst(other, challenge, rng=student.rng)


def _still(student: Student, other: bytes, challenge: Challenge) -> Burst:
    return rendering.render_still(student.today, challenge, rng=student.rng)


def _moved(student: Student, other: bytes, challenge: Challenge) -> Burst:
    return rendering.render_moved_photo(student.today, challenge, rng=student.rng)


def _earlier(student: Student, other: bytes, challenge: Challenge) -> Burst:
    return rendering.render_earlier_burst(student.today, challenge, rng=student.rng)


def _animated(student: Student, other: bytes, challenge: Challenge) -> Burst:
    return attacks.render_animated(student.today, challenge, rng=student.rng)


def _laid_over(student: Student, other: bytes, challenge: Challenge) -> Burst:
    """Somebody in the room wears the student's face on a screen."""
    return attacks.render_face_swap(student.today, other, challenge, rng=student.rng)


def _looped(student: Student, other: bytes, challenge: Challenge) -> Burst:
    honest = rendering.render_burst(student.today, challenge, rng=student.rng)
    return attacks.duplicated(honest, student.rng, anew=True)


def _two_people(student: Student, other: bytes, challenge: Challenge) -> Burst:
    return rendering.render_two_people(student.today, other, challenge, rng=student.rng)


def _two_others(student: Student, other: bytes, challenge: Challenge) -> Burst:
    return rendering.render_two_people(other, other, challenge, rng=student.rng)


def never_enrolled(stage: Stage, student: Student) -> Result:
    step = scan_and_hear(stage, student)
    show_own_face(student, step)
    return result_of(student.phone.mark(step["attempt"]))


# --- the radio ------------------------------------------------------------------------


def _with_radio(heard: Callable[[Stage, Student], list[dict[str, Any]]]) -> Play:
    """A play in which code and face are right, and only the trace is false."""

    def play(stage: Stage, student: Student) -> Result:
        sightings = heard(stage, student)
        step = student.phone.scan(stage.room.projector.look())
        student.phone.hear(step["attempt"], sightings)
        show_own_face(student, step)
        return result_of(student.phone.mark(step["attempt"]))

    return play


def _replayed(stage: Stage, student: Student) -> list[dict[str, Any]]:
    return stage.room.beacon.heard(student.rng, slots_ago=(31, 30))


def _invented(stage: Stage, student: Student) -> list[dict[str, Any]]:
    real = stage.room.beacon.heard(student.rng)
    return [sighting | {"eid": secrets.token_hex(8)} for sighting in real]


def _copied(stage: Stage, student: Student) -> list[dict[str, Any]]:
    trace: list[dict[str, Any]] = stage.wait_for("trace")
    return trace


def _retouched(stage: Stage, student: Student) -> list[dict[str, Any]]:
    """The friend's trace, a little weaker, and with another value in place of one in ten."""
    trace = [s | {"rssi_dbm": [r - 2.0 for r in s["rssi_dbm"]]} for s in _copied(stage, student)]
    trace[0]["rssi_dbm"][-1] += 9.0
    return trace


# --- the decision ---------------------------------------------------------------------


def expired_evidence(stage: Stage, student: Student) -> Result:
    """All evidence is right, but it is kept until the time suits the cheat."""
    step = scan_and_hear(stage, student)
    show_own_face(student, step)
    time.sleep(EVIDENCE_LIFETIME_S)
    return result_of(student.phone.mark(step["attempt"]))


def claims_to_have_passed(stage: Stage, student: Student) -> Result:
    """A changed app sends verdicts in place of evidence."""
    claims = {"passed": True, "liveness": True, "face_match": 1.0, "outcome": "present"}
    step = student.phone.scan(stage.room.projector.look(), **claims)
    return result_of(student.phone.mark(step["attempt"], **claims))


def says_each_time_that_moves_are_impossible(stage: Stage, student: Student) -> Result:
    """The student says at each session that they cannot make the moves, and so comes in without
    being filmed, until the term has no spared check left."""
    desk, course, result = stage.room.desk, stage.room.session["course"], Result("review")
    for number in range(1, MOST_SPARED + 2):
        room = Room(desk, course, name=f"C-{number}", late_in_s=600)
        room.open()
        try:
            step = scan_and_hear(replace(stage, room=room), student)
            result = result_of(student.phone.mark(step["attempt"], without_face=True))
        finally:
            _dismiss(stage, room)
        if result.outcome != "review":
            break
    return result


def sends_a_friend_until_drawn(stage: Stage, student: Student) -> Result:
    """At level Standard the student shows the face once, and then a friend comes with the phone to
    each session. The lot lets the friend pass at some of them, until it asks for the face."""
    result = Result("never drawn")
    for number in range(MOST_FRIENDS):
        room = _standard_room(stage, number)
        try:
            step = student.phone.scan(room.projector.look(), finish=True)
            is_asked = step["needs"]["face"] != "off"
            if is_asked and number == 0:
                finish(student, step)
            elif is_asked:
                result = result_of(student.phone.mark(step["attempt"]))
        finally:
            _dismiss(stage, room)
        if result.outcome != "never drawn":
            break
    return result


def _standard_room(stage: Stage, number: int) -> Room:
    """A session at which every other student is drawn, in a room without a beacon."""
    rules = {"level": "standard", "face_one_in": 2, "bluetooth": "off"}
    course = stage.room.session["course"]
    room = Room(stage.room.desk, course, name=f"D-{number}", late_in_s=600, **rules)
    room.open()
    return room


def _dismiss(stage: Stage, room: Room) -> None:
    """Close the room's session and let it count for nobody."""
    room.close()
    stage.room.desk.post(f"/sessions/{room.id}/annul", {"reason": "Played by a cheat"})


def colleague_marks(stage: Stage, student: Student) -> Result:
    """Another teacher marks the student as a favour."""
    body = {
        "session": stage.room.id,
        "student": student.id,
        "status": "present",
        "reason": "I saw them",
        "nonce": new_nonce(),
    }
    stage.colleague.post("/attendance/manual", body)
    return Result("present")


def reads_of_others(stage: Stage, student: Student) -> Result:
    """The student asks for a classmate's profile, statistics and templates."""
    victim = stage.students["Kavya Rao"].id
    refused = []
    for path in (
        f"/profile/{victim}",
        f"/attendance/statistics/today/{victim}",
        f"/attendance/statistics/all/{victim}",
        f"/admin/student-profile/{victim}",
        "/face/waiting",
        "/warned-users",
    ):
        try:
            student.phone.get(path)
        except Blocked as blocked:
            refused.append(blocked.code)
        else:
            return Result(f"read {path}")
    return Result("blocked", tuple(dict.fromkeys(refused)))


def raises_role(stage: Stage, student: Student) -> Result:
    """The student asks to be an admin in an update, and registers a friend as one."""
    body = {"full_name": student.name, "email": student.email, "role": "admin"}
    try:
        student.phone.put(f"/profile/update/{student.id}", body)
    except Blocked as refusal:
        blocked = refusal
    else:
        blocked = Blocked(200, "role_ignored", "")
    friend = f"friend-{secrets.token_hex(4)}"
    student.phone.client.post(
        f"{API}/register/student",
        json={
            "email": f"{friend}@students.demo.test",
            "password": stage.password,
            "full_name": "A friend",
            "institution_number": friend,
            "role": "admin",
            "is_superuser": True,
        },
    )
    mine = student.phone.get(f"/profile/{student.id}")["role"]
    theirs = Phone(stage.connections, DeviceKey())
    role = theirs.log_in(f"{friend}@students.demo.test", stage.password)["user"]["role"]
    if (mine, role) != ("student", "student"):
        return Result("has the role")
    return Result("blocked", (blocked.code,))


def takes_a_classmates_name(stage: Stage, student: Student) -> Result:
    """The student asks for a classmate's name, with Cyrillic letters in it."""
    classmate = stage.students["Kavya Rao"]
    name = classmate.name.replace("a", "\u0430")
    body = {"full_name": name, "email": student.email}
    try:
        student.phone.put(f"/profile/update/{student.id}", body)
    except Blocked as refusal:
        blocked = refusal
    else:
        return Result("asked for the name")
    reason = {"name_reason": "It is my name."}
    student.phone.put(f"/profile/update/{student.id}", body | reason)
    if student.phone.get(f"/profile/{student.id}")["full_name"] == name:
        return Result("has the name")
    return Result("blocked", (blocked.code,))


def claims_a_classmates_number(stage: Stage, student: Student) -> Result:
    read(_register_again(stage, student, stage.students["Kavya Rao"].number))
    return Result("claims the number")


def unconfirmed_account(stage: Stage, student: Student) -> Result:
    """A teacher is asked to put a second account on the course, whose address nobody confirmed."""
    number = f"TWIN-{secrets.token_hex(4)}".upper()
    email = read(_register_again(stage, student, number))["email"]
    twin = Phone(stage.connections, DeviceKey())
    twin.log_in(email, stage.password)
    try:
        course = stage.room.session["course"]
        stage.room.desk.post(f"/courses/{course}/enrolments", {"institution_numbers": [number]})
    except Blocked as refusal:
        scanned = result_of(twin.scan(stage.room.projector.look()))
        return Result(scanned.outcome, (refusal.code, *scanned.reasons))
    return Result("is on the course")


def _register_again(stage: Stage, student: Student, number: str) -> httpx.Response:
    body = {
        "email": f"twin-{secrets.token_hex(4)}@students.demo.test",
        "password": stage.password,
        "full_name": student.name,
        "institution_number": number,
    }
    return student.phone.client.post(f"{API}/register/student", json=body)


_OUT = Expected.OUT
BEFORE_OPENING = (Act("Rosa Vidal", "scans before the opening", _OUT, before_opening),)
ACTS = (
    Act("Bilal Khan", "keeps evidence for two minutes", _OUT, expired_evidence, slow=True),
    Act("Oskar Lind", "was sent one photograph of the code", _OUT, one_photograph),
    Act("Oskar Lind", "sends codes cut short", _OUT, truncated_codes),
    Act("Priya Shah", "was sent photographs, 12 s old", _OUT, old_photographs),
    Act("Priya Shah", "signs a friend's photographs later", _OUT, signed_later, slow=True),
    Act("Quentin Roy", "sends another session's codes", _OUT, codes_of_another_session),
    Act("Quentin Roy", "forges a code", _OUT, forged_codes),
    Act("Tara Singh", "is not on the course", _OUT, not_enrolled),
    Act("Umar Farouk", "uses another student's attempt", _OUT, anothers_attempt),
    Act("Umar Farouk", "reads a classmate's data", _OUT, reads_of_others),
    Act("Vera Novak", "has a stolen token, no key", _OUT, stolen_token),
    Act("Vera Novak", "replays a signed call", _OUT, replayed_proof),
    Act("Samir Aziz", "uses a classmate's phone", _OUT, friends_phone),
    Act("Wanjiru Kamau", "registers a new phone in class", _OUT, new_phone),
    Act("Xenia Popa", "sends a friend's face", _OUT, _with_film(_anothers)),
    Act("Yusuf Demir", "holds up a photo", _OUT, _with_film(_still)),
    Act("Yusuf Demir", "tilts a photo to the prompts", _OUT, _with_film(_moved)),
    Act("Zoe Clarke", "sends a film for earlier prompts", _OUT, _with_film(_earlier)),
    Act("Zoe Clarke", "sends a film that runs in a loop", _OUT, _with_film(_looped)),
    Act("Xenia Popa", "lays her face over a friend's head", _OUT, _with_film(_laid_over)),
    Act("Anika Berg", "moves a photo by software", _OUT, _with_film(_animated)),
    Act("Anika Berg", "has a second face in the picture", Expected.NOT_IN, _with_film(_two_people)),
    Act("Anika Berg", "sends two friends' faces at once", _OUT, _with_film(_two_others)),
    Act("Yusuf Demir", "holds a photo into a live film", _OUT, _with_live_film(_still_live)),
    Act("Zoe Clarke", "plays an earlier film live", _OUT, _with_live_film(_earlier_live)),
    Act("Clara Fontaine", "has no enrolled face", _OUT, never_enrolled),
    Act("Dmitri Orlov", "replays beacon ids of minutes ago", _OUT, _with_radio(_replayed)),
    Act("Dmitri Orlov", "invents beacon ids", _OUT, _with_radio(_invented)),
    Act("Dmitri Orlov", "sends a friend's trace", _OUT, _with_radio(_copied)),
    Act("Dmitri Orlov", "retouches a friend's trace", _OUT, _with_radio(_retouched)),
    Act("Clara Fontaine", "sends “passed: true”", _OUT, claims_to_have_passed),
    Act(
        "Yusuf Demir",
        "cannot make the moves, each time",
        _OUT,
        says_each_time_that_moves_are_impossible,
        slow=True,
    ),
    Act("Kavya Rao", "sends a friend, until drawn by lot", _OUT, sends_a_friend_until_drawn),
    Act("Clara Fontaine", "asks a colleague to mark her", _OUT, colleague_marks),
    Act("Anika Berg", "asks to be an admin", _OUT, raises_role),
    Act("Umar Farouk", "takes a classmate's name", _OUT, takes_a_classmates_name),
    Act("Umar Farouk", "claims a classmate's number", _OUT, claims_a_classmates_number),
    Act("Umar Farouk", "has a second account, unconfirmed", _OUT, unconfirmed_account),
)
AFTER_CLOSING = (Act("Rosa Vidal", "scans after the closing", _OUT, after_closing),)
