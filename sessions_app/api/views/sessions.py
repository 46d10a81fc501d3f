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
from attendance_project.api_views import errors, validated, validated_query
from sessions_app import queries, services
from sessions_app.api.serializers.sessions import (
    AnnulmentSerializer,
    OpeningSerializer,
    PlannedSessionSerializer,
    RecordingSerializer,
    SessionChangesSerializer,
    SessionEventSerializer,
    SessionFilterSerializer,
    SessionNowSerializer,
    SessionPlanSerializer,
    SessionSerializer,
)
from sessions_app.models import Session, SessionEvent, SessionState

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

    def planned(self, session: Session, given: dict[str, Any], status: int = 200) -> Response:
        """The session, with what was chosen where its clock is set."""
        clocks = services.clock_changes_of(session.zone, given)
        notes = services.clocks_in_words(clocks)
        body = PlannedSessionSerializer(session).data | {"notes": notes}
        return Response(body, status=status)

    def answer(self, session: Session, status: int = 200) -> Response:
        return Response(SessionSerializer(session).data, status=status)


class SessionsView(_TeachersChangeView, ListAPIView):
    search_fields = ["subject__name", "subject__code", "class_group__code", "room"]
    ordering_fields = ["starts_at", "ends_at", "room", "state"]

    def get_queryset(self) -> QuerySet[Session]:
        return Session.objects.visible_to(viewer(self.request)).select_related(*_SHOWN)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        queryset = super().filter_queryset(queryset)
        wanted = validated_query(SessionFilterSerializer, self.request)
        if wanted.get("mine"):
            mine = Session.objects.taught_by(viewer(self.request)).order_by()
            queryset = queryset.filter(pk__in=list(mine.values_list("pk", flat=True)))
        if wanted.get("forgotten"):
            queryset = queries.forgotten_sessions(queryset, now=clock.now())
        return queryset.filter(**{_FILTERS[n]: v for n, v in wanted.items() if n in _FILTERS})

    @extend_schema(parameters=[SessionFilterSerializer])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        request=SessionPlanSerializer, responses={201: PlannedSessionSerializer, **errors(409)}
    )
    def post(self, request: Request) -> Response:
        """Plan a session of a course that one teaches (admins: of any)."""
        given = validated(SessionPlanSerializer, request, context={"request": request})
        services.check_may_plan(given["course"], given, by=viewer(request))
        return self.planned(services.plan_session(**given), given, status=201)


class SessionView(_TeachersChangeView):
    @extend_schema(responses=SessionNowSerializer)
    def get(self, request: Request, session_id: UUID) -> Response:
        return Response(SessionNowSerializer(visible_session(request, session_id)).data)

    @extend_schema(
        request=SessionChangesSerializer(partial=True),
        responses={200: PlannedSessionSerializer, **errors(409)},
    )
    def patch(self, request: Request, session_id: UUID) -> Response:
        """Change a session. Once it has been opened, its policy is frozen.

        Answers 409 `sessions_overlap` where others take place at its new time or in its new room.
        """
        given = validated(SessionChangesSerializer, request, partial=True)
        session = visible_session(request, session_id)
        services.check_may_change(session, given.keys() - {"allow_overlaps"}, by=viewer(request))
        return self.planned(services.reschedule_session(session, now=clock.now(), **given), given)


class OpenSessionView(_TeachersChangeView):
    @extend_schema(request=OpeningSerializer)
    def post(self, request: Request, session_id: UUID) -> Response:
        """Let check-ins in. Opening twice is harmless.

        Before the session's own day it is refused as ``opening_early``, unless ``early`` is true,
        in the body or in the address.
        """
        early = _is_early(request)
        session = visible_session(request, session_id)
        opened = services.open_session(session, by=viewer(request), now=clock.now(), early=early)
        return self.answer(opened)


class CloseSessionView(_TeachersChangeView):
    @extend_schema(request=None)
    def post(self, request: Request, session_id: UUID) -> Response:
        """Let no more check-ins in, and note who was absent. Closing twice is harmless."""
        session = visible_session(request, session_id)
        return self.answer(services.close_session(session, by=viewer(request), now=clock.now()))


class AnnulSessionView(_TeachersChangeView):
    @extend_schema(request=AnnulmentSerializer)
    def post(self, request: Request, session_id: UUID) -> Response:
        """Make a session that was opened by mistake count for nobody. A reason is required.

        Its marks stay and can be read. Its teacher may do it until a day after the closing, an
        admin always.
        """
        given = validated(AnnulmentSerializer, request)
        session = visible_session(request, session_id)
        return self.answer(services.annul(session, by=viewer(request), now=clock.now(), **given))


class RestoreSessionView(_TeachersChangeView):
    @extend_schema(request=None)
    def post(self, request: Request, session_id: UUID) -> Response:
        """Let an annulled session count again, or a cancelled one take place after all."""
        session = visible_session(request, session_id)
        if session.state in (SessionState.CANCELLED, SessionState.PLANNED):
            services.check_may_change(session, ["state"], by=viewer(request))
            return self.answer(services.restore_session(session))
        return self.answer(services.restore(session, by=viewer(request), now=clock.now()))


class CancelSessionView(_TeachersChangeView):
    @extend_schema(request=None)
    def post(self, request: Request, session_id: UUID) -> Response:
        """Let a session that was never opened not take place. Cancelling twice is harmless."""
        session = visible_session(request, session_id)
        services.check_may_change(session, ["state"], by=viewer(request))
        return self.answer(services.cancel_session(session, by=viewer(request), now=clock.now()))


class RecordSessionView(_TeachersChangeView):
    @extend_schema(request=RecordingSerializer)
    def post(self, request: Request, session_id: UUID) -> Response:
        """State that a session which is over and was never opened took place.

        ``marks`` are from a list that somebody kept. Who is expected and is not among them is noted
        as absent, or as excused.
        """
        given = validated(RecordingSerializer, request)
        session = visible_session(request, session_id)
        statuses = queries.statuses_listed(session, given["marks"])
        done = services.record_session(
            session, statuses=statuses, by=viewer(request), now=clock.now()
        )
        return self.answer(done)


class SessionEventsView(ListAPIView):
    """What was done to a session besides its marks: annulled, restored, recorded. Latest first."""

    queryset = SessionEvent.objects.none()
    serializer_class = SessionEventSerializer
    permission_classes = [IsTeacherOrAdmin]
    search_fields = ["kind", "reason", "by__full_name"]
    ordering_fields = ["at", "kind", "by__full_name"]

    def get_queryset(self) -> QuerySet[SessionEvent]:
        session = visible_session(self.request, self.kwargs["session_id"])
        rows = SessionEvent.objects.filter(session_id=session.pk)
        return rows.select_related("by").order_by("-at", "pk")


def _is_early(request: Request) -> bool:
    asked = validated_query(OpeningSerializer, request)
    given = validated(OpeningSerializer, request) if request.data else asked
    return bool(asked["early"] or given["early"])


def visible_session(request: Request, session_id: UUID) -> Session:
    rows = Session.objects.visible_to(viewer(request)).select_related(*_SHOWN)
    return get_object_or_404(rows, pk=session_id)
