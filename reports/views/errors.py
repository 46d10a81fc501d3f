"""The pages of the error log, for admins."""

from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.pages import admin_required
from accounts.queries import ids_of_people_matching
from attendance_project.lists import Sorting, listing
from reports.forms.errors import ErrorsForm
from reports.models import ErrorEvent
from reports.queries import errors
from reports.views.asking import refused

_SORTINGS = [
    Sorting("latest", gettext_lazy("Latest first"), descending=True),
    Sorting("oldest", gettext_lazy("Oldest first"), by=("at",), opposite="latest"),
    Sorting("status", gettext_lazy("Status"), by=("status", "-at")),
    Sorting("code", gettext_lazy("Code"), by=("code", "-at")),
]


@require_GET
@never_cache
@admin_required
def error_list(request: HttpRequest) -> HttpResponse:
    form = ErrorsForm(request.GET)
    if not form.is_valid():
        return refused(request, "reports/errors.html", form)
    asked = dict(form.cleaned_data)
    rows = errors.events(
        first_day=asked.pop("from"),
        last_day=asked.pop("to"),
        kind=asked.pop("kind"),
        user_id=asked.pop("user"),
        **asked,
    )
    shown = listing(request, rows.select_related("user"), find=_found, sortings=_SORTINGS)
    return render(request, "reports/errors.html", {"form": form, "list": shown})


@require_GET
@never_cache
@admin_required
def error(request: HttpRequest, event_id: UUID) -> HttpResponse:
    rows = ErrorEvent.objects.select_related("user")
    return render(request, "reports/error.html", {"event": get_object_or_404(rows, pk=event_id)})


def _found(rows: QuerySet[ErrorEvent], asked: str) -> QuerySet[ErrorEvent]:
    """Events whose code or route holds the words, or whose person is called so."""
    told = Q(code__icontains=asked) | Q(route__icontains=asked) | Q(request_id__icontains=asked)
    return rows.filter(told | Q(user_id__in=ids_of_people_matching(asked)))
