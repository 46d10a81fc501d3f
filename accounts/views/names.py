"""The admin's page of names that people wish to have."""

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
from accounts.models import NameRequest
from accounts.pages import admin_required, viewer
from accounts.queries import decided_names, waiting_names
from attendance_project import clock, page_refusals
from attendance_project.lists import Sorting, back_to_list, listing

_SORTINGS = [
    Sorting("as_it_is", gettext_lazy("As they came")),
    Sorting("old", gettext_lazy("Name"), by=lambda row: row.old_name.casefold()),
    Sorting("new", gettext_lazy("New name"), by=lambda row: row.new_name.casefold()),
]


@require_GET
@never_cache
@admin_required
def names(request: HttpRequest) -> HttpResponse:
    """List the names that wait, whose classmates have names like it, and what was decided."""
    waiting = listing(request, waiting_names(), words=_words, sortings=_SORTINGS)
    decided = listing(
        request, decided_names(clock.now()), words=_words, sortings=_SORTINGS, name="decided"
    )
    namesakes = services.namesakes({row.user_id: row.new_name for row in waiting.page})
    rows = [(row, namesakes[row.user_id]) for row in waiting.page]
    context = {"list": waiting, "rows": rows, "decided": decided}
    # One search and one order for both lists. It is shown where either has a row.
    context["tools"] = max(waiting, decided, key=lambda shown: shown.found)
    return render(request, "accounts/names.html", context)


@require_POST
@admin_required
def decide_name(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Approve or decline a name that waits, or undo that."""
    row = get_object_or_404(NameRequest.objects.select_related("user"), pk=request_id)
    verdict = request.POST.get("verdict")
    decide = partial(services.decide_name, row, by=viewer(request))
    acts = {
        "approve": (partial(decide, approve=True), _("%(name)s is approved.")),
        "decline": (partial(decide, approve=False), _("%(name)s is declined.")),
        "undo": (partial(services.undo_name, row), _("Undone. The name %(name)s waits again.")),
    }
    if verdict not in acts:
        messages.error(request, _("Choose one of the answers."))
        return back_to_list(request, "names")
    act, told = acts[verdict]
    if page_refusals.do_or_tell(request, partial(act, now=clock.now())):
        messages.success(request, told % {"name": row.new_name})
    return back_to_list(request, "names")


def _words(row: NameRequest) -> str:
    """What a request is found by."""
    return " ".join((row.old_name, row.new_name, row.user.number, row.user.email))
