"""Questions that views and services of several apps ask about people."""

import uuid

from accounts.models import ConsentEvent, RefreshToken, User


def family_is_revoked(family: uuid.UUID) -> bool:
    """Whether a log-in has ended. One revoked row is enough: a rotation that raced with the
    revocation may have left a younger row that was not marked."""
    return RefreshToken.objects.filter(family=family, revoked_at__isnull=False).exists()


def face_consent(user: User) -> ConsentEvent | None:
    """The latest word on face recognition, or None if never asked."""
    events = ConsentEvent.objects.filter(user=user, purpose=ConsentEvent.FACE)
    return events.order_by("-at").first()
