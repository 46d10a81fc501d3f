"""The API for planning a series, and for moving it as a whole."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import IsTeacherOrAdmin
from accounts.api.views.base import viewer
from attendance_project import clock
from attendance_project.api_views import errors, validated
from attendance_project.refusals import Kind, Refusal
from sessions_app import services
from sessions_app.api.serializers.series import (
    MoveSeriesSerializer,
    PlannedSeriesSerializer,
    PlanSeriesSerializer,
    SeriesMoveSerializer,
    UndoneMoveSerializer,
)
from sessions_app.domain.moving import SeriesChange, weekday_shift
from sessions_app.domain.series import ImpossibleSeries, check_span, clock_changes, meetings
from sessions_app.models import Course, SeriesMove, Session

_SESSIONS_OWN = ("room", "weight_h", "offering", "offering_each_week")
"""What is said once of all sessions of a series, beside their times."""


class PlanSeriesView(APIView):
    permission_classes = [IsTeacherOrAdmin]

    @extend_schema(
        request=PlanSeriesSerializer, responses={201: PlannedSeriesSerializer, **errors(409)}
    )
    def post(self, request: Request, course_id: UUID) -> Response:
        """Plan a session every week. Closed days are left out and named.

        Assistants may not say how the sessions count.
        """
        runs = Course.objects.run_by(viewer(request)).filter(is_active=True)
        course = get_object_or_404(runs, pk=course_id)
        given = validated(PlanSeriesSerializer, request)
        services.check_may_plan(course, given, by=viewer(request))
        about = {name: given[name] for name in _SESSIONS_OWN if name in given}
        wanted = _meetings(course, given)
        kept, left_out = services.split_closed(wanted, course.zone)
        kept, left_out = (wanted, []) if given["on_closed_days"] else (kept, left_out)
        if not given["allow_overlaps"]:
            services.refuse_overlaps(
                services.overlaps_with(course, kept, key=given["key"], **about),
                field="starts",
            )
        sessions = services.plan_sessions(course, kept, key=given["key"], **about)
        days = [session.local_start.date() for session in sessions]
        clocks = [
            change
            for day in days
            for change in clock_changes(day, given["starts"], given["ends"], course.zone)
        ]
        body = {
            "sessions": sessions,
            "left_out": left_out,
            "notes": services.clocks_in_words(clocks),
        }
        return Response(PlannedSeriesSerializer(body).data, status=201)


class MoveSeriesView(APIView):
    permission_classes = [IsTeacherOrAdmin]

    @extend_schema(
        request=MoveSeriesSerializer, responses={200: SeriesMoveSerializer, **errors(409)}
    )
    def post(self, request: Request, session_id: UUID) -> Response:
        """Move the series of a session as a whole: day, time, length and room, from a day on.

        Sessions that are open, closed, past or moved by hand stay, and `left` says why. Answers 409
        `sessions_overlap`, `not_a_series` or `nothing_to_move`.
        """
        session = _session_planned_by(request, session_id)
        given = validated(MoveSeriesSerializer, request)
        plan = services.plan_move(
            session,
            _change(session, given),
            from_day=given.get("from_day") or session.local_start.date(),
            only_weekday=given["only_weekday"],
            with_moved=given["with_moved"],
            now=clock.now(),
        )
        if given["preview"]:
            return Response(_told(plan, None))
        act, plan = services.move_series(
            session,
            plan,
            key=given.get("key") or uuid4(),
            allow_overlaps=given["allow_overlaps"],
            by=viewer(request),
            now=clock.now(),
        )
        return Response(_told(plan, act))


class UndoSeriesMoveView(APIView):
    permission_classes = [IsTeacherOrAdmin]

    @extend_schema(request=None, responses=UndoneMoveSerializer)
    def post(self, request: Request, move_id: UUID) -> Response:
        """Move back every session that is still where the move put it. Repeating is harmless."""
        act = get_object_or_404(SeriesMove, pk=move_id)
        get_object_or_404(Course.objects.run_by(viewer(request)), pk=act.course_id)
        stayed = services.undo_move(act, by=viewer(request), now=clock.now())
        overlaps = services.overlaps_in_words(services.overlaps_of_undone(act))
        return Response(UndoneMoveSerializer(act).data | {"stayed": stayed, "overlaps": overlaps})


def _session_planned_by(request: Request, session_id: UUID) -> Session:
    """A session of a course that the viewer runs. A substitute gets 404."""
    session = get_object_or_404(
        Session.objects.run_by(viewer(request)).select_related("course"), pk=session_id
    )
    get_object_or_404(Course.objects.run_by(viewer(request)), pk=session.course_id)
    return session


def _meetings(course: Course, given: dict[str, Any]) -> list[Any]:
    days = {name: given[name] for name in ("first", "until")}
    _check_years(days)
    try:
        return meetings(
            weekdays=given["weekdays"],
            starts=given["starts"],
            ends=given["ends"],
            zone=course.zone,
            skip=given["skip"],
            every_weeks=given["every_weeks"],
            **days,
        )
    except ImpossibleSeries as problem:
        raise _invalid(problem.field, _(problem.sentence) % problem.values) from None


def _change(session: Session, given: dict[str, Any]) -> SeriesChange:
    day = session.local_start.date()
    starts, ends = given.get("starts"), given.get("ends")
    _check_years({"from_day": given["from_day"]} if "from_day" in given else {})
    if starts is not None and ends is not None:
        try:
            check_span(starts, ends)
        except ImpossibleSeries as problem:
            raise _invalid(problem.field, _(problem.sentence) % problem.values) from None
    days = weekday_shift(day, given["weekday"]) if "weekday" in given else 0
    return SeriesChange(days=days, starts=starts, ends=ends, room=given.get("room"))


def _check_years(days: dict[str, date]) -> None:
    """Zones overflow near the ends of the calendar."""
    for name, day in days.items():
        if not 2000 <= day.year < 2100:
            raise _invalid(name, _("Choose a date between 2000 and 2100."))


def _invalid(field: str, sentence: str) -> Refusal:
    return Refusal(
        "invalid_input",
        _("Please correct the fields marked below."),
        Kind.INVALID,
        fields={field: [sentence]},
    )


def _told(plan: services.MovePlan, act: SeriesMove | None) -> Any:
    body = {
        "id": act.pk if act else None,
        "moved": plan.moved,
        "left": plan.left,
        "overlaps": services.overlaps_in_words(plan.overlaps),
        "notes": plan.notes,
    }
    return SeriesMoveSerializer(body).data
