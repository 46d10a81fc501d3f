"""The pages for planning one session or a series, and for moving and cancelling."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.pages import teacher_or_admin_required, viewer
from attendance_project import clock, page_refusals
from attendance_project.lists import back_to_list
from sessions_app import queries, services
from sessions_app.forms.planning import MoveForm, PlanForm
from sessions_app.forms.policy import CountingForm, PlanPolicyForm, SessionPolicyForm
from sessions_app.models import COUNTING_FIELDS, POLICY_FIELDS, Course, Session, SessionState
from sessions_app.queries import Overlap
from sessions_app.views.base import (
    SHOWN,
    course_run_by,
    course_shown,
    session_run_by,
    warnings_shown,
)


@require_http_methods(["GET", "POST"])
@never_cache
@teacher_or_admin_required
def plan(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """Plan sessions: "Show the dates" lists them, and "Plan" makes them."""
    course = course_run_by(request, course_id)
    shown = course_shown(request, course)
    initial = {"first": clock.now().astimezone(course.zone).date()}
    form = PlanForm(request.POST or None, initial=initial, course=course, label_suffix="")
    policy = _policy_form(request, course) if shown["manages"] else None
    overlaps: list[Overlap] = []
    if form.is_valid():
        overlaps = services.overlaps_with(
            course,
            form.meetings,
            room=form.cleaned_data["room"],
            key=form.series_key,
            **(policy.cleaned_data if policy and policy.is_valid() else {}),
        )
    wanted = "plan" in request.POST and (not overlaps or _anyway(request, "plan"))
    if form.is_valid() and _in_order(policy) and wanted:
        planned = services.plan_sessions(
            course,
            form.meetings,
            key=form.series_key,
            room=form.cleaned_data["room"],
            **(policy.cleaned_data if policy else {}),
        )
        words = ngettext("%(n)d session planned.", "%(n)d sessions planned.", len(planned))
        messages.success(request, words % {"n": len(planned)})
        _tell_clocks(request, form)
        return redirect("course", course.pk)
    own_policy = policy is not None and policy.is_bound and policy.has_changed()
    context = shown | {"form": form, "policy": policy, "own_policy": own_policy}
    if form.is_valid():
        context |= warnings_shown(overlaps, form.clock_changes, form.left_out)
    return page_refusals.form_page(request, "sessions_app/plan.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
@teacher_or_admin_required
def change(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Move a planned session, or give it a policy of its own, which assistants may not."""
    session = _session_planned_by(request, session_id)
    form = MoveForm(request.POST or None, session=session, label_suffix="")
    manages = course_shown(request, session.course)["manages"]
    policy = _policy_form(request, session) if manages else None
    planned = session.state == SessionState.PLANNED
    context = {"session": session, "form": form, "policy": policy}
    if planned and form.is_valid() and _in_order(policy):
        overlaps = services.overlaps_of_change(session, form.changes())
        if overlaps and not _anyway(request, "save"):
            context |= warnings_shown(overlaps, form.clock_changes, [])
        elif _changed(request, session, form, policy):
            return redirect("course", session.course_id)
    return page_refusals.form_page(request, "sessions_app/change.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
@teacher_or_admin_required
def counting(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Say how one session counts, also after it took place. Assistants get 404."""
    rows = Session.objects.managed_by(viewer(request)).select_related(*SHOWN, "course")
    session = get_object_or_404(rows, pk=session_id)
    form = CountingForm(request.POST or None, instance=session, label_suffix="")
    if form.is_valid():
        session.refresh_from_db()  # the form has written into it what is not stored yet
        change_it = partial(services.change_session, session, **form.cleaned_data)
        if page_refusals.do_or_tell(request, change_it, form):
            messages.success(request, _("Session saved."))
            return redirect("course", session.course_id)
    context = {"session": session, "form": form}
    return page_refusals.form_page(request, "sessions_app/counting.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
@teacher_or_admin_required
def cancel(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Ask once, and then cancel this session, or it and all later ones of its series."""
    session = _session_planned_by(request, session_id)
    if request.method == "POST":
        whole = request.POST.get("which") == "later"
        do = services.cancel_from if whole else services.cancel_session
        cancel_it = partial(do, session, by=viewer(request), now=clock.now())
        if page_refusals.do_or_tell(request, cancel_it):
            messages.success(request, _("Cancelled. You can restore it below."))
        return redirect("course", session.course_id)
    return render(request, "sessions_app/cancel.html", {"session": session})


@require_POST
@teacher_or_admin_required
def restore(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Restore a session that was cancelled, or one that was annulled."""
    if session_run_by(request, session_id).state == SessionState.ANNULLED:
        return _restore_annulled(request, session_id)
    session = services.restore_session(_session_planned_by(request, session_id))
    messages.success(request, _("Session restored."))
    for sentence in services.overlaps_in_words(queries.overlaps_of([queries.wanted_of(session)])):
        messages.warning(request, sentence)
    return back_to_list(request, "course", session.course_id)


def _restore_annulled(request: HttpRequest, session_id: UUID) -> HttpResponse:
    session = session_run_by(request, session_id)
    do = partial(services.restore, session, by=viewer(request), now=clock.now())
    if page_refusals.do_or_tell(request, do):
        messages.success(request, _("Session restored. It counts again."))
    return redirect("session-register", session_id)


def _session_planned_by(request: HttpRequest, session_id: UUID) -> Session:
    """A session of a course that the viewer runs. A substitute gets 404: when and whether it takes
    place is for the course's own people to say."""
    session = session_run_by(request, session_id)
    course_run_by(request, session.course_id)
    return session


def _changed(
    request: HttpRequest, session: Session, form: MoveForm, policy: SessionPolicyForm | None
) -> bool:
    """Whether the session was changed. A refusal is shown in the form."""
    changes = form.changes() | (policy.cleaned_data if policy else {})
    change_it = partial(
        services.reschedule_session, session, now=clock.now(), allow_overlaps=True, **changes
    )
    if not page_refusals.do_or_tell(request, change_it, form):
        return False
    messages.success(request, _("Session saved."))
    _tell_clocks(request, form)
    return True


def _tell_clocks(request: HttpRequest, form: PlanForm | MoveForm) -> None:
    """Say which time was taken where the clock is set."""
    for sentence in services.clocks_in_words(form.clock_changes):
        messages.info(request, sentence)


def _anyway(request: HttpRequest, button: str) -> bool:
    """Whether the button was pressed that plans in spite of overlaps."""
    return request.POST.get(button) == "anyway"


def _policy_form(request: HttpRequest, of: Course | Session) -> SessionPolicyForm:
    """The form with the policy of a session or, for a new one, of its course."""
    is_new = isinstance(of, Course)
    names = POLICY_FIELDS if is_new else (*POLICY_FIELDS, *COUNTING_FIELDS)
    start = Session(**{name: getattr(of, name) for name in names})
    kind = PlanPolicyForm if is_new else SessionPolicyForm
    return kind(request.POST or None, instance=start, label_suffix="")


def _in_order(policy: SessionPolicyForm | None) -> bool:
    return policy is None or policy.is_valid()
