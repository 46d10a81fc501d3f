"""Consent, enrolment, approval and erasure of faces."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import queries as people_queries
from accounts.api.permissions import HasDeviceKey, IsStudent, IsTeacherOrAdmin
from accounts.api.views.base import caller as user_of
from accounts.models import User
from attendance_project import clock
from attendance_project.api_errors import ApiError
from verification import queries, services
from verification.api import serializers
from verification.api.schema import ERRORS
from verification.api.views.base import FaceThrottle, JudgedView, PhoneView, found, parsed
from verification.domain.evidence import DeviceStanding
from verification.models import FaceTemplate


def _status_of(student: User) -> dict[str, Any]:
    consent = people_queries.face_consent(student)
    faces = FaceTemplate.objects.filter(student=student)
    return {
        "consent": consent.action if consent else None,
        "consent_version": consent.version if consent else None,
        "current_version": settings.FACE_CONSENT_VERSION,
        "faces": [
            {"status": face.status, "enrolled_at": face.enrolled_at, "decided_at": face.decided_at}
            for face in faces
        ],
    }


class Face(JudgedView):
    """The student's own face: where it stands, and erasing it."""

    permission_classes = [IsStudent]

    @extend_schema(responses={200: serializers.FaceStatusSerializer, **ERRORS})
    def get(self, request: Request) -> Response:
        return Response(_status_of(user_of(request)))

    @extend_schema(responses={204: None, **ERRORS})
    def delete(self, request: Request) -> Response:
        """Withdraws the consent and deletes every template. Calling again is harmless."""
        services.erase_face(user_of(request), by=user_of(request), now=clock.now())
        return Response(status=204)


class FaceConsent(JudgedView):
    """Agree to face recognition, or choose to check in without a face."""

    permission_classes = [IsStudent]

    @extend_schema(
        request=serializers.ConsentSerializer,
        responses={200: serializers.FaceStatusSerializer, **ERRORS},
    )
    def post(self, request: Request) -> Response:
        now = clock.now()
        data = parsed(serializers.ConsentSerializer, request)
        student = user_of(request)
        if data["action"] == "give":
            services.give_consent(student, version=data["version"], now=now)
        elif data["action"] == "decline":
            services.decline_face(student, now)
        else:
            services.erase_face(student, by=student, now=now)
        return Response(_status_of(student))


class EnrolFace(PhoneView):
    """Send three to five frontal frames; a teacher or admin approves before they count."""

    permission_classes = [IsStudent, HasDeviceKey]
    parser_classes = [MultiPartParser]
    throttle_classes = [FaceThrottle]

    @extend_schema(
        request={"multipart/form-data": serializers.FaceEnrolSerializer},
        responses={
            200: serializers.FaceEnrolmentSerializer,
            201: serializers.FaceEnrolmentSerializer,
            **ERRORS,
        },
    )
    def post(self, request: Request) -> Response:
        now = clock.now()
        data = parsed(serializers.FaceEnrolSerializer, request)
        student = user_of(request)
        self._require_own_device(request)
        if data["consent_version"]:
            services.give_consent(student, version=data["consent_version"], now=now)
        result = services.enrol_face(student, frames=data["frames"], now=now)
        return Response(_enrolment_of(result), status=201 if result.template else 200)

    def _require_own_device(self, request: Request) -> None:
        """A stolen password must not be enough to put another's face in."""
        jkt = request.auth["cnf"]["jkt"]  # type: ignore[index]
        caller = services.identify(user_of(request), jkt=jkt, now=clock.now())
        if caller.standing is not DeviceStanding.ACTIVE:
            raise ApiError(
                f"device_{caller.standing.value}",
                _("Enrol on the phone that is registered for you."),
                status=403,
            )


def _enrolment_of(result: services.EnrolmentResult) -> dict[str, Any]:
    if result.template is not None:
        message = _("Your face is enrolled and waits for your teacher's approval.")
        return {"status": result.template.status, "message": message, "hints": []}
    message = (
        _("The pictures do not show the same face. Take them again, alone and in even light.")
        if result.frames_disagree
        else _("Some pictures were not good enough. Take them again; see the hints.")
    )
    return {"status": "not_enrolled", "message": message, "hints": list(result.hints)}


class WaitingFaces(ListAPIView):
    """Enrolments that wait for approval: a teacher's own students', or all for an admin."""

    permission_classes = [IsTeacherOrAdmin]
    serializer_class = serializers.WaitingFaceSerializer

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return FaceTemplate.objects.none()
        return queries.waiting_faces(user_of(self.request))


class DecideFace(JudgedView):
    permission_classes = [IsTeacherOrAdmin]

    @extend_schema(
        request=serializers.FaceDecisionSerializer,
        responses={200: serializers.WaitingFaceSerializer, **ERRORS},
    )
    def post(self, request: Request, template_id: UUID) -> Response:
        data = parsed(serializers.FaceDecisionSerializer, request)
        template = found(
            queries.faces_approvable_by(user_of(request)),
            template_id,
        )
        decided = services.decide_face(
            template,
            approve=data["verdict"] == "approve",
            by=user_of(request),
            now=clock.now(),
        )
        return Response(serializers.WaitingFaceSerializer(decided).data)
