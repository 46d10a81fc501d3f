"""Accounts that wait for somebody, and log-ins that have ended."""

import uuid
from collections.abc import Collection

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import (
    ErasureRequest,
    RefreshToken,
    RosterEntry,
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


def number_disputes(people: Collection[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    """What an admin reads beside people whose number the expected list has for another address."""
    there = User.objects.filter(pk__in=list(people)).values_list(
        "pk", "institution_number", "email"
    )
    held = {number: (pk, email) for pk, number, email in there}
    listed = RosterEntry.objects.filter(institution_number__in=list(held))
    signs: dict[uuid.UUID, list[str]] = {}
    for number, email in listed.values_list("institution_number", "email"):
        pk, own = held[number]
        if own != email:
            words = _("The expected list has this number for %(email)s") % {"email": email}
            signs[pk] = [words]
    return signs


def open_erasures() -> QuerySet[ErasureRequest]:
    """Requests to be erased that nobody has finished, oldest first."""
    rows = ErasureRequest.objects.filter(is_open=True).select_related("user")
    return rows.order_by("asked_at", "pk")
