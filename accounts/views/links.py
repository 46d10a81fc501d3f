"""The page of a link in a mail, which says what the link does and does it on a button."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import services
from attendance_project import clock, page_refusals
from attendance_project.refusals import Refusal

_PAGE = "accounts/mailed_link.html"


@require_http_methods(["GET", "POST"])
@never_cache
def mailed_link(request: HttpRequest, token: str) -> HttpResponse:
    """Say what the link does. Programs that look into mails open links, so only a button acts."""
    try:
        if request.method == "POST":
            link = services.follow_link(token, now=clock.now())
            return render(request, _PAGE, {"words": link.words, "is_done": True})
        return render(request, _PAGE, {"words": services.read_link(token).words})
    except Refusal as refusal:
        page = render(request, _PAGE, {"refused": refusal.sentence})
        return page_refusals.with_status(page, refusal)
