"""The pages of the error log, for admins."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.pages import admin_required
from reports.forms.errors import ErrorsForm
from reports.models import ErrorEvent
from reports.queries import errors
from reports.views.asking import page_of, refused


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
    page = page_of(request, rows.select_related("user"))
    return render(request, "reports/errors.html", {"form": form, "page": page})


@require_GET
@never_cache
@admin_required
def error(request: HttpRequest, event_id: UUID) -> HttpResponse:
    rows = ErrorEvent.objects.select_related("user")
    return render(request, "reports/error.html", {"event": get_object_or_404(rows, pk=event_id)})
