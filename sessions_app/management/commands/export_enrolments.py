"""``manage.py export_enrolments FILE.csv``: write what import_enrolments reads back."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from attendance_project.private_files import written_privately
from sessions_app import imports


class Command(BaseCommand):
    help = "Write people, classes, courses and enrolments to a CSV file; - is standard output."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE.csv")

    def handle(self, *args: Any, file: str, **options: Any) -> None:
        lines = imports.export_enrolments()
        if file == "-":
            self.stdout.writelines(lines)
            return
        try:
            with written_privately(Path(file)) as target:
                target.writelines(lines)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
