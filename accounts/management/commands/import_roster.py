"""``manage.py import_roster``: read the institution's expected list, of who may register."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import services
from attendance_project.refusals import Refusal


class Command(BaseCommand):
    help = "Import a CSV file with the columns email, institution_number, full_name."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            # utf-8-sig, since spreadsheets put a byte order mark in front.
            with file.open(encoding="utf-8-sig", newline="") as lines:
                added, changed = services.import_roster(lines)
        except (OSError, UnicodeDecodeError, Refusal) as error:
            raise CommandError(f"{file.name}: {error}") from error
        self.stdout.write(f"{added} added, {changed} already there")
