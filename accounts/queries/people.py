"""Accounts that wait for somebody, and log-ins that have ended."""

import uuid

from django.db.models import QuerySet

from accounts.models import (
    ErasureRequest,
    RefreshToken,
    User,
    UserQuerySet,
)


def family_is_revoked(family: uuid.UUID) -> bool:
    """Whether a log-in has ended. One revoked row is enough, since a rotation at the same moment
    may have left a younger row that was not marked."""
    return RefreshToken.objects.filter(family=family, revoked_at__isnull=False).exists()


def waiting_accounts() -> UserQuerySet:
    """Accounts that wait for an admin's approval, oldest first."""
    return User.objects.filter(is_approved=False).order_by("created_at", "pk")


def latest_erasure(user: User) -> ErasureRequest | None:
    """The person's latest request to be erased, or None if they never asked."""
    return ErasureRequest.objects.filter(user=user).order_by("-asked_at", "pk").first()


def open_erasures() -> QuerySet[ErasureRequest]:
    """Requests to be erased that nobody has finished, oldest first."""
    rows = ErasureRequest.objects.filter(is_open=True).select_related("user")
    return rows.order_by("asked_at", "pk")
