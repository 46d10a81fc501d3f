"""``manage.py create_invitation``: make a one-time invitation on the command line."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from accounts import services
from accounts.models import Role
from attendance_project import clock


class Command(BaseCommand):
    help = "Print the code of a new one-time invitation; it is shown only here."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("role", choices=[Role.TEACHER.value, Role.ADMIN.value])
        parser.add_argument("--email", default="", help="only this address may use it")

    def handle(self, *args: Any, role: str, email: str, **options: Any) -> None:
        if email:
            try:
                validate_email(email)
            except ValidationError as error:
                raise CommandError(f"{email}: {error.messages[0]}") from error
        _, code = services.create_invitation(role=Role(role), email=email, by=None, now=clock.now())
        self.stdout.write(code)
