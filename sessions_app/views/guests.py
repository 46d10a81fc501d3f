"""The buttons of the guests on a session's register."""

import secrets
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.pages import viewer
from attendance_project import clock, page_refusals
from attendance_project.lists import back_to_list
from sessions_app import services
from sessions_app.forms.marks import GuestForm
from sessions_app.models import Guest
from sessions_app.views.base import course_managed_by, session_run_by


@require_POST
@login_required
def add_guest(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Mark somebody present who is not on the course."""
    session = session_run_by(request, session_id)
    form = GuestForm(request.POST)
    if form.is_valid():
        add = partial(services.add_guest, session, by=viewer(request), now=clock.now())
        mark = partial(add, **form.cleaned_data, key=secrets.token_urlsafe(16))
        page_refusals.do_or_tell(request, mark)
    else:
        messages.error(request, _("Give a name of up to 150 or a number of up to 40 characters."))
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
    act = partial(services.enrol_guest, guest, by=viewer(request), now=clock.now())
    if page_refusals.do_or_tell(request, act):
        guest.refresh_from_db()
        messages.success(request, _("%(name)s is on the course now.") % {"name": guest.enrolled_as})
    return _back(request, guest.session_id)


def _guest_run_by(request: HttpRequest, guest_id: UUID) -> Guest:
    guest = get_object_or_404(Guest.objects.select_related("session", "enrolled_as"), pk=guest_id)
    guest.session = session_run_by(request, guest.session_id)
    return guest


def _back(request: HttpRequest, session_id: UUID) -> HttpResponse:
    return back_to_list(request, "session-register", session_id, at="#guests")
