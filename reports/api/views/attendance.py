"""API calls that give the register page by page, and its figures week by week."""

from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import IsTeacherOrAdmin
from accounts.api.views.base import viewer
from attendance_project import clock
from attendance_project.api_views import validated_query
from attendance_project.weeks import first_day_of, week_of
from reports.api.serializers.attendance import (
    AttendanceFilterSerializer,
    AttendanceRowSerializer,
    WeeksFilterSerializer,
    WeeksSerializer,
)
from reports.queries import attendance, periods
from reports.visible import visible_or_404
from sessions_app.models import Attendance

WEEKS_SHOWN = 26
"""Weeks before this one that are told where no first day is asked for."""


class AttendanceRowsView(GenericAPIView):
    """The base of calls that answer with a page of register rows, narrowed by the query.

    They are the rows that the page and the file of the same scope list: those that count.
    """

    permission_classes = [IsTeacherOrAdmin]
    serializer_class = AttendanceRowSerializer
    queryset = Attendance.objects.none()
    search_fields = ["student__full_name", "student__institution_number"]
    ordering_fields = ["local_date", "status", "student__full_name"]

    def page_of(self, rows: QuerySet[Attendance] | None) -> Response:
        asked = validated_query(AttendanceFilterSerializer, self.request)
        narrowed = attendance.narrowed(
            periods.counting(visible_or_404(rows), now=clock.now()),
            first_day=asked["from"].isoformat() if "from" in asked else None,
            last_day=asked["to"].isoformat() if "to" in asked else None,
            student_id=asked.get("student"),
            status=asked.get("status"),
        )
        page = attendance.with_names(self.paginate_queryset(self.filter_queryset(narrowed)) or [])
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class ClassDataView(AttendanceRowsView):
    @extend_schema(
        parameters=[AttendanceFilterSerializer], responses=AttendanceRowSerializer(many=True)
    )
    def get(self, request: Request, class_id: UUID) -> Response:
        """The rows of a class group that count: a teacher's own courses, all of them for an admin.

        Rows of sessions that are not closed yet are left out, and of an offering all but one.
        """
        return self.page_of(attendance.class_attendance(class_id, viewer=viewer(request)))


class SubjectDataView(AttendanceRowsView):
    @extend_schema(
        parameters=[AttendanceFilterSerializer], responses=AttendanceRowSerializer(many=True)
    )
    def get(self, request: Request, subject_id: UUID) -> Response:
        """The rows of a subject that count: a teacher's own courses, all of them for an admin.

        Rows of sessions that are not closed yet are left out, and of an offering all but one.
        """
        return self.page_of(attendance.subject_attendance(subject_id, viewer=viewer(request)))


class AttendanceWeeksView(APIView):
    permission_classes = [IsTeacherOrAdmin]

    @extend_schema(parameters=[WeeksFilterSerializer], responses=WeeksSerializer)
    def get(self, request: Request) -> Response:
        """The figures of each week: of a teacher's own courses, of all of them for an admin.

        They are narrowed to a course, a class group, a subject or a student. A course that counts
        by hours counts by hours here too, and an offering counts in the week of the session that
        counts for the student. Without `from` they are those of this week and the 26 before it.
        """
        asked, now = validated_query(WeeksFilterSerializer, request), clock.now()
        long_ago = timezone.localdate(now) - timedelta(weeks=WEEKS_SHOWN)
        # The first week is shown whole, or its figures would be those of some of its days.
        first = asked.get("from") or first_day_of(week_of(long_ago))
        last = asked.get("to")
        rows = attendance.narrowed(
            attendance.all_attendance(viewer=viewer(request)),
            first_day=first.isoformat(),
            last_day=last.isoformat() if last else None,
            student_id=asked.get("student"),
            course_id=asked.get("course"),
            class_id=asked.get("class"),
            subject_id=asked.get("subject"),
        )
        return Response(WeeksSerializer(periods.weeks(rows, now=now)).data)
