"""The pages of each import: what its form asks, and how its file becomes a plan."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from accounts.pages import admin_required, teacher_or_admin_required, viewer
from attendance_project import clock
from sessions_app import imports
from sessions_app.forms.imports import EnrolmentsForm, MarksForm, SessionsForm, TimetableForm
from sessions_app.imports import Plan, subscriptions
from sessions_app.models import Course, Session
from sessions_app.services.waiting_files import Upload
from sessions_app.views import calendar_choices, importing
from sessions_app.views.base import SHOWN

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _plan_enrolments(upload: Upload, user: User, now: datetime) -> Plan:
    options = dict(upload.options)
    course = _chosen(Course.objects.select_related(*SHOWN), options.pop("course"))
    return imports.plan_enrolments(
        upload.data, by=user, now=now, file_name=upload.name, course=course, **options
    )


def _plan_timetable(upload: Upload, user: User, now: datetime) -> Plan:
    options = dict(upload.options)
    courses = Course.objects.run_by(user)
    course = _chosen(courses, options.pop("course"))
    choices = calendar_choices.as_choices(options.pop("choices", {}), courses)
    followed = options.pop("subscription", "")
    plan = imports.plan_timetable(
        upload.data,
        courses=courses,
        course=course,
        by=user,
        now=now,
        file_name=upload.name,
        choices=choices,
        **options,
    )
    if followed:
        plan.afterwards.append(lambda: subscriptions.forget_waiting(UUID(followed), by=user))
    return plan


def _plan_sessions(upload: Upload, user: User, now: datetime) -> Plan:
    options = dict(upload.options)
    courses = Course.objects.run_by(user)
    choices = calendar_choices.as_choices(options.pop("choices", {}), courses)
    return imports.plan_session_table(
        upload.data,
        courses=courses,
        managed=Course.objects.managed_by(user),
        course=_chosen(courses.select_related(*SHOWN), options.pop("course")),
        by=user,
        now=now,
        file_name=upload.name,
        choices=choices,
        **options,
    )


def _plan_marks(upload: Upload, user: User, now: datetime) -> Plan:
    options = dict(upload.options)
    sessions, courses = Session.objects.run_by(user), Course.objects.run_by(user)
    wanted = imports.Wanted(
        sessions=sessions,
        courses=courses.filter(is_active=True),
        session=_chosen(sessions.select_related("course"), options.pop("session")),
        course=_chosen(courses, options.pop("course")),
        least_minutes=options.pop("least_minutes"),
    )
    return imports.plan_marks(
        upload.data, wanted, by=user, now=now, file_name=upload.name, **options
    )


def _where_marked(plan: Plan) -> str:
    """The register that was marked in, or the course of several ones. Else the import's record."""
    rows = [step.write.row for step in plan.writes if step.write]
    sessions = {row.pk: row for row in rows if isinstance(row, Session)}
    courses = {session.course_id for session in sessions.values()}
    if not sessions or plan.record is None:
        return reverse("import-marks")
    if len(sessions) == 1:
        return reverse("session-register", args=list(sessions))
    if len(courses) == 1:
        return reverse("course", args=list(courses))
    return reverse("import-record", args=[plan.record.pk])


def _chosen(rows: Any, pk: str) -> Any:
    """The row that was chosen when the file was uploaded, if it may still be."""
    return get_object_or_404(rows, pk=UUID(pk)) if pk else None


ENROLMENTS = importing.ImportPages(
    "import-enrolments",
    _("Import people and courses"),
    _(
        "Import students, teachers, classes, courses and enrolments from a CSV file or a workbook. "
        "You see every change before it is made. Importing the same file again is safe."
    ),
    _plan_enrolments,
    EnrolmentsForm,
    imports.ENROLMENTS,
    may_leave_out=True,
)
TIMETABLE = importing.ImportPages(
    "import-timetable",
    _("Import a timetable"),
    _(
        "Create sessions from a calendar file: one for every upcoming event, including repeating "
        "ones. You see every session before it is created. Importing the same file again is safe."
    ),
    _plan_timetable,
    TimetableForm,
    asks=True,
)
SESSIONS = importing.ImportPages(
    "import-sessions",
    _("Import a table of sessions"),
    _(
        "Plan sessions from a CSV file or a workbook with a line for each. You see every session "
        "before it is planned, changed or cancelled. Importing the same file again is safe."
    ),
    _plan_sessions,
    SessionsForm,
    imports.SESSIONS,
    asks=True,
)
MARKS = importing.ImportPages(
    "import-marks",
    _("Import marks"),
    _(
        "Import who was there from a CSV file or a workbook: a list, a report of Zoom or Teams, or "
        "the events of a card reader. You see every change before it is made. What was marked by "
        "hand stays."
    ),
    _plan_marks,
    MarksForm,
    imports.MARKS,
    may_leave_out=True,
    leads_to=_where_marked,
)


@require_http_methods(["GET", "POST"])
@never_cache
@admin_required
def enrolments(request: HttpRequest) -> HttpResponse:
    form = EnrolmentsForm(*importing.sent(request), user=viewer(request), label_suffix="")
    if request.method != "POST":
        steps = imports.next_steps(now=clock.now()) if "done" in request.GET else []
        return importing.show_form(request, ENROLMENTS, form, steps=steps)
    return importing.upload_file(request, ENROLMENTS, form)


