"""The pages of imports that were carried out: what each changed, and taking it back."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.pages import teacher_or_admin_required, viewer
from attendance_project import clock, page_refusals
from sessions_app import imports
from sessions_app.imports import Action, records
from sessions_app.models import ImportRecord

ROWS_A_PAGE = 50
_CHANGES_A_PAGE = 100
_SORTED = {"": "-at", "oldest": "at", "file": "file_name"}


@require_GET
@never_cache
@teacher_or_admin_required
def import_records(request: HttpRequest) -> HttpResponse:
    """The viewer's own imports or, for an admin, all."""
    rows = ImportRecord.objects.visible_to(viewer(request)).select_related("by").defer("changes")
    asked, order = request.GET.get("q", "").strip()[:100], request.GET.get("sort", "")
    found = _found(rows, asked).order_by(_SORTED.get(order, "-at"), "pk")
    page = Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "imports/records.html", {"page": page, "q": asked, "sort": order})


def _found(rows: QuerySet[ImportRecord], asked: str) -> QuerySet[ImportRecord]:
    if not asked:
        return rows
    return rows.filter(Q(file_name__icontains=asked) | Q(source__icontains=asked))


@require_GET
@never_cache
@teacher_or_admin_required
def import_record(request: HttpRequest, record_id: UUID) -> HttpResponse:
    record = _record(request, record_id)
    page = Paginator(record.changes, _CHANGES_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "record": record,
        "page": page,
        "counts": [(Action(name).label, n) for name, n in records.counts(record).items()],
        "rows": [(Action(one["action"]).label, one) for one in page],
        "is_revertible": imports.is_revertible(record),
    }
    return render(request, "imports/record.html", context)


@require_POST
@teacher_or_admin_required
def take_back_import(request: HttpRequest, record_id: UUID) -> HttpResponse:
    record = _record(request, record_id)
    by, now = viewer(request), clock.now()
    if page_refusals.do_or_tell(request, lambda: imports.take_back(record, by=by, now=now)):
        messages.success(request, _("The import was taken back."))
    return redirect("import-record", record.pk)


def _record(request: HttpRequest, record_id: UUID) -> ImportRecord:
    rows = ImportRecord.objects.visible_to(viewer(request)).select_related("by", "taken_back_by")
    return get_object_or_404(rows, pk=record_id)
