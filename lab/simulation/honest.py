"""Honest students, each with what happens to them that day."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import wraps
from typing import Any

from attendance_project import clock
from lab.simulation.filming import film
from lab.simulation.live_filming import film_person
from lab.simulation.people import Student
from lab.simulation.stage import Act, Expected, Result, Stage, result_of
from phone.key import new_nonce
from verification.domain.challenge import Challenge

KEPT_S = 40.0
"""How long check-ins are kept here: longer than one request may take."""


def challenge_in(answer: dict[str, Any]) -> tuple[int, Challenge]:
    """The challenge in a scan's or an attempt's answer, and its number. A film is drawn for it."""
    return answer["challenge"]["number"], Challenge.from_json(answer["challenge"])


def scan_and_hear(stage: Stage, student: Student, **more: Any) -> dict[str, Any]:
    """Do the first two steps rightly. Returns the answer to the scan."""
    step = student.phone.scan(stage.room.projector.look(), **more)
    if step["decision"] is None:
        student.phone.hear(step["attempt"], stage.room.beacon.heard(student.rng))
    return step


def show_own_face(
    student: Student, step: dict[str, Any], *, decide: bool = False
) -> dict[str, Any]:
    """Show the face in up to three tries, as the page offers them: live, and in a burst where the
    server films nobody live just now. Returns the last answer of the step.

    decide  whether the decision comes with the last picture of a live film
    """
    shown = film_person(student, step, decide=decide)
    if shown is None:
        number, challenge = challenge_in(step)
        burst = film(student.today, challenge, student.rng)
        shown = student.phone.show(step["attempt"], number, burst)
    if shown["challenge"] is None:
        return shown
    return show_own_face(student, shown | {"attempt": step["attempt"]}, decide=decide)


def finish(student: Student, step: dict[str, Any]) -> Result:
    """Show the face, and ask for the decision where it did not come with the last picture."""
    shown = show_own_face(student, step, decide=True)
    return result_of(shown["decision"] or student.phone.mark(step["attempt"]))


def again_where_unseen(
    act: Callable[[Stage, Student], Result],
) -> Callable[[Stage, Student], Result]:
    """Check in up to three times, as the page offers it where the moves of a film were not seen."""

    @wraps(act)
    def tried(stage: Stage, student: Student) -> Result:
        result = act(stage, student)
        for _ in range(2):
            if result.outcome != "refused" or "moves_not_seen" not in result.reasons:
                break
            result = act(stage, student)
        return result

    return tried


@again_where_unseen
def check_in(stage: Stage, student: Student) -> Result:
    step = scan_and_hear(stage, student)
    return finish(student, step) if step["decision"] is None else result_of(step)


def come_late(stage: Stage, student: Student) -> Result:
    time.sleep(max((stage.room.late_at - clock.now()).total_seconds() + 1, 0))
    return check_in(stage, student)


@again_where_unseen
def without_bluetooth(stage: Stage, student: Student) -> Result:
    return finish(student, student.phone.scan(stage.room.projector.look()))


def without_face(stage: Stage, student: Student) -> Result:
    step = scan_and_hear(stage, student)
    return result_of(student.phone.mark(step["attempt"]))


@again_where_unseen
def with_short_code(stage: Stage, student: Student) -> Result:
    """The phone's back camera is broken, so the student types the digits."""
    digits = stage.room.desk.get(f"/sessions/{stage.room.id}/short-code")["digits"]
    body = {"short_code": digits, "session": stage.room.id, "nonce": new_nonce()}
    step = student.phone.post("/qr/scan", body)
    student.phone.hear(step["attempt"], stage.room.beacon.heard(student.rng))
    return finish(student, step)


