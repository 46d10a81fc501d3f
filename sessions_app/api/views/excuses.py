"""The API of excuses and of their kinds."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import IsAdmin, IsTeacherOrAdmin
from accounts.api.views.base import viewer
from accounts.models import Role, User
from attendance_project import clock
from attendance_project.api_views import validated, validated_query
from attendance_project.refusals import Kind, Refusal
from sessions_app import queries, services
from sessions_app.api.serializers.excuses import (
    ExcuseFilterSerializer,
    ExcuseKindChangeSerializer,
    ExcuseKindSerializer,
    ExcuseSerializer,
    NewExcuseKindSerializer,
    NewExcuseSerializer,
)
from sessions_app.models import Course, Excuse, ExcuseKind


class ExcuseKindsView(ListAPIView):
    """Everyone who is logged in may read, and admins may add."""

    queryset = ExcuseKind.objects.all()
    serializer_class = ExcuseKindSerializer
    search_fields = ["code", "name"]
    ordering_fields = ["name", "code", "counts_as"]

    def get_permissions(self) -> Sequence[Any]:
        return [IsAdmin()] if self.request.method == "POST" else super().get_permissions()

    @extend_schema(request=NewExcuseKindSerializer, responses={201: ExcuseKindSerializer})
    def post(self, request: Request) -> Response:
        kind = services.add_kind(**validated(NewExcuseKindSerializer, request))
        return Response(ExcuseKindSerializer(kind).data, status=201)


class ExcuseKindView(APIView):
    permission_classes = [IsAdmin]

    @extend_schema(request=ExcuseKindChangeSerializer, responses=ExcuseKindSerializer)
    def patch(self, request: Request, kind_id: UUID) -> Response:
        """Change the name, what the kind counts as, or switch it off and on. It counts for absences
        that are noted from now on."""
        kind = get_object_or_404(ExcuseKind, pk=kind_id)
        changes = validated(ExcuseKindChangeSerializer, request)
        return Response(ExcuseKindSerializer(services.change_kind(kind, **changes)).data)


class ExcusesView(ListAPIView):
    """A student sees their own excuses, a teacher those of students on one's own courses."""

    queryset = Excuse.objects.none()
    serializer_class = ExcuseSerializer
    search_fields = ["student__full_name", "student__institution_number", "note", "kind__name"]
    ordering_fields = ["from_date", "until_date", "at", "student__full_name"]

    def get_permissions(self) -> Sequence[Any]:
        return [IsTeacherOrAdmin()] if self.request.method == "POST" else super().get_permissions()

    def get_queryset(self) -> QuerySet[Excuse]:
        wanted = validated_query(ExcuseFilterSerializer, self.request)
        about = {f"{name}_id": pk for name, pk in wanted.items()}
        rows = Excuse.objects.visible_to(viewer(self.request)).filter(**about)
        return rows.select_related("kind", "by").order_by("-from_date", "pk")

    @extend_schema(parameters=[ExcuseFilterSerializer])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(request=NewExcuseSerializer, responses={201: ExcuseSerializer})
    def post(self, request: Request) -> Response:
        """Excuse a student for a time from one course or, as an admin, from all. Past absences
        change at once. A session that overlaps the time is covered."""
        wanted = validated(NewExcuseSerializer, request)
        course = self._course(wanted.pop("course"))
        student = _student(course, wanted.pop("student"))
        kind = wanted.pop("kind")
        excuse = services.give_excuse(
            course,
            student,
            kind=services.kind_with(kind) if kind else None,
            by=viewer(request),
            now=clock.now(),
            **{name: _in_reach(name, value) for name, value in wanted.items()},
        )
        return Response(ExcuseSerializer(excuse).data, status=201)

    def _course(self, course_id: UUID | None) -> Course | None:
        if course_id is None:
            return None
        return get_object_or_404(Course.objects.run_by(viewer(self.request)), pk=course_id)


class RevokeExcuseView(APIView):
    permission_classes = [IsTeacherOrAdmin]

    @extend_schema(request=None, responses=ExcuseSerializer)
    def post(self, request: Request, excuse_id: UUID) -> Response:
        """Take an excuse back: absent students are absent again. One for all courses only an admin
        may take back. Repeating is harmless."""
        own = Excuse.objects.run_by(viewer(request)).select_related("student", "kind", "by")
        excuse = get_object_or_404(own, pk=excuse_id)
        services.revoke_excuse(excuse, by=viewer(request), now=clock.now())
        return Response(ExcuseSerializer(excuse).data)


def _student(course: Course | None, student_id: UUID) -> User:
    """The student, who is or was on the course. Raises not_enrolled."""
    students = User.objects.filter(role=Role.STUDENT) if course is None else queries.ever_on(course)
    student = students.filter(pk=student_id).first()
    if student is None:
        raise Refusal(
            "not_enrolled",
            _("This student is not on the course. Enrol them first."),
            Kind.INVALID,
            fields={"student": [_("No such student here.")]},
        )
    return student


def _in_reach(name: str, value: Any) -> Any:
    """Refuse a day outside of these years. It is a slip, and zones overflow near their ends."""
    if isinstance(value, date) and not 2000 <= value.year < 2100:
        raise Refusal(
            "invalid_input",
            _("Please correct the fields marked below."),
            Kind.INVALID,
            fields={name: [_("Choose a date between 2000 and 2100.")]},
        )
    return value
