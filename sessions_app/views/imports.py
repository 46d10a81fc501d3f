"""The pages of imports: upload a file, look at what would change, and apply it.

The file waits in a table of its own for the person who uploaded it. What is applied is therefore
read again on the server and not taken from the browser.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from accounts.pages import admin_required, teacher_or_admin_required, viewer
from attendance_project import clock
from attendance_project.lists import Sorting, back_to_list, listing
from attendance_project.tables import ColumnsUnclear, Layout
from sessions_app import imports
from sessions_app.forms.columns import ColumnsForm
from sessions_app.forms.imports import EnrolmentsForm, MarksForm, TimetableForm
from sessions_app.forms.words import WordsForm
from sessions_app.imports import (
    Action,
    ImportRefused,
    Plan,
    UnusedKind,
    WordsUnclear,
    invitations,
    subscriptions,
)
from sessions_app.models import Course, Session
from sessions_app.services import waiting_files as waiting
from sessions_app.services.waiting_files import Upload
from sessions_app.views import calendar_choices
from sessions_app.views.base import status_of

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_FLASHED = 3
"""Problems in a message above a page."""
_MOST_SHOWN = 500
"""Events of one list on the page. The command lists them all."""
_MOST_INVITED = 500
"""People on one page of invitations, who are ticked and invited together. Each has a field of the
form, and Django reads 1000."""
_PERSON_SORTINGS = [
    Sorting("name", gettext_lazy("Name")),
    Sorting("number", gettext_lazy("Number"), by=lambda person: person.institution_number),
    Sorting("role", gettext_lazy("Role"), by=lambda person: person.role),
]


@dataclass(frozen=True)
class _Kind:
    """One of the imports: its address, and how a file becomes a plan."""

    name: str
    plan: Callable[[Upload, User, datetime], Plan]
    layout: Layout | None = None
    """The columns of its files, for imports of tables."""
    asks: bool = False
    """Whether the preview asks which course is meant."""

    @property
    def template(self) -> str:
        return f"imports/{self.name}.html"

    @property
    def apply_url(self) -> str:
        return f"{self.name}-apply"

    @property
    def columns_url(self) -> str:
        return f"{self.name}-columns"


def _plan_enrolments(upload: Upload, user: User, now: datetime) -> Plan:
    options = dict(upload.options)
    chosen = options.pop("course")
    courses = Course.objects.select_related("subject", "class_group", "teacher")
    course = get_object_or_404(courses, pk=UUID(chosen)) if chosen else None
    return imports.plan_enrolments(
        upload.data, by=user, now=now, file_name=upload.name, course=course, **options
    )


def _plan_timetable(upload: Upload, user: User, now: datetime) -> Plan:
    options = dict(upload.options)
    courses = Course.objects.run_by(user)
    chosen = options.pop("course")
    course = get_object_or_404(courses, pk=UUID(chosen)) if chosen else None
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


def _chosen(rows: Any, pk: str) -> Any:
    """The row that was chosen when the file was uploaded, if it may still be."""
    return get_object_or_404(rows, pk=UUID(pk)) if pk else None


MARKS = _Kind("import-marks", _plan_marks, imports.MARKS)
ENROLMENTS = _Kind("import-enrolments", _plan_enrolments, imports.ENROLMENTS)
TIMETABLE = _Kind("import-timetable", _plan_timetable, asks=True)


@require_http_methods(["GET", "POST"])
@never_cache
@admin_required
def enrolments(request: HttpRequest) -> HttpResponse:
    form = EnrolmentsForm(*_sent(request), label_suffix="")
    if request.method != "POST":
        steps = imports.next_steps(now=clock.now()) if "done" in request.GET else []
        return render(request, ENROLMENTS.template, {"form": form, "steps": steps})
    return _upload(request, ENROLMENTS, form)


@require_http_methods(["GET", "POST"])
@never_cache
@admin_required
def enrolment_columns(request: HttpRequest) -> HttpResponse:
    """Say which column of the uploaded file is which."""
    return _choose_columns(request, ENROLMENTS)


@require_http_methods(["GET", "POST"])
@never_cache
@admin_required
def enrolment_words(request: HttpRequest) -> HttpResponse:
    """Say what the statuses of the uploaded file mean."""
    return _choose_words(request, ENROLMENTS)


@require_GET
@never_cache
@admin_required
def enrolment_template(request: HttpRequest) -> HttpResponse:
    """Download a workbook to fill in."""
    response = HttpResponse(imports.template(), content_type=_XLSX)
    response.headers["Content-Disposition"] = 'attachment; filename="people-and-courses.xlsx"'
    return response


@require_POST
@admin_required
def apply_enrolments(request: HttpRequest) -> HttpResponse:
    return _apply(request, ENROLMENTS)


@require_http_methods(["GET", "POST"])
@never_cache
@teacher_or_admin_required
def marks(request: HttpRequest) -> HttpResponse:
    """Import marks, into one session where the address names it."""
    session_id = request.GET.get("session", "")
    session = _session_named(request, session_id) if session_id else None
    form = MarksForm(
        *_sent(request),
        user=viewer(request),
        label_suffix="",
        initial={"session": session.pk if session else None},
    )
    if request.method != "POST":
        return render(request, MARKS.template, {"form": form, "session": session})
    return _upload(request, MARKS, form)


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
    return _choose_columns(request, MARKS)


@require_POST
@teacher_or_admin_required
def apply_marks(request: HttpRequest) -> HttpResponse:
    return _apply(request, MARKS)


@require_http_methods(["GET", "POST"])
@never_cache
@teacher_or_admin_required
def timetable(request: HttpRequest) -> HttpResponse:
    form = TimetableForm(*_sent(request), user=viewer(request), label_suffix="")
    return _upload(request, TIMETABLE, form)


@require_POST
@teacher_or_admin_required
def apply_timetable(request: HttpRequest) -> HttpResponse:
    return _apply(request, TIMETABLE)


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


@require_http_methods(["GET", "POST"])
@never_cache
@admin_required
def invite(request: HttpRequest) -> HttpResponse:
    """List who has no password yet, and mail links to the people who are ticked."""
    people = invitations.waiting()
    if request.method != "POST":
        shown = listing(
            request,
            people,
            words=_person_words,
            sortings=_PERSON_SORTINGS,
            rows_a_page=_MOST_INVITED,
        )
        return render(request, "imports/invitations.html", {"list": shown})
    wanted = set(request.POST.getlist("person"))
    chosen = [person for person in people if str(person.pk) in wanted]
    if not chosen:
        messages.error(request, _("Select at least one person."))
    else:
        _tell_mails(request, *invitations.mail(chosen))
    return back_to_list(request, "invitations")


@require_POST
@never_cache
@admin_required
def print_invitations(request: HttpRequest) -> HttpResponse:
    """Print a slip for each person who is ticked, with the link as text and as a code."""
    wanted = set(request.POST.getlist("person"))
    chosen = [person for person in invitations.waiting() if str(person.pk) in wanted]
    if not chosen:
        messages.error(request, _("Select at least one person."))
        return back_to_list(request, "invitations")
    return render(request, "imports/slips.html", {"slips": invitations.slips(chosen)})


def _person_words(person: User) -> str:
    """What a person is found by."""
    names = f"{person.full_name} {person.institution_number} {person.email}"
    return f"{names} {person.get_role_display()}"


def _tell_mails(request: HttpRequest, sent: int, failed: list[User]) -> None:
    if sent:
        told = ngettext("%(n)d invitation sent.", "%(n)d invitations sent.", sent)
        messages.success(request, told % {"n": sent})
    if failed:
        addresses = ", ".join(person.email for person in failed)
        told = _(
            "No mail could be sent to %(addresses)s. Check the addresses, or print the invitations."
        )
        messages.error(request, told % {"addresses": addresses})


def _sent(request: HttpRequest) -> tuple[Any, Any]:
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _upload(request: HttpRequest, kind: _Kind, form: Any) -> HttpResponse:
    if not form.is_valid():
        return render(request, kind.template, {"form": form})
    file = form.cleaned_data["file"]
    upload = Upload(file.name, file.read(), form.options)
    try:
        plan = kind.plan(upload, viewer(request), clock.now())
    except ColumnsUnclear as unclear:
        _keep(request, kind, upload)
        return _ask_for_columns(request, kind, upload, unclear)
    except WordsUnclear:
        _keep(request, kind, upload)
        return redirect("import-enrolments-words")
    except ImportRefused as error:
        waiting.forget(by=viewer(request))
        return _refused(request, kind, form, upload.name, error)
    _keep(request, kind, upload)
    return _preview(request, kind, upload, plan)


def _choose_columns(request: HttpRequest, kind: _Kind) -> HttpResponse:
    """Read the waiting file by the columns that a person chooses, and keep that choice."""
    upload = _kept(request, kind)
    if upload is None or kind.layout is None:
        messages.error(request, _("The file is no longer here. Choose it again."))
        return redirect(kind.name)
    try:
        unclear = imports.columns_of(upload.data, kind.layout, upload.options, by=viewer(request))
        form = _columns_form(request, kind.layout, unclear)
        if not form.is_valid():
            return _ask_for_columns(request, kind, upload, unclear, form)
        chosen = replace(upload, options=upload.options | {"columns": form.choice})
        plan = kind.plan(chosen, viewer(request), clock.now())
    except ColumnsUnclear as still:
        return _ask_for_columns(request, kind, upload, still, form)
    except WordsUnclear:
        _remember_columns(request, kind.layout, unclear, form)
        _keep(request, kind, chosen)
        return redirect("import-enrolments-words")
    except ImportRefused as error:
        messages.error(request, "; ".join(map(str, error.problems[:MOST_FLASHED])))
        return redirect(kind.name)
    _remember_columns(request, kind.layout, unclear, form)
    _keep(request, kind, chosen)
    return _preview(request, kind, chosen, plan)


def _remember_columns(
    request: HttpRequest, layout: Layout, unclear: ColumnsUnclear, form: ColumnsForm
) -> None:
    signature = unclear.header.signature
    imports.remember(layout, signature, form.choice, by=viewer(request), now=clock.now())


def _choose_words(request: HttpRequest, kind: _Kind) -> HttpResponse:
    """Keep what a person says of the statuses in the waiting file, and read it by that."""
    upload = _kept(request, kind)
    if upload is None:
        messages.error(request, _("The file is no longer here. Choose it again."))
        return redirect(kind.name)
    try:
        words = imports.words_of(upload.data, upload.options, by=viewer(request))
        form = WordsForm(request.POST or None, words=words, label_suffix="")
        if words and not form.is_valid():
            context = {
                "form": form,
                "file_name": upload.name,
                "back_url": kind.name,
                "words_url": "import-enrolments-words",
            }
            return render(request, "imports/words.html", context)
        choice = form.choice if words else {}
        imports.remember_words(choice, words, by=viewer(request), now=clock.now())
        return _preview(request, kind, upload, kind.plan(upload, viewer(request), clock.now()))
    except ImportRefused as error:
        messages.error(request, "; ".join(map(str, error.problems[:MOST_FLASHED])))
        return redirect(kind.name)


def _columns_form(request: HttpRequest, layout: Layout, unclear: ColumnsUnclear) -> ColumnsForm:
    return ColumnsForm(
        request.POST if request.method == "POST" else None,
        layout=layout,
        header=unclear.header,
        samples=unclear.samples,
        label_suffix="",
    )


def _ask_for_columns(
    request: HttpRequest,
    kind: _Kind,
    upload: Upload,
    unclear: ColumnsUnclear,
    form: ColumnsForm | None = None,
) -> HttpResponse:
    layout: Any = kind.layout
    header, samples = unclear.header, unclear.samples
    context = {
        "form": form or ColumnsForm(layout=layout, header=header, samples=samples, label_suffix=""),
        "problems": unclear.problems,
        "file_name": upload.name,
        "back_url": kind.name,
        "columns_url": kind.columns_url,
    }
    return render(request, "imports/columns.html", context)


def _apply(request: HttpRequest, kind: _Kind) -> HttpResponse:
    """Apply what was looked at. Where it would be something else by now, show that instead."""
    upload = _kept(request, kind)
    if upload is None:
        messages.error(request, _("The file is no longer here. Choose it again."))
        return redirect(kind.name)
    try:
        chosen = _choose(request, kind, upload)
        plan = kind.plan(upload, viewer(request), clock.now())
        if chosen or "show" in request.POST:
            return _preview(request, kind, upload, plan)
        if plan.digest != request.POST.get("digest"):
            messages.warning(
                request, _("Something has changed since this preview. Please check it again.")
            )
            return _preview(request, kind, upload, plan)
        imports.apply(plan)
    except ImportRefused as error:
        messages.error(request, f"{error.problems[0]} {error.advice}")
        return redirect(kind.name)
    waiting.forget(by=viewer(request))
    messages.success(request, _done(plan))
    return redirect(f"{reverse(kind.name)}?done=1")


def _done(plan: Plan) -> str:
    counts = plan.counts
    if counts["restored"]:
        told = _(
            "Imported: %(added)d added, %(changed)d changed, %(dropped)d removed, %(restored)d "
            "restored."
        )
        return told % counts
    return _("Imported: %(added)d added, %(changed)d changed, %(dropped)d removed.") % counts


def _choose(request: HttpRequest, kind: _Kind, upload: Upload) -> bool:
    """Whether this form chooses something else than before. It is kept with the upload."""
    if not kind.asks:
        return False
    before = upload.options.get("choices", {})
    chosen = calendar_choices.posted(request, before)
    upload.options["choices"] = chosen
    _keep(request, kind, upload)
    return chosen != before


def _preview(request: HttpRequest, kind: _Kind, upload: Upload, plan: Plan) -> HttpResponse:
    unrelated = plan.unused_of(UnusedKind.UNRELATED)
    left_out = plan.unused_of(UnusedKind.LEFT_OUT)
    context = {
        "plan": plan,
        "choices": _choices(request, plan, upload) if kind.asks else None,
        "unused": plan.unused,
        "left_out": left_out[:_MOST_SHOWN],
        "left_out_count": len(left_out),
        "left_out_further": max(0, len(left_out) - _MOST_SHOWN),
        "unrelated": unrelated[:_MOST_SHOWN],
        "unrelated_count": len(unrelated),
        "further": max(0, len(unrelated) - _MOST_SHOWN),
        "file_name": upload.name,
        "obstacle": imports.obstacle(),
        "overlaps": plan.overlaps(),
        "groups": [(action, plan.changes(action)) for action in Action],
        "apply_url": kind.apply_url,
        "back_url": kind.name,
        "columns_url": kind.columns_url if kind.layout else "",
    }
    return render(request, "imports/preview.html", context)


def _choices(request: HttpRequest, plan: Plan, upload: Upload) -> calendar_choices.CalendarChoices:
    courses = Course.objects.run_by(viewer(request))
    return calendar_choices.of_plan(plan, upload.options.get("choices", {}), courses)


def preview_fetched(
    request: HttpRequest, name: str, data: bytes, options: dict[str, Any]
) -> HttpResponse:
    """The preview of a calendar that was read from its address, as if it had been uploaded.

    Raises ImportRefused.
    """
    upload = Upload(name, data, options)
    plan = TIMETABLE.plan(upload, viewer(request), clock.now())
    _keep(request, TIMETABLE, upload)
    return _preview(request, TIMETABLE, upload, plan)


def _refused(
    request: HttpRequest, kind: _Kind, form: Any, name: str, error: ImportRefused
) -> HttpResponse:
    context = {
        "form": form,
        "file_name": name,
        "problems": error.problems[: imports.MOST_TOLD],
        "further": max(0, len(error.problems) - imports.MOST_TOLD),
        "code": error.code,
    }
    return render(request, kind.template, context, status=status_of(error))


def _keep(request: HttpRequest, kind: _Kind, upload: Upload) -> None:
    waiting.keep(upload, kind=kind.name, by=viewer(request), now=clock.now())


def _kept(request: HttpRequest, kind: _Kind) -> Upload | None:
    return waiting.kept(kind=kind.name, by=viewer(request), now=clock.now())
