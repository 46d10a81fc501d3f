"""The pages for a session that was opened by mistake, too early, or not at all."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.pages import teacher_or_admin_required, viewer
from attendance_project import clock, page_refusals
from attendance_project.days import in_every_form
from attendance_project.lists import Sorting, listing
from sessions_app import queries, services
from sessions_app.forms.annulling import AnnulForm, RecordForm
from sessions_app.models import Session
from sessions_app.views.base import SHOWN, session_run_by

_SORTINGS = [
    Sorting("latest", gettext_lazy("Latest first")),
    Sorting("oldest", gettext_lazy("Oldest first"), by=lambda row: row.starts_at),
    Sorting("course", gettext_lazy("Course"), by=lambda row: row.subject.code.casefold()),
]


@require_http_methods(["GET", "POST"])
@never_cache
@teacher_or_admin_required
def annul(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Ask for the reason, and then make the session count for nobody."""
    session, now = session_run_by(request, session_id), clock.now()
    form = AnnulForm(request.POST or None, label_suffix="")
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        do = partial(services.annul, session, by=viewer(request), reason=reason, now=now)
        if page_refusals.do_or_tell(request, do, form):
            messages.success(request, _("Annulled. The session counts for nobody."))
            return redirect("session-register", session_id)
    may = services.may_annul(session, viewer(request), now=now)
    context = {"session": session, "form": form, "may": may}
    return page_refusals.form_page(request, "sessions_app/annul.html", context)


@require_GET
@never_cache
@teacher_or_admin_required
def forgotten(request: HttpRequest) -> HttpResponse:
    """List the sessions that are over and were never opened."""
    runs = Session.objects.run_by(viewer(request)).select_related(*SHOWN)
    rows = queries.forgotten_sessions(runs, now=clock.now())
    queries.note_courses_run(viewer(request), rows)
    found = listing(request, rows, words=_words, sortings=_SORTINGS)
    return render(request, "sessions_app/forgotten.html", {"list": found})


@require_http_methods(["GET", "POST"])
@never_cache
@teacher_or_admin_required
def record(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Mark from a list who was at a session that took place without being opened."""
    session, now = session_run_by(request, session_id), clock.now()
    people = queries.to_record(session)
    form = RecordForm(request.POST or None, people=people, label_suffix="")
    if request.method == "POST" and form.is_valid():
        do = partial(services.record_session, session, statuses=form.statuses)
        if page_refusals.do_or_tell(request, partial(do, by=viewer(request), now=now), form):
            messages.success(request, _("Recorded. The session counts from now on."))
            return redirect("session-register", session_id)
    context = {"session": session, "form": form, "is_forgotten": session.is_forgotten(now)}
    return page_refusals.form_page(request, "sessions_app/record.html", context)


def _words(session: Session) -> str:
    """What a session is found by."""
    said = f"{session.subject.code} {session.subject.name} {session.class_group.code}"
    day = in_every_form(session.local_start)
    return f"{said} {session.room} {session.teacher.full_name} {day}"
