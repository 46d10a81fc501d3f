"""The API of importing a table of sessions: what a file changes, and then the change."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.generics import get_object_or_404
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import IsTeacherOrAdmin
from accounts.api.views.base import viewer
from accounts.models import User
from attendance_project import clock
from attendance_project.api_views import errors, validated
from attendance_project.refusals import Kind, Refusal
from attendance_project.tables.apart import KINDS, WAITS_S
from sessions_app import imports
from sessions_app.api.serializers.session_tables import SessionTableSerializer, TablePlanSerializer
from sessions_app.imports import ImportRefused, Plan
from sessions_app.models import Course

_KINDS = KINDS | {"invalid_file": Kind.INVALID}


class ImportSessionsView(APIView):
    """Teachers import sessions of the courses that they run, and admins of all."""

    permission_classes = [IsTeacherOrAdmin]
    parser_classes = [MultiPartParser]

    @extend_schema(
        request={"multipart/form-data": SessionTableSerializer},
        responses={200: TablePlanSerializer, **errors(409, 422, 503)},
    )
    def post(self, request: Request) -> Response:
        """Tell what a table of sessions changes, with nothing written. Send the same file again
        with the `digest` of the answer to carry it out. It is refused (`plan_changed`) where it
        would change something else by now."""
        given = validated(SessionTableSerializer, request)
        try:
            plan = _plan(given, viewer(request))
            shown = _shown(plan)
            if "digest" in given:
                shown["import_id"] = _apply(plan, given["digest"])
        except ImportRefused as error:
            raise _refusal(error) from error
        return Response(TablePlanSerializer(shown).data)


def _plan(given: dict[str, Any], user: User) -> Plan:
    courses = Course.objects.run_by(user)
    chosen = given.get("course")
    return imports.plan_session_table(
        given["file"].read(),
        courses=courses,
        managed=Course.objects.managed_by(user),
        course=get_object_or_404(courses.filter(is_active=True), pk=chosen) if chosen else None,
        by=user,
        now=clock.now(),
        file_name=given["file"].name,
        encoding=given.get("encoding", ""),
        names=_names(given.get("columns", [])),
        choices=_choices(given.get("choices", []), courses),
        drop_missing=given["drop_missing"],
    )


def _names(pairs: list[str]) -> dict[str, str]:
    """The columns by names of the file, from NAME=COLUMN. Raises invalid_input."""
    split = (pair.rpartition("=") for pair in pairs)
    names = {name.strip(): column.strip() for name, _sign, column in split}
    known = imports.SESSIONS.by_name
    if not all(name and (not column or column in known) for name, column in names.items()):
        told = _("Write each as NAME=COLUMN, with one of: %(columns)s.") % {
            "columns": ", ".join(known)
        }
        raise Refusal("invalid_input", told, Kind.INVALID, fields={"columns": [told]})
    return names


def _choices(pairs: list[str], courses: QuerySet[Course]) -> imports.Choices:
    """The courses by titles, from TITLE=COURSE. Raises invalid_input."""
    split = (pair.rpartition("=") for pair in pairs)
    chosen = {title.strip(): course.strip().lower() for title, _sign, course in split}
    try:
        if "" in chosen:
            raise imports.NoSuchCourse
        values = {title: course or imports.LEFT_OUT for title, course in chosen.items()}
        return imports.choices_of(values, courses)
    except imports.NoSuchCourse as error:
        told = _("Write each as TITLE=COURSE, with the id of an active course that you run.")
        raise Refusal("invalid_input", told, Kind.INVALID, fields={"choices": [told]}) from error


def _apply(plan: Plan, digest: str) -> UUID | None:
    """Carry it out. Returns the import's id, or None where there was nothing to do."""
    if plan.digest != digest:
        raise Refusal(
            "plan_changed",
            _("The file would change something else by now. Look at it again."),
            Kind.CONFLICT,
        )
    imports.apply(plan)
    return plan.record.pk if plan.record and plan.writes else None


def _refusal(error: ImportRefused) -> Refusal:
    problems = list(map(str, error.told[: imports.MOST_TOLD]))
    sentence = f"{error.told[0]} {error.advice}".strip()
    kind = _KINDS.get(error.code, Kind.CONFLICT)
    waits_s = WAITS_S.get(error.code)
    return Refusal(error.code, sentence, kind, fields={"file": problems}, wait_s=waits_s)


def _shown(plan: Plan) -> dict[str, Any]:
    return {
        "digest": plan.digest,
        "changes": [step.change for step in plan.steps],
        "unused": sorted(plan.unused, key=lambda one: one.line),
        "notes": [*plan.advice, *plan.notes],
        "overlaps": plan.overlaps(),
        "import_id": None,
    }
