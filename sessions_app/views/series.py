"""The pages that move a series as a whole, and move it back."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.pages import teacher_or_admin_required, viewer
from attendance_project import clock, page_refusals
from attendance_project.refusals import Refusal
from sessions_app import services
from sessions_app.forms.series import MoveSeriesForm
from sessions_app.models import SeriesMove, Session
from sessions_app.views.base import course_run_by, course_shown, session_run_by, warnings_shown


@require_http_methods(["GET", "POST"])
@never_cache
@teacher_or_admin_required
def move_series(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Move the session's series: "Preview" lists what would move and what stays, "Move" does it."""
    session = session_run_by(request, session_id)
    course = course_run_by(request, session.course_id)
    now = clock.now()
    today = session.local_time(now).date()
    form = MoveSeriesForm(request.POST or None, session=session, today=today, label_suffix="")
    context = course_shown(request, course) | {"session": session, "form": form}
    if session.series is not None and form.is_valid():
        plan = services.plan_move(session, form.change, now=now, **form.options)
        if "move" in request.POST and _moved(request, session, form, plan):
            return redirect("course", course.pk)
        context |= {"plan": plan} | warnings_shown(plan.overlaps, plan.clock_changes, [])
    return page_refusals.form_page(request, "sessions_app/move_series.html", context)


@require_POST
@teacher_or_admin_required
def undo_move(request: HttpRequest, move_id: UUID) -> HttpResponse:
    """Move back every session that is still where the move put it."""
    act = get_object_or_404(SeriesMove, pk=move_id)
    course_run_by(request, act.course_id)
    stayed = services.undo_move(act, by=viewer(request), now=clock.now())
    messages.success(request, _("The series is where it was before."))
    if stayed:
        words = ngettext(
            "%(n)d session stays as it is now, because it was opened or changed since.",
            "%(n)d sessions stay as they are now, because they were opened or changed since.",
            stayed,
        )
        messages.warning(request, words % {"n": stayed})
    for sentence in services.overlaps_in_words(
        services.overlaps_of_undone(act)[: services.MOST_SAID]
    ):
        messages.warning(request, sentence)
    return redirect("course", act.course_id)


def _moved(
    request: HttpRequest, session: Session, form: MoveSeriesForm, plan: services.MovePlan
) -> bool:
    """Whether the series was moved. A refusal is shown in the form."""
    move = partial(services.move_series, session, plan, key=form.act_key)
    try:
        _act, done = move(
            allow_overlaps=request.POST["move"] == "anyway", by=viewer(request), now=clock.now()
        )
    except Refusal as refusal:
        # The page lists the overlaps itself, and has a button that moves in spite of them.
        if refusal.code != "sessions_overlap":
            page_refusals.show_in_form(form, refusal)
        return False
    words = ngettext("%(n)d session moved.", "%(n)d sessions moved.", len(done.moved))
    messages.success(request, words % {"n": len(done.moved)})
    _tell_the_rest(request, done)
    return True


def _tell_the_rest(request: HttpRequest, done: services.MovePlan) -> None:
    if done.left:
        words = ngettext(
            "%(n)d session stays as it was.", "%(n)d sessions stay as they were.", len(done.left)
        )
        messages.warning(request, words % {"n": len(done.left)})
    for sentence in done.notes:
        messages.info(request, sentence)
