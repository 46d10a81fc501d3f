"""``manage.py purge_errors`` deletes old rows of the error log. It is meant for a daily job."""

from typing import Any

from django.core.management.base import BaseCommand

from attendance_project import clock
from reports import services


class Command(BaseCommand):
    help = "Delete rows of the error log that are older than ERROR_LOG_DAYS."

    def handle(self, *args: Any, **options: Any) -> None:
        deleted = services.purge_errors(now=clock.now())
        self.stdout.write(f"Rows deleted: {deleted}")
