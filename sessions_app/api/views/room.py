"""The API of a running session: its code, its beacon, its register, and marks by hand."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import IsTeacher, IsTeacherOrAdmin
from accounts.api.views.base import viewer
from accounts.models import User
from attendance_project import clock
from attendance_project.api_views import validated
from attendance_project.refusals import Kind, Refusal
from beacon import protocol
from sessions_app import queries, services
from sessions_app.api.serializers.room import (
    BeaconSerializer,
    CodeShowingSerializer,
    ManualMarkSerializer,
    MarkedSerializer,
    RegisterSerializer,
    RotatingCodeSerializer,
    ShortCodeSerializer,
)
from sessions_app.models import (
    Attendance,
    CodeShowing,
    MarkSource,
    MarkStatus,
    Session,
    ShowingWay,
)


class RotatingCodeView(APIView):
    permission_classes = [IsTeacherOrAdmin]

    @extend_schema(responses=RotatingCodeSerializer)
    def get(self, request: Request, session_id: UUID) -> Response:
        """See the code of this moment. There is no way to ask for a later one. Where an admin asks,
        the session's teachers see that."""
        session, now = _run_by(request, session_id), clock.now()
        code = services.current_code(session, now=now)
        services.note_showing(session, by=viewer(request), way=ShowingWay.CODE, now=now)
        return _uncached(RotatingCodeSerializer(code).data)


class ShortCodeView(APIView):
    permission_classes = [IsTeacherOrAdmin]

    @extend_schema(responses=ShortCodeSerializer)
    def get(self, request: Request, session_id: UUID) -> Response:
        """See the digits for a phone whose camera fails. They lead to the teacher's review. Where
        an admin asks, the session's teachers see that."""
        session, now = _run_by(request, session_id), clock.now()
        code = services.short_code(session, now=now)
        services.note_showing(session, by=viewer(request), way=ShowingWay.SHORT_CODE, now=now)
        return _uncached(ShortCodeSerializer(code).data)


class CodeShowingsView(ListAPIView):
    """The admins to whom the session's code was shown, and when. For its teachers and admins."""

    queryset = CodeShowing.objects.none()
    serializer_class = CodeShowingSerializer
    search_fields = ["by__full_name", "way"]
    ordering_fields = ["shown_at", "way", "by__full_name"]
    permission_classes = [IsTeacherOrAdmin]

    def get_queryset(self) -> QuerySet[CodeShowing]:
        return queries.showings_of(_run_by(self.request, self.kwargs["session_id"]))


class BeaconView(APIView):
    """For those who teach the session only, because whoever has its key can be anywhere."""

    permission_classes = [IsTeacher]

    @extend_schema(responses=BeaconSerializer)
    def get(self, request: Request, session_id: UUID) -> Response:
        """See what the room's Bluetooth beacon needs to advertise this session's ids."""
        session = get_object_or_404(Session.objects.taught_by(viewer(request)), pk=session_id)
        now = clock.now()
        services.note_beacon(session, now=now)
        return _uncached(
            BeaconSerializer(
                {
                    "key": services.beacon_key(session).hex(),
                    "session_code": session.code,
                    "slot_s": protocol.SLOT_S,
                    "id_bytes": protocol.SHORT_ID_BYTES,
                    "server_time": now,
                    "ends_at": session.ends_at,
                }
            ).data
        )


class RegisterView(APIView):
    permission_classes = [IsTeacherOrAdmin]

    @extend_schema(responses=RegisterSerializer)
    def get(self, request: Request, session_id: UUID) -> Response:
        """See everyone on the course: who is here and how, who is missing, who needs a review."""
        session = _run_by(request, session_id)
        rows = queries.register_json(session)
        register = {
            "session": session.pk,
            "state": session.state,
            "counts": queries.counts_of([(row["status"], row["source"]) for row in rows]),
            "rows": rows,
        }
        return _uncached(RegisterSerializer(register).data)


class MarkByHandView(APIView):
    permission_classes = [IsTeacherOrAdmin]

    @extend_schema(request=ManualMarkSerializer, responses=MarkedSerializer)
    def post(self, request: Request) -> Response:
        """Mark by hand, as the session's teacher or an admin, with a reason. The empty status
        clears: the student then has no attendance in the session, also after it closes."""
        wanted = validated(ManualMarkSerializer, request)
        session = _run_by(request, wanted["session"])
        student = _on_register(session, wanted["student"])
        attendance = services.mark_by_hand(
            session,
            student,
            status=wanted["status"],
            reason=wanted["reason"],
            by=viewer(request),
            now=clock.now(),
            key=wanted["nonce"],
        )
        return Response(MarkedSerializer(_marked(session, student, attendance)).data)


def _marked(session: Session, student: User, attendance: Attendance | None) -> dict[str, Any]:
    row = {"id": None, "status": MarkStatus.NO_MARK, "source": MarkSource.MANUAL, "marked_at": None}
    if attendance is not None:
        row = {name: getattr(attendance, "pk" if name == "id" else name) for name in row}
    evidence = attendance.evidence if attendance else []
    return row | {"session": session.pk, "student": student.pk, "evidence": evidence}


def _run_by(request: Request, session_id: UUID) -> Session:
    return get_object_or_404(Session.objects.run_by(viewer(request)), pk=session_id)


def _on_register(session: Session, student_id: UUID) -> User:
    student = queries.on_register(session).filter(pk=student_id).first()
    if student is None:
        raise Refusal(
            "not_enrolled",
            _("This student is not on the course. Enrol them first."),
            Kind.INVALID,
            fields={"student": [_("Not on this course. Enrol them first.")]},
        )
    return student


def _uncached(data: object) -> Response:
    return Response(data, headers={"Cache-Control": "no-store"})
