"""Notes that an admin was shown the code of a session, for the session's teachers to see."""

from datetime import datetime, timedelta

from accounts.models import User
from sessions_app.models import CodeShowing, Session

ONE_SHOWING = timedelta(minutes=2)
"""A page that asks again within this time is still the same showing. Pages ask each few seconds."""
NOTE_EVERY = timedelta(seconds=20)


def note_showing(session: Session, *, by: User, way: str, now: datetime) -> None:
    """Note that this admin is shown the code. Nothing is noted of the session's own teachers."""
    if not by.is_admin:
        return
    rows = CodeShowing.objects.filter(session_id=session.pk, by_id=by.pk, way=way)
    if rows.filter(shown_until__gt=now - NOTE_EVERY).exists():
        return
    if not rows.filter(shown_until__gt=now - ONE_SHOWING).update(shown_until=now):
        CodeShowing.objects.create(session=session, by=by, way=way, shown_at=now, shown_until=now)