@require_http_methods(["GET", "POST"])
@never_cache
@admin_required
def enrolment_columns(request: HttpRequest) -> HttpResponse:
    """Say which column of the uploaded file is which."""
    return importing.choose_columns(request, ENROLMENTS)


@require_http_methods(["GET", "POST"])
@never_cache
@admin_required
def enrolment_words(request: HttpRequest) -> HttpResponse:
    """Say what the statuses of the uploaded file mean."""
    return importing.choose_words(request, ENROLMENTS)


@require_GET
@never_cache
@admin_required
def enrolment_template(request: HttpRequest) -> HttpResponse:
    """Download a workbook to fill in."""
    return _workbook(imports.template(), "people-and-courses.xlsx")


def _workbook(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=_XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_GET
@never_cache
@admin_required
def preview_enrolments(request: HttpRequest) -> HttpResponse:
    return importing.preview(request, ENROLMENTS)


@require_POST
@admin_required
def apply_enrolments(request: HttpRequest) -> HttpResponse:
    return importing.apply_changes(request, ENROLMENTS)


@require_http_methods(["GET", "POST"])
@never_cache
@teacher_or_admin_required
def marks(request: HttpRequest) -> HttpResponse:
    """Import marks, into one session where the address names it."""
    session_id = request.GET.get("session", "")
    session = _session_named(request, session_id) if session_id else None
    form = MarksForm(
        *importing.sent(request),
        user=viewer(request),
        label_suffix="",
        initial={"session": session.pk if session else None},
    )
    if request.method != "POST":
        return importing.show_form(request, MARKS, form, session=session)
    return importing.upload_file(request, MARKS, form)


def _session_named(request: HttpRequest, session_id: str) -> Session:
    try:
        pk = UUID(session_id)
    except ValueError as error:
        raise Http404 from error
    sessions = Session.objects.run_by(viewer(request))
    return get_object_or_404(sessions.select_related("course"), pk=pk)


@require_http_methods(["GET", "POST"])
@never_cache
@teacher_or_admin_required
def mark_columns(request: HttpRequest) -> HttpResponse:
    """Say which column of the uploaded file is which."""
    return importing.choose_columns(request, MARKS)


@require_GET
@never_cache
@teacher_or_admin_required
def preview_marks(request: HttpRequest) -> HttpResponse:
    return importing.preview(request, MARKS)


@require_POST
@teacher_or_admin_required
def apply_marks(request: HttpRequest) -> HttpResponse:
    return importing.apply_changes(request, MARKS)


@require_http_methods(["GET", "POST"])
@never_cache
@teacher_or_admin_required
def sessions(request: HttpRequest) -> HttpResponse:
    """Import a table of sessions."""
    form = SessionsForm(*importing.sent(request), user=viewer(request), label_suffix="")
    return importing.upload_file(request, SESSIONS, form)


@require_http_methods(["GET", "POST"])
@never_cache
@teacher_or_admin_required
def session_columns(request: HttpRequest) -> HttpResponse:
    """Say which column of the uploaded file is which."""
    return importing.choose_columns(request, SESSIONS)


@require_GET
@never_cache
@teacher_or_admin_required
def preview_sessions(request: HttpRequest) -> HttpResponse:
    return importing.preview(request, SESSIONS)


@require_POST
@teacher_or_admin_required
def apply_sessions(request: HttpRequest) -> HttpResponse:
    return importing.apply_changes(request, SESSIONS)


@require_GET
@never_cache
@teacher_or_admin_required
def session_template(request: HttpRequest) -> HttpResponse:
    """Download a workbook of sessions to fill in."""
    return _workbook(imports.session_template(), "sessions.xlsx")


@require_http_methods(["GET", "POST"])
@never_cache
@teacher_or_admin_required
def timetable(request: HttpRequest) -> HttpResponse:
    form = TimetableForm(*importing.sent(request), user=viewer(request), label_suffix="")
    return importing.upload_file(request, TIMETABLE, form)


@require_GET
@never_cache
@teacher_or_admin_required
def preview_timetable(request: HttpRequest) -> HttpResponse:
    return importing.preview(request, TIMETABLE)


@require_POST
@teacher_or_admin_required
def apply_timetable(request: HttpRequest) -> HttpResponse:
    return importing.apply_changes(request, TIMETABLE)


@require_GET
@never_cache
@admin_required
def export(request: HttpRequest) -> HttpResponse:
    """Download everything that the import reads."""
    response = HttpResponse(
        "".join(imports.export_enrolments()), content_type="text/csv; charset=utf-8"
    )
    day = timezone.localdate(clock.now()).isoformat()
    response.headers["Content-Disposition"] = f'attachment; filename="enrolments-{day}.csv"'
    return response


def keep_fetched(request: HttpRequest, name: str, data: bytes, options: dict[str, Any]) -> Plan:
    """Keep a calendar that was read from its address for its preview, as if it had been uploaded.
    Returns what it changes. Raises ImportRefused.
    """
    upload = Upload(name, data, options)
    plan = TIMETABLE.plan(upload, viewer(request), clock.now())
    importing.keep(request, TIMETABLE, upload)
    return plan
