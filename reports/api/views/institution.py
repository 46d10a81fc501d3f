"""API calls that only an admin may make."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import IsAdmin
from accounts.api.views.base import viewer
from accounts.models import User
from attendance_project import clock
from attendance_project.api_views import validated_query
from reports.api.serializers.errors import ErrorEventSerializer, ErrorFilterSerializer
from reports.api.serializers.overview import InstitutionSerializer
from reports.api.serializers.profiles import ProfileWarningSerializer, StudentProfileSerializer
from reports.models import ErrorEvent
from reports.queries import errors, overview, profiles
from reports.visible import visible_or_404
from verification.models import Warning


class StudentProfileView(APIView):
    permission_classes = [IsAdmin]

    @extend_schema(responses=StudentProfileSerializer)
    def get(self, request: Request, student_id: UUID) -> Response:
        """All about one student, without keys, images or templates."""
        latest = profiles.LATEST_WARNINGS
        profile = profiles.student_profile(
            student_id, viewer=viewer(request), now=clock.now(), most_warnings=latest
        )
        return Response(StudentProfileSerializer(visible_or_404(profile)).data)


class StudentWarningsView(GenericAPIView):
    permission_classes = [IsAdmin]
    serializer_class = ProfileWarningSerializer
    queryset = Warning.objects.none()
    search_fields = ["reason", "appeal", "verdict_note"]
    ordering_fields = ["created_at", "reason", "verdict"]

    @extend_schema(responses=ProfileWarningSerializer(many=True))
    def get(self, request: Request, student_id: UUID) -> Response:
        """All warnings of one student, newest first."""
        student = get_object_or_404(User.objects.students(), pk=student_id)
        rows = self.filter_queryset(profiles.warnings_of(student.pk))
        page = profiles.in_profile(self.paginate_queryset(rows) or [])
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class InstitutionStatsView(APIView):
    permission_classes = [IsAdmin]

    @extend_schema(responses=InstitutionSerializer)
    def get(self, request: Request) -> Response:
        """People, today's sessions and check-ins, what waits, and present rates."""
        answer = overview.institution(viewer=viewer(request), now=clock.now())
        return Response(InstitutionSerializer(answer).data)


class ErrorsView(GenericAPIView):
    permission_classes = [IsAdmin]
    serializer_class = ErrorEventSerializer
    queryset = ErrorEvent.objects.none()
    search_fields = ["code", "route", "request_id", "user__full_name"]
    ordering_fields = ["at", "status", "code", "route"]

    @extend_schema(parameters=[ErrorFilterSerializer], responses=ErrorEventSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Unhandled errors and refused calls, newest first."""
        asked = validated_query(ErrorFilterSerializer, request)
        exact = {name: asked.get(name) for name in ("status", "code", "route", "request_id")}
        rows = errors.events(
            first_day=asked.get("from"),
            last_day=asked.get("to"),
            kind=asked.get("kind"),
            user_id=asked.get("user"),
            **exact,
        )
        page = self.paginate_queryset(self.filter_queryset(rows)) or []
        return self.get_paginated_response(self.get_serializer(page, many=True).data)
