"""The first page, and the page of a code."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.pages import viewer
from attendance_project import clock
from attendance_project.lists import Listing, Sorting, listing
from sessions_app import hooks, queries
from sessions_app.models import Session

_NEXT_SHOWN = 6
_TODAY_SORTINGS = [
    Sorting("state", gettext_lazy("Open first")),
    Sorting("start", gettext_lazy("Time"), by=lambda session: session.starts_at),
    Sorting("subject", gettext_lazy("Subject"), by=lambda s: s.subject.name.casefold()),
    Sorting("room", gettext_lazy("Room"), by=lambda session: session.room.casefold() or None),
    Sorting("teacher", gettext_lazy("Teacher"), by=lambda s: s.teacher.full_name.casefold()),
]


@require_GET
@never_cache
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Show today, what waits, and what comes next. Students are told to use the student's page."""
    user = viewer(request)
    if user.is_student:
        return render(request, "sessions_app/home_student.html")
    now = clock.now()
    today = queries.sessions_today(user, now)
    coming = [] if user.is_admin else queries.sessions_next(user, now, at_most=_NEXT_SHOWN)
    queries.note_courses_run(user, [*today, *coming])
    context = {
        "today": _today(request, today),
        "coming": coming,
        "to_dos": [each for list_of in hooks.to_dos for each in list_of(user) if each["count"]],
        "closed_days": queries.in_ranges(queries.closed_soon(now)),
        "now": now,
    }
    return render(request, "sessions_app/home.html", context)


def _today(request: HttpRequest, sessions: list[Session]) -> Listing:
    """An admin sees the sessions of the whole institution, which may be hundreds."""
    return listing(
        request, sessions, words=_words, sortings=_TODAY_SORTINGS, name="today", apart=True
    )


def _words(session: Session) -> str:
    """What a session is found by."""
    course = f"{session.subject.code} {session.subject.name} {session.class_group.code}"
    said = f"{session.room} {session.get_state_display()} {session.local_start:%H:%M}"
    return f"{course} {said} {session.teacher.full_name}"


@require_GET
@never_cache
def code_page(request: HttpRequest, token: str) -> HttpResponse:
    """The page to which a stock camera app leads. It judges nothing and stores nothing."""
    goes_on = not request.user.is_authenticated or viewer(request).is_student
    page = render(request, "sessions_app/code_page.html", {"goes_on": goes_on})
    page.headers["Referrer-Policy"] = "no-referrer"
    return page
