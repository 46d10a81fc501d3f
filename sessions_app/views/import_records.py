"""The pages of imports that were carried out: what each changed, and taking it back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.pages import teacher_or_admin_required, viewer
from attendance_project import clock, page_refusals
from attendance_project.lists import Listing, Sorting, listing
from sessions_app import imports
from sessions_app.imports import Action, records, staying
from sessions_app.imports.record_names import named, unnamed
from sessions_app.models import ImportRecord

_SORTINGS = [
    Sorting("latest", gettext_lazy("Latest first"), by=("-at",), descending=True),
    Sorting("oldest", gettext_lazy("Oldest first"), by=("at",), opposite="latest"),
    Sorting("kind", gettext_lazy("Kind"), by=("kind", "-at")),
    Sorting("file", gettext_lazy("File"), by=("file_name",)),
]
_CHANGE_SORTINGS = [
    Sorting("file", gettext_lazy("Order of the file")),
    Sorting("name", gettext_lazy("Name"), by=lambda one: one.name.casefold()),
    Sorting("kind", gettext_lazy("Kind"), by=lambda one: str(one.kind.label)),
    Sorting("action", gettext_lazy("Change"), by=lambda one: str(one.action.label)),
]


@require_GET
@never_cache
@teacher_or_admin_required
def import_records(request: HttpRequest) -> HttpResponse:
    """The viewer's own imports or, for an admin, all."""
    rows = ImportRecord.objects.visible_to(viewer(request)).select_related("by").defer("changes")
    found = listing(request, rows, find=_found, sortings=_SORTINGS)
    return render(request, "imports/records.html", {"list": found})


def _found(rows: QuerySet[ImportRecord], asked: str) -> QuerySet[ImportRecord]:
    return rows.filter(Q(file_name__icontains=asked) | Q(source__icontains=asked))


@require_GET
@never_cache
@teacher_or_admin_required
def import_record(request: HttpRequest, record_id: UUID) -> HttpResponse:
    record = _record(request, record_id)
    found = _changes(request, record)
    context = {
        "record": record,
        "list": found,
        "counts": [(Action(name).label, n) for name, n in records.counts(record).items()],
        "is_revertible": imports.is_revertible(record),
        "stayed": staying.told(record.stayed),
    }
    return render(request, "imports/record.html", context)


def _changes(request: HttpRequest, record: ImportRecord) -> Listing:
    """The changes of the record. Only those of the page are named, unless all are searched or
    sorted by their names."""
    to = viewer(request)
    options: dict[str, Any] = {"words": lambda one: one.words, "sortings": _CHANGE_SORTINGS}
    if request.GET.get("q") or request.GET.get("sort", "").removeprefix("-") == "name":
        return listing(request, named(record, record.changes, to=to), **options)
    found = listing(request, unnamed(record.changes), **options)
    found.page.object_list = named(record, [one.kept for one in found.page], to=to)
    return found


@require_POST
@teacher_or_admin_required
def take_back_import(request: HttpRequest, record_id: UUID) -> HttpResponse:
    record = _record(request, record_id)
    by, now = viewer(request), clock.now()
    if page_refusals.do_or_tell(request, lambda: imports.take_back(record, by=by, now=now)):
        record.refresh_from_db()
        messages.success(request, _TAKEN_BACK() if not record.stayed else _PARTLY())
    return redirect("import-record", record.pk)


def _TAKEN_BACK() -> str:
    return _("The import was taken back.")


def _PARTLY() -> str:
    return _("The import was taken back as far as possible. What stays is listed below.")


def _record(request: HttpRequest, record_id: UUID) -> ImportRecord:
    rows = ImportRecord.objects.visible_to(viewer(request)).select_related("by", "taken_back_by")
    return get_object_or_404(rows, pk=record_id)
