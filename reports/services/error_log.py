"""Services that write and clear the error log."""

from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from uuid import UUID

from django.conf import settings

from attendance_project.redaction import own_frames, redact
from reports.domain.flood import FloodGate
from reports.models import ErrorEvent

# How many refused calls per minute of one address on one route are kept. They are all alike.
ROWS_PER_KIND = 20
# Unhandled errors have a gate of their own, so that a flood of refused calls cannot hide one.
refusal_gate = FloodGate(per_kind=ROWS_PER_KIND, in_all=settings.ERROR_LOG_ROWS_PER_MINUTE)
failure_gate = FloodGate(per_kind=ROWS_PER_KIND, in_all=settings.ERROR_LOG_ROWS_PER_MINUTE)


def record_refusal(
    *,
    request_id: str,
    method: str,
    route: str,
    status: int,
    code: str,
    user_id: UUID | None,
    address: str,
    now: datetime,
) -> ErrorEvent | None:
    """Record that a call was refused. Returns None where the flood gate is shut.

    The words of the answer are not kept, because they may repeat what was sent. ``address`` is not
    kept either: it only tells one flood from another.
    """
    if not refusal_gate.lets_through((address, route, status), at_s=now.timestamp()):
        return None
    return _keep(
        request_id=request_id,
        method=method,
        route=route,
        status=status,
        code=code,
        user_id=user_id,
        at=now,
    )


def record_failure(
    exception: BaseException,
    *,
    request_id: str,
    method: str,
    route: str,
    user_id: UUID | None,
    now: datetime,
) -> ErrorEvent | None:
    """Record an unhandled exception. Returns None where the flood gate is shut.

    Its class is kept, its message without values, and its places in our own code.
    """
    name = type(exception).__name__
    if not failure_gate.lets_through((name, route), at_s=now.timestamp()):
        return None
    places = own_frames(exception.__traceback__, root=Path(settings.BASE_DIR))
    return _keep(
        request_id=request_id,
        method=method,
        route=route,
        status=HTTPStatus.INTERNAL_SERVER_ERROR,
        code=name,
        detail="\n".join([redact(str(exception)), *places]),
        user_id=user_id,
        at=now,
    )


def _keep(**fields: object) -> ErrorEvent:
    limits = {"method": 10, "route": 200, "code": 60}
    cut = {name: str(fields[name])[:length] for name, length in limits.items()}
    return ErrorEvent.objects.create(**(fields | cut))


def purge_errors(*, now: datetime) -> int:
    """Delete rows that are older than ERROR_LOG_KEPT. Returns how many were deleted."""
    deleted, _ = ErrorEvent.objects.filter(at__lt=now - settings.ERROR_LOG_KEPT).delete()
    return deleted
