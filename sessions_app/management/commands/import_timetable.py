"""``manage.py import_timetable FILE.ics``: import sessions from a calendar."""

from argparse import ArgumentParser
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

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
        parser.add_argument(
            "--course",
            default="",
            metavar="SUBJECT/CLASS",
            help="All events are this course's, such as OS/CSE-A; found by their titles if not "
            "given.",
        )

        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="TEXT=SUBJECT CLASS",
            help="What a text in titles means where they are not sure, such as 'Systems lab=OS "
            "CSE-A', or leave such events out: 'Systems lab='. Remembered for this calendar.",
        )

    def handle(self, *args: Any, file: Path, course: str, **options: Any) -> None:
        planned = partial(
            imports.plan_timetable,
            courses=Course.objects.all(),
            course=importing.course_named(course) if course else None,
            by=None,
            now=clock.now(),
            file_name=file.name,
            choices=Choices(parts=dict(_meaning(text) for text in options["map"])),
            drop_missing=options["drop_missing"],
        )
        importing.run(file, planned, dry_run=options["dry_run"], out=self.stdout)


def _meaning(text: str) -> tuple[str, Course | None]:
    title, sign, name = text.rpartition("=")
    if not sign or not title.strip():
        raise CommandError(f"--map {text}: write it as 'text=SUBJECT CLASS'.")
    return title.strip(), importing.course_named(name) if name.strip() else None
