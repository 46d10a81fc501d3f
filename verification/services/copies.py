"""Copied traces of the beacon, looked up in what other students reported at the session."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet

from beacon.protocol import SLOT_S
from verification.domain.evidence import EvidenceKind
from verification.domain.policy import Policy
from verification.domain.traces import Trace, is_copy
from verification.models import CheckInAttempt, EvidenceRecord

TRACES_MOST = 200
"""How many traces of classmates a report is compared with at most, the newest first. A lecture hall
of 400 that checks in within two minutes has 50 in 15 s."""


def is_copied(attempt: CheckInAttempt, digest: str, trace: Trace, policy: Policy) -> bool:
    """Whether another student reported the same trace at this session, or one much like it."""
    return _is_among(_reports_of_others(attempt), digest, trace, policy)


def was_copied(report: EvidenceRecord, policy: Policy) -> bool:
    """Whether another student's report, received by then, has the same trace or one much like it.

    Two reports that are sent at the same moment do not see each other when they arrive, so the
    later one is compared again when its check-in is decided.
    """
    earlier = _reports_of_others(report).filter(received_at__lte=report.received_at)
    trace = Trace.from_json(report.measured.get("trace", {"readings": ()}))
    return _is_among(earlier, report.trace_digest, trace, policy)


def _reports_of_others(row: CheckInAttempt | EvidenceRecord) -> QuerySet[EvidenceRecord]:
    reports = EvidenceRecord.objects.filter(session_id=row.session_id, kind=EvidenceKind.BLUETOOTH)
    return reports.exclude(student_id=row.student_id)


def _is_among(others: QuerySet[EvidenceRecord], digest: str, trace: Trace, policy: Policy) -> bool:
    if not digest:
        return False
    lately = _reported_since(others, trace)
    if any(theirs == digest for theirs, _ in lately):
        return True
    # Whoever has fresh ids too has just reported them. One query is enough unless they are many.
    is_all = trace.readings and len(lately) < TRACES_MOST
    if not is_all and others.filter(trace_digest=digest).exists():
        return True
    return any(
        is_copy(trace, Trace.from_json(measured["trace"]), readings_min=policy.bt_min_samples)
        for _, measured in lately
        if "trace" in measured  # an older version stored none
    )


def _reported_since(
    others: QuerySet[EvidenceRecord], trace: Trace
) -> list[tuple[str, dict[str, Any]]]:
    """Digests and measurements of what was reported since the first slot of the trace began, the
    newest first. Nobody had its ids before."""
    if not trace.readings:
        return []
    began_s = (min(reading.slot for reading in trace.readings) - 1) * SLOT_S
    since = datetime.fromtimestamp(began_s, UTC)
    told = others.filter(received_at__gt=since).exclude(trace_digest="").order_by("-received_at")
    return list(told.values_list("trace_digest", "measured")[:TRACES_MOST])
