"""The institution's photos. Only the measured face of each is kept, and only on consent.

A photo's face is biometric as well. So the photo of a student who has not agreed to face
recognition is not even looked at; once they agree, the next run takes it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from django.conf import settings
from django.utils.crypto import salted_hmac

from accounts import queries as people_queries
from accounts.models import User, normalise_number
from attendance_project.refusals import Refusal
from verification.domain.capture import CaptureLimits, capture_hint
from verification.engines import get_engine
from verification.engines.base import MAX_IMAGE_BYTES, Template, UnreadableImage
from verification.models import AccessPurpose, FaceTemplate, PhotoTemplate, TemplateStatus
from verification.services.faces import comparing, consent, sealing
from verification.services.faces.access import log_access

SUFFIXES = (".jpg", ".jpeg", ".png")
FAULTS = {
    "no_face": "no face was found",
    "several_faces": "more than one face",
    "too_small": "the face is too small",
    "too_dark": "too dark",
    "too_bright": "too bright",
    "blurred": "blurred",
    "not_frontal": "the face is turned away",
    "covered": "the face is covered",
}


class PhotoImportStatus(StrEnum):
    KEPT = "kept"
    UNCHANGED = "unchanged"
    NO_CONSENT = "no_consent"
    FAULTY = "faulty"


@dataclass(frozen=True)
class Photo:
    student: User
    file: Path


@dataclass(frozen=True)
class PhotoFolder:
    """What a folder holds. ``strays`` are names of files and why they are nobody's."""

    photos: list[Photo]
    strays: list[tuple[str, str]]
    without_photo: list[User]


@dataclass(frozen=True)
class PhotoImportResult:
    """What became of a photo; ``fault`` says what is wrong with a faulty one."""

    photo: Photo
    status: PhotoImportStatus
    fault: str = ""


def photos_in(directory: Path) -> PhotoFolder:
    """The folder's files by student, by name without suffix. Raises OSError."""
    students = {
        student.institution_number: student
        for student in User.objects.students().filter(is_active=True)
    }
    files = sorted(file for file in directory.iterdir() if file.is_file())
    named = defaultdict(list)
    for file in files:
        if file.suffix.lower() in SUFFIXES:
            named[normalise_number(file.stem)].append(file)
    strays = [(file.name, "not a JPEG or PNG file") for file in files if not _is_picture(file)]
    strays += [
        (file.name, fault)
        for number, of_number in named.items()
        if (fault := _stray(of_number, number in students))
        for file in of_number
    ]
    photos = [Photo(students[n], of[0]) for n, of in named.items() if n in students and not of[1:]]
    without = [student for number, student in students.items() if number not in named]
    return PhotoFolder(photos, strays, without)


def _is_picture(file: Path) -> bool:
    return file.suffix.lower() in SUFFIXES


def _stray(files: list[Path], is_known: bool) -> str:
    if not is_known:
        return "no active student has this number"
    return "more than one file for this number" if len(files) > 1 else ""


def read_photos(folder: PhotoFolder, *, apply: bool, now: datetime) -> Iterator[PhotoImportResult]:
    """Measure each photo, one after the other; keep what was measured only if ``apply``."""
    agreed = people_queries.consenting_to(consent.FACE, settings.FACE_CONSENT_VERSION)
    engine = get_engine(settings.FACE_ENGINE).name
    measured = PhotoTemplate.objects.that_count().filter(engine=engine)
    known = dict(measured.values_list("student_id", "file_digest"))
    for photo in folder.photos:
        if photo.student.pk not in agreed:
            yield PhotoImportResult(photo, PhotoImportStatus.NO_CONSENT)
        else:
            yield _read(photo, known.get(photo.student.pk, ""), apply, now)


def _read(photo: Photo, known_digest: str, apply: bool, now: datetime) -> PhotoImportResult:
    try:
        if photo.file.stat().st_size > MAX_IMAGE_BYTES:
            return _faulty(photo, f"larger than {MAX_IMAGE_BYTES} bytes")
        data = photo.file.read_bytes()
    except OSError as error:
        return _faulty(photo, error.strerror or "cannot be read")
    digest = salted_hmac("verification.photo", data, algorithm="sha256").hexdigest()
    if digest == known_digest:
        return PhotoImportResult(photo, PhotoImportStatus.UNCHANGED)
    face, fault = _measure(data)
    if face is None:
        return _faulty(photo, fault)
    if apply and not _keep(photo.student, face, digest, now):
        return PhotoImportResult(photo, PhotoImportStatus.NO_CONSENT)
    return PhotoImportResult(photo, PhotoImportStatus.KEPT)


def _faulty(photo: Photo, fault: str) -> PhotoImportResult:
    return PhotoImportResult(photo, PhotoImportStatus.FAULTY, fault)


def _measure(data: bytes) -> tuple[Template | None, str]:
    """The one good face of a picture, or what is wrong with it."""
    try:
        measured = get_engine(settings.FACE_ENGINE).enrol([data])
    except UnreadableImage as error:
        return None, str(error)
    hint = capture_hint(measured.frames[0], CaptureLimits())
    return (None, FAULTS.get(hint, hint)) if hint else (measured.template, FAULTS["no_face"])


def _keep(student: User, face: Template, digest: str, now: datetime) -> bool:
    """Store the photo's face and return whether the student still agreed when it was stored."""
    PhotoTemplate.objects.update_or_create(
        student=student,
        from_merge="",
        defaults={
            "engine": face.engine,
            "ciphertext": sealing.seal_template(student.pk, sealing.PHOTO, face),
            "consent_version": settings.FACE_CONSENT_VERSION,
            "file_digest": digest,
            "made_at": now,
        },
    )
    log_access(student, actor=None, purpose=AccessPurpose.PHOTO_MADE, now=now)
    try:
        consent.erase_if_withdrawn(student, now=now)
    except Refusal:
        return False
    _compare_with_waiting(student, face.engine, now)
    return True


def _compare_with_waiting(student: User, engine: str, now: datetime) -> None:
    """Compare enrolments that came before the photo with it too, so that their approver sees the
    result."""
    waiting = FaceTemplate.objects.filter(student=student, status=TemplateStatus.WAITING)
    for stored in waiting.filter(engine=engine):
        try:
            face = sealing.open_template(stored)
        except Refusal:
            continue
        match = comparing.compare_with_photo(student, face, now=now)
        waiting.filter(pk=stored.pk).update(photo_match=match)
