"""The pages with the days on which the institution is closed."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.pages import admin_required
from attendance_project import clock, page_refusals
from attendance_project.days import in_every_form
from attendance_project.lists import Sorting, back_to_list, listing
from attendance_project.tables import ImportRefused
from sessions_app import queries, services
from sessions_app.forms.closed_days import ClosedDaysForm, HolidaysForm, UntilForm
from sessions_app.imports.holidays import read_holidays
from sessions_app.models import SOURCE_LENGTH, ClosedDay
from sessions_app.views.base import with_status_of

_SORTINGS = [
    Sorting("day", gettext_lazy("Earliest first"), by=lambda row: row.first),
    Sorting(
        "latest",
        gettext_lazy("Latest first"),
        by=lambda row: row.first,
        descending=True,
        opposite="day",
    ),
    Sorting("name", gettext_lazy("Name"), by=lambda row: row.name.casefold()),
]


@require_http_methods(["GET", "POST"])
@never_cache
@admin_required
def closed_days(request: HttpRequest) -> HttpResponse:
    """List the closed days, and note one or all those of a holiday."""
    form = ClosedDaysForm(request.POST or None, label_suffix="")
    if form.is_valid():
        name = form.cleaned_data["name"]
        days = [services.Day(day, name) for day in form.days()]
        _tell(request, len(services.close_days(days, source="")), len(days))
        return redirect("closed-days")
    return _page(request, form, HolidaysForm(label_suffix=""))


@require_http_methods(["GET", "POST"])
@admin_required
def import_days(request: HttpRequest) -> HttpResponse:
    """Note the whole-day events of a calendar file as closed days. Where the file is refused, the
    list of the page is searched at this address too, and leads to its own."""
    if request.method == "GET":
        return redirect(f"{reverse('closed-days')}?{request.GET.urlencode()}")
    form = HolidaysForm(request.POST, request.FILES, label_suffix="")
    refused = None
    if form.is_valid():
        try:
            _import(request, form)
        except ImportRefused as error:
            form.add_error("file", [str(problem) for problem in error.told])
            refused = error
        else:
            return redirect("closed-days")
    page = _page(request, ClosedDaysForm(label_suffix=""), form)
    return with_status_of(page, refused) if refused else page


@require_POST
@admin_required
def remove(request: HttpRequest, day_id: UUID) -> HttpResponse:
    """Take one closed day back, or all of its range from it to the day ``until``."""
    day = get_object_or_404(ClosedDay, pk=day_id)
    form = UntilForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("The last day could not be read. Nothing was removed."))
        return back_to_list(request, "closed-days")
    until = form.cleaned_data["until"]
    following = queries.range_of(day).days if until else ()
    days = [day, *(each for each in following if until and day.date < each.date <= until)]
    removed = services.open_days(days)
    words = ngettext(
        "Removed. Sessions can be planned on this day again.",
        "%(n)d days removed. Sessions can be planned on them again.",
        removed,
    )
    messages.success(request, words % {"n": removed})
    return back_to_list(request, "closed-days")


def _page(request: HttpRequest, form: ClosedDaysForm, upload: HolidaysForm) -> HttpResponse:
    ranges = queries.in_ranges(ClosedDay.objects.all())
    shown = listing(request, ranges, words=_words, sortings=_SORTINGS)
    context = {"form": form, "upload": upload, "list": shown}
    return page_refusals.form_page(request, "sessions_app/closed_days.html", context)


def _import(request: HttpRequest, form: HolidaysForm) -> None:
    """Note the file's days. Raises ImportRefused."""
    file = form.cleaned_data["file"]
    found = read_holidays(file.read(), now=clock.now())
    added = services.close_days(found.days, source=file.name[:SOURCE_LENGTH])
    _tell(request, len(added), len(found.days))
    if found.left_out:
        words = _("Left out because they do not last whole days: %(titles)s.")
        messages.info(request, words % {"titles": ", ".join(found.left_out[:20])})


def _words(found: queries.ClosedRange) -> str:
    """What a range is found by: any of its days, its name and its calendar."""
    days = " ".join(in_every_form(day.date) for day in found.days)
    return f"{days} {found.name} {found.source}"


def _tell(request: HttpRequest, added: int, given: int) -> None:
    words = ngettext("%(n)d closed day added.", "%(n)d closed days added.", added)
    messages.success(request, words % {"n": added})
    if given > added:
        known = ngettext(
            "%(n)d day was closed already.", "%(n)d days were closed already.", given - added
        )
        messages.info(request, known % {"n": given - added})
