"""``manage.py compare_faces``: look for one face under two accounts. It is for cron."""

from typing import Any

from django.core.management.base import BaseCommand

from attendance_project import clock
from verification import services


class Command(BaseCommand):
    help = (
        "Compare enrolled faces with those of courses that their students joined since, and note "
        "which look alike. Run it nightly, and after a large import. Safe to repeat."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        faces = pairs = 0
        for done in services.compare_due(now=clock.now()):
            faces, pairs = faces + done.faces, pairs + done.pairs
        self.stdout.write(f"Faces compared anew: {faces}. Pairs that look alike: {pairs}.")
