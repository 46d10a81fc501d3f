"""The teacher's pages."""

import secrets
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from attendance_project.api_errors import ApiError
from sessions_app import queries, services
from sessions_app.forms import MarkForm
from sessions_app.models import AttendanceMark, Session
from sessions_app.services import screens

_SHOWN = ("subject", "class_group", "teacher")


@require_GET
@never_cache
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Today's sessions for teachers and admins; students are told to use the app."""
    if _viewer(request).is_student:
        return render(request, "sessions_app/home_student.html")
    sessions = queries.sessions_today(_viewer(request), timezone.now())
    return render(request, "sessions_app/home.html", {"sessions": sessions})


@require_GET
@never_cache
@login_required
def live(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """The page for the projector; who may not see the code gets the register instead."""
    session = _run_by(request, session_id)
    if not screens.sees_code(session, _viewer(request)):
        return redirect("session-register", session_id)
    return render(request, "sessions_app/live.html", _on_screen(session))


@require_GET
@never_cache
@login_required
def register(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """The register as a page of its own, for the teacher's own screen."""
    session = _run_by(request, session_id)
    context = _on_screen(session) | {"sees_code": screens.sees_code(session, _viewer(request))}
    return render(request, "sessions_app/register.html", context)


@require_GET
@never_cache
def live_state(request: HttpRequest, session_id: UUID) -> JsonResponse:
    """What the websocket would push, for networks that block it."""
    if not request.user.is_authenticated:
        return JsonResponse({"code": "not_authenticated"}, status=401)
    session = _run_by(request, session_id)
    sent = [screens.register_on_screen(session)]
    if session.is_open and screens.sees_code(session, _viewer(request)):
        sent.append(screens.code_on_screen(session, timezone.now()))
    return JsonResponse({"messages": sent})


@require_GET
@never_cache
@login_required
def short_code(request: HttpRequest, session_id: UUID) -> JsonResponse:
    """Digits to type in where a camera fails, for the session's teacher."""
    session = get_object_or_404(Session.objects.taught_by(_viewer(request)), pk=session_id)
    now = timezone.now()
    try:
        code = services.short_code(session, now)
    except ApiError as error:
        return JsonResponse({"code": error.get_codes()}, status=error.status_code)
    left_s = (code.changes_at - now).total_seconds()
    return JsonResponse({"digits": code.digits, "changes_in_s": left_s})


@require_POST
@login_required
def open_session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    session = _run_by(request, session_id)
    _attempt(request, partial(services.open_session, session, by=_viewer(request)))
    return _back(request, session_id)


@require_POST
@login_required
def close_session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    session = _run_by(request, session_id)
    _attempt(request, partial(services.close_session, session, by=_viewer(request)))
    return _back(request, session_id)


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
def mark(request: HttpRequest, session_id: UUID, student_id: UUID) -> HttpResponse:
    """Mark one student by hand; below it stands what was marked before, and by whom."""
    session = _run_by(request, session_id)
    student = get_object_or_404(queries.on_register(session), pk=student_id)
    fresh = {"key": secrets.token_urlsafe(16)}
    form = MarkForm(request.POST or None, initial=fresh, label_suffix="")
    if form.is_valid():
        signed = partial(services.mark_by_hand, session, student, by=_viewer(request))
        if _attempt(request, partial(signed, **form.cleaned_data)):
            return redirect("session-register", session_id)
        return redirect("session-mark", session_id, student_id)  # with a fresh key
    history = AttendanceMark.objects.filter(session_id=session.pk, student_id=student_id)
    context = {"session": session, "student": student, "form": form}
    context["history"] = history.select_related("by")
    return render(request, "sessions_app/mark.html", context)


@require_GET
def code_page(request: HttpRequest, token: str) -> HttpResponse:
    """Where a stock camera app lands: says to open the app. Judges and stores nothing."""
    return render(request, "sessions_app/code_page.html")


def _attempt(request: HttpRequest, do: Callable[..., object]) -> bool:
    """Do it now; what the service refuses is told on the next page."""
    try:
        do(now=timezone.now())
    except ApiError as error:
        messages.error(request, str(error.detail))
        return False
    return True


def _run_by(request: HttpRequest, session_id: UUID) -> Session:
    rows = Session.objects.run_by(_viewer(request)).select_related(*_SHOWN)
    return get_object_or_404(rows, pk=session_id)


def _back(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """To the page whose button was pressed."""
    name = "session-register" if request.POST.get("back") == "register" else "session-live"
    return redirect(name, session_id)


def _viewer(request: HttpRequest) -> User:
    """Who is logged in; for pages that let nobody else through."""
    user: Any = request.user
    assert isinstance(user, User)  # noqa: S101  # tells the type checker what login_required holds
    return user


def _on_screen(session: Session) -> dict[str, Any]:
    return {"session": session, "first": screens.register_on_screen(session)}
