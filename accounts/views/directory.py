"""The admin's pages of people: the list, and one person to change or switch off and on."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import hooks, services
from accounts.forms.people import ON, PeopleForm, PersonForm
from accounts.models import User, normalise_email, normalise_number
from accounts.pages import admin_required, viewer
from accounts.queries import logged_in_caller_of, merged_into, merges_of, people_matching
from attendance_project import clock, page_refusals
from attendance_project.lists import Sorting, listing
from attendance_project.spellings import visible

_SORTINGS = [
    Sorting("name", gettext_lazy("Name"), by=("full_name", "email"), is_by_letters=True),
    Sorting("number", gettext_lazy("Number"), by=("institution_number",)),
    Sorting("email", gettext_lazy("E-mail"), by=("email",)),
    Sorting("role", gettext_lazy("Role"), by=("role", "full_name", "email"), is_by_letters=True),
]


@require_GET
@never_cache
@admin_required
def people(request: HttpRequest) -> HttpResponse:
    """List everybody, with search, sorting and pages."""
    form = PeopleForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    found = people_matching(
        text=asked.get("q", ""),
        role=asked.get("role", ""),
        is_active={"": None}.get(asked.get("state", ""), asked.get("state") == ON),
    )
    shown = listing(request, found, sortings=_SORTINGS)
    signs = hooks.signs_of([each.pk for each in shown.page])
    rows = [(each, signs.get(each.pk, [])) for each in shown.page]
    context = {"form": form, "list": shown, "rows": rows}
    return render(request, "accounts/people.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@never_cache
@admin_required
def person(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Show one person, and let their name, number and address be changed."""
    found = get_object_or_404(User, pk=account_id)
    now = {name: getattr(found, name) for name in PersonForm.base_fields}
    now["institution_number"] = found.number
    form = PersonForm(request.POST or None, initial=now, label_suffix="")
    if form.is_valid() and page_refusals.do_or_tell(
        request, partial(_change, request, found, _one_spelling(form.cleaned_data)), form
    ):
        messages.success(request, _("Saved."))
        return redirect("person", account_id)
    context = {"person": found, "form": form, "merges": merges_of(found)}
    context["kept"] = merged_into(found)
    context["signs"] = hooks.signs_of([found.pk]).get(found.pk, [])
    return page_refusals.form_page(request, "accounts/person.html", context)


@require_POST
@admin_required
def switch_person(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Switch an account off, so that nobody logs in to it, or on again. Nothing is deleted."""
    found = get_object_or_404(User, pk=account_id)
    is_on = request.POST.get("to") == ON
    if page_refusals.do_or_tell(request, partial(_change, request, found, {"is_active": is_on})):
        told = _("%(name)s is switched on.") if is_on else _("%(name)s is switched off.")
        messages.success(request, told % {"name": found.full_name})
    return redirect("person", account_id)


@require_POST
@admin_required
def confirm_person(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Answer for an account's address, number and name, where no mail reaches its owner."""
    found = get_object_or_404(User, pk=account_id)
    confirm = partial(services.answer_for_account, found, now=clock.now())
    if page_refusals.do_or_tell(request, confirm):
        told = _("Address, number and name of %(name)s count now.")
        messages.success(request, told % {"name": found.full_name})
    return redirect("person", account_id)


def _change(request: HttpRequest, found: User, changes: dict[str, Any]) -> None:
    services.update_profile(
        found, changes, by=viewer(request), caller=logged_in_caller_of(request), now=clock.now()
    )


def _one_spelling(given: dict[str, Any]) -> dict[str, Any]:
    return given | {
        "full_name": visible(given["full_name"]),
        "email": normalise_email(given["email"]),
        "institution_number": normalise_number(given["institution_number"]),
    }
