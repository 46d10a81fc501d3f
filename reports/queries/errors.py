"""What an admin reads of the error log."""

from datetime import date, datetime, time
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from reports.models import ErrorEvent

KINDS = ("unhandled", "refused")


def events(
    *,
    first_day: date | None = None,
    last_day: date | None = None,
    kind: str | None = None,
    user_id: UUID | None = None,
    **exact: Any,
) -> QuerySet[ErrorEvent]:
    """Rows of the error log, newest first.

    ``first_day`` and ``last_day`` are days by the site's time zone, both included. ``kind`` is
    ``unhandled`` (status 500) or ``refused`` (4xx). ``exact`` takes status, code, route and
    request_id.
    """
    rows = ErrorEvent.objects.order_by("-at", "pk")
    if first_day:
        rows = rows.filter(at__gte=_edge(first_day, time.min))
    if last_day:
        rows = rows.filter(at__lte=_edge(last_day, time.max))
    if kind:
        bound = "status__gte" if kind == "unhandled" else "status__lt"
        rows = rows.filter(**{bound: HTTPStatus.INTERNAL_SERVER_ERROR})
    if user_id:
        rows = rows.filter(user_id=user_id)
    return rows.filter(**{name: value for name, value in exact.items() if value})


def _edge(day: date, at: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, at))


def counts_from(first_day: date) -> dict[str, int]:
    """Count the failures and the refused calls of the log from a day on."""
    return {kind: events(first_day=first_day, kind=kind).count() for kind in KINDS}
