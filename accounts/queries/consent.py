"""What people agreed to."""

import uuid

from accounts.models import (
    ConsentAction,
    ConsentEvent,
    User,
)


def face_consent(user: User) -> ConsentEvent | None:
    """The latest event about face recognition, or None if the person was never asked."""
    return consent_to(ConsentEvent.FACE, user)


def consent_to(purpose: str, user: User) -> ConsentEvent | None:
    """The latest event about a purpose, or None if the person was never asked."""
    return ConsentEvent.objects.filter(user=user, purpose=purpose).order_by("-at").first()


def consenting_to(purpose: str, version: str) -> set[uuid.UUID]:
    """Ids of everyone whose latest event about the purpose agrees to this version of its text."""
    words = ConsentEvent.objects.filter(purpose=purpose).order_by("at")
    latest = {user_id: word for user_id, *word in words.values_list("user_id", "action", "version")}
    return {pk for pk, word in latest.items() if word == [ConsentAction.GIVEN, version]}
