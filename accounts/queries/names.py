"""Names that wait for an admin, and those that were decided."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from accounts.models import NameRequest, NameState, User

SHOWN_FOR = timedelta(days=30)
"""How long a decided name stays on the list, where it can be undone."""


def waiting_names() -> QuerySet[NameRequest]:
    """Names that wait, oldest first."""
    return _requests().filter(is_open=True).order_by("asked_at", "pk")


def decided_names(now: datetime) -> QuerySet[NameRequest]:
    """Names that were decided in the last 30 days, the latest first."""
    states = [NameState.APPROVED, NameState.DECLINED]
    rows = _requests().filter(state__in=states, decided_at__gt=now - SHOWN_FOR)
    return rows.order_by("-decided_at", "pk")


def latest_name_request(person: User) -> NameRequest | None:
    """What the person asked for last, unless a later request took its place."""
    rows = NameRequest.objects.filter(user=person).exclude(state=NameState.REPLACED)
    return rows.order_by("-asked_at", "pk").first()


def _requests() -> QuerySet[NameRequest]:
    return NameRequest.objects.select_related("user", "decided_by")
