"""Whether two enrolled faces are one person's, in words for who approves."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts.models import User
from attendance_project.refusals import Refusal
from sessions_app.models import Enrolment
from verification import queries
from verification.domain.calibration import false_match_rate
from verification.domain.face_enrolment import PhotoMatch, PhotoRule
from verification.domain.policy import Policy
from verification.engines.base import Template
from verification.engines.chosen import chosen_engine
from verification.models import (
    AccessPurpose,
    CourseComparison,
    FaceTemplate,
    LookAlike,
    PhotoTemplate,
    TemplateStatus,
)
from verification.services.faces.access import log_access, log_accesses
from verification.services.faces.sealing import open_template

COMPARED_AT_MOST = 1_000
"""How many faces of classmates are compared, the newest first; each is a row in its student's log.
1,000 faces of OpenCV's engine took 0.12 to 0.21 s of CPU on SQLite: 0.03 ms each to open, 0.02 to
compare, the rest to read the rows and write the log (three runs, 2 cores, November 2026)."""
FALSE_ALARMS = 0.05
"""How often an enrolment may name a stranger as a look-alike, however large the course: in one of
twenty at most. Among 1,000 faces that asks for a rate of 5e-5, which every engine's calibration
reaches."""


# --- what a score means ---------------------------------------------------------------


def match_of(engine_name: str, score: float) -> PhotoMatch:
    """What the score says, by the same rates as at a check-in."""
    rate = false_match_rate(engine_name, score)
    if rate <= settings.FACE_TARGET_FMR:
        return PhotoMatch.MATCHES
    return PhotoMatch.DOUBT if rate <= Policy().face_doubt_fmr else PhotoMatch.DIFFERS


def is_look_alike(engine_name: str, score: float, *, among: int) -> bool:
    """Whether the score makes two students look alike. The more faces are compared, the stricter it
    is, because otherwise every large class would be full of look-alikes."""
    rate = false_match_rate(engine_name, score)
    return rate <= min(settings.FACE_TARGET_FMR, FALSE_ALARMS / among)


# --- the institution's photo ----------------------------------------------------------


def compare_with_photo(student: User, face: Template, *, now: datetime) -> PhotoMatch:
    """How the face matches the photo: NONE where the institution asks for no photo, or has none
    that this engine measured."""
    if settings.FACE_ENROLMENT_PHOTO == PhotoRule.OFF:
        return PhotoMatch.NONE
    stored = PhotoTemplate.objects.that_count().filter(student=student, engine=face.engine).first()
    photo = opened_or_none(stored) if stored else None
    if photo is None:
        return PhotoMatch.NONE
    log_access(student, actor=None, purpose=AccessPurpose.PHOTO_COMPARED, now=now)
    with chosen_engine() as engine:
        return match_of(face.engine, engine.compare(face, photo))


# --- other students -------------------------------------------------------------------


def find_look_alikes(stored: FaceTemplate, face: Template, *, now: datetime) -> None:
    """Note whose enrolled faces, among the students of the same courses, look like this one.

    Only classmates: who stands in for another sits in the same room, and a search through
    everybody would touch every face at every enrolment.
    """
    places = queries.places_of([stored.student_id])
    others = _classmates_faces(stored)
    opened = [
        (other, template) for other in others if (template := opened_or_none(other)) is not None
    ]
    templates = [template for _other, template in opened]
    with chosen_engine() as engine:
        (scores,) = engine.compare_all([face], templates)
    for (other, _template), score in zip(opened, scores, strict=True):
        if is_look_alike(face.engine, score, among=len(opened)):
            note_look_alike(stored, other, now)
    touched = {other.student_id for other, _ in opened}
    log_accesses(touched, purpose=AccessPurpose.COMPARED, now=now)
    FaceTemplate.objects.filter(pk=stored.pk).update(compared_with=len(touched))
    note_first_comparison([other.pk for other, _ in opened])
    if len(others) < COMPARED_AT_MOST:  # the rest of a larger course is left to compare_faces
        note_comparisons([(stored.pk, place) for place in places], now=now)


def note_first_comparison(ids: list[UUID]) -> None:
    """Note of faces that had been compared with nobody that they were compared with one now."""
    alone = FaceTemplate.objects.filter(Q(compared_with=0) | Q(compared_with=None), pk__in=ids)
    alone.update(compared_with=1)


def note_comparisons(done: Iterable[tuple[UUID, Enrolment]], *, now: datetime) -> None:
    """Note that these faces were compared with all others of the courses of these places."""
    for template_id, place in done:
        values = {"since": place.enrolled_at, "compared_at": now}
        with suppress(IntegrityError), transaction.atomic():  # erased, or noted by another call
            CourseComparison.objects.update_or_create(
                template_id=template_id, course_id=place.course_id, defaults=values
            )


def note_look_alike(stored: FaceTemplate, other: FaceTemplate, now: datetime) -> None:
    """Note the pair once, whichever of the two found the other."""
    if LookAlike.objects.filter(template=other, other=stored).exists():
        return
    with suppress(IntegrityError), transaction.atomic():  # either may just have been erased
        LookAlike.objects.get_or_create(template=stored, other=other, defaults={"found_at": now})


def _classmates_faces(stored: FaceTemplate) -> list[FaceTemplate]:
    faces = FaceTemplate.objects.filter(
        student_id__in=queries.classmates_of(stored.student_id),
        engine=stored.engine,
        status__in=[TemplateStatus.WAITING, TemplateStatus.APPROVED],
    )
    return list(faces.order_by("-enrolled_at")[:COMPARED_AT_MOST])


def opened_or_none(stored: FaceTemplate | PhotoTemplate) -> Template | None:
    """The template, or nothing where it cannot be read: a broken row must not keep others from
    enrolling."""
    try:
        return open_template(stored)
    except Refusal:
        return None
