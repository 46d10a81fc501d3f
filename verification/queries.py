"""What of faces, decisions and warnings a person may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Max, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from accounts.models import Device, DeviceStatus, Role, User
from sessions_app import queries as teaching
from sessions_app.hooks import RegisterExtra, Task, Undo
from sessions_app.models import (
    Attendance,
    AttendanceStatus,
    Course,
    Enrolment,
    MarkSource,
    Session,
)
from verification.domain.enrolment import PhotoRule, needs_note
from verification.engines import get_engine
from verification.models import (
    AccessPurpose,
    CheckInDecision,
    EnrolmentFrame,
    FaceTemplate,
    LookAlike,
    Outcome,
    PhotoMatch,
    PhotoTemplate,
    ReviewVerdict,
    Severity,
    TemplateAccess,
    TemplateStatus,
    Warning,
    WarningVerdict,
)
from verification.words import label_of


def faces_approvable_by(user: User) -> QuerySet[FaceTemplate]:
    """An admin's are all; a teacher's those of students in the teacher's courses."""
    faces = FaceTemplate.objects.select_related("student")
    if user.role == Role.ADMIN:
        return faces
    return faces.filter(student_id__in=teaching.students_taught_by(user))


def waiting_faces(user: User) -> QuerySet[FaceTemplate]:
    return faces_approvable_by(user).filter(status=TemplateStatus.WAITING).order_by("enrolled_at")


def face_standing(student: User) -> dict[str, Any]:
    """Where the student's enrolments stand, newest first, and what else is kept of the face."""
    own = FaceTemplate.objects.filter(student=student).select_related("decided_by")
    faces = list(own.defer("ciphertext"))
    kept = EnrolmentFrame.objects.filter(student=student).values_list("template_id", "expires_at")
    until = dict(kept)
    photo = PhotoTemplate.objects.filter(student=student).values_list("made_at", flat=True)
    enrolled = TemplateAccess.objects.filter(student=student, purpose=AccessPurpose.ENROLLED)
    engine = get_engine(settings.FACE_ENGINE).name
    waits = any(face.status == TemplateStatus.WAITING for face in faces)
    return {
        "faces": [_own(face, until.get(face.pk), engine) for face in faces],
        "re_enrolment_waits": waits and enrolled.count() > 1,
        "photo_measured_at": photo.first(),
    }


def _own(face: FaceTemplate, pictures_until: datetime | None, engine: str) -> dict[str, Any]:
    stands = face.status in (TemplateStatus.WAITING, TemplateStatus.APPROVED)
    return {
        "status": face.status,
        "enrolled_at": face.enrolled_at,
        "decided_at": face.decided_at,
        "decided_by": face.decided_by.full_name if face.decided_by else None,
        "note": face.note,
        "needs_renewal": stands and face.engine != engine,
        "pictures_until": pictures_until,
    }


def accesses_of(student: User) -> QuerySet[TemplateAccess]:
    """The log of the student's face, newest first."""
    return TemplateAccess.objects.filter(student=student).select_related("actor")


def classmates_of(student_id: UUID) -> list[UUID]:
    """Ids of the other students who are on any of the student's courses."""
    own = Enrolment.objects.filter(student_id=student_id, is_active=True)
    courses = list(own.values_list("course_id", flat=True))
    on_them = Enrolment.objects.filter(course_id__in=courses, is_active=True)
    return list(set(on_them.values_list("student_id", flat=True)) - {student_id})


def teachers_of(student_id: UUID) -> QuerySet[User]:
    """Who teach the student now."""
    own = Enrolment.objects.filter(student_id=student_id, is_active=True)
    ids = list(own.values_list("course_id", flat=True))
    courses = Course.objects.filter(pk__in=ids, is_active=True)
    return User.objects.filter(pk__in=list(courses.values_list("teacher_id", flat=True)))


def look_alikes_of(templates: Sequence[FaceTemplate]) -> dict[UUID, list[User]]:
    """By template, the students whose enrolled face was found to look like it.

    Whichever of the two was enrolled later found the other.
    """
    ids = [template.pk for template in templates]
    found: dict[UUID, dict[UUID, User]] = {pk: {} for pk in ids}
    for mine, its in (("template", "other"), ("other", "template")):
        pairs = LookAlike.objects.filter(**{f"{mine}_id__in": ids})
        for pair in pairs.select_related(f"{its}__student").order_by("found_at"):
            other = getattr(pair, its).student
            found[getattr(pair, f"{mine}_id")][other.pk] = other
    return {pk: list(others.values()) for pk, others in found.items()}


@dataclass(frozen=True, kw_only=True)
class WaitingFace:
    """An enrolment as who approves it sees it.

    ``look_alikes`` are the students whom the viewer may see; ``unnamed`` counts the others.
    ``asks_for_photo`` is whether the institution compares with its photo at all.
    """

    template: FaceTemplate
    replaces: datetime | None
    asks_for_photo: bool
    photo_match: PhotoMatch
    look_alikes: list[User]
    unnamed: int
    needs_note: bool


