"""The pages for marking by hand, and for taking a mark back."""

import secrets
from functools import partial
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.pages import viewer
from attendance_project import clock, page_refusals
from attendance_project.refusals import Refusal
from sessions_app import queries, services
from sessions_app.forms.marks import MarkForm
from sessions_app.models import AttendanceMark
from sessions_app.views import beside
from sessions_app.views.base import session_run_by


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
def mark(request: HttpRequest, session_id: UUID, student_id: UUID) -> HttpResponse:
    """Mark one student by hand, and list what was marked before, and by whom."""
    session = session_run_by(request, session_id)
    student = get_object_or_404(queries.on_register(session), pk=student_id)
    fresh = {"key": secrets.token_urlsafe(16)}
    form = MarkForm(request.POST or None, initial=fresh, label_suffix="")
    if form.is_valid():
        by_hand = partial(services.mark_by_hand, session, student, by=viewer(request))
        if page_refusals.do_or_tell(
            request, partial(by_hand, **form.cleaned_data, now=clock.now())
        ):
            row = f"#student-{student.pk}"  # here the work goes on
            return redirect(reverse("session-register", args=[session_id]) + row)
        return redirect("session-mark", session_id, student_id)  # it gives the form a fresh key
    history = AttendanceMark.objects.filter(session_id=session.pk, student_id=student_id)
    context = {"session": session, "student": student, "form": form}
    context["history"] = beside.history(request, history.select_related("by"))
    return page_refusals.form_page(request, "sessions_app/mark.html", context)


@require_POST
@login_required
def undo_mark(request: HttpRequest, mark_id: UUID) -> HttpResponse:
    """Undo one's own mark within seconds. Answers with the register, or JSON for its script."""
    mark = get_object_or_404(AttendanceMark.objects.filter(by_id=viewer(request).pk), pk=mark_id)
    session_run_by(request, mark.session_id)
    try:
        services.undo_mark(mark, by=viewer(request), now=clock.now())
    except Refusal as refusal:
        if page_refusals.wants_json(request):
            return page_refusals.in_json(refusal)
        page_refusals.tell(request, refusal)
    return redirect("session-register", mark.session_id)
