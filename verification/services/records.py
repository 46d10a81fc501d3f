"""Evidence as it is kept: one row for each call, written once and read back as it was measured.

A row is found again by its key, so a call that is repeated changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from attendance_project.inserting import insert_or_get
from attendance_project.refusals import Kind, Refusal
from sessions_app.models import Session
from verification.domain.evidence import (
    CodeEvidence,
    EvidenceKind,
    FaceEvidence,
    LivenessEvidence,
    PasskeyEvidence,
    RadioEvidence,
    SoundEvidence,
)
from verification.domain.traces import Trace
from verification.models import CheckInAttempt, EvidenceRecord
from verification.services import attempts

Measured = (
    CodeEvidence
    | RadioEvidence
    | Trace
    | SoundEvidence
    | FaceEvidence
    | LivenessEvidence
    | PasskeyEvidence
    | str
)

RECORDS_OF_A_KIND = 30
"""How many records of one kind an attempt may have. A phone that sends a report for each radio id
that it hears, for as long as evidence lives, sends 24."""


AHEAD = "ahead"
"""The key of the record of the codes with which an attempt was opened ahead, shorter than a nonce.
They show that the phone was in the room. They are not judged: the check-in brings its own codes."""


# --- writing --------------------------------------------------------------------------


def earlier_of(attempt: CheckInAttempt, kind: EvidenceKind) -> dict[str, EvidenceRecord]:
    """What the attempt has of the kind already, by key."""
    if attempt.just_opened:
        return {}
    rows = EvidenceRecord.objects.filter(attempt=attempt, kind=kind).order_by()
    return {row.key: row for row in rows}


def require_room(
    attempt: CheckInAttempt, earlier: Mapping[str, EvidenceRecord], *, now: datetime
) -> None:
    """Raises Refusal where nothing can be added to the attempt, or no more beside the ``earlier``
    records of the kind."""
    attempts.require_open(attempt, now=now)
    if len(earlier) >= RECORDS_OF_A_KIND:
        raise Refusal(
            "too_many_reports",
            _("This was sent too often. Start again."),
            Kind.TOO_MANY,
        )


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
    written, is_new = insert_or_get(
        EvidenceRecord.objects.all(),
        attempt=attempt,
        kind=kind,
        key=key,
        defaults=row | {"measured": _plain(measured)},
    )
    if is_new and attempt.just_opened:
        attempt.written.append(written)
    return written


def _owners(attempt: CheckInAttempt) -> dict[str, Any]:
    """The ids kept with each row, so that one session's or one student's are found without a
    join."""
    return {"session_id": attempt.session_id, "student_id": attempt.student_id}


def _plain(measured: Mapping[str, Measured]) -> dict[str, Any]:
    """The measurements in types that JSON has."""
    return {
        name: value if isinstance(value, str) else asdict(value) for name, value in measured.items()
    }


# --- reading --------------------------------------------------------------------------


def records_of(attempt: CheckInAttempt) -> list[EvidenceRecord]:
    """All that the attempt has gathered to be judged on, the oldest first."""
    if attempt.just_opened:
        return [row for row in attempt.written if row.key != AHEAD]
    gathered = EvidenceRecord.objects.filter(attempt=attempt).exclude(key=AHEAD).order_by()
    # They are few, and to put them in order here takes less time than to ask the database for it.
    return sorted(gathered, key=lambda row: (row.received_at, row.pk))


def kinds_by_attempt(session: Session) -> dict[UUID, set[str]]:
    """The kinds of evidence that each attempt of a session has gathered to be judged on."""
    gathered = EvidenceRecord.objects.filter(session=session).exclude(key=AHEAD)
    kinds: dict[UUID, set[str]] = defaultdict(set)
    for attempt_id, kind in gathered.values_list("attempt_id", "kind"):
        kinds[attempt_id].add(kind)
    return kinds


def code_in(record: EvidenceRecord, *, at: datetime) -> CodeEvidence:
    """The codes of a record of kind CODE, as old as they are at that moment."""
    return CodeEvidence.from_json(_aged(record, "code", at))


def radio_in(record: EvidenceRecord, *, at: datetime) -> RadioEvidence:
    """What the phone heard, of a record of kind BLUETOOTH, as old as it is at that moment."""
    return RadioEvidence.from_json(_aged(record, "proximity", at))


def sound_in(record: EvidenceRecord, *, at: datetime) -> SoundEvidence:
    """The room's sound, of a record of kind SOUND, as old as it is at that moment."""
    return SoundEvidence.from_json(_aged(record, "sound", at))


def face_in(record: EvidenceRecord, *, at: datetime) -> FaceEvidence:
    """The face of a record of kind FACE, as old as it is at that moment."""
    return FaceEvidence.from_json(_aged(record, "face", at))


def passkey_in(record: EvidenceRecord, *, at: datetime) -> PasskeyEvidence:
    """What a passkey showed, of a record of kind PASSKEY, as old as it is at that moment."""
    return PasskeyEvidence.from_json(_aged(record, "passkey", at))


def liveness_in(record: EvidenceRecord) -> LivenessEvidence:
    """Whether a living person made the moves, of a record of kind FACE."""
    return LivenessEvidence.from_json(record.measured["liveness"])


def _aged(record: EvidenceRecord, name: str, at: datetime) -> dict[str, Any]:
    """What was stored under the name, with the seconds from the record's receipt to ``at``."""
    age_s = max((at - record.received_at).total_seconds(), 0.0)
    measured: dict[str, Any] = record.measured[name]
    return measured | {"age_s": age_s}