def described(templates: Sequence[FaceTemplate], viewer: User) -> list[WaitingFace]:
    """Five queries and those of what the viewer may see, however many templates."""
    students = [template.student_id for template in templates]
    approved = FaceTemplate.objects.filter(
        student_id__in=students, status=TemplateStatus.APPROVED
    ).exclude(pk__in=[template.pk for template in templates])
    counting = dict(approved.values_list("student_id", "enrolled_at"))
    alike = look_alikes_of(templates)
    visible = None if viewer.role == Role.ADMIN else set(teaching.students_taught_by(viewer))
    return [
        _described(template, counting.get(template.student_id), alike[template.pk], visible)
        for template in templates
    ]


def _described(
    template: FaceTemplate, replaces: datetime | None, alike: list[User], visible: set[UUID] | None
) -> WaitingFace:
    named = [other for other in alike if visible is None or other.pk in visible]
    rule = PhotoRule(settings.FACE_ENROLMENT_PHOTO)
    return WaitingFace(
        template=template,
        replaces=replaces,
        asks_for_photo=rule is not PhotoRule.OFF,
        photo_match=PhotoMatch(template.photo_match),
        look_alikes=named,
        unnamed=len(alike) - len(named),
        needs_note=needs_note(rule=rule, photo_match=template.photo_match, look_alikes=len(alike)),
    )


DISOWNED_SHOWN = timedelta(days=14)


def disowned_faces(user: User, *, now: datetime) -> QuerySet[FaceTemplate]:
    """Enrolments of the last two weeks that their students said were not theirs."""
    faces = faces_approvable_by(user).filter(status=TemplateStatus.DISOWNED)
    return faces.filter(decided_at__gt=now - DISOWNED_SHOWN).order_by("-decided_at")


def decisions_run_by(user: User) -> QuerySet[CheckInDecision]:
    """Decisions at the sessions that the user runs."""
    decisions = CheckInDecision.objects.select_related("session", "student")
    if user.role == Role.ADMIN:
        return decisions
    ids = Session.objects.run_by(user).values_list("pk", flat=True)
    return decisions.filter(session_id__in=list(ids))


def waiting_reviews(user: User, *, session_id: UUID | None = None) -> QuerySet[CheckInDecision]:
    """Oldest first. A student who got in another way meanwhile waits no longer.

    A confirmed one without attendance is listed again: the confirmation was cut short, and
    giving it once more finishes it.
    """
    decisions = decisions_run_by(user).filter(outcome=Outcome.REVIEW)
    if session_id is not None:
        decisions = decisions.filter(session_id=session_id)
    asked = list(decisions.values_list("pk", "session_id", "student_id"))
    refused = ReviewVerdict.objects.filter(
        decision_id__in=[pk for pk, *_ in asked], verdict=ReviewVerdict.REFUSED, is_undone=False
    )
    settled = set(refused.values_list("decision_id", flat=True))
    here = Attendance.objects.filter(
        session_id__in={session for _, session, _ in asked},
        student_id__in={student for _, _, student in asked},
    ).exclude(Q(status=AttendanceStatus.ABSENT) | Q(source=MarkSource.EXCUSE))
    marked = set(here.values_list("session_id", "student_id"))
    settled |= {pk for pk, *key in asked if tuple(key) in marked}
    return decisions.exclude(pk__in=list(settled)).order_by("decided_at")


def register_extras(session: Session) -> dict[UUID, RegisterExtra]:
    """Each student's latest check-in that made no attendance, for the live register.

    One that waits for the teacher is not hidden by a later one that was refused.
    """
    decisions = list(CheckInDecision.objects.filter(session=session).order_by("decided_at"))
    in_review = {d.pk for d in decisions if d.outcome == Outcome.REVIEW}
    verdicts = dict(
        ReviewVerdict.objects.filter(decision_id__in=list(in_review), is_undone=False).values_list(
            "decision_id", "verdict"
        )
    )
    # One that was confirmed has an attendance, and the register shows that; without one the
    # confirmation was cut short and has to be given again.
    waiting = {
        decision.student_id: decision
        for decision in decisions
        if decision.pk in in_review and verdicts.get(decision.pk) != ReviewVerdict.REFUSED
    }
    latest = {decision.student_id: decision for decision in decisions}
    return {
        student_id: _extra(waiting.get(student_id, decision), waits=student_id in waiting)
        for student_id, decision in latest.items()
        if decision.outcome in (Outcome.REVIEW, Outcome.REFUSED)
    }


def _extra(decision: CheckInDecision, *, waits: bool) -> RegisterExtra:
    return {
        "outcome": "review" if waits else "refused",
        "reasons": [label_of(code) for code in decision.reasons],
        "signs": _signs(decision) if waits else [],
        "decision_id": str(decision.pk) if waits else None,
        "at": decision.decided_at,
    }


