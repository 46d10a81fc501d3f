"""The API of calendars by address: each person sees and changes their own."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import IsTeacherOrAdmin
from accounts.api.views.base import viewer
from accounts.models import User
from attendance_project import clock
from attendance_project.api_views import errors, validated
from attendance_project.refusals import Kind, Refusal
from sessions_app.api.serializers.calendars import (
    CalendarChangeSerializer,
    CalendarSerializer,
    ReadingSerializer,
)
from sessions_app.imports import subscriptions
from sessions_app.models import CalendarSubscription, Course


class CalendarsView(ListAPIView):
    """The calendars by address that one has kept."""

    queryset = CalendarSubscription.objects.none()
    serializer_class = CalendarSerializer
    permission_classes = [IsTeacherOrAdmin]
    search_fields = ["address"]
    ordering_fields = ["address", "created_at", "read_at"]

    def get_queryset(self) -> QuerySet[CalendarSubscription]:
        return CalendarSubscription.objects.filter(owner=viewer(self.request))

    @extend_schema(request=CalendarSerializer, responses={201: CalendarSerializer, **errors(409)})
    def post(self, request: Request) -> Response:
        """Keep the address of a calendar, to be read on a schedule and by `read`."""
        given = _of_own_course(validated(CalendarSerializer, request), viewer(request))
        row = subscriptions.subscribe(viewer(request), **given, now=clock.now())
        return Response(CalendarSerializer(row).data, status=201)


class CalendarView(APIView):
    permission_classes = [IsTeacherOrAdmin]

    @extend_schema(responses=CalendarSerializer)
    def get(self, request: Request, subscription_id: UUID) -> Response:
        """One calendar, with what its last reading would change."""
        return Response(CalendarSerializer(_own(request, subscription_id)).data)

    @extend_schema(request=CalendarChangeSerializer, responses=CalendarSerializer)
    def patch(self, request: Request, subscription_id: UUID) -> Response:
        """Change the course, and what a reading does. The address stays."""
        row = _own(request, subscription_id)
        given = validated(CalendarChangeSerializer, request, partial=True)
        subscriptions.change(row, **_of_own_course(given, viewer(request)))
        return Response(CalendarSerializer(row).data)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, subscription_id: UUID) -> Response:
        """Read it no more. The sessions that it planned stay."""
        _own(request, subscription_id).delete()
        return Response(status=204)


class ReadCalendarView(APIView):
    permission_classes = [IsTeacherOrAdmin]

    @extend_schema(request=None, responses=ReadingSerializer)
    def post(self, request: Request, subscription_id: UUID) -> Response:
        """Read it now. Its changes are applied or wait, as its owner chose.

        A calendar that cannot be read answers with 200 too, and with why as `trouble`.
        """
        row = _own(request, subscription_id)
        told = subscriptions.read(row, now=clock.now())
        body = {"applied": told.applied, "waiting": told.waiting, "trouble": told.trouble}
        return Response(ReadingSerializer(body | {"calendar": row}).data)


def _own(request: Request, pk: UUID) -> CalendarSubscription:
    rows = CalendarSubscription.objects.filter(owner=viewer(request))
    return get_object_or_404(rows.select_related("owner", "course"), pk=pk)


def _of_own_course(given: dict[str, Any], user: User) -> dict[str, Any]:
    """What was given, if its course is an active one that the user runs. Raises invalid_input."""
    course = given.get("course")
    own = Course.objects.run_by(user).filter(is_active=True)
    if course is not None and not own.filter(pk=course.pk).exists():
        raise Refusal(
            "invalid_input",
            _("Nothing was saved. Please correct the fields marked below."),
            Kind.INVALID,
            fields={"course": [_("This is not one of your courses.")]},
        )
    return given
