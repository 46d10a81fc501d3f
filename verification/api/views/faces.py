"""Consent, enrolment, approval and erasure of faces."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView, get_object_or_404
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

import accounts.services as people
from accounts import queries as people_queries
from accounts.api.authentication import bound_jkt, device_of
from accounts.api.permissions import ByActivePhone, IsStudent, IsTeacherOrAdmin
from accounts.api.views.base import viewer
from accounts.models import ConsentEvent, PasskeyPurpose, PasskeyTrust, User
from attendance_project import clock
from attendance_project.api_views import validated
from verification import queries, services
from verification.api.presenting import challenge_of
from verification.api.schema import ERRORS
from verification.api.serializers.faces import (
    AccessSerializer,
    ConsentSerializer,
    ConsentTextSerializer,
    DisownedSerializer,
    EnrolmentBeginSerializer,
    EnrolmentChallengeSerializer,
    FaceDecisionSerializer,
    FaceEnrolmentSerializer,
    FaceEnrolSerializer,
    FaceStatusSerializer,
    FaceVerdictSerializer,
    LookAlikeSerializer,
    PairVerdictSerializer,
    WaitingFaceSerializer,
)
from verification.api.views.base import FaceThrottle, PhoneView
from verification.models import FaceTemplate, LookAlike, TemplateAccess, TemplateStatus
from verification.words import hint_in_words, mend_in_words


def _status_of(student: User) -> dict[str, Any]:
    consent = people_queries.face_consent(student)
    standing = queries.face_standing(student)
    return {
        "consent": consent.action if consent else None,
        "consent_version": consent.version if consent else None,
        "current_version": settings.FACE_CONSENT_VERSION,
        "faces": standing.faces,
        "re_enrolment_waits": standing.re_enrolment_waits,
        "photo_measured_at": standing.photo_measured_at,
    }


class FaceView(APIView):
    """The student's own face: where it stands, and erasing it."""

    permission_classes = [IsStudent, ByActivePhone]

    @extend_schema(responses={200: FaceStatusSerializer, **ERRORS})
    def get(self, request: Request) -> Response:
        return Response(FaceStatusSerializer(_status_of(viewer(request))).data)

    @extend_schema(responses={204: None, **ERRORS})
    def delete(self, request: Request) -> Response:
        """Withdraws the consent and deletes every template, that of the institution's photo too.
        Calling again is harmless."""
        services.erase_face(viewer(request), by=viewer(request), now=clock.now())
        return Response(status=204)


class FaceConsentView(APIView):
    """Agree to face recognition, or choose to check in without a face."""

    permission_classes = [IsStudent, ByActivePhone]

    @extend_schema(responses={200: ConsentTextSerializer(many=True), **ERRORS})
    def get(self, request: Request) -> Response:
        """The texts to agree to: of face recognition, and of showing a picture of the
        enrolment to who approves it, where that is done. Show a text whole, and send its
        version with the answer."""
        texts = [_text_of(text, viewer(request)) for text in services.consent_texts()]
        return Response(ConsentTextSerializer(texts, many=True).data)

    @extend_schema(
        request=ConsentSerializer,
        responses={200: FaceStatusSerializer, **ERRORS},
    )
    def post(self, request: Request) -> Response:
        """Agree, decline or withdraw. Declining and withdrawing delete at once what was agreed
        to before."""
        now = clock.now()
        data = validated(ConsentSerializer, request)
        student = viewer(request)
        if data["action"] == "give":
            version, purpose = data["version"], data["purpose"]
            services.give_consent(student, version=version, purpose=purpose, now=now)
        else:
            _RETRACT[data["purpose"], data["action"]](student, now=now)
        return Response(FaceStatusSerializer(_status_of(student)).data)


_RETRACT: dict[tuple[str, str], Callable[..., None]] = {
    (ConsentEvent.FACE, "decline"): services.decline_face,
    (ConsentEvent.FACE, "withdraw"): lambda who, now: services.erase_face(who, by=who, now=now),
    (ConsentEvent.PICTURE, "decline"): services.decline_picture,
    (ConsentEvent.PICTURE, "withdraw"): services.withdraw_picture,
}


def _text_of(text: services.ConsentText, student: User) -> dict[str, Any]:
    latest = people_queries.consent_to(text.purpose, student)
    return {
        "purpose": text.purpose,
        "version": text.version,
        "text": text.text,
        "answer": latest.action if latest else None,
        "answered_version": latest.version if latest else None,
        "stands": services.has_consent(student, text.purpose),
    }


class BeginEnrolmentView(PhoneView):
    """Draw the moves that the next enrolment has to show. An earlier challenge is over with it."""

    throttle_classes = [FaceThrottle]

    @extend_schema(
        request=EnrolmentBeginSerializer, responses={201: EnrolmentChallengeSerializer, **ERRORS}
    )
    def post(self, request: Request) -> Response:
        now = clock.now()
        data = validated(EnrolmentBeginSerializer, request)
        caller = _caller_of(request, now)
        services.require_registered(caller)
        for purpose, version in (
            (ConsentEvent.FACE, data["consent_version"]),
            (ConsentEvent.PICTURE, data["picture_consent_version"]),
        ):
            if version:
                services.give_consent(caller.user, version=version, purpose=purpose, now=now)
        given = services.draw_enrolment_challenge(caller, now=now)
        return Response({"challenge": challenge_of(given)}, status=201)


