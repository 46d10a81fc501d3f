"""What would become of codes of this moment. Nothing is stored, and no row is needed."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import sessions_app.services as teaching
from sessions_app.domain import qr_tokens
from sessions_app.domain.levels import Level
from sessions_app.domain.requirements import Requirement
from sessions_app.models import Session, SessionState
from verification.domain.check_in import Outcome, decide
from verification.domain.evidence import DeviceEvidence, DeviceStanding, Evidence, Standing
from verification.services.attempts import policy_for
from verification.services.steps.reading_codes import measure_codes

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class TrialOutcomes:
    """What became of codes of this installation, and of codes under another secret."""

    good: Outcome
    forged: Outcome

    @property
    def is_as_it_should_be(self) -> bool:
        return (self.good, self.forged) == (Outcome.PRESENT, Outcome.REFUSED)


def try_codes(*, now: datetime) -> TrialOutcomes:
    """Judge the codes of now for a session that nobody planned, as seen by a student's own phone.

    The session asks for the codes alone. Radio, sound and face are no part of it.
    """
    session = Session(
        pk=uuid4(),
        code=secrets.randbelow(2**31),
        state=SessionState.OPEN,
        starts_at=now - HOUR,
        opened_at=now - HOUR,
        ends_at=now + HOUR,
        level=Level.ROOM,
        bluetooth=Requirement.OFF,
    )
    return TrialOutcomes(
        good=_outcome(session, teaching.code_key(session), now),
        forged=_outcome(session, secrets.token_bytes(32), now),
    )


def _outcome(session: Session, key: bytes, now: datetime) -> Outcome:
    newest = qr_tokens.slot_at(now.timestamp(), session.qr_slot_s)
    slots = range(newest - session.qr_slots_needed + 1, newest + 1)
    tokens = [qr_tokens.mint(key, session_code=session.code, slot=slot) for slot in slots]
    evidence = Evidence(
        standing=Standing(session_open=session.let_in_at(now), enrolled=True),
        device=DeviceEvidence(standing=DeviceStanding.ACTIVE),
        code=measure_codes(tokens, session=session, received_at=now, one_request=False),
    )
    return decide(evidence, policy_for(session)).outcome
