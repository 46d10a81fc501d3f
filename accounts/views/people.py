"""The admin's pages of people who wait to be let in, and who asked to be erased."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts import services
from accounts.models import User
from accounts.pages import admin_required, viewer
from accounts.queries import open_erasures, waiting_accounts

_SHOWN = 50
"""How many rows of a list are shown at once. The page says how many more there are."""


@require_GET
@never_cache
@admin_required
def waiting_people(request: HttpRequest) -> HttpResponse:
    """List those who registered as a teacher and wait to be let in."""
    waiting = waiting_accounts()
    shown = list(waiting[:_SHOWN])
    context = {"people": shown, "further": max(0, waiting.count() - len(shown))}
    return render(request, "accounts/people_waiting.html", context)


@require_GET
@never_cache
@admin_required
def erasures(request: HttpRequest) -> HttpResponse:
    """List those who asked to be erased, and say how it is carried out."""
    waiting = open_erasures()
    shown = list(waiting[:_SHOWN])
    context = {"requests": shown, "further": max(0, waiting.count() - len(shown))}
    return render(request, "accounts/erasures.html", context)


@require_POST
@admin_required
def approve_person(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Let a person in. Repeating is harmless."""
    account = get_object_or_404(User, pk=account_id)
    services.approve_account(account, by=viewer(request))
    told = _("%(name)s is approved. Please tell them, because no mail is sent.")
    messages.success(request, told % {"name": account.full_name})
    return redirect("people-waiting")
