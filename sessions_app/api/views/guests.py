"""The API of a session's guests, who are not on its course."""

from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import IsTeacherOrAdmin
from accounts.api.views.base import viewer
from attendance_project import clock
from attendance_project.api_views import errors, validated
from sessions_app import queries, services
from sessions_app.api.serializers.room import (
    EnrolledGuestSerializer,
    GuestSerializer,
    NamedGuestSerializer,
    NewGuestSerializer,
)
from sessions_app.api.views.catalogue import managed_course
from sessions_app.models import Guest, Session


class GuestsView(ListAPIView):
    """Who was here and is not on the course, in the order in which they were noted."""

    queryset = Guest.objects.none()
    serializer_class = GuestSerializer
    permission_classes = [IsTeacherOrAdmin]
    search_fields = ["name", "number"]
    ordering_fields = ["at", "name", "number"]

    def get_queryset(self) -> QuerySet[Guest]:
        session = _run_by(self.request, self.kwargs["session_id"])
        return queries.guests_in([session.pk])

    @extend_schema(request=NewGuestSerializer, responses={201: GuestSerializer, **errors(409)})
    def post(self, request: Request, session_id: UUID) -> Response:
        """Mark somebody present who is not on the course, by a name, a number or both. A guest is
        part of no rate.

        Answers 409 `number_of_another` where the number is that of a student whose name is not the
        one that was sent, and `number_of_another_guest` where it is that of such a guest of the
        session. Both say whose it is: send that name, or another number, or none. A number of
        anybody else is refused as `number_of_somebody_else`.
        """
        session = _run_by(request, session_id)
        wanted = validated(NewGuestSerializer, request)
        guest = services.add_guest(
            session,
            name=wanted["name"],
            number=wanted["number"],
            by=viewer(request),
            now=clock.now(),
            key=wanted["nonce"],
        )
        return Response(GuestSerializer(guest).data, status=201)


class GuestView(APIView):
    permission_classes = [IsTeacherOrAdmin]

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, guest_id: UUID) -> Response:
        """Take a guest off the list."""
        services.remove_guest(_guest(request, guest_id), now=clock.now())
        return Response(status=204)


class EnrolGuestView(APIView):
    permission_classes = [IsTeacherOrAdmin]

    @extend_schema(
        request=NamedGuestSerializer, responses={200: EnrolledGuestSerializer, **errors(409)}
    )
    def post(self, request: Request, guest_id: UUID) -> Response:
        """Put a guest on the course, whose number is that of a student's account, and mark them
        present in the session. Assistants may not do it.

        Answers 409 `number_of_another` where the account has another name than the guest was noted
        with. It says whose it is: send that name as `name` if it is them.
        """
        guest = _guest(request, guest_id)
        managed_course(request, guest.session.course_id)
        name = validated(NamedGuestSerializer, request)["name"]
        student = services.enrol_guest(guest, by=viewer(request), now=clock.now(), name=name)
        return Response({"student": student.pk})


def _guest(request: Request, guest_id: UUID) -> Guest:
    guest = get_object_or_404(Guest.objects.select_related("enrolled_as"), pk=guest_id)
    guest.session = _run_by(request, guest.session_id)
    return guest


def _run_by(request: Request, session_id: UUID) -> Session:
    rows = Session.objects.run_by(viewer(request)).select_related("course")
    return get_object_or_404(rows, pk=session_id)
