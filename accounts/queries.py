"""Questions that views and services of several apps ask about people."""

import uuid
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from accounts.domain.addresses import client_address
from accounts.models import (
    ConsentAction,
    ConsentEvent,
    ErasureRequest,
    RefreshToken,
    User,
    UserQuerySet,
)


def family_is_revoked(family: uuid.UUID) -> bool:
    """Whether a log-in has ended. One revoked row is enough: a rotation that raced with the
    revocation may have left a younger row that was not marked."""
    return RefreshToken.objects.filter(family=family, revoked_at__isnull=False).exists()


def face_consent(user: User) -> ConsentEvent | None:
    """The latest word on face recognition, or None if never asked."""
    return consent_to(ConsentEvent.FACE, user)


def consent_to(purpose: str, user: User) -> ConsentEvent | None:
    """The latest word on a purpose, or None if never asked."""
    return ConsentEvent.objects.filter(user=user, purpose=purpose).order_by("-at").first()


def consenting_to(purpose: str, version: str) -> set[uuid.UUID]:
    """Ids of everyone whose latest word on the purpose agrees to this version of its text."""
    words = ConsentEvent.objects.filter(purpose=purpose).order_by("at")
    latest = {user_id: word for user_id, *word in words.values_list("user_id", "action", "version")}
    return {pk for pk, word in latest.items() if word == [ConsentAction.GIVEN, version]}


def waiting_accounts() -> UserQuerySet:
    """Those that wait for an admin's approval, oldest first."""
    return User.objects.filter(is_approved=False).order_by("created_at", "pk")


def latest_erasure(user: User) -> ErasureRequest | None:
    """The person's latest request to be erased, or None if they never asked."""
    return ErasureRequest.objects.filter(user=user).order_by("-asked_at").first()


def open_erasures() -> QuerySet[ErasureRequest]:
    """Requests to be erased that nobody has finished, oldest first."""
    rows = ErasureRequest.objects.filter(is_open=True).select_related("user")
    return rows.order_by("asked_at", "pk")


def address_of_connection(scope: dict[str, Any]) -> str:
    """The same for a websocket."""
    headers = dict(scope["headers"])
    return client_address(
        (scope.get("client") or [""])[0],
        headers.get(b"x-forwarded-for", b"").decode("latin-1"),
        behind_proxy=settings.BEHIND_PROXY,
    )


def address_of(request: Any) -> str:
    """The client's address, as far as the proxy setting lets it be trusted."""
    return client_address(
        request.META.get("REMOTE_ADDR") or "",
        request.META.get("HTTP_X_FORWARDED_FOR") or "",
        behind_proxy=settings.BEHIND_PROXY,
    )
