"""The pages on which admins say which kinds of excuse there are, and what each counts as."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.pages import admin_required
from attendance_project import page_refusals
from attendance_project.lists import Sorting, listing
from sessions_app import services
from sessions_app.forms.courses import KindChangeForm, KindForm
from sessions_app.models import ExcuseKind

_SORTINGS = [
    Sorting("name", gettext_lazy("Name"), by=lambda kind: kind.words.casefold()),
    Sorting("counts", gettext_lazy("Counts as"), by=lambda kind: kind.counts_as),
]


@require_http_methods(["GET", "POST"])
@never_cache
@admin_required
def kinds(request: HttpRequest) -> HttpResponse:
    """List all kinds, and add one."""
    form = KindForm(request.POST or None, label_suffix="")
    if form.is_valid():
        add = partial(services.add_kind, **form.cleaned_data)
        if page_refusals.do_or_tell(request, add, form):
            messages.success(request, _("Kind of excuse added."))
            return redirect("excuse-kinds")
    rows = ExcuseKind.objects.all()
    context = {"form": form, "list": listing(request, rows, words=_words, sortings=_SORTINGS)}
    return page_refusals.form_page(request, "sessions_app/excuse_kinds.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
@admin_required
def kind(request: HttpRequest, kind_id: UUID) -> HttpResponse:
    """Change a kind, or switch it off and on."""
    found = get_object_or_404(ExcuseKind, pk=kind_id)
    initial = {name: getattr(found, name) for name in ("name", "counts_as", "is_active")}
    form = KindChangeForm(request.POST or None, initial=initial, label_suffix="")
    if form.is_valid():
        change = partial(services.change_kind, found, **form.cleaned_data)
        if page_refusals.do_or_tell(request, change, form):
            messages.success(request, _("Kind of excuse saved."))
            return redirect("excuse-kinds")
    context = {"form": form, "kind": found}
    return page_refusals.form_page(request, "sessions_app/excuse_kind.html", context)


def _words(kind: ExcuseKind) -> str:
    """What a kind is found by."""
    return f"{kind.words} {kind.code} {kind.get_counts_as_display()}"
