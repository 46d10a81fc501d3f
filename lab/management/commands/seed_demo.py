"""``manage.py seed_demo``: create an admin, two teachers and two courses to try things with."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from accounts.models import Role, User
from sessions_app.models import ClassGroup, Course, Subject

LECTURE = "Operating Systems"
"""The subject whose lecture the demo plays."""
ADMIN, TEACHER, COLLEAGUE = "admin@demo.test", "teacher@demo.test", "colleague@demo.test"


def logins_file() -> Path:
    return Path(settings.VAR_DIR) / "demo-logins.json"


class Command(BaseCommand):
    help = "Make the demo's people and courses. Safe to repeat; the password is this machine's own."

    def handle(self, *args: Any, **options: Any) -> None:
        password = _password()
        for email, name, number, role in (
            (ADMIN, "Ada Admin", "DEMO-A1", Role.ADMIN),
            (TEACHER, "Tomas Teacher", "DEMO-T1", Role.TEACHER),
            (COLLEAGUE, "Carla Colleague", "DEMO-T2", Role.TEACHER),
        ):
            _person(email, name, number, role, password)
        for code, name in (("DEMO-OS", LECTURE), ("DEMO-DB", "Databases")):
            _course(code, name)
        self.stdout.write("The demo's people and courses are there.")


def _password() -> str:
    """A password drawn once for this machine, so that a demo left running has no well-known one."""
    path = logins_file()
    if path.exists():
        password: str = json.loads(path.read_text())["password"]
        return password
    password = f"demo-{secrets.token_urlsafe(9)}"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        logins = {"admin": ADMIN, "teacher": TEACHER, "colleague": COLLEAGUE, "password": password}
        json.dump(logins, file)
    return password


def _person(email: str, name: str, number: str, role: Role, password: str) -> None:
    person = User.objects.filter(email=email).first()
    if person is None:
        User.objects.create_user(
            email,
            password,
            full_name=name,
            institution_number=number,
            role=role,
            is_approved=True,
            is_superuser=role == Role.ADMIN,
        )
    elif not person.check_password(password):  # the file was lost, and a new password drawn
        person.set_password(password)
        person.save(update_fields=["password"])


def _course(code: str, name: str) -> None:
    subject, _ = Subject.objects.get_or_create(
        code=code, defaults={"name": name, "department": "Computer Science"}
    )
    group, _ = ClassGroup.objects.get_or_create(
        code="CSE-A", defaults={"name": "Computer Science A"}
    )
    teacher = User.objects.get(email=TEACHER)
    Course.objects.get_or_create(
        subject=subject,
        class_group=group,
        teacher=teacher,
        defaults={"time_zone": settings.TIME_ZONE},
    )
