"""Closes sessions that were left open after their time, and tells those who teach them by mail."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from sessions_app import queries
from sessions_app.models import Session, SessionEvent, SessionEventKind, SessionState
from sessions_app.services import lifecycle

logger = logging.getLogger(__name__)

UNFINISHED_WITHIN = timedelta(days=2)
"""How long after a closing that a crash cut short the job still finishes it."""
FINISHING_TAKES = timedelta(minutes=5)
"""How long the call that closed a session has for finishing it before the job does."""


def close_overdue(*, now: datetime) -> list[Session]:
    """Close every open session whose time is over (`Session.closes_itself_at`). Returns those that
    this call closed.

    Of two runs at the same time one closes a session and mails. A session that was shut and not
    finished is finished by the next run. One that cannot be finished is logged, and stops no other.
    """
    for session in _unfinished(now):
        _finish(session, now)
    limit = now - timedelta(minutes=settings.AUTO_CLOSE_AFTER_MIN)
    rows = Session.objects.filter(state=SessionState.OPEN, ends_at__lte=limit)
    left_open = rows.select_related("subject", "class_group", "course").order_by("ends_at", "pk")
    return [session for session in left_open if _close(session, now)]


def _close(session: Session, now: datetime) -> bool:
    if session.shows_code_at(now) or not lifecycle.shut(session, by=None, now=now):
        return False
    SessionEvent.objects.create(session=session, kind=SessionEventKind.CLOSED_ITSELF, at=now)
    _finish(session, now)
    return True


def _unfinished(now: datetime) -> list[Session]:
    """Sessions that were closed a while ago, and whose absences may not be noted yet."""
    span = (now - UNFINISHED_WITHIN, now - FINISHING_TAKES)
    rows = Session.objects.filter(
        state=SessionState.CLOSED, closed_at__range=span, finished_at=None
    )
    return list(rows.select_related("subject", "class_group", "course"))


def _finish(session: Session, now: datetime) -> None:
    try:
        lifecycle.finish(session, now=now)
    except Exception:  # whatever it is, the other sessions have to be closed
        logger.exception("What follows from closing session %s was cut short.", session.pk)
        return
    if session.closed_by_id is None:
        _tell_teachers(session)


def _tell_teachers(session: Session) -> None:
    """Mail everybody who teaches the session, each by a mail of their own."""
    path = reverse("session-register", args=[session.pk])
    about = {
        "session": session,
        "counts": queries.counts(session),
        "minutes": settings.AUTO_CLOSE_AFTER_MIN,
        "url": f"{settings.PUBLIC_URL}{path}",
    }
    for person in queries.teachers_of_session(session):
        _tell(person, about)


def _tell(person: User, about: dict[str, Any]) -> None:
    """Mail one person. A mail that fails is logged: the session is closed all the same."""
    text = render_to_string("sessions_app/mail/closed_by_itself.txt", about | {"person": person})
    try:
        send_mail(
            _("Your session closed by itself"), text, from_email=None, recipient_list=[person.email]
        )
    except OSError:  # smtplib and the network raise it
        logger.exception("A teacher was not told that session %s closed.", about["session"].pk)
