"""Makes templates for another engine from pictures that were kept on consent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from attendance_project.refusals import Refusal
from verification.engines.base import Template
from verification.engines.chosen import chosen_engine_name
from verification.models import AccessPurpose, CourseComparison, FaceTemplate, PhotoTemplate
from verification.services.faces import consent, frames, sealing
from verification.services.faces.access import log_access
from verification.services.faces.enrolment import measure_enrolment

NOTHING_KEPT = "no pictures are kept"
NO_CONSENT = "has not agreed to the current texts"
UNREADABLE = "the kept pictures cannot be read"
NOT_GOOD = "the kept pictures do not pass the guards of an enrolment"
CHANGED = "was erased or enrolled anew meanwhile"


@dataclass(frozen=True)
class ReembeddingResult:
    """What became of a face of another engine; ``fault`` is empty where it was renewed."""

    face: FaceTemplate
    fault: str = ""


def faces_of_other_engines() -> QuerySet[FaceTemplate]:
    """Templates that wait or count and can be compared with nothing any more."""
    standing = FaceTemplate.objects.filter(status__in=frames.STANDING)
    others = standing.exclude(engine=chosen_engine_name()).select_related("student")
    return others.order_by("student__institution_number")


def photos_of_other_engines() -> int:
    return PhotoTemplate.objects.that_count().exclude(engine=chosen_engine_name()).count()


def reembed(*, now: datetime) -> Iterator[ReembeddingResult]:
    """Measure each face again, one after the other. One that counts goes on counting. Safe to
    repeat."""
    for face in list(faces_of_other_engines()):
        yield ReembeddingResult(face, _reembed(face, now))


def _reembed(face: FaceTemplate, now: datetime) -> str:
    """Measure one face again and return what is in the way, or ""."""
    if not consent.has_consent(face.student, consent.FRAMES):
        return NO_CONSENT if face.frames.exists() else NOTHING_KEPT
    kept = frames.kept_frames(face, now=now)
    if not kept:
        return NOTHING_KEPT
    log_access(face.student, actor=None, purpose=AccessPurpose.REEMBEDDED, now=now)
    try:
        measured = measure_enrolment([sealing.open_frame(frame) for frame in kept])
    except Refusal:
        return UNREADABLE
    if measured.face is None:
        return NOT_GOOD
    return "" if _replace(face, measured.face, now) else CHANGED


def _replace(face: FaceTemplate, template: Template, now: datetime) -> bool:
    rows = FaceTemplate.objects.filter(pk=face.pk, engine=face.engine, status__in=frames.STANDING)
    ciphertext = sealing.seal_template(face.student_id, sealing.FACE, template)
    replaced = rows.update(engine=template.engine, ciphertext=ciphertext)
    if replaced:  # scores of another engine say nothing, so classmates are compared with again
        CourseComparison.objects.filter(template_id=face.pk).delete()
    return bool(replaced) and consent.has_consent(face.student)
