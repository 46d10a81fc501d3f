"""``manage.py outdated_faces``: after a change of FACE_ENGINE, who has to enrol again."""

from typing import Any

from django.core.management.base import BaseCommand

from verification import queries


class Command(BaseCommand):
    help = (
        "After FACE_ENGINE was changed: name the students whose face was measured by another "
        "engine and who have to enrol again, and count such photos."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        faces = list(queries.faces_of_other_engines())
        for face in faces:
            self.stdout.write(f"{face.student} ({face.get_status_display().lower()})")
        self.stdout.write(f"Faces of another engine: {len(faces)}. Their students enrol again.")
        if photos := queries.photos_of_other_engines():
            self.stdout.write(f"Photos of another engine: {photos}. Run import_photos again.")
