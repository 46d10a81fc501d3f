"""Finds the other sessions whose beacons a phone may hear beside its own."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from sessions_app.models import Session, SessionState

BEACON_LEFT_ON = timedelta(hours=3)
"""How long before or after a session its beacon may be on: for a long lecture in the room."""


def sessions_around(session: Session, *, now: datetime) -> QuerySet[Session]:
    """Other sessions whose beacons may be on: next door, before their lesson, or left on after
    it."""
    around = (now - BEACON_LEFT_ON, now + BEACON_LEFT_ON)
    near = Q(state=SessionState.OPEN) | Q(closed_at__gt=around[0]) | Q(starts_at__range=around)
    # Their keys follow from their ids, and each phone that reports asks: no whole rows are read.
    return Session.objects.filter(near).exclude(pk=session.pk).only("pk").order_by()
