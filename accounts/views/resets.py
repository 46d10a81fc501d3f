"""The pages for a person who forgot their password."""

import re
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import INTERNAL_RESET_SESSION_TOKEN, PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import services
from accounts.forms.passwords import AskForResetForm, ForgottenPasswordForm, LinkForm
from accounts.middleware import remember_browser
from accounts.queries import caller_of
from accounts.views.base import NAMES, refused
from attendance_project import clock, page_refusals
from attendance_project.refusals import Refusal

_SAVED = "#/login//saved"
"""The log-in of the student's page, which says itself that the password is saved."""


@require_http_methods(["GET", "POST"])
@never_cache
def ask_for_reset(request: HttpRequest) -> HttpResponse:
    """Ask for a link by e-mail. The answer is the same whether there is an account or not."""
    form = AskForResetForm(request.POST or None)
    if not form.is_valid():
        return page_refusals.form_page(request, "accounts/ask_for_reset.html", {"form": form})
    email = form.cleaned_data["email"]
    try:
        services.ask_for_reset(email, caller=caller_of(request), now=clock.now())
    except Refusal as refusal:
        return refused(request, "accounts/ask_for_reset.html", form, refusal)
    return render(request, "accounts/reset_asked.html", {"email": email})


@require_http_methods(["GET", "POST"])
@never_cache
def open_link(request: HttpRequest) -> HttpResponse:
    """The page of the link in a mail: it takes the secret, which no address has, into the session.

    Whether the secret is right is judged by the page that it leads to.
    """
    form = LinkForm(request.POST or None, label_suffix="")
    if not form.is_valid():
        return page_refusals.form_page(request, "accounts/password_link.html", {"form": form})
    number, _point, token = form.cleaned_data["code"].partition(".")
    request.session[INTERNAL_RESET_SESSION_TOKEN] = token
    return redirect("password_reset_confirm", uidb64=_plain(number))


def _plain(number: str) -> str:
    """The account's number in base64, or a sign that is none where it is written otherwise."""
    return number if re.fullmatch(r"[A-Za-z0-9_-]{1,64}", number) else "-"


class ForgottenPasswordView(PasswordResetConfirmView):
    """The page for a new password. The token is in the session, where `open_link` put it."""

    template_name = "accounts/forgotten_password.html"
    form_class = ForgottenPasswordForm  # type: ignore[assignment]  # it has only the two fields
    success_url = reverse_lazy("login")

    def form_valid(self, form: Any) -> HttpResponse:
        password = form.cleaned_data["new_password"]
        try:
            services.set_forgotten_password(form.user, password=password, now=clock.now())
        except Refusal as refusal:
            page_refusals.show_in_form(form, refusal, names=NAMES)
            return page_refusals.with_status(self.form_invalid(form), refusal)
        remember_browser(self.request, form.user)
        self.request.session.pop(INTERNAL_RESET_SESSION_TOKEN, None)
        if form.user.is_student:
            return redirect(f"{reverse('student')}{_SAVED}")
        messages.success(self.request, _("Password saved. Log in with it."))
        return redirect(self.get_success_url())

    def form_invalid(self, form: Any) -> HttpResponse:
        page = super().form_invalid(form)
        page.status_code = 400
        return page
