"""``manage.py import_enrolments FILE.csv``: import people, classes, courses and enrolments."""

from argparse import ArgumentParser
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from attendance_project import clock
from sessions_app import imports
from sessions_app.imports import invitations
from sessions_app.management import importing


class Command(BaseCommand):
    help = (
        "Import a CSV file or a workbook of people, classes, courses and enrolments "
        "(docs/imports.md). Shows each change; safe to repeat."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        importing.add_arguments(
            parser, "Withdraw who is on a course of the file and not in the file."
        )
        parser.add_argument(
            "--course",
            default="",
            metavar="SUBJECT/CLASS",
            help="All students of the file are on this course, such as OS/CSE-A.",
        )
        parser.add_argument(
            "--move",
            action="store_true",
            help="Students leave other classes of the same subject, with their excuses.",
        )
        importing.add_leave_out_argument(parser)
        importing.add_map_argument(parser)
        parser.add_argument(
            "--status",
            action="append",
            default=[],
            metavar="WORD=here|gone",
            help="What a status of the file means, such as 'zurückgestellt=gone'. May be repeated.",
        )
        parser.add_argument("--encoding", default="", help="Found out if not given.")
        parser.add_argument(
            "--invite",
            choices=["mail", "print"],
            help="Afterwards send, or print, the links for all who have no password yet.",
        )

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        planned = partial(
            imports.plan_enrolments,
            now=clock.now(),
            file_name=file.name,
            encoding=options["encoding"],
            leave_out_faults=options["leave_out_faults"],
            drop_missing=options["drop_missing"],
            move=options["move"],
            course=importing.course_named(options["course"]) if options["course"] else None,
            names=importing.names_of(options["map"], imports.ENROLMENTS),
            words=importing.words_of(options["status"]),
        )
        importing.run(file, planned, dry_run=options["dry_run"], out=self.stdout)
        for step in imports.next_steps(now=clock.now()) if not options["dry_run"] else ():
            self.stdout.write(f"> {step.text}")
        if options["invite"] and not options["dry_run"]:
            self._invite(options["invite"])

    def _invite(self, how: str) -> None:
        if how == "mail":
            sent, failed = invitations.mail(invitations.waiting(), by=None, now=clock.now())
            self.stdout.write(f"Invitations mailed: {sent}")
            for person in failed:
                self.stderr.write(f"could not be mailed: {person.email}")
            return
        for person, link in invitations.links(invitations.waiting(), by=None, now=clock.now()):
            self.stdout.write(f"{person.institution_number}\t{person.full_name}\t{link}")
