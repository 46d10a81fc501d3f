"""The pages of invitations: who has no password yet, and links for them by mail or on paper."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.pages import admin_required
from attendance_project.lists import Sorting, back_to_list, listing
from sessions_app.imports import invitations

_MOST_INVITED = 500
"""People on one page of invitations, who are ticked and invited together. Each has a field of the
form, and Django reads 1000."""
_PERSON_SORTINGS = [
    Sorting("name", gettext_lazy("Name")),
    Sorting("number", gettext_lazy("Number"), by=lambda person: person.institution_number),
    Sorting("role", gettext_lazy("Role"), by=lambda person: person.role),
]


@require_http_methods(["GET", "POST"])
@never_cache
@admin_required
def invite(request: HttpRequest) -> HttpResponse:
    """List who has no password yet, and mail links to the people who are ticked."""
    people = invitations.waiting()
    if request.method != "POST":
        shown = listing(
            request,
            people,
            words=_person_words,
            sortings=_PERSON_SORTINGS,
            rows_a_page=_MOST_INVITED,
        )
        return render(request, "imports/invitations.html", {"list": shown})
    wanted = set(request.POST.getlist("person"))
    chosen = [person for person in people if str(person.pk) in wanted]
    if not chosen:
        messages.error(request, _("Select at least one person."))
    else:
        _tell_mails(request, *invitations.mail(chosen))
    return back_to_list(request, "invitations")


@require_POST
@never_cache
@admin_required
def print_invitations(request: HttpRequest) -> HttpResponse:
    """Print a slip for each person who is ticked, with the link as text and as a code."""
    wanted = set(request.POST.getlist("person"))
    chosen = [person for person in invitations.waiting() if str(person.pk) in wanted]
    if not chosen:
        messages.error(request, _("Select at least one person."))
        return back_to_list(request, "invitations")
    return render(request, "imports/slips.html", {"slips": invitations.slips(chosen)})


def _person_words(person: User) -> str:
    """What a person is found by."""
    names = f"{person.full_name} {person.institution_number} {person.email}"
    return f"{names} {person.get_role_display()}"


def _tell_mails(request: HttpRequest, sent: int, failed: list[User]) -> None:
    if sent:
        told = ngettext("%(n)d invitation sent.", "%(n)d invitations sent.", sent)
        messages.success(request, told % {"n": sent})
    if failed:
        addresses = ", ".join(person.email for person in failed)
        told = _(
            "No mail could be sent to %(addresses)s. Check the addresses, or print the invitations."
        )
        messages.error(request, told % {"addresses": addresses})
