"""``manage.py import_sessions FILE.csv``: plan sessions from a table."""

from argparse import ArgumentParser
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from attendance_project import clock
from sessions_app import imports
from sessions_app.imports import Choices
from sessions_app.management import importing
from sessions_app.models import Course


class Command(BaseCommand):
    help = (
        "Plan sessions from a CSV file or a workbook (docs/imports.md). Shows each change; safe to "
        "repeat."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        importing.add_arguments(parser, "Cancel planned sessions that are not in the file.")
        importing.add_course_argument(parser)
        importing.add_map_argument(parser)
        importing.add_meaning_argument(parser, "--course-map")
        parser.add_argument(
            "--by",
            default="",
            metavar="NUMBER",
            help="The teacher or admin who signs for it, and whose courses it may change.",
        )
        parser.add_argument("--encoding", default="", help="Found out if not given.")

    def handle(self, *args: Any, file: Path, course: str, **options: Any) -> None:
        person = importing.signer(options["by"]) if options["by"] else None
        everywhere = Course.objects.all()
        planned = partial(
            imports.plan_session_table,
            courses=Course.objects.run_by(person) if person else everywhere,
            managed=Course.objects.managed_by(person) if person else everywhere,
            course=importing.course_named(course) if course else None,
            by=person,
            now=clock.now(),
            file_name=file.name,
            encoding=options["encoding"],
            names=importing.names_of(options["map"], imports.SESSIONS),
            choices=Choices(parts=importing.meanings_of(options["course_map"])),
            drop_missing=options["drop_missing"],
        )
        importing.run(file, planned, dry_run=options["dry_run"], out=self.stdout)
