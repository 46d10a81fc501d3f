"""The live page, the register, and their buttons."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.pages import viewer
from accounts.queries import address_of
from attendance_project import clock, page_refusals
from attendance_project.refusals import Kind, Refusal
from sessions_app import services
from sessions_app.forms.marks import HeadCountForm
from sessions_app.models import Course, Session, ShowingWay
from sessions_app.services import screens
from sessions_app.views import beside
from sessions_app.views.base import course_shown, session_run_by


@require_GET
@never_cache
@login_required
def live(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Show the page for the projector. Where an admin opens it, the session's teachers see that."""
    session = session_run_by(request, session_id)
    return render(request, "sessions_app/live.html", _on_screen(request, session))


@require_GET
@never_cache
@login_required
def register(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Show the register as a page of its own, for the teacher's own screen."""
    session = session_run_by(request, session_id)
    user, now = viewer(request), clock.now()
    context = _on_screen(request, session) | course_shown(request, session.course)
    context |= beside.of_session(request, session) | {
        "may_annul": services.may_annul(session, user, now=now),
        "may_restore": services.may_restore(session, user, now=now),
        "is_forgotten": session.is_forgotten(now),
    }
    return render(request, "sessions_app/register.html", context)


@require_GET
@never_cache
@page_refusals.refused_in_json
def live_state(request: HttpRequest, session_id: UUID) -> JsonResponse:
    """Answer what the websocket would push, for networks that block it."""
    if not request.user.is_authenticated:
        raise Refusal(
            "not_authenticated", _("You are logged out. Log in again."), Kind.UNAUTHENTICATED
        )
    session = session_run_by(request, session_id)
    now = clock.now()
    sent = [screens.register_on_screen(session, now=now)]
    asked = request.GET.get("show") == "code"
    sees = screens.sees_code(session, viewer(request), asked=asked)
    if session.shows_code_at(now) and sees:
        sent.append(screens.code_on_screen(session, now=now))
        services.note_shown(session, address_of(request), now=now)
        services.note_showing(session, by=viewer(request), way=ShowingWay.CODE, now=now)
    return JsonResponse({"messages": sent})


@require_GET
@never_cache
@login_required
@page_refusals.refused_in_json
def short_code(request: HttpRequest, session_id: UUID) -> JsonResponse:
    """Answer the digits for a phone whose camera fails."""
    session = session_run_by(request, session_id)
    now = clock.now()
    code = services.short_code(session, now=now)
    services.note_showing(session, by=viewer(request), way=ShowingWay.SHORT_CODE, now=now)
    left_s = (code.changes_at - now).total_seconds()
    return JsonResponse({"digits": code.digits, "changes_in_s": left_s})


@require_POST
@login_required
def open_session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Open the session. Before its own day the page asks first."""
    session = session_run_by(request, session_id)
    let_in = partial(services.open_session, session, by=viewer(request), now=clock.now())
    try:
        let_in(early="early" in request.POST)
    except Refusal as refusal:
        if refusal.code == "opening_early":
            context = {"session": session, "back": request.POST.get("back", "")}
            return render(request, "sessions_app/open_early.html", context)
        page_refusals.tell(request, refusal)
    return _back(request, session_id)


@require_POST
@login_required
def close_session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    session = session_run_by(request, session_id)
    end = partial(services.close_session, session, by=viewer(request), now=clock.now())
    page_refusals.do_or_tell(request, end)
    return _back(request, session_id)


@require_POST
@login_required
def count_heads(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Store the number of heads that the teacher counted. An empty field forgets it."""
    session = session_run_by(request, session_id)
    form = HeadCountForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Enter the number of students that you counted, up to 9999."))
    else:
        heads = form.cleaned_data["heads"]
        keep = partial(services.count_heads, session, heads, now=clock.now())
        page_refusals.do_or_tell(request, keep)
    return _back(request, session_id)


def _back(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Lead back to the page whose button was pressed."""
    name = "session-register" if request.POST.get("back") == "register" else "session-live"
    return redirect(name, session_id)


def _on_screen(request: HttpRequest, session: Session) -> dict[str, Any]:
    first = screens.register_on_screen(session, now=clock.now())
    course = Course.objects.filter(pk=session.course_id)
    return {
        "session": session,
        "first": first,
        "runs_course": course.run_by(viewer(request)).exists(),
        "manages": course.managed_by(viewer(request)).exists(),
    }
