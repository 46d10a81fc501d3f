"""The pages of calendars by address: subscribe, look at what a reading changes, and remove."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.pages import teacher_or_admin_required, viewer
from attendance_project import clock, page_refusals
from attendance_project.refusals import Refusal
from sessions_app.domain.web_addresses import name_of
from sessions_app.forms.calendars import SubscriptionForm
from sessions_app.imports import ImportRefused, subscriptions
from sessions_app.imports.fetching import fetch_calendar
from sessions_app.models import CalendarSubscription
from sessions_app.views import imports


@require_http_methods(["GET", "POST"])
@never_cache
@teacher_or_admin_required
def calendars(request: HttpRequest) -> HttpResponse:
    """The viewer's calendars, and a form for another one."""
    user = viewer(request)
    form = SubscriptionForm(request.POST or None, user=user, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            subscriptions.subscribe(user, **form.cleaned_data, now=clock.now())
        except Refusal as refusal:
            page_refusals.show_in_form(form, refusal)
        else:
            messages.success(request, _("Calendar added. Look at what it changes."))
            return redirect("calendars")
    rows = CalendarSubscription.objects.filter(owner=user).select_related(
        "course__subject", "course__class_group"
    )
    context = {"form": form, "calendars": rows}
    return page_refusals.form_page(request, "imports/calendars.html", context)


@require_POST
@never_cache
@teacher_or_admin_required
def look(request: HttpRequest, subscription_id: UUID) -> HttpResponse:
    """Read the calendar now, and show what it changes before anything is saved."""
    subscription = _own(request, subscription_id)
    options = {
        "course": str(subscription.course_id) if subscription.course_id else "",
        "drop_missing": subscription.drop_missing,
        "source": subscription.address,
        "subscription": str(subscription.pk),
        "choices": {},
    }
    try:
        data = fetch_calendar(subscription.address)
        plan = imports.keep_fetched(request, name_of(subscription.address), data, options)
    except (Refusal, ImportRefused) as error:
        told = error.sentence if isinstance(error, Refusal) else str(error.told[0])
        subscriptions.note_trouble(subscription, told, now=clock.now())
        return redirect("calendars")
    subscriptions.note_look(subscription, plan, now=clock.now())
    return redirect(imports.TIMETABLE.preview_url)


@require_POST
@teacher_or_admin_required
def remove(request: HttpRequest, subscription_id: UUID) -> HttpResponse:
    """Read it no more. The sessions that it planned stay."""
    _own(request, subscription_id).delete()
    messages.success(request, _("Calendar removed. Its sessions stay."))
    return redirect("calendars")


def _own(request: HttpRequest, subscription_id: UUID) -> CalendarSubscription:
    rows = CalendarSubscription.objects.filter(owner=viewer(request))
    return get_object_or_404(rows, pk=subscription_id)