def _signs(decision: CheckInDecision) -> list[str]:
    """What helps to tell, and decides nothing."""
    same = (decision.evidence.get("code") or {}).get("same_network")
    if same is None:
        return []
    return [gettext("on your page's network") if same else gettext("on another network")]


def undoable_verdicts(session: Session, since: datetime) -> dict[UUID, Undo]:
    """Verdicts given after a time, by student: their authors can still take them back."""
    recent = ReviewVerdict.objects.filter(at__gt=since, is_undone=False).select_related("decision")
    return {
        given.decision.student_id: {
            "url": reverse("review-undo", args=[given.pk]),
            "by": given.by_id,
            "at": given.at,
        }
        for given in recent.order_by("at")
        if given.decision.session_id == session.pk
    }


def unmarked_check_ins(student: User, session_ids: Sequence[UUID]) -> dict[UUID, str]:
    """By session, ``review`` or ``refused`` where the student's check-in made no attendance.

    As in the register: one that waits for the teacher is not hidden by a later refused one, and
    whoever has an attendance is not asked about here.
    """
    decisions = CheckInDecision.objects.filter(
        student_id=student.pk, session_id__in=list(session_ids)
    )
    rows = list(decisions.order_by("decided_at").values_list("pk", "session_id", "outcome"))
    refusals = ReviewVerdict.objects.filter(
        decision_id__in=[pk for pk, *_ in rows], verdict=ReviewVerdict.REFUSED, is_undone=False
    )
    turned_down = set(refusals.values_list("decision_id", flat=True))
    found: dict[UUID, str] = {}
    for pk, session_id, outcome in rows:
        waits = outcome == Outcome.REVIEW and pk not in turned_down
        if waits or (outcome in (Outcome.REVIEW, Outcome.REFUSED) and session_id not in found):
            found[session_id] = Outcome.REVIEW.value if waits else Outcome.REFUSED.value
    return found


def waiting_devices(user: User) -> QuerySet[Device]:
    """Phones that wait to take over, of students whom the user decides on, oldest first."""
    pending = Device.objects.visible_to(user).filter(status=DeviceStatus.PENDING)
    # One's own phone is for others to approve.
    return pending.exclude(user_id=user.pk).select_related("user").order_by("registered_at")


def open_warnings(user: User) -> QuerySet[Warning]:
    """Warnings without a verdict, those first whose student has had their say."""
    rows = Warning.objects.visible_to(user).filter(verdict=WarningVerdict.OPEN)
    shown = ("student", "session__subject", "session__class_group")
    return rows.select_related(*shown).order_by("-appealed_at", "-created_at")


def tasks(user: User) -> list[Task]:
    """What waits for a person's word, for the first page."""
    url = reverse("approvals")
    reviews, warnings = waiting_reviews(user).count(), open_warnings(user).count()
    faces, phones = waiting_faces(user).count(), waiting_devices(user).count()
    waiting = {
        "reviews": (reviews, ngettext("check-in to confirm", "check-ins to confirm", reviews)),
        "warnings": (warnings, ngettext("warning to look at", "warnings to look at", warnings)),
        "faces": (faces, ngettext("face to approve", "faces to approve", faces)),
        "phones": (phones, ngettext("phone to approve", "phones to approve", phones)),
    }
    return [
        {"count": count, "words": words, "url": f"{url}#{name}"}
        for name, (count, words) in waiting.items()
    ]


@dataclass(frozen=True)
class WarnedPerson:
    student: UUID
    full_name: str
    institution_number: str
    strikes: int
    warnings: list[Warning]


def warned_students(user: User) -> QuerySet[Any, dict[str, Any]]:
    """Ids of students with warnings that the user may see, most recently warned first."""
    return (
        Warning.objects.visible_to(user)
        .order_by()
        .values("student_id")
        .annotate(latest=Max("created_at"))
        .order_by("-latest", "student_id")
    )


def warned_people(user: User, student_ids: Sequence[UUID]) -> list[WarnedPerson]:
    """The students in the given order, each with the warnings that the user may see."""
    warnings: dict[UUID, list[Warning]] = {pk: [] for pk in student_ids}
    rows = Warning.objects.visible_to(user).filter(student_id__in=list(student_ids))
    for warning in rows.select_related("session__subject"):
        warnings[warning.student_id].append(warning)
    people = {p.pk: p for p in User.objects.filter(pk__in=list(student_ids))}
    return [
        WarnedPerson(
            student=pk,
            full_name=people[pk].full_name,
            institution_number=people[pk].institution_number,
            strikes=sum(_is_strike(w) for w in warnings[pk]),
            warnings=warnings[pk],
        )
        for pk in student_ids
    ]


def _is_strike(warning: Warning) -> bool:
    return warning.severity != Severity.LOW and warning.verdict != WarningVerdict.DISMISSED
