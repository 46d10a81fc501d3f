"""Rows of what was measured: one a key, so that a repeat finds the first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from verification.domain.evidence import (
    CodeEvidence,
    FaceEvidence,
    LivenessEvidence,
    ProximityEvidence,
    SoundEvidence,
)
from verification.errors import Refusal
from verification.models import CheckInAttempt, EvidenceKind, EvidenceRecord
from verification.services import attempts

Measured = CodeEvidence | ProximityEvidence | SoundEvidence | FaceEvidence | LivenessEvidence | str

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
    **measured: Measured,
) -> EvidenceRecord:
    """Write the row, or find the one that a racing call with the same key wrote first."""
    row = _owners(attempt) | {"nonce": nonce, "received_at": now, "trace_digest": trace_digest}
    written, _created = EvidenceRecord.objects.get_or_create(
        attempt=attempt, kind=kind, key=key, defaults=row | {"measured": _plain(measured)}
    )
    return written


def _owners(attempt: CheckInAttempt) -> dict[str, Any]:
    """Kept with each row, so that one session's or one student's are found without a join."""
    return {"session_id": attempt.session_id, "student_id": attempt.student_id}


def _plain(measured: Mapping[str, Measured]) -> dict[str, Any]:
    """As JSON keeps it."""
    return {
        name: value if isinstance(value, str) else asdict(value) for name, value in measured.items()
    }
