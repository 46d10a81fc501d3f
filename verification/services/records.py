"""Rows of what was measured: one a key, so that a repeat finds the first."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from django.utils.translation import gettext as _

from verification.domain.evidence import (
    CodeEvidence,
    FaceEvidence,
    LivenessEvidence,
    ProximityEvidence,
)
from verification.errors import Refusal
from verification.models import CheckInAttempt, EvidenceKind, EvidenceRecord
from verification.services import attempts

RECORDS_OF_A_KIND = 30
"""A phone that reports the radio with each id it hears, for as long as evidence lives, sends 24."""


def require_room(attempt: CheckInAttempt, kind: EvidenceKind, now: datetime) -> None:
    """Raises Refusal where nothing, or no more of the kind, can be added to the attempt."""
    attempts.require_open(attempt, now)
    if EvidenceRecord.objects.filter(attempt=attempt, kind=kind).count() >= RECORDS_OF_A_KIND:
        raise Refusal("too_many_reports", _("That was sent too often. Start again."), status=429)


def recorded(attempt: CheckInAttempt, kind: EvidenceKind, key: str) -> EvidenceRecord | None:
    return EvidenceRecord.objects.filter(attempt=attempt, kind=kind, key=key).first()


def record(
    attempt: CheckInAttempt,
    kind: EvidenceKind,
    *,
    key: str,
    nonce: str,
    now: datetime,
    trace_digest: str = "",
    **measured: CodeEvidence | ProximityEvidence | FaceEvidence | LivenessEvidence | str,
) -> EvidenceRecord:
    """Write the row, or find the one that a racing call with the same key wrote first."""
    plain = {
        name: value if isinstance(value, str) else asdict(value) for name, value in measured.items()
    }
    record, _ = EvidenceRecord.objects.get_or_create(
        attempt=attempt,
        kind=kind,
        key=key,
        defaults={
            "session_id": attempt.session_id,
            "student_id": attempt.student_id,
            "nonce": nonce,
            "measured": plain,
            "trace_digest": trace_digest,
            "received_at": now,
        },
    )
    return record
