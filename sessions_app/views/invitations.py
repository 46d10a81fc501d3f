"""The pages of invitations: who has no password yet, and links for them by mail or on paper."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.pages import admin_required, viewer
from attendance_project import clock
from attendance_project.days import in_every_form
from attendance_project.lists import Listing, Sorting, back_to_list, listing
from sessions_app.imports import invitations

_MOST_INVITED = 500
"""People on one page of invitations, who are ticked and invited together. Each has a field of the
form, and Django reads 1000."""
_PERSON_SORTINGS = [
    Sorting("name", gettext_lazy("Name")),
    Sorting("number", gettext_lazy("Number"), by=lambda person: person.institution_number),
    Sorting("role", gettext_lazy("Role"), by=lambda person: person.role),
    Sorting(
        "invited", gettext_lazy("Latest invited first"), by=lambda p: p.invited_at, descending=True
    ),
]
_USED_SORTINGS = [
    Sorting("used", gettext_lazy("Latest first")),
    Sorting("name", gettext_lazy("Name"), by=("full_name",), is_by_letters=True),
    Sorting("number", gettext_lazy("Number"), by=("institution_number", "pk")),
    Sorting("invited", gettext_lazy("Latest invited first"), by=("-invited_at", "pk")),
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
        for person in shown.page.object_list:
            person.invitation_ends_at = invitations.ends_at(person)
        context = {"list": shown, "used": _used(request), "now": clock.now()}
        return render(request, "imports/invitations.html", context)
    wanted = set(request.POST.getlist("person"))
    chosen = [person for person in people if str(person.pk) in wanted]
    if not chosen:
        messages.error(request, _("Select at least one person."))
    else:
        _tell_mails(request, *invitations.mail(chosen, by=viewer(request), now=clock.now()))
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
    slips = invitations.slips(chosen, by=viewer(request), now=clock.now())
    return render(request, "imports/slips.html", {"slips": slips})


def _used(request: HttpRequest) -> Listing:
    return listing(
        request,
        invitations.used(),
        find=lambda rows, asked: invitations.used(asked),
        sortings=_USED_SORTINGS,
        name="used",
        apart=True,
    )


def _person_words(person: User) -> str:
    """What a person is found by."""
    names = f"{person.full_name} {person.institution_number} {person.email}"
    by = person.invited_by.full_name if person.invited_by else ""
    day = in_every_form(timezone.localtime(person.invited_at)) if person.invited_at else ""
    return f"{names} {person.get_role_display()} {by} {day}"


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
