"""The API for planning, changing, opening and closing sessions."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView, ListAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.permissions import IsTeacherOrAdmin
from accounts.api.views.base import viewer
from attendance_project import clock
from attendance_project.api_views import validated, validated_query
from sessions_app import services
from sessions_app.api.serializers.sessions import (
    SessionChangesSerializer,
    SessionFilterSerializer,
    SessionPlanSerializer,
    SessionSerializer,
)
from sessions_app.models import Session

_FILTERS = {
    "course": "course_id",
    "state": "state",
    "starts_from": "starts_at__gte",
    "starts_before": "starts_at__lt",
}
_SHOWN = ("subject", "class_group", "teacher", "substitute")


class _TeachersChangeView(GenericAPIView):
    """Students see the sessions of their courses, teachers their own, and admins all."""

    queryset = Session.objects.none()
    serializer_class = SessionSerializer

    def get_permissions(self) -> Sequence[Any]:
        return super().get_permissions() if self.request.method == "GET" else [IsTeacherOrAdmin()]

    def answer(self, session: Session, status: int = 200) -> Response:
        return Response(SessionSerializer(session).data, status=status)


class SessionsView(_TeachersChangeView, ListAPIView):
    def get_queryset(self) -> QuerySet[Session]:
        return Session.objects.visible_to(viewer(self.request)).select_related(*_SHOWN)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        wanted = validated_query(SessionFilterSerializer, self.request)
        if wanted.get("mine"):
            mine = Session.objects.taught_by(viewer(self.request)).order_by()
            queryset = queryset.filter(pk__in=list(mine.values_list("pk", flat=True)))
        return queryset.filter(**{_FILTERS[n]: v for n, v in wanted.items() if n in _FILTERS})

    @extend_schema(parameters=[SessionFilterSerializer])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(request=SessionPlanSerializer, responses={201: SessionSerializer})
    def post(self, request: Request) -> Response:
        """Plan a session of a course that one teaches (admins: of any)."""
        given = validated(SessionPlanSerializer, request, context={"request": request})
        services.check_may_plan(given["course"], given, by=viewer(request))
        return self.answer(services.create_session(**given), status=201)


class SessionView(_TeachersChangeView):
    def get(self, request: Request, session_id: UUID) -> Response:
        return self.answer(visible_session(request, session_id))

    @extend_schema(request=SessionChangesSerializer(partial=True))
    def patch(self, request: Request, session_id: UUID) -> Response:
        """Change a session. Once it has been opened, its policy is frozen."""
        given = validated(SessionChangesSerializer, request, partial=True)
        session = visible_session(request, session_id)
        services.check_may_change(session, given, by=viewer(request))
        return self.answer(services.change_session(session, **given))


class OpenSessionView(_TeachersChangeView):
    @extend_schema(request=None)
    def post(self, request: Request, session_id: UUID) -> Response:
        """Let check-ins in. Opening twice is harmless."""
        session = visible_session(request, session_id)
        return self.answer(services.open_session(session, by=viewer(request), now=clock.now()))


class CloseSessionView(_TeachersChangeView):
    @extend_schema(request=None)
    def post(self, request: Request, session_id: UUID) -> Response:
        """Let no more check-ins in, and note who was absent. Closing twice is harmless."""
        session = visible_session(request, session_id)
        return self.answer(services.close_session(session, by=viewer(request), now=clock.now()))


def visible_session(request: Request, session_id: UUID) -> Session:
    rows = Session.objects.visible_to(viewer(request)).select_related(*_SHOWN)
    return get_object_or_404(rows, pk=session_id)
