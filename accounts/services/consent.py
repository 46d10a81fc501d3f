"""What people agreed to. Each word of theirs is a row; none is ever changed."""

from datetime import datetime

from accounts.models import ConsentAction, ConsentEvent, User


def give_consent(user: User, version: str, now: datetime) -> ConsentEvent:
    return _record(user, ConsentAction.GIVEN, version, now)


def decline_consent(user: User, version: str, now: datetime) -> ConsentEvent:
    return _record(user, ConsentAction.DECLINED, version, now)


def withdraw_consent(user: User, version: str, now: datetime) -> ConsentEvent:
    return _record(user, ConsentAction.WITHDRAWN, version, now)


def _record(user: User, action: ConsentAction, version: str, now: datetime) -> ConsentEvent:
    return ConsentEvent.objects.create(user=user, action=action, version=version, at=now)
