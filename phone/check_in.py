"""The way of a check-in: the code, the room's radio, the face, and the server's decision.

Nothing is judged here. Each step sends what was measured, and reads what the server says of it.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

from phone.bluetooth import Radio, aged
from phone.camera import Mirror, Wall
from phone.challenge import Challenge
from phone.client import Phone

CODES = 2
"""How many most sessions want; where one wants more, the answer to the scan says so."""
CODES_MOST = 6


@dataclass(frozen=True)
class Outcome:
    """What the server decided, in words for the student."""

    outcome: str
    """present, late, review or refused."""
    message: str
    reasons: tuple[str, ...]
    """What spoke against it and what to do next, a sentence each."""

    @classmethod
    def from_decision(cls, decision: dict[str, Any]) -> Outcome:
        reasons = tuple(reason["message"] for reason in decision["reasons"])
        return cls(decision["outcome"], decision["message"], reasons)


def check_in(phone: Phone, wall: Wall, radio: Radio | None, mirror: Mirror | None) -> Outcome:
    """Step by step, as a phone with a good network does it. Raises Blocked.

    Who has no radio or no camera leaves the step out: what that means is the session's policy.
    """
    return go_on(phone, _scan(phone, wall), radio, mirror)


def go_on(
    phone: Phone, step: dict[str, Any], radio: Radio | None, mirror: Mirror | None
) -> Outcome:
    """From the answer to a scan to the outcome. Raises Blocked."""
    if step["attempt"] is None:  # the code is of no session that there is
        reasons = tuple(reason["message"] for reason in step["reasons"])
        return Outcome("refused", "The code was not accepted.", reasons)
    if step["decision"] is None and radio and step["needs"]["bluetooth"] != "off":
        _prove_room(phone, step, radio)
    if step["decision"] is None and mirror and step["needs"]["face"] != "off":
        _show_face(phone, step, mirror)
    return Outcome.from_decision(step["decision"] or phone.mark(step["attempt"]))


def _scan(phone: Phone, wall: Wall) -> dict[str, Any]:
    """One code more each time, while the server says that they were too few. A scan that is
    refused ends its attempt, so the next one opens another."""
    seen = wall.look(CODES)
    step = phone.scan(seen)
    for codes in range(CODES + 1, CODES_MOST + 1):
        if step["accepted"] or {r["code"] for r in step["reasons"]} != {"code_too_few"}:
            break
        before, seen = seen, wall.look(codes)
        if len(seen) <= len(before):
            break
        step = phone.scan(seen)
    return step


def _prove_room(phone: Phone, step: dict[str, Any], radio: Radio) -> None:
    """What was heard goes out at once, since it is stale in half a minute. An answer to this very
    attempt is worth more and may take as long; the last report is the one that counts."""
    sightings = radio.hear()
    if sightings:
        phone.hear(step["attempt"], sightings)
    answer = radio.ask(bytes.fromhex(step["beacon_nonce"]))
    if answer:
        phone.hear(step["attempt"], [], [answer.hex()])


def _show_face(phone: Phone, step: dict[str, Any], mirror: Mirror) -> dict[str, Any]:
    """While the server offers another challenge, there is another try: show its hint."""
    shown = step
    while shown["challenge"] is not None:
        challenge = Challenge.from_answer(shown)
        shown = phone.show(step["attempt"], challenge.number, mirror.film(challenge))
    return shown


def check_in_at_once(
    phone: Phone, session: str, wall: Wall, radio: Radio | None, mirror: Mirror | None
) -> Outcome:
    """Everything gathered first and sent in one request, for a network that comes and goes.

    The attempt is opened ahead, since the face answers a challenge that only the server draws.
    The code is read last: it is what grows old.
    """
    attempt = phone.open_attempt(session)
    fields = {"attempt": attempt["attempt"]}
    burst = mirror.film(Challenge.from_answer(attempt)) if mirror else []
    if burst:
        fields["challenge"] = str(attempt["challenge"]["number"])
        fields["times_s"] = json.dumps([at_s for at_s, _ in burst])
    heard, heard_s = radio.hear() if radio else [], time.monotonic()
    answer = radio.ask(bytes.fromhex(attempt["beacon_nonce"])) if radio else None
    fields["answers"] = json.dumps([answer.hex()] if answer else [])
    fields["tokens"] = json.dumps(wall.look(CODES))
    fields["sightings"] = json.dumps(aged(heard, by_s=time.monotonic() - heard_s))
    return Outcome.from_decision(phone.send_all(fields, burst))
