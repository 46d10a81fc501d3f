"""Reviews and warnings: people decide here, not the machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView, ListAPIView, get_object_or_404
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from accounts.api.permissions import HasDeviceKey, IsStudent, IsTeacherOrAdmin
from accounts.api.views.base import viewer
from accounts.models import User
from attendance_project import clock
from attendance_project.api_lists import LIST_PARAMETERS, found_in, sorted_by
from attendance_project.api_views import validated
from verification import queries, services
from verification.api import presenting
from verification.api.schema import ERRORS
from verification.api.serializers.outcomes import (
    OutcomeSerializer,
)
from verification.api.serializers.reviews import (
    AppealSerializer,
    ReviewItemSerializer,
    ReviewSerializer,
    WarnedUserSerializer,
    WarningDetailSerializer,
    WarningSerializer,
    WarningVerdictSerializer,
)
from verification.models import CheckInDecision, Warning


class WaitingReviewsView(ListAPIView):
    """Check-ins that wait for their teacher: one row a student and session, with the newest state
    and the tries inside. ``?session=`` narrows them to one session."""

    permission_classes = [IsTeacherOrAdmin]
    serializer_class = ReviewItemSerializer
    search_fields = ["student__full_name", "student__institution_number"]
    ordering_fields = ["decided_at", "student__full_name"]

    @extend_schema(parameters=[OpenApiParameter("session", OpenApiTypes.UUID)])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return CheckInDecision.objects.none()
        return queries.waiting_reviews(
            viewer(self.request),
            session_id=_uuid_or_none(self.request.query_params.get("session"), "session"),
        )

    def paginate_queryset(self, queryset: Any) -> Any:
        return queries.with_tries(super().paginate_queryset(queryset) or [])


class AnswerReviewView(APIView):
    """Confirm or refuse a check-in that waits, with the tries of its student before it."""

    permission_classes = [IsTeacherOrAdmin]

    @extend_schema(
        request=ReviewSerializer,
        responses={200: OutcomeSerializer, **ERRORS},
    )
    def post(self, request: Request, decision_id: UUID) -> Response:
        data = validated(ReviewSerializer, request)
        decision = get_object_or_404(queries.decisions_run_by(viewer(request)), pk=decision_id)
        services.answer_review(
            decision,
            verdict=data["verdict"],
            note=data["note"],
            by=viewer(request),
            now=clock.now(),
        )
        return Response(presenting.decision_of(decision))


class WarningsView(ListAPIView):
    """One's own warnings; for teachers and admins those that they may decide."""

    permission_classes = [IsAuthenticated]
    queryset = Warning.objects.none()
    search_fields = ["student__full_name", "student__institution_number", "reason"]
    ordering_fields = ["created_at", "severity", "student__full_name"]

    def get_serializer_class(self) -> type[BaseSerializer]:
        if getattr(self, "swagger_fake_view", False) or viewer(self.request).is_student:  # type: ignore[union-attr]
            return WarningSerializer
        return WarningDetailSerializer

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Warning.objects.none()
        rows = Warning.objects.visible_to(viewer(self.request))
        return rows.select_related("session__subject")


class AppealWarningView(APIView):
    """The student's own appeal against a warning."""

    permission_classes = [IsStudent, HasDeviceKey]

    @extend_schema(
        request=AppealSerializer,
        responses={200: WarningSerializer, **ERRORS},
    )
    def post(self, request: Request, warning_id: UUID) -> Response:
        data = validated(AppealSerializer, request)
        warning = get_object_or_404(Warning.objects.visible_to(viewer(request)), pk=warning_id)
        heard = services.appeal(warning, text=data["text"], now=clock.now())
        return Response(WarningSerializer(heard).data)


class AnswerWarningView(APIView):
    """Uphold or dismiss a warning. It stays on record either way."""

    permission_classes = [IsTeacherOrAdmin]

    @extend_schema(
        request=WarningVerdictSerializer,
        responses={200: WarningDetailSerializer, **ERRORS},
    )
    def post(self, request: Request, warning_id: UUID) -> Response:
        data = validated(WarningVerdictSerializer, request)
        warning = get_object_or_404(Warning.objects.visible_to(viewer(request)), pk=warning_id)
        decided = services.answer_warning(
            warning,
            verdict=data["verdict"],
            note=data["note"],
            by=viewer(request),
            now=clock.now(),
        )
        return Response(WarningDetailSerializer(decided).data)


class WarnedUsersView(GenericAPIView):
    """Students with warnings, most recently warned first, each with what was found."""

    permission_classes = [IsTeacherOrAdmin]
    serializer_class = WarnedUserSerializer
    queryset = Warning.objects.none()

    @extend_schema(
        parameters=LIST_PARAMETERS,
        responses={200: WarnedUserSerializer(many=True), **ERRORS},
    )
    def get(self, request: Request) -> Response:
        ids = [row["student_id"] for row in queries.warned_students(viewer(request))]
        names = User.objects.in_bulk(ids)
        people = found_in(request, [names[pk] for pk in ids if pk in names], _words)
        people = sorted_by(request, people, _ORDERS)
        page = self.paginate_queryset(cast(Any, people)) or []
        people = queries.warned_people(viewer(request), [person.pk for person in page])
        return self.get_paginated_response(self.get_serializer(people, many=True).data)


_ORDERS: dict[str, Callable[[User], Any]] = {
    "full_name": lambda person: person.full_name.casefold(),
    "institution_number": lambda person: person.institution_number,
}


def _words(person: User) -> str:
    return f"{person.full_name} {person.institution_number} {person.email}"


def _uuid_or_none(text: str | None, field: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise ValidationError({field: _("This must be a UUID.")}) from None
