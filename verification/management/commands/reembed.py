"""``manage.py reembed``: after a change of FACE_ENGINE, make templates from kept pictures."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from attendance_project import clock, progress
from verification import services


class Command(BaseCommand):
    help = (
        "After FACE_ENGINE was changed: measure faces anew with it from the pictures that were "
        "kept with their students' consent, and name who has to enrol again. Safe to repeat."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        total = services.faces_of_other_engines().count()
        steps = services.reembed(now=clock.now())
        renewals = list(progress.shown(steps, total=total, words="Measuring"))
        again = [renewal for renewal in renewals if renewal.fault]
        for renewal in again:
            status = renewal.face.get_status_display().lower()
            self.stdout.write(f"! {renewal.face.student} ({status}): {renewal.fault}")
        self.stdout.write(
            f"{len(renewals) - len(again)} faces are renewed for {settings.FACE_ENGINE}, "
            f"{len(again)} students have to enrol again"
        )
        if photos := services.photos_of_other_engines():
            self.stdout.write(f"{photos} photos are of another engine: run import_photos again.")
