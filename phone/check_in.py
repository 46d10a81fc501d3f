"""The steps of a check-in: the code, the room's radio, the face, and the server's decision.

Nothing is judged here. Each step sends what was measured, and reads the server's answer.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

from phone.camera import BackCamera, FrontCamera
from phone.challenge import Challenge
from phone.client import Phone
from phone.live_film import LiveCamera, NoLiveFilm, film_live
from phone.lock import Lock
from phone.radio import Radio, aged

CODES = 2
"""How many codes most sessions ask for. Where more are needed, the answer to the scan says so."""
CODES_MOST = 6


@dataclass(frozen=True)
class CheckInResult:
    """What the server decided, in words for the student."""

    outcome: str
    """One of present, late, review and refused."""
    message: str
    reasons: tuple[str, ...]
    """What spoke against the check-in and what to do next, a sentence each."""

    @classmethod
    def from_decision(cls, decision: dict[str, Any]) -> CheckInResult:
        reasons = tuple(reason["message"] for reason in decision["reasons"])
        return cls(decision["outcome"], decision["message"], reasons)


def check_in(
    phone: Phone,
    back_camera: BackCamera,
    radio: Radio | None,
    front_camera: FrontCamera | None,
    live_camera: LiveCamera | None = None,
    lock: Lock | None = None,
) -> CheckInResult:
    """Check in step by step, as a phone with a good network does. Raises Blocked.

    A phone without radio or camera leaves the step out. The session's policy says what that means.
    With a ``live_camera`` the face is filmed live where the server offers it, and with the other
    one where that fails. Whether a face is asked for at all, the answer to the scan says: at level
    Standard it may be that the scan was all, or that the ``lock`` is asked in its place.
    """
    return go_on(phone, _scan(phone, back_camera), radio, front_camera, live_camera, lock)


def go_on(
    phone: Phone,
    step: dict[str, Any],
    radio: Radio | None,
    front_camera: FrontCamera | None,
    live_camera: LiveCamera | None = None,
    lock: Lock | None = None,
) -> CheckInResult:
    """Do the steps after a scan, given its answer. Raises Blocked.

    The outcome comes with the last step where everything is in order, and is asked for otherwise.
    """
    if step["attempt"] is None:  # the code belongs to no session
        reasons = tuple(reason["message"] for reason in step["reasons"])
        return CheckInResult("refused", "The code was not accepted.", reasons)
    decision = step["decision"]
    if decision is None and radio and step["needs"]["bluetooth"] != "off":
        decision = _prove_room(phone, step, radio)
    if decision is None and step["needs"]["passkey"] != "off":
        step = _confirm_owner(phone, step, lock)
        decision = step["decision"]
    if decision is None and (front_camera or live_camera) and step["needs"]["face"] != "off":
        decision = _show_face(phone, step, front_camera, live_camera)
    return CheckInResult.from_decision(decision or phone.mark(step["attempt"]))


def _scan(phone: Phone, back_camera: BackCamera) -> dict[str, Any]:
    """Scan, with one code more each time the server says that there were too few.

    A refused scan ends its attempt, so the next scan opens another one.
    """
    seen = back_camera.look(CODES)
    step = phone.scan(seen, finish=True)
    for codes in range(CODES + 1, CODES_MOST + 1):
        if step["accepted"] or {r["code"] for r in step["reasons"]} != {"code_too_few"}:
            break
        before, seen = seen, back_camera.look(codes)
        if len(seen) <= len(before):
            break
        step = phone.scan(seen, finish=True)
    return step


def _prove_room(phone: Phone, step: dict[str, Any], radio: Radio) -> dict[str, Any] | None:
    """Report what was heard at once, since it is too old after half a minute.

    The beacon's answer to this attempt is worth more, but may take as long. Should its report come
    too late, what was heard counts all the same. Returns the decision where the answer ended the
    check-in.
    """
    sightings = radio.hear()
    if sightings:
        phone.hear(step["attempt"], sightings)
    answer = radio.ask(bytes.fromhex(step["beacon_nonce"]))
    if not answer:
        return None
    answered = phone.hear(step["attempt"], [], [answer.hex()], finish=True)
    decision: dict[str, Any] | None = answered["decision"]
    return decision


def _confirm_owner(phone: Phone, step: dict[str, Any], lock: Lock | None) -> dict[str, Any]:
    """Let the owner confirm with the phone's lock, or show the face where that does not work.
    Returns the server's answer."""
    options = step["passkey"]
    credential = lock.confirm(options) if lock and options else None
    return phone.confirm(step["attempt"], credential, finish=True)


def _show_face(
    phone: Phone,
    step: dict[str, Any],
    front_camera: FrontCamera | None,
    live_camera: LiveCamera | None,
) -> dict[str, Any] | None:
    """Film until a film is good, as long as the server offers another try with a hint.

    Returns the decision where it came with the last picture.
    """
    shown = step
    while shown["challenge"] is not None:
        filmed = _film_live(phone, shown, live_camera)
        if filmed is not None and filmed["decision"] is not None:
            decision: dict[str, Any] = filmed["decision"]
            return decision
        if filmed is not None:
            shown = filmed["step"]
        elif front_camera is not None:
            challenge = Challenge.from_answer(shown)
            film = front_camera.film(challenge)
            shown = phone.show(step["attempt"], challenge.number, film, finish=True)
        else:
            break
    last: dict[str, Any] | None = shown["decision"]
    return last


def _film_live(
    phone: Phone, step: dict[str, Any], live_camera: LiveCamera | None
) -> dict[str, Any] | None:
    """Film live where the server offers it. None where there is no live film, so that a burst
    follows. The face comes last here, so the server decides at the film's end."""
    if live_camera is None or step["live"] is None:
        return None
    try:
        return film_live(phone.server, phone.key, step["live"]["ticket"], live_camera, finish=True)
    except NoLiveFilm:
        return None


def check_in_at_once(
    phone: Phone,
    session: str,
    back_camera: BackCamera,
    radio: Radio | None,
    front_camera: FrontCamera | None,
) -> CheckInResult:
    """Gather everything first and send it in one request, for a network that comes and goes.

    The attempt is opened before, since the face answers a challenge that only the server draws. At
    level Standard nobody knows yet whether the face will be asked for, so it is filmed.
    The code is read last, because it expires soonest.
    """
    attempt = phone.open_attempt(session)
    fields = {"attempt": attempt["attempt"]}
    films = front_camera if attempt["needs"]["face"] != "off" else None
    burst = films.film(Challenge.from_answer(attempt)) if films else []
    if burst:
        fields["challenge"] = str(attempt["challenge"]["number"])
        fields["times_s"] = json.dumps([at_s for at_s, _ in burst])
    heard, heard_s = radio.hear() if radio else [], time.monotonic()
    answer = radio.ask(bytes.fromhex(attempt["beacon_nonce"])) if radio else None
    fields["answers"] = json.dumps([answer.hex()] if answer else [])
    fields["tokens"] = json.dumps(back_camera.look(CODES))
    fields["sightings"] = json.dumps(aged(heard, by_s=time.monotonic() - heard_s))
    return CheckInResult.from_decision(phone.send_all(fields, burst))
