"""API calls about the attendance of one student or teacher."""

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import IsStudent, IsTeacherOrAdmin
from accounts.api.views.base import viewer
from attendance_project import clock
from attendance_project.api_lists import LIST_PARAMETERS, found_in, sorted_by
from attendance_project.api_views import validated_query
from reports.api.serializers.statistics import (
    CourseFilterSerializer,
    StudentSessionSerializer,
    StudentStatisticsSerializer,
    StudentTodaySerializer,
    TeacherStatisticsSerializer,
    TeacherTodaySerializer,
)
from reports.queries import people, students, teachers
from reports.visible import visible_or_404
from sessions_app.models import Attendance

_ORDERS: dict[str, Callable[[students.RecordedSession], Any]] = {
    "starts_at": lambda row: row.session.starts_at,
    "status": lambda row: row.status or "",
}


def _words(row: students.RecordedSession) -> str:
    """What a student's session is found by."""
    return f"{row.session.course.subject} {row.session.course.class_group} {row.status or ''}"


class StatisticsTodayView(APIView):
    permission_classes = [IsStudent | IsTeacherOrAdmin]

    @extend_schema(
        responses=PolymorphicProxySerializer(
            component_name="StatisticsToday",
            serializers=[StudentTodaySerializer, TeacherTodaySerializer],
            resource_type_field_name=None,
        )
    )
    def get(self, request: Request, user_id: UUID) -> Response:
        """A student's or teacher's sessions of today, in each session's own time zone."""
        who, now = viewer(request), clock.now()
        person = visible_or_404(people.visible_person(user_id, viewer=who))
        if person.is_teacher:
            answer = teachers.teacher_today(person, now=now)
            return Response(TeacherTodaySerializer(answer).data)
        of_student = students.student_today(person, viewer=who, now=now)
        return Response(StudentTodaySerializer(of_student).data)


class StatisticsOverallView(APIView):
    permission_classes = [IsStudent | IsTeacherOrAdmin]

    @extend_schema(
        responses=PolymorphicProxySerializer(
            component_name="StatisticsOverall",
            serializers=[StudentStatisticsSerializer, TeacherStatisticsSerializer],
            resource_type_field_name=None,
        )
    )
    def get(self, request: Request, user_id: UUID) -> Response:
        """A student's or teacher's rates, per course and in all.

        Attended is present or late; an excused absence leaves the reckoning. A session counts once
        it is closed; one that is over and was never opened is neither counted nor ahead. What may
        still be missed is reckoned against the course's own ``required_percent``. A teacher sees
        a student's figures for their own courses.
        """
        who = viewer(request)
        person = visible_or_404(people.visible_person(user_id, viewer=who))
        if person.is_teacher:
            return Response(TeacherStatisticsSerializer(teachers.teacher_overall(person)).data)
        answer = students.student_overall(person, viewer=who, now=clock.now())
        return Response(StudentStatisticsSerializer(answer).data)


class StatisticsSessionsView(GenericAPIView):
    """A student's sessions with what is recorded of each, latest first."""

    permission_classes = [IsStudent | IsTeacherOrAdmin]
    serializer_class = StudentSessionSerializer
    queryset = Attendance.objects.none()

    @extend_schema(
        parameters=[CourseFilterSerializer, *LIST_PARAMETERS],
        responses=StudentSessionSerializer(many=True),
    )
    def get(self, request: Request, user_id: UUID) -> Response:
        """``?course=`` narrows them to one course. A teacher sees those of their own courses."""
        who = viewer(request)
        person = visible_or_404(people.visible_person(user_id, viewer=who))
        if not person.is_student:
            raise Http404
        course_id = validated_query(CourseFilterSerializer, request).get("course")
        rows = students.student_sessions(person, viewer=who, now=clock.now(), course_id=course_id)
        shown = sorted_by(request, found_in(request, rows, _words), _ORDERS)
        page = self.paginate_queryset(cast(Any, shown)) or []
        return self.get_paginated_response(self.get_serializer(page, many=True).data)
