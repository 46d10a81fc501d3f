"""``manage.py erase_person``: erase a student for good."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import services
from accounts.models import Role, User, normalise_number
from attendance_project import clock
from attendance_project.refusals import Refusal


class Command(BaseCommand):
    help = (
        "Erase a student who asked for it: face, phones, log-ins, name, e-mail and what was "
        "written about them. The register keeps rows of nobody, so that courses' counts stay "
        "true. It cannot be undone; after a crash, run it again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", help="roll number, as the list of requests shows it")
        parser.add_argument(
            "--unasked", action="store_true", help="also who has no request waiting"
        )

    def handle(self, *args: Any, number: str, unasked: bool, **options: Any) -> None:
        student = User.objects.filter(institution_number=normalise_number(number)).first()
        if student is None:
            raise CommandError(f"Nobody has the number {number}. Who is erased has it no more.")
        if student.role != Role.STUDENT:
            raise CommandError("Only students can be erased: others' names sign the register.")
        try:
            services.erase_person(student, now=clock.now(), unasked=unasked)
        except Refusal as error:
            raise CommandError(f"{error.sentence} Add --unasked to erase all the same.") from error
        self.stdout.write("Erased.")
