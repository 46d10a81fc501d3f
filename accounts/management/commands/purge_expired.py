"""``manage.py purge_expired``: delete rows whose time is over."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts import services
from attendance_project import clock


class Command(BaseCommand):
    help = (
        "Delete spent proofs, expired refresh tokens, ended web log-ins, old failed log-ins, "
        "counted calls and uploaded files whose time is over, and free addresses that nobody "
        "confirmed. Run it daily."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for name, count in services.purge_expired(now=clock.now()).items():
            self.stdout.write(f"{name}: {count} deleted")
