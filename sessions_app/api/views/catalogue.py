"""The API of subjects, classes, courses and enrolments."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView, ListCreateAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from accounts.api.permissions import IsAdmin, IsTeacherOrAdmin
from accounts.api.views.base import viewer
from attendance_project import clock
from attendance_project.api_views import validated
from attendance_project.refusals import Kind, Refusal
from sessions_app import queries, services
from sessions_app.api.serializers.catalogue import (
    ClassGroupSerializer,
    CourseChangesSerializer,
    CourseSerializer,
    EnrolmentSerializer,
    EnrolSerializer,
    MoveStudentSerializer,
    SubjectSerializer,
)
from sessions_app.models import ClassGroup, Course, Enrolment, Subject


class _AdminsAddView(ListCreateAPIView):
    """Everyone who is logged in may read, and admins may add."""

    def get_permissions(self) -> Sequence[Any]:
        return [IsAdmin()] if self.request.method == "POST" else super().get_permissions()

    def perform_create(self, serializer: BaseSerializer) -> None:
        model = self.get_queryset().model
        serializer.instance = services.add(model(**serializer.validated_data))


class SubjectsView(_AdminsAddView):
    queryset = Subject.objects.all()
    serializer_class = SubjectSerializer
    search_fields = ["code", "name", "department"]
    ordering_fields = ["code", "name", "department"]


class ClassGroupsView(_AdminsAddView):
    queryset = ClassGroup.objects.all()
    serializer_class = ClassGroupSerializer
    search_fields = ["code", "name"]
    ordering_fields = ["code", "name"]


class CoursesView(_AdminsAddView):
    """Students see the courses that they are on, teachers their own, and admins all."""

    queryset = Course.objects.all()
    serializer_class = CourseSerializer
    search_fields = [
        "subject__name",
        "subject__code",
        "class_group__code",
        "class_group__name",
        "teacher__full_name",
    ]
    ordering_fields = ["subject__code", "class_group__code", "teacher__full_name"]

    def get_queryset(self) -> QuerySet[Course]:
        return Course.objects.visible_to(viewer(self.request)).select_related(
            "subject", "class_group", "teacher"
        )


class CourseView(APIView):
    def get_permissions(self) -> Sequence[Any]:
        return super().get_permissions() if self.request.method == "GET" else [IsTeacherOrAdmin()]

    @extend_schema(responses=CourseSerializer)
    def get(self, request: Request, course_id: UUID) -> Response:
        """A course that one is on, teaches or, for an admin, any."""
        rows = Course.objects.visible_to(viewer(request))
        return Response(CourseSerializer(get_object_or_404(rows, pk=course_id)).data)

    @extend_schema(request=CourseChangesSerializer(partial=True), responses=CourseSerializer)
    def patch(self, request: Request, course_id: UUID) -> Response:
        """Change how the course counts attendance, also in sessions that are over. Assistants may
        not change it."""
        given = validated(CourseChangesSerializer, request, partial=True)
        course = managed_course(request, course_id)
        return Response(CourseSerializer(services.change_counting(course, **given)).data)


class EnrolmentsView(ListAPIView):
    """Who is on a course. It is for its teacher and admins."""

    queryset = Enrolment.objects.none()
    serializer_class = EnrolmentSerializer
    search_fields = ["student__full_name", "student__institution_number"]
    ordering_fields = ["enrolled_at", "student__full_name", "student__institution_number"]
    permission_classes = [IsTeacherOrAdmin]

    def get_queryset(self) -> QuerySet[Enrolment]:
        course = run_course(self.request, self.kwargs["course_id"])
        rows = Enrolment.objects.filter(course_id=course.pk, is_active=True)
        return rows.select_related("student").order_by("enrolled_at", "pk")

    @extend_schema(request=EnrolSerializer, responses={201: EnrolmentSerializer(many=True)})
    def post(self, request: Request, course_id: UUID) -> Response:
        """Enrol students by id or institution number. If one is unknown, nobody is enrolled.
        Assistants may not enrol."""
        course = managed_course(request, course_id)
        given = validated(EnrolSerializer, request)
        students = services.find_students(given["students"], given["institution_numbers"])
        rows = services.enrol(course, students, now=clock.now(), same_names=given["same_names"])
        return Response(EnrolmentSerializer(rows, many=True).data, status=201)


class EnrolmentView(APIView):
    permission_classes = [IsTeacherOrAdmin]

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, course_id: UUID, student_id: UUID) -> Response:
        """Take a student off a course. Existing attendance is kept. Assistants may not do it."""
        course = managed_course(request, course_id)
        if not services.end_enrolment(course, student_id, now=clock.now()):
            raise Http404
        return Response(status=204)


class MoveStudentView(APIView):
    permission_classes = [IsTeacherOrAdmin]

    @extend_schema(request=MoveStudentSerializer, responses=EnrolmentSerializer)
    def post(self, request: Request, course_id: UUID, student_id: UUID) -> Response:
        """Move a student to another course that one may change. Existing attendance is kept."""
        course = managed_course(request, course_id)
        student = get_object_or_404(queries.ever_on(course), pk=student_id)
        given = validated(MoveStudentSerializer, request)
        to = managed_course(request, given["to"])
        known = given["same_names"]
        row = services.move_student(course, student, to=to, now=clock.now(), same_names=known)
        return Response(EnrolmentSerializer(row).data)


def run_course(request: Request, course_id: UUID) -> Course:
    """A course on which the viewer teaches or assists or, for an admin, any."""
    return get_object_or_404(Course.objects.run_by(viewer(request)), pk=course_id)


def managed_course(request: Request, course_id: UUID) -> Course:
    """A course whose policy, enrolments and staff the viewer may change. Who only assists there
    is told so. Raises not_yours_to_change."""
    course = run_course(request, course_id)
    if not Course.objects.managed_by(viewer(request)).filter(pk=course.pk).exists():
        raise Refusal(
            "not_yours_to_change",
            _("Only the course's teachers may change this. Ask one of them."),
            Kind.NOT_ALLOWED,
        )
    return course
