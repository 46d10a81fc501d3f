"""The admin's pages of people who wait to be let in, and who asked to be erased."""

from dataclasses import replace
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts import services
from accounts.models import User
from accounts.pages import admin_required, viewer
from accounts.queries import open_erasures, waiting_accounts
from attendance_project import page_refusals
from attendance_project.lists import Sorting, back_to_list, listing

_SORTINGS = [
    Sorting("oldest", gettext_lazy("Oldest first")),
    Sorting("name", gettext_lazy("Name"), by=lambda person: person.full_name.casefold()),
    Sorting("number", gettext_lazy("Number"), by=lambda person: person.number),
]
"""How people who wait can be sorted. The rows themselves are by age."""


@require_GET
@never_cache
@admin_required
def waiting_people(request: HttpRequest) -> HttpResponse:
    """List those who registered as a teacher and wait to be let in."""
    shown = listing(request, waiting_accounts(), words=_words, sortings=_SORTINGS)
    return render(request, "accounts/people_waiting.html", {"list": shown})


@require_GET
@never_cache
@admin_required
def erasures(request: HttpRequest) -> HttpResponse:
    """List those who asked to be erased, and say how it is carried out."""
    shown = listing(
        request,
        open_erasures(),
        words=lambda asked: _words(asked.user),
        sortings=[_of_user(sorting) for sorting in _SORTINGS],
    )
    return render(request, "accounts/erasures.html", {"list": shown})


@require_POST
@admin_required
def approve_person(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Let a person in. Repeating is harmless."""
    account = get_object_or_404(User, pk=account_id)
    approve = partial(services.approve_account, account, by=viewer(request))
    if page_refusals.do_or_tell(request, approve):
        told = _("%(name)s is approved. Please tell them, because no mail is sent.")
        messages.success(request, told % {"name": account.full_name})
    return back_to_list(request, "people-waiting")


def _words(person: User) -> str:
    """What a person is found by."""
    parts = (person.full_name, person.number, person.email, person.department)
    return " ".join(parts)


def _of_user(sorting: Sorting) -> Sorting:
    """The same order for rows that are about a user."""
    by = sorting.by
    return replace(sorting, by=(lambda row: by(row.user)) if callable(by) else None)
