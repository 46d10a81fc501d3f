"""``manage.py rotate_face_keys``: encrypt every template anew with the first key."""

from typing import Any

from django.core.management.base import BaseCommand

from verification import services


class Command(BaseCommand):
    help = (
        "After a new key was put first in FACE_TEMPLATE_KEYS: encrypt every template with it. "
        "Then the old key can be taken out. Safe to repeat."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        count = services.rotate_template_keys()
        self.stdout.write(f"{count} templates are encrypted with the first key.")
