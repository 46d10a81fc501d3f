"""The API of who teaches a course, and who takes one of its sessions."""

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView, ListAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import IsTeacherOrAdmin
from accounts.api.views.base import viewer
from accounts.models import User
from attendance_project import clock
from attendance_project.api_lists import LIST_PARAMETERS, found_in, sorted_by
from attendance_project.api_views import validated
from attendance_project.refusals import Kind, Refusal
from sessions_app import queries, services
from sessions_app.api.serializers.sessions import SessionSerializer
from sessions_app.api.serializers.staff import (
    AddedStaffSerializer,
    AddStaffSerializer,
    ChangeTeacherSerializer,
    HandedOverSerializer,
    StaffEventSerializer,
    StaffMemberSerializer,
    StaffRoleSerializer,
    SubstituteSerializer,
    person_in,
)
from sessions_app.api.views.catalogue import managed_course, run_course
from sessions_app.models import Course, CourseStaff, Session, StaffEvent


class CourseStaffView(GenericAPIView):
    """Who teaches a course. Its teachers and admins change it, and assistants read it."""

    permission_classes = [IsTeacherOrAdmin]
    serializer_class = StaffMemberSerializer
    queryset = CourseStaff.objects.none()

    @extend_schema(parameters=LIST_PARAMETERS, responses=StaffMemberSerializer(many=True))
    def get(self, request: Request, course_id: UUID) -> Response:
        """List the main teacher first, and then the others by name."""
        rows = queries.staff_of(run_course(request, course_id))
        shown = sorted_by(request, found_in(request, rows, _words), _ORDERS)
        page = self.paginate_queryset(cast(Any, shown)) or []
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(request=AddStaffSerializer, responses={201: AddedStaffSerializer})
    def post(self, request: Request, course_id: UUID) -> Response:
        """Add a teacher or an assistant. The same person again changes the role."""
        course = managed_course(request, course_id)
        given = validated(AddStaffSerializer, request)
        row = services.add_staff(
            course,
            person=person_in(given),
            role=given["role"],
            by=viewer(request),
            now=clock.now(),
        )
        return _added(course, row, status=201)


class CourseStaffMemberView(APIView):
    permission_classes = [IsTeacherOrAdmin]

    @extend_schema(request=StaffRoleSerializer, responses=AddedStaffSerializer)
    def patch(self, request: Request, course_id: UUID, person_id: UUID) -> Response:
        """Change what the person is on the course: a teacher or an assistant."""
        course = managed_course(request, course_id)
        rows = CourseStaff.objects.filter(course_id=course.pk).select_related("person")
        row = get_object_or_404(rows, person_id=person_id)
        role = validated(StaffRoleSerializer, request)["role"]
        row = services.add_staff(
            course, person=row.person, role=role, by=viewer(request), now=clock.now()
        )
        return _added(course, row)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, course_id: UUID, person_id: UUID) -> Response:
        """Take the person off the course's staff. Their access ends at once."""
        course = managed_course(request, course_id)
        if not services.remove_staff(
            course, person_id=person_id, by=viewer(request), now=clock.now()
        ):
            raise Http404
        return Response(status=204)


class StaffEventsView(ListAPIView):
    """What was done to the staff of a course, by whom and when, the latest first. For its teachers
    and admins."""

    queryset = StaffEvent.objects.none()
    serializer_class = StaffEventSerializer
    permission_classes = [IsTeacherOrAdmin]
    search_fields = ["kind", "role", "person__full_name", "former__full_name", "by__full_name"]
    ordering_fields = ["at", "kind", "person__full_name", "by__full_name"]

    def get_queryset(self) -> QuerySet[StaffEvent]:
        return queries.staff_events_of(managed_course(self.request, self.kwargs["course_id"]))


class CourseTeacherView(APIView):
    permission_classes = [IsTeacherOrAdmin]

    @extend_schema(request=ChangeTeacherSerializer, responses=HandedOverSerializer)
    def put(self, request: Request, course_id: UUID) -> Response:
        """Name another main teacher, as the main teacher or an admin. The former one loses access
        at once."""
        course = managed_course(request, course_id)
        if not services.may_hand_over(course, viewer(request)):
            raise Refusal(
                "not_yours_to_change",
                _("Only the main teacher or an admin may hand the course over. Ask one of them."),
                Kind.NOT_ALLOWED,
            )
        given = validated(ChangeTeacherSerializer, request)
        to = person_in(given)
        services.change_teacher(
            course,
            to=to,
            sessions_follow=given["sessions_follow"],
            by=viewer(request),
            now=clock.now(),
        )
        shown = Course.objects.select_related("subject", "class_group", "teacher")
        notes = {"notes": _notes(course, to)}
        return Response(HandedOverSerializer(shown.get(pk=course.pk)).data | notes)


class SubstituteView(APIView):
    permission_classes = [IsTeacherOrAdmin]

    @extend_schema(request=SubstituteSerializer, responses=SessionSerializer)
    def put(self, request: Request, session_id: UUID) -> Response:
        """Name who takes the session in the teacher's place, as a teacher of the course or an
        admin."""
        runs = Session.objects.run_by(viewer(request))
        session = get_object_or_404(runs.select_related("course"), pk=session_id)
        managed_course(request, session.course_id)
        given = validated(SubstituteSerializer, request)
        nobody = "person" in given and given["person"] is None
        services.name_substitute(
            session,
            person=None if nobody else person_in(given),
            allow_overlaps=given["allow_overlaps"],
            by=viewer(request),
            now=clock.now(),
        )
        return Response(SessionSerializer(session).data)


def _added(course: Course, row: CourseStaff, status: int = 200) -> Response:
    member = StaffMemberSerializer(queries.StaffMember(row.person, row.role, row)).data
    return Response(member | {"notes": _notes(course, row.person)}, status=status)


def _notes(course: Course, person: User) -> list[str]:
    """The sessions elsewhere that a person who begins to teach the course has at its times."""
    overlaps = services.overlaps_of_staff(course, person)
    return services.overlaps_in_words(overlaps[: services.MOST_SAID])


_ORDERS: dict[str, Callable[[queries.StaffMember], Any]] = {
    "name": lambda member: member.person.full_name.casefold(),
    "institution_number": lambda member: member.person.institution_number,
    "role": lambda member: member.role,
}


def _words(member: queries.StaffMember) -> str:
    return f"{member.person.full_name} {member.person.institution_number} {member.role}"
