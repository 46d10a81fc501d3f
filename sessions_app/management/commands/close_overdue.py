"""``manage.py close_overdue``: close sessions that were left open after their time. For cron."""

from typing import Any

from django.core.management.base import BaseCommand

from attendance_project import clock
from sessions_app import services


class Command(BaseCommand):
    help = (
        "Close sessions that are still open AUTO_CLOSE_AFTER_MIN minutes after their end, note who "
        "was absent, and mail their teachers. settle_attempts does the same. Safe to repeat."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for session in services.close_overdue(now=clock.now()):
            self.stdout.write(f"closed: {session}")
