"""``manage.py import_roster``: read the institution's expected list, of who may register."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import services
from attendance_project import clock
from attendance_project.refusals import Refusal


class Command(BaseCommand):
    help = (
        "Import a CSV file or a workbook with the columns email, institution_number, full_name, "
        "or those of another system (docs/imports.md)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument("--encoding", default="", help="Found out if not given.")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            done = services.import_roster(
                file.read_bytes(), encoding=options["encoding"], now=clock.now()
            )
        except (OSError, Refusal) as error:
            raise CommandError(f"{file.name}: {error}") from error
        for note in done.notes:
            self.stdout.write(f"! {note}")
        self.stdout.write(f"{done.added} added, {done.changed} already there")
