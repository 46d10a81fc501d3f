"""The first page, and the page of a code."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.pages import viewer
from attendance_project import clock
from sessions_app import hooks, queries

_NEXT_SHOWN = 6


@require_GET
@never_cache
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Show today, what waits, and what comes next. Students are told to use the student's page."""
    user = viewer(request)
    if user.is_student:
        return render(request, "sessions_app/home_student.html")
    now = clock.now()
    context = {
        "sessions": queries.sessions_today(user, now),
        "coming": [] if user.is_admin else queries.sessions_next(user, now, at_most=_NEXT_SHOWN),
        "to_dos": [each for list_of in hooks.to_dos for each in list_of(user) if each["count"]],
        "closed_days": queries.closed_soon(now),
        "now": now,
    }
    return render(request, "sessions_app/home.html", context)


@require_GET
@never_cache
def code_page(request: HttpRequest, token: str) -> HttpResponse:
    """The page to which a stock camera app leads. It judges nothing and stores nothing."""
    goes_on = not request.user.is_authenticated or viewer(request).is_student
    page = render(request, "sessions_app/code_page.html", {"goes_on": goes_on})
    page.headers["Referrer-Policy"] = "no-referrer"
    return page
