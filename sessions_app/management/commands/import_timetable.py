"""``manage.py import_timetable FILE.ics``: import sessions from a calendar."""

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
        "Plan sessions from a calendar file (docs/imports.md). Shows each change; safe to repeat."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.ics")
        importing.add_arguments(parser, "Cancel planned sessions that are not in the calendar.")
        importing.add_course_argument(parser)
        importing.add_meaning_argument(parser, "--map")

    def handle(self, *args: Any, file: Path, course: str, **options: Any) -> None:
        planned = partial(
            imports.plan_timetable,
            courses=Course.objects.all(),
            course=importing.course_named(course) if course else None,
            by=None,
            now=clock.now(),
            file_name=file.name,
            choices=Choices(parts=importing.meanings_of(options["map"])),
            drop_missing=options["drop_missing"],
        )
        importing.run(file, planned, dry_run=options["dry_run"], out=self.stdout)
