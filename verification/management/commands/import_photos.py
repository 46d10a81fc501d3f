"""``manage.py import_photos DIR``: store the institution's photos, to compare enrolments with."""

from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from attendance_project import clock, progress
from verification import services
from verification.domain.face_enrolment import PhotoRule
from verification.services import PhotoFolder, PhotoImportResult, PhotoImportStatus


class Command(BaseCommand):
    help = (
        "Measure the photos of a folder, each named by its student's number (S1.jpg). Only the "
        "measured face is kept, encrypted, and only of students who agreed to face recognition. "
        "Shows what it would do unless --apply is given. Safe to repeat."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("directory", type=Path, metavar="DIR")
        parser.add_argument("--apply", action="store_true", help="Keep what was measured.")

    def handle(self, *args: Any, directory: Path, apply: bool, **options: Any) -> None:
        if settings.FACE_ENROLMENT_PHOTO == PhotoRule.OFF:
            raise CommandError(
                "FACE_ENROLMENT_PHOTO is off: there is nothing to compare photos with."
            )
        try:
            folder = services.photos_in(directory)
        except OSError as error:
            raise CommandError(f"{directory.name}: {error.strerror}") from error
        steps = services.read_photos(folder, apply=apply, now=clock.now())
        bar = progress.shown(steps, total=len(folder.photos), words="Measuring")
        self._report(folder, list(bar), apply)

    def _report(self, folder: PhotoFolder, results: list[PhotoImportResult], apply: bool) -> None:
        lines = [
            *(f"{name}: {why}" for name, why in folder.strays),
            *(f"{each.photo.file.name}: {each.fault}" for each in results if each.fault),
            *(f"{_name(r)}: has not agreed to face recognition" for r in results if _refuses(r)),
            *(f"{student}: no photo" for student in folder.without_photo),
        ]
        for line in lines:
            self.stdout.write(f"! {line}")
        self.stdout.write(_in_figures(folder, results, apply))
        self.stdout.write("Done." if apply else "Nothing was written. Add --apply to keep them.")


def _in_figures(folder: PhotoFolder, results: list[PhotoImportResult], apply: bool) -> str:
    counts = Counter(result.status for result in results)
    return (
        f"{counts[PhotoImportStatus.KEPT]} {'kept' if apply else 'to keep'}, "
        f"{counts[PhotoImportStatus.UNCHANGED]} kept before, "
        f"{counts[PhotoImportStatus.NO_CONSENT]} without consent, "
        f"{counts[PhotoImportStatus.FAULTY]} not usable, "
        f"files of nobody: {len(folder.strays)}, "
        f"students without a photo: {len(folder.without_photo)}"
    )


def _refuses(result: PhotoImportResult) -> bool:
    return result.status is PhotoImportStatus.NO_CONSENT


def _name(result: PhotoImportResult) -> str:
    return str(result.photo.student)
