"""``manage.py settle_attempts``: decide attempts that their students left. It is for cron."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand

from attendance_project import clock
from sessions_app import services as teaching
from sessions_app.models import Session, SessionState
from verification import services


class Command(BaseCommand):
    help = (
        "Decide check-ins that were begun and left, at sessions of the last two days. "
        "Closing a session does the same for those expired by then. Before that, close sessions "
        "that were left open after their time, as close_overdue does. Safe to repeat."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        closed = teaching.close_overdue(now=now)
        self.stdout.write(f"Sessions that were left open and are closed now: {len(closed)}")
        sessions = Session.objects.filter(starts_at__gte=now - timedelta(days=2)).exclude(
            state=SessionState.PLANNED
        )
        count = sum(services.settle_expired(session, now) for session in sessions)
        self.stdout.write(f"Check-ins that were left and are decided now: {count}")
