"""Accounts that wait for somebody, and log-ins that have ended."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, QuerySet
from django.utils.translation import gettext as _

from accounts.models import (
    Device,
    ErasureRequest,
    RefreshToken,
    RosterEntry,
    User,
    UserQuerySet,
)
from attendance_project.reading import only_row


def family_is_revoked(family: uuid.UUID) -> bool:
    """Whether a log-in has ended. One revoked row is enough, since a rotation at the same moment
    may have left a younger row that was not marked."""
    return _revoked_of(family).exists()


def _revoked_of(family: uuid.UUID) -> QuerySet[RefreshToken]:
    return RefreshToken.objects.filter(family=family, revoked_at__isnull=False)


@dataclass(frozen=True)
class TokenHolder:
    """The owner of an access token: what has to be known before a call with it is let through."""

    user: User
    is_logged_out: bool
    """Whether the log-in that the token comes from has ended."""
    device: Device | None = None
    """The device of the key to which the token is bound, where that key is the user's."""


def token_holder(user_id: uuid.UUID | str, *, family: uuid.UUID, jkt: str) -> TokenHolder:
    """The owner of the token, in one query. ``jkt`` is its key's thumbprint, empty without one.

    Raises User.DoesNotExist, and ValidationError where the id is no id.
    """
    is_logged_out = Exists(_revoked_of(family))
    if jkt:
        own = Device.objects.filter(jkt=jkt, user_id=user_id).select_related("user")
        found: Any = only_row(own.annotate(is_logged_out=is_logged_out))
        if found is not None:
            return TokenHolder(found.user, found.is_logged_out, found)
    user = User.objects.annotate(is_logged_out=is_logged_out).get(pk=user_id)
    return TokenHolder(user, user.is_logged_out)


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
