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
    return ConsentEvent.objects.filter(user=user, purpose=purpose).order_by("-at", "pk").first()


def consenting_to(purpose: str, version: str) -> set[uuid.UUID]:
    """Ids of everyone whose latest event about the purpose agrees to this version of its text."""
    events = ConsentEvent.objects.filter(purpose=purpose).order_by("at", "pk")
    rows = events.values_list("user_id", "action", "version")
    latest = {user_id: answer for user_id, *answer in rows}
    return {pk for pk, answer in latest.items() if answer == [ConsentAction.GIVEN, version]}
