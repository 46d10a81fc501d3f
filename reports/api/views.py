"""Reading over HTTP. Nothing here writes."""

from typing import Any, TypeVar, cast
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import IsAdmin, IsStudent, IsTeacherOrAdmin
from accounts.models import User
from attendance_project import clock
from reports.api import serializers
from reports.models import ErrorEvent
from reports.queries import errors, overview, own_data, profiles, registers, statistics
from sessions_app.models import Attendance

T = TypeVar("T")


def _viewer(request: Request) -> User:
    """The person asking; the permissions have turned away everyone who is not logged in."""
    return cast(User, request.user)


def _found(thing: T | None) -> T:
    """What may not be seen does not exist."""
    if thing is None:
        raise Http404
    return thing


# --- statistics -----------------------------------------------------------------------


class StatisticsToday(APIView):
    permission_classes = [IsStudent | IsTeacherOrAdmin]

    @extend_schema(
        responses=PolymorphicProxySerializer(
            component_name="StatisticsToday",
            serializers=[serializers.StudentTodaySerializer, serializers.TeacherTodaySerializer],
            resource_type_field_name=None,
        )
    )
    def get(self, request: Request, user_id: UUID) -> Response:
        """A student's or teacher's sessions of today, in each session's own time zone."""
        viewer, now = _viewer(request), clock.now()
        person = _found(statistics.subject_of(user_id, viewer=viewer))
        if person.is_teacher:
            answer = statistics.teacher_today(person, now=now)
            return Response(serializers.TeacherTodaySerializer(answer).data)
        answer = statistics.student_today(person, viewer=viewer, now=now)
        return Response(serializers.StudentTodaySerializer(answer).data)


class StatisticsOverall(APIView):
    permission_classes = [IsStudent | IsTeacherOrAdmin]

    @extend_schema(
        responses=PolymorphicProxySerializer(
            component_name="StatisticsOverall",
            serializers=[
                serializers.StudentStatisticsSerializer,
                serializers.TeacherStatisticsSerializer,
            ],
            resource_type_field_name=None,
        )
    )
    def get(self, request: Request, user_id: UUID) -> Response:
        """A student's or teacher's rates, per course and in all.

        Attended is present or late; an excused absence leaves the reckoning; absences count
        once the session is closed. A teacher sees a student's figures for their own courses.
        """
        viewer = _viewer(request)
        person = _found(statistics.subject_of(user_id, viewer=viewer))
        if person.is_teacher:
            answer = statistics.teacher_overall(person)
            return Response(serializers.TeacherStatisticsSerializer(answer).data)
        answer = statistics.student_overall(person, viewer=viewer)
        return Response(serializers.StudentStatisticsSerializer(answer).data)


class StatisticsSessions(GenericAPIView):
    """A student's sessions with what is recorded of each, latest first."""

    permission_classes = [IsStudent | IsTeacherOrAdmin]
    serializer_class = serializers.StudentSessionSerializer
    queryset = Attendance.objects.none()

    @extend_schema(parameters=[serializers.CourseFilterSerializer])
    def get(self, request: Request, user_id: UUID) -> Response:
        """``?course=`` narrows them to one course. A teacher sees those of their own courses."""
        viewer = _viewer(request)
        person = _found(statistics.subject_of(user_id, viewer=viewer))
        if not person.is_student:
            raise Http404
        asked = serializers.CourseFilterSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        rows = statistics.student_sessions(
            person, viewer=viewer, course_id=asked.validated_data.get("course")
        )
        page = self.paginate_queryset(cast(Any, rows)) or []
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class OwnData(APIView):
    permission_classes = [IsStudent]

    @extend_schema(responses=serializers.OwnDataSerializer)
    def get(self, request: Request) -> Response:
        """All that is kept about the student who asks, to read or to take along.

        Keys, pictures and what describes a face are not in it.
        """
        answer = own_data.of_student(_viewer(request), now=clock.now())
        return Response(
            serializers.OwnDataSerializer(answer).data,
            headers={"Content-Disposition": 'attachment; filename="attendance-data.json"'},
        )


# --- registers ------------------------------------------------------------------------


class RegisterView(GenericAPIView):
    """A page of register rows, narrowed by the query."""

    permission_classes = [IsTeacherOrAdmin]
    serializer_class = serializers.AttendanceRowSerializer
    queryset = Attendance.objects.none()

    def page_of(self, rows: QuerySet[Attendance] | None) -> Response:
        asked = _asked(self.request, serializers.RegisterFilterSerializer)
        narrowed = registers.narrowed(
            _found(rows),
            first_day=asked["from"].isoformat() if "from" in asked else None,
            last_day=asked["to"].isoformat() if "to" in asked else None,
            student_id=asked.get("student"),
            status=asked.get("status"),
        )
        page = registers.with_names(self.paginate_queryset(narrowed) or [])
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


def _asked(request: Request, kind: type[serializers.DaysSerializer]) -> dict[str, Any]:
    query = kind(data=request.query_params)
    query.is_valid(raise_exception=True)
    return cast(dict[str, Any], query.validated_data)


class ClassData(RegisterView):
    @extend_schema(parameters=[serializers.RegisterFilterSerializer])
    def get(self, request: Request, class_id: UUID) -> Response:
        """The register of a class group: a teacher's own courses, all of them for an admin."""
        return self.page_of(registers.class_register(class_id, viewer=_viewer(request)))


class SubjectData(RegisterView):
    @extend_schema(parameters=[serializers.RegisterFilterSerializer])
    def get(self, request: Request, subject_id: UUID) -> Response:
        """The register of a subject: a teacher's own courses, all of them for an admin."""
        return self.page_of(registers.subject_register(subject_id, viewer=_viewer(request)))


# --- for the admin --------------------------------------------------------------------


class StudentProfile(APIView):
    permission_classes = [IsAdmin]

    @extend_schema(responses=serializers.StudentProfileSerializer)
    def get(self, request: Request, student_id: UUID) -> Response:
        """All about one student, without keys, images or templates."""
        profile = profiles.student_profile(student_id, viewer=_viewer(request))
        return Response(serializers.StudentProfileSerializer(_found(profile)).data)


class InstitutionStats(APIView):
    permission_classes = [IsAdmin]

    @extend_schema(responses=serializers.InstitutionSerializer)
    def get(self, request: Request) -> Response:
        """People, today's sessions and check-ins, what waits, and present rates."""
        answer = overview.institution(viewer=_viewer(request), now=clock.now())
        return Response(serializers.InstitutionSerializer(answer).data)


class Errors(GenericAPIView):
    permission_classes = [IsAdmin]
    serializer_class = serializers.ErrorEventSerializer
    queryset = ErrorEvent.objects.none()

    @extend_schema(parameters=[serializers.ErrorFilterSerializer])
    def get(self, request: Request) -> Response:
        """Unhandled errors and refused calls, newest first."""
        asked = _asked(request, serializers.ErrorFilterSerializer)
        exact = {name: asked.get(name) for name in ("status", "code", "route", "request_id")}
        rows = errors.events(
            first_day=asked.get("from"),
            last_day=asked.get("to"),
            kind=asked.get("kind"),
            user_id=asked.get("user"),
            **exact,
        )
        page = self.paginate_queryset(rows) or []
        return self.get_paginated_response(self.get_serializer(page, many=True).data)
