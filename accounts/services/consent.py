"""What people agree to. Each event is a row of its own, and none is ever changed."""

from datetime import datetime

from accounts.models import ConsentAction, ConsentEvent, User


def give_consent(
    user: User, version: str, *, now: datetime, purpose: str = ConsentEvent.FACE
) -> ConsentEvent:
    return _record(user, ConsentAction.GIVEN, version, now, purpose)


def decline_consent(
    user: User, version: str, *, now: datetime, purpose: str = ConsentEvent.FACE
) -> ConsentEvent:
    return _record(user, ConsentAction.DECLINED, version, now, purpose)


def withdraw_consent(
    user: User, version: str, *, now: datetime, purpose: str = ConsentEvent.FACE
) -> ConsentEvent:
    return _record(user, ConsentAction.WITHDRAWN, version, now, purpose)


def withdraw_all_consent(user: User, *, now: datetime) -> None:
    """Withdraw whatever the account agrees to now. Nothing is erased by it."""
    for purpose in (ConsentEvent.FACE, ConsentEvent.PICTURE):
        latest = ConsentEvent.objects.filter(user=user, purpose=purpose).first()
        if latest and latest.action == ConsentAction.GIVEN:
            withdraw_consent(user, latest.version, now=now, purpose=purpose)


def _record(
    user: User, action: ConsentAction, version: str, now: datetime, purpose: str
) -> ConsentEvent:
    return ConsentEvent.objects.create(
        user=user, action=action, version=version, at=now, purpose=purpose
    )
