"""The buttons of the guests on a session's register."""

import secrets
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import normalise_number
from accounts.pages import viewer
from attendance_project import clock, page_refusals
from attendance_project.lists import back_to_list
from attendance_project.refusals import Refusal
from sessions_app import queries, services
from sessions_app.forms.marks import GuestForm
from sessions_app.models import Guest, Session
from sessions_app.views.base import course_managed_by, session_run_by


@require_POST
@login_required
def add_guest(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Mark somebody present who is not on the course."""
    session = session_run_by(request, session_id)
    form = GuestForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give a name of up to 150 or a number of up to 40 characters."))
        return _back(request, session_id)
    key = secrets.token_urlsafe(16)
    try:
        services.add_guest(
            session, **form.cleaned_data, by=viewer(request), now=clock.now(), key=key
        )
    except Refusal as refusal:
        return _refused(request, session, refusal, form.cleaned_data)
    return _back(request, session_id)


@require_POST
@login_required
def remove(request: HttpRequest, guest_id: UUID) -> HttpResponse:
    """Take a guest off the list."""
    guest = _guest_run_by(request, guest_id)
    page_refusals.do_or_tell(request, partial(services.remove_guest, guest, now=clock.now()))
    return _back(request, guest.session_id)


@require_POST
@login_required
def enrol(request: HttpRequest, guest_id: UUID) -> HttpResponse:
    """Put a guest on the course who has an account with the guest's number."""
    guest = _guest_run_by(request, guest_id)
    course_managed_by(request, guest.session.course_id)
    name = request.POST.get("name", "")
    try:
        student = services.enrol_guest(guest, by=viewer(request), now=clock.now(), name=name)
    except Refusal as refusal:
        about = {"name": guest.name, "number": guest.number}
        return _refused(request, guest.session, refusal, about, guest=guest)
    messages.success(request, _("%(name)s is on the course now.") % {"name": student})
    return _back(request, guest.session_id)


def _refused(
    request: HttpRequest,
    session: Session,
    refusal: Refusal,
    given: dict[str, str],
    *,
    guest: Guest | None = None,
) -> HttpResponse:
    """Ask whom the teacher means where the number has an owner of another name; tell the rest."""
    owner = queries.owner_of(normalise_number(given["number"]))
    if refusal.code != services.NUMBER_OF_ANOTHER or owner is None:
        page_refusals.tell(request, refusal)
        return _back(request, session.pk)
    context = {"session": session, "owner": owner, "given": given, "guest": guest}
    response = render(request, "sessions_app/guest_whose.html", context)
    return page_refusals.with_status(response, refusal)


def _guest_run_by(request: HttpRequest, guest_id: UUID) -> Guest:
    guest = get_object_or_404(Guest.objects.select_related("session", "enrolled_as"), pk=guest_id)
    guest.session = session_run_by(request, guest.session_id)
    return guest


def _back(request: HttpRequest, session_id: UUID) -> HttpResponse:
    return back_to_list(request, "session-register", session_id, at="#guests")
