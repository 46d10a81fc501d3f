"""The page of a link in a mail, which says what the link does and does it on a button."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import services
from accounts.forms.links import LinkPasswordForm, MailedLinkForm
from accounts.queries import caller_of
from attendance_project import clock, page_refusals
from attendance_project.refusals import Refusal

_PAGE = "accounts/mailed_link.html"


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@never_cache
def mailed_link(request: HttpRequest) -> HttpResponse:
    """Say what the link does. Programs that look into mails open links, so only a button acts.

    The secret stands behind the ``#`` of the link, which no server sees or logs. A script sends it
    in a form.
    """
    form = MailedLinkForm(request.POST or None, label_suffix="")
    if not form.is_valid():
        return page_refusals.form_page(request, _PAGE, {"form": form})
    token = form.cleaned_data["code"]
    try:
        return _looked_at(request, token)
    except Refusal as refusal:
        page = render(request, _PAGE, {"refused": refusal.sentence})
        return page_refusals.with_status(page, refusal)


def _looked_at(request: HttpRequest, token: str) -> HttpResponse:
    """The page with the button, or with what was done where the button was pressed."""
    link = services.read_link(token)
    is_pressed = request.POST.get("confirmed") == "true"
    asks = link.act.asks_password
    form = LinkPasswordForm(request.POST if is_pressed else None, label_suffix="") if asks else None
    context = {"words": link.words, "code": token, "password_form": form}
    if not is_pressed or (form and not form.is_valid()):
        return page_refusals.form_page(request, _PAGE, context)
    password = form.cleaned_data["current_password"] if form else ""
    try:
        services.follow_link(token, password=password, caller=caller_of(request), now=clock.now())
    except Refusal as refusal:
        if form is None or "current_password" not in refusal.fields:
            raise
        page_refusals.show_in_form(form, refusal)
        return page_refusals.with_status(render(request, _PAGE, context), refusal)
    return render(request, _PAGE, {"words": link.words, "is_done": True})
