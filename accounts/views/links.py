"""The page of a link in a mail, which says what the link does and does it on a button."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import services
from accounts.forms.links import MailedLinkForm
from attendance_project import clock, page_refusals
from attendance_project.refusals import Refusal

_PAGE = "accounts/mailed_link.html"


@require_http_methods(["GET", "POST"])
@never_cache
def mailed_link(request: HttpRequest) -> HttpResponse:
    """Say what the link does. Programs that look into mails open links, so only a button acts.

    The secret stands behind the ``#`` of the link, which no server sees or logs. A script sends it
    in a form.
    """
    form = MailedLinkForm(request.POST or None, label_suffix="")
    if not form.is_valid():
        return render(request, _PAGE, {"form": form})
    token = form.cleaned_data["code"]
    try:
        if request.POST.get("confirmed") == "true":
            link = services.follow_link(token, now=clock.now())
            return render(request, _PAGE, {"words": link.words, "is_done": True})
        return render(request, _PAGE, {"words": services.read_link(token).words, "code": token})
    except Refusal as refusal:
        page = render(request, _PAGE, {"refused": refusal.sentence})
        return page_refusals.with_status(page, refusal)
