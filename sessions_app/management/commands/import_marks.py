"""``manage.py import_marks FILE.csv``: import marks of a list, a meeting or a card reader."""

from argparse import ArgumentParser
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from attendance_project import clock
from sessions_app import imports
from sessions_app.management import importing
from sessions_app.models import Course, Session


class Command(BaseCommand):
    help = (
        "Import marks from a CSV file or a workbook, also of Zoom, Teams or a card reader "
        "(docs/imports.md). Shows each change; marks by hand stay."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument(
            "--by", required=True, metavar="NUMBER", help="The teacher or admin who signs for it."
        )
        parser.add_argument("--session", type=UUID, help="All lines are of this session.")
        importing.add_course_argument(parser)
        parser.add_argument(
            "--least-minutes",
            type=int,
            metavar="N",
            help="Minutes from which somebody was there; half of the session if not given.",
        )
        importing.add_leave_out_argument(parser)
        importing.add_map_argument(parser)
        parser.add_argument("--encoding", default="", help="Found out if not given.")
        parser.add_argument(
            "--dry-run", action="store_true", help="Show what would be done, and stop."
        )

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        person = importing.signer(options["by"])
        sessions = Session.objects.run_by(person)
        wanted = imports.Wanted(
            sessions=sessions,
            courses=Course.objects.run_by(person).filter(is_active=True),
            session=_session(sessions, options["session"]),
            course=importing.course_named(options["course"]) if options["course"] else None,
            least_minutes=options["least_minutes"],
        )
        planned = partial(
            imports.plan_marks,
            wanted=wanted,
            by=person,
            now=clock.now(),
            file_name=file.name,
            encoding=options["encoding"],
            leave_out_faults=options["leave_out_faults"],
            names=importing.names_of(options["map"], imports.MARKS),
        )
        importing.run(file, planned, dry_run=options["dry_run"], out=self.stdout)


def _session(sessions: Any, pk: UUID | None) -> Session | None:
    if pk is None:
        return None
    session: Session | None = sessions.filter(pk=pk).select_related("course").first()
    if session is None:
        raise CommandError(f"{pk} is no session that this person runs.")
    return session
