"""``manage.py rotate_face_keys``: encrypt everything biometric again, with the first key."""

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from attendance_project import clock, progress
from verification import services


class Command(BaseCommand):
    help = (
        "After a new key was put first in FACE_TEMPLATE_KEYS: encrypt every face, photo's face "
        "and kept picture with it. Then the old key can be taken out. Safe to repeat."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        steps = services.rotate_template_keys(now=clock.now())
        total = services.rows_to_rotate()
        done: Counter[str] = Counter()
        unreadable = []
        for row in progress.shown(steps, total=total, words="Encrypting"):
            done[row.table] += not row.unreadable
            if row.unreadable:
                unreadable.append(f"{row.table} of {row.number}")
        for table in services.SEALED_TABLES:
            self.stdout.write(f"{table}, encrypted with the first key: {done[table]}")
        if unreadable:
            raise CommandError(_told(unreadable))


def _told(unreadable: list[str]) -> str:
    lines = [f"No key opens: {what}" for what in unreadable]
    advice = (
        "Put the key that they were encrypted with into FACE_TEMPLATE_KEYS and run this again, "
        "or have these students enrol again. Do not take out a key before."
    )
    return "\n".join([*lines, advice])
