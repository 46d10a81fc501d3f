"""The pages of a session's beacon, and of all beacons that were let in."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.pages import teacher_or_admin_required, viewer
from attendance_project import clock, page_refusals
from attendance_project.lists import Sorting, back_to_list, listing
from attendance_project.refusals import Refusal
from sessions_app import services
from sessions_app.models import BeaconToken, Session
from sessions_app.services import screens
from sessions_app.views.base import session_run_by

_SORTINGS = [
    Sorting("latest", gettext_lazy("Latest first"), by=lambda row: row.created_at, descending=True),
    Sorting("what", gettext_lazy("Room or course"), by=lambda row: _what(row).casefold()),
]


@require_http_methods(["GET", "POST"])
@never_cache
@teacher_or_admin_required
def session_beacon(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Say how to put the session on the air. A new token is shown in this answer only."""
    session = session_run_by(request, session_id)
    token = _new_token(request, session) if request.method == "POST" else None
    context = {
        "session": session,
        "token": token,
        "current": session.beacon_tokens.filter(is_active=True).first(),
        "in_room": services.beacons_in(session.room),
        "server": settings.PUBLIC_URL,
        "may_issue": screens.teaches_it(session, viewer(request)),
    }
    return render(request, "sessions_app/beacon.html", context)


@require_GET
@never_cache
@teacher_or_admin_required
def beacons(request: HttpRequest) -> HttpResponse:
    """List the beacons that are let in: for one's own sessions or, for an admin, all."""
    rows = BeaconToken.objects.visible_to(viewer(request)).filter(is_active=True)
    shown = rows.select_related("session__subject", "session__class_group", "created_by")
    found = listing(request, shown, words=_words, sortings=_SORTINGS)
    return render(request, "sessions_app/beacons.html", {"list": found})


@require_POST
@teacher_or_admin_required
def revoke_beacon(request: HttpRequest, token_id: UUID) -> HttpResponse:
    rows = BeaconToken.objects.visible_to(viewer(request))
    token = get_object_or_404(rows, pk=token_id)
    services.revoke_beacon_token(token, by=viewer(request), now=clock.now())
    messages.success(request, _("Beacon revoked."))
    if request.POST.get("back") == "session" and token.session_id:
        return redirect("session-beacon", token.session_id)
    return back_to_list(request, "beacons")


def _what(row: BeaconToken) -> str:
    """What the beacon is for: a session's course, or a room."""
    if row.session is None:
        return row.room
    return f"{row.session.subject.name} {row.session.class_group.code}"


def _words(row: BeaconToken) -> str:
    by = row.created_by.full_name if row.created_by else ""
    return f"{_what(row)} {row.session.room if row.session else ''} {by}"


def _new_token(request: HttpRequest, session: Session) -> str | None:
    """Only who teaches the session gets a token, because whoever has the key can be anywhere."""
    own = get_object_or_404(Session.objects.taught_by(viewer(request)), pk=session.pk)
    try:
        return services.issue_session_token(own, by=viewer(request), now=clock.now())[1]
    except Refusal as refusal:
        page_refusals.tell(request, refusal)
        return None