class EnrolFaceView(PhoneView):
    """Send the burst that answers the challenge; a teacher or admin approves before it counts."""

    parser_classes = [MultiPartParser]
    throttle_classes = [FaceThrottle]

    @extend_schema(
        request={"multipart/form-data": FaceEnrolSerializer},
        responses={
            200: FaceEnrolmentSerializer,
            201: FaceEnrolmentSerializer,
            **ERRORS,
        },
    )
    def post(self, request: Request) -> Response:
        now = clock.now()
        data = validated(FaceEnrolSerializer, request)
        result = services.enrol_face(
            _caller_of(request, now),
            services.EnrolmentCapture(data["frames"], data["times_s"], data["challenge"]),
            now=now,
            confirm=lambda: _confirmed_by(request, data["passkey"], now),
        )
        return Response(_enrolment_of(result), status=201 if result.template else 200)


def _caller_of(request: Request, now: datetime) -> services.Caller:
    jkt = request.auth["cnf"]["jkt"]  # type: ignore[index]  # HasDeviceKey saw to it
    return services.identify(viewer(request), jkt=jkt, now=now, device=device_of(request))


def _confirmed_by(request: Request, passkey: dict[str, Any] | None, now: datetime) -> str:
    """Raises Refusal where there is a passkey's answer and it is not good."""
    if passkey is None:
        return PasskeyTrust.NONE
    return people.confirm_with_passkey(
        viewer(request), passkey, PasskeyPurpose.ENROL, jkt=bound_jkt(request.auth), now=now
    )


def _enrolment_of(result: services.FaceEnrolmentResult) -> dict[str, Any]:
    return {
        "status": result.template.status if result.template else "not_enrolled",
        "message": _message_of(result),
        "reasons": [finding.reason.value for finding in result.findings],
        "hint": result.hint,
    }


def _message_of(result: services.FaceEnrolmentResult) -> str:
    if result.template is not None:
        return _("Your face is enrolled and is waiting for your teacher's approval.")
    return hint_in_words(result.hint) if result.hint else mend_in_words(result.findings[0].reason)


class DisownFaceView(APIView):
    """ "That was not me": the enrolment that waits is deleted, and the teachers are told."""

    permission_classes = [IsStudent]

    @extend_schema(request=None, responses={200: DisownedSerializer, **ERRORS})
    def post(self, request: Request) -> Response:
        services.disown_enrolment(viewer(request), now=clock.now())
        message = _(
            "The enrolment was deleted and your teachers were told. Choose a new password now, "
            "because somebody may know yours."
        )
        return Response({"status": TemplateStatus.DISOWNED, "message": message})


class FaceAccessesView(ListAPIView):
    """Every time that something touched one's own face, newest first: who, what for and when."""

    permission_classes = [IsStudent]
    serializer_class = AccessSerializer

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return TemplateAccess.objects.none()
        return queries.accesses_of(viewer(self.request))


class WaitingFacesView(ListAPIView):
    """Enrolments that wait for approval: a teacher's own students', or all for an admin."""

    permission_classes = [IsTeacherOrAdmin]
    serializer_class = WaitingFaceSerializer
    search_fields = ["student__full_name", "student__institution_number"]
    ordering_fields = ["enrolled_at", "student__full_name"]

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return FaceTemplate.objects.none()
        return queries.waiting_faces(viewer(self.request))

    def paginate_queryset(self, queryset: Any) -> Any:
        """The page's enrolments, each with what it was compared with."""
        return queries.described(super().paginate_queryset(queryset) or [], viewer(self.request))


class AnswerFaceView(APIView):
    """Approve an enrolment, which counts from then on, or reject it, which deletes its face.

    Approving needs a note where ``needs_note`` says so; the student reads it. The face is first
    compared with classmates who came since; ``look_alike_found`` says that one of them is alike.
    """

    permission_classes = [IsTeacherOrAdmin]

    @extend_schema(
        request=FaceDecisionSerializer,
        responses={200: FaceVerdictSerializer, **ERRORS},
    )
    def post(self, request: Request, template_id: UUID) -> Response:
        data = validated(FaceDecisionSerializer, request)
        approvable = queries.faces_approvable_by(viewer(request))
        template = get_object_or_404(approvable, pk=template_id)
        decided = services.answer_face(
            template,
            approve=data["verdict"] == "approve",
            note=data["note"],
            by=viewer(request),
            now=clock.now(),
        )
        return Response(FaceVerdictSerializer(decided).data)


class LookAlikesView(ListAPIView):
    """Pairs of approved faces that look alike and wait for a person's answer: a teacher's own
    students', or all for an admin."""

    permission_classes = [IsTeacherOrAdmin]
    serializer_class = LookAlikeSerializer
    search_fields = ["template__student__full_name", "other__student__full_name"]
    ordering_fields = ["found_at", "template__student__full_name"]

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return LookAlike.objects.none()
        return queries.open_look_alikes(viewer(self.request))


class AnswerLookAlikeView(APIView):
    """Say that two faces are two people's, or reject the face of one, who then enrols again. It
    needs a note."""

    permission_classes = [IsTeacherOrAdmin]

    @extend_schema(request=PairVerdictSerializer, responses={204: None, **ERRORS})
    def post(self, request: Request, pair_id: UUID) -> Response:
        data = validated(PairVerdictSerializer, request)
        pair = get_object_or_404(queries.open_look_alikes(viewer(request)), pk=pair_id)
        services.answer_look_alike(pair, **data, by=viewer(request), now=clock.now())
        return Response(status=204)