@again_where_unseen
def in_one_request(stage: Stage, student: Student) -> Result:
    """The network is bad, so the phone gathers everything first and sends it at once."""
    body = {"session": stage.room.id, "nonce": new_nonce()}
    attempt = student.phone.post("/attendance/attempts", body)
    number, challenge = challenge_in(attempt)
    burst = film(student.today, challenge, student.rng)
    fields = {
        "attempt": attempt["attempt"],
        "challenge": str(number),
        "times_s": json.dumps([at_s for at_s, _ in burst]),
        "nonce": new_nonce(),
        "tokens": json.dumps(stage.room.projector.look()),
        "sightings": json.dumps(stage.room.beacon.heard(student.rng)),
    }
    frames = [frame for _, frame in burst]
    return result_of(student.phone.send_form("/attendance/check-in", fields, frames))


@again_where_unseen
def keep_without_network(stage: Stage, student: Student) -> Result:
    """The network goes after the scan. What was gathered is sent when one request is long over."""
    seen = stage.room.projector.look()
    seen_s = student.phone.server_now_s()
    step = student.phone.scan(seen)
    student.phone.hear(step["attempt"], stage.room.beacon.heard(student.rng))
    number, challenge = challenge_in(step)
    burst = film(student.today, challenge, student.rng)
    done_s = student.phone.server_now_s()
    time.sleep(max(KEPT_S - (done_s - seen_s), 0.0))
    fields = {
        "attempt": step["attempt"],
        "challenge": str(number),
        "times_s": json.dumps([at_s for at_s, _ in burst]),
    }
    sent = student.phone.send_kept(fields, burst, tokens=seen, seen_s=seen_s, done_s=done_s)
    return result_of(sent)


@again_where_unseen
def tap_sixteen_times(stage: Stage, student: Student) -> Result:
    """An impatient thumb or a script makes sixteen calls at once, and they are one check-in."""
    step = scan_and_hear(stage, student)
    show_own_face(student, step)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: student.phone.mark(step["attempt"]), range(16)))
    if len({answer["decision"] for answer in answers}) != 1:
        return Result("several decisions")
    return result_of(answers[0])


@again_where_unseen
def hand_trace_to_friend(stage: Stage, student: Student) -> Result:
    """The student checks in honestly, and passes on what Bluetooth heard."""
    step = student.phone.scan(stage.room.projector.look())
    trace = stage.room.beacon.heard(student.rng)
    student.phone.hear(step["attempt"], trace)
    stage.hand_over("attempt", step["attempt"])
    stage.hand_over("trace", trace)
    return finish(student, step)


def lose_token(stage: Stage, student: Student) -> Result:
    """The student checks in honestly, while somebody copies the access token and a proof."""
    stage.hand_over("token", student.phone.access)
    return check_in(stage, student)


ACTS = (
    Act("Aarav Mehta", "checks in", Expected.IN, check_in),
    Act("Beatriz Lopes", "checks in", Expected.IN, check_in),
    Act("Chen Wei", "checks in", Expected.IN, check_in),
    Act("Divya Nair", "checks in, phone cannot scan Bluetooth", Expected.REVIEW, without_bluetooth),
    Act("Elif Kaya", "checks in", Expected.IN, check_in),
    Act("Farah Haddad", "checks in, lends a friend her trace", Expected.IN, hand_trace_to_friend),
    Act("Grace Okoye", "checks in, her token was copied", Expected.IN, lose_token),
    Act("Hugo Martin", "comes late", Expected.IN, come_late, slow=True),
    Act("Ines Costa", "checks in, bad network: one request", Expected.IN, in_one_request),
    Act("Jonas Weber", "checks in, taps 16 times at once", Expected.IN, tap_sixteen_times),
    Act("Kavya Rao", "checks in", Expected.IN, check_in),
    Act("Liam Walsh", "types the short code", Expected.REVIEW, with_short_code),
    Act(
        "Mei Tanaka", "scans, then has no network", Expected.REVIEW, keep_without_network, slow=True
    ),
    Act("Noor Ali", "chose to check in without a face", Expected.REVIEW, without_face),
)
