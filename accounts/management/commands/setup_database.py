"""``manage.py setup_database``: bring the database up to date. Repeating is harmless."""

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection


class Command(BaseCommand):
    help = "Apply what is missing in the database, quietly. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        if connection.vendor == "sqlite":
            _keep_private(Path(connection.settings_dict["NAME"]))
        call_command("migrate", interactive=False, verbosity=0)
        name = connection.settings_dict["NAME"]
        self.stdout.write(f"Database ready: {connection.display_name} {name}")


def _keep_private(file: Path) -> None:
    """Let only the server's own user read the file, which holds names and encrypted faces.

    SQLite gives the files beside it the same mode when it makes them.
    """
    file.touch(mode=0o600)
    for each in (file, file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm")):
        if each.exists():
            each.chmod(0o600)
