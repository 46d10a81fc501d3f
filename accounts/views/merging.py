"""The admin's pages of two accounts that are one person's."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import services
from accounts.forms.people import OtherAccountForm
from accounts.models import AccountMerge, User
from accounts.pages import admin_required, viewer
from accounts.queries import merged_into, person_known_by, size_of
from accounts.queries import merges as all_merges
from attendance_project import clock, page_refusals
from attendance_project.lists import Sorting, back_to_list, listing

_SORTINGS = [
    Sorting("latest", gettext_lazy("Latest first"), descending=True),
    Sorting("kept", gettext_lazy("Kept"), by=lambda row: row.kept.full_name.casefold()),
    Sorting("merged", gettext_lazy("Merged into it"), by=lambda r: r.merged.full_name.casefold()),
]


@require_http_methods(["GET", "POST"])
@never_cache
@admin_required
def merge(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Ask for the other account, show both, and merge them into the one that is chosen."""
    one = get_object_or_404(User, pk=account_id)
    form = OtherAccountForm(request.POST or request.GET or None, label_suffix="")
    other = _other(form)
    keep = request.POST.get("keep")
    if other and keep in (str(one.pk), str(other.pk)):
        kept, merged = (one, other) if keep == str(one.pk) else (other, one)
        do = partial(services.merge_accounts, kept, merged, by=viewer(request), now=clock.now())
        if page_refusals.do_or_tell(request, do):
            told = _("Merged. %(name)s keeps the account %(number)s.")
            words = {"name": kept.full_name, "number": kept.institution_number}
            messages.success(request, told % words)
            return redirect("person", kept.pk)
        return redirect("person-merge", account_id)
    if other and request.method == "POST":
        form.add_error(None, _("Choose one of the answers."))
    sizes = [size_of(one), size_of(other)] if other else []
    context = {"person": one, "form": form, "other": other, "sizes": sizes}
    context["kept"] = merged_into(one)
    return page_refusals.form_page(request, "accounts/merge.html", context)


@require_GET
@never_cache
@admin_required
def merges(request: HttpRequest) -> HttpResponse:
    """List what was merged, by whom and when. What can still be undone has a button."""
    found = listing(request, all_merges(), words=_words, sortings=_SORTINGS)
    now = clock.now()
    rows = [(row, services.is_undoable(row, now)) for row in found.page]
    return render(request, "accounts/merges.html", {"list": found, "rows": rows})


@require_POST
@admin_required
def undo_merge(request: HttpRequest, merge_id: UUID) -> HttpResponse:
    row = get_object_or_404(AccountMerge.objects.select_related("kept", "merged"), pk=merge_id)
    undo = partial(services.undo_merge, row, by=viewer(request), now=clock.now())
    if page_refusals.do_or_tell(request, undo):
        messages.success(request, _("Undone. Each account has again what it had before."))
    return back_to_list(request, "merges")


def _words(merge: AccountMerge) -> str:
    """What a merge is found by."""
    people = (merge.kept, merge.merged)
    return " ".join(f"{one.full_name} {one.institution_number} {one.email}" for one in people)


def _other(form: OtherAccountForm) -> User | None:
    """The account that the form names. If there is none, the form says so."""
    if not form.is_valid():
        return None
    found = person_known_by(form.cleaned_data["other"])
    if found is None:
        form.add_error("other", _("Nobody has this number or address. Correct it."))
        return None
    kept = merged_into(found)
    if kept is not None:
        told = _("This account was merged into %(number)s already. Name that one.")
        form.add_error("other", told % {"number": kept.institution_number})
        return None
    return found
