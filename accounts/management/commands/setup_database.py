"""``manage.py setup_database``: bring the database up to date. Repeating is harmless."""

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

from attendance_project.private_files import keep_private


class Command(BaseCommand):
    help = "Apply what is missing in the database, quietly. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        if connection.vendor == "sqlite":
            file = Path(connection.settings_dict["NAME"])
            file.touch(mode=0o600)
            keep_private(file)
        call_command("migrate", interactive=False, verbosity=0)
        name = connection.settings_dict["NAME"]
        self.stdout.write(f"Database ready: {connection.display_name} {name}")
