"""Log in to the pages and out, and look after one's own account."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView, LogoutView, PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import services
from accounts.forms import (
    AskForResetForm,
    ChangePasswordForm,
    ForgottenPasswordForm,
    JoinForm,
    LogInForm,
)
from accounts.models import Role, User
from accounts.pages import admin_required, viewer
from accounts.queries import address_of, open_erasures, waiting_accounts
from attendance_project import clock, page_errors
from attendance_project.refusals import Refusal

_SHOWN = 50
_NAMES = {"password": "new_password"}
"""What services call a field, and what the forms call it."""


class LogInView(LoginView):
    """Teachers and admins get a session; students are sent to the app without one."""

    template_name = "accounts/login.html"
    authentication_form = LogInForm
    redirect_authenticated_user = True

    def form_valid(self, form: Any) -> HttpResponse:
        if form.get_user().is_student:
            return render(self.request, "accounts/use_the_app.html", {"student": form.get_user()})
        return super().form_valid(form)

    def form_invalid(self, form: Any) -> HttpResponse:
        page = super().form_invalid(form)
        return page_errors.with_status(page, form.refusal) if form.refusal else page


class LogOutView(LogoutView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        answer = super().post(request, *args, **kwargs)
        messages.info(request, _("You are logged out."))
        return answer


@require_GET
@never_cache
@login_required
def account(request: HttpRequest) -> HttpResponse:
    """Who one is here, as the admins see it."""
    return render(request, "accounts/account.html", {"person": viewer(request)})


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@never_cache
@login_required
def change_password(request: HttpRequest) -> HttpResponse:
    """A new password for oneself; this browser stays logged in, everything else is logged out."""
    user = viewer(request)
    form = ChangePasswordForm(request.POST or None)
    if not form.is_valid():
        return render(request, "accounts/change_password.html", {"form": form})
    change = partial(services.change_password, user, address=address_of(request))
    current, new = form.cleaned_data["current_password"], form.cleaned_data["new_password"]
    try:
        change(current=current, new=new, now=clock.now())
    except Refusal as refusal:
        return _refused(request, "accounts/change_password.html", form, refusal)
    update_session_auth_hash(request, user)
    messages.success(
        request, _("Your password is changed. Phones and other browsers are logged out.")
    )
    return redirect("account")


@require_http_methods(["GET", "POST"])
@never_cache
def ask_for_reset(request: HttpRequest) -> HttpResponse:
    """Ask for a link by e-mail; the answer is the same whether there is an account or not."""
    form = AskForResetForm(request.POST or None)
    if not form.is_valid():
        return render(request, "accounts/ask_for_reset.html", {"form": form})
    email = form.cleaned_data["email"]
    try:
        services.ask_for_reset(email, address=address_of(request), now=clock.now())
    except Refusal as refusal:
        return _refused(request, "accounts/ask_for_reset.html", form, refusal)
    return render(request, "accounts/reset_asked.html", {"email": email})


class ForgottenPasswordView(PasswordResetConfirmView):
    """Where the link leads. Django keeps the token in the session and out of the address."""

    template_name = "accounts/forgotten_password.html"
    form_class = ForgottenPasswordForm  # type: ignore[assignment]  # asks for its two fields only
    success_url = reverse_lazy("login")

    def form_valid(self, form: Any) -> HttpResponse:
        password = form.cleaned_data["new_password"]
        try:
            services.set_forgotten_password(form.user, password=password, now=clock.now())
        except Refusal as refusal:
            page_errors.show_in_form(form, refusal, names=_NAMES)
            return self.form_invalid(form)
        self.request.session.pop("_password_reset_token", None)
        messages.success(self.request, _("Your new password is set. Log in with it."))
        return redirect(self.get_success_url())


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@never_cache
def join(request: HttpRequest) -> HttpResponse:
    """A teacher's or an admin's own account: at once with an invitation, else after approval."""
    if request.user.is_authenticated:
        return redirect("home")
    invitation = request.GET.get("invitation", "")[:100]
    form = JoinForm(request.POST or None, initial={"invitation": invitation})
    if not form.is_valid():
        return render(request, "accounts/join.html", {"form": form})
    try:
        user = _register(form, address_of(request))
    except Refusal as refusal:
        return _refused(request, "accounts/join.html", form, refusal)
    if not user.is_approved:
        return render(request, "accounts/waiting.html")
    messages.success(request, _("Your account is ready. Log in with it."))
    return redirect("login")


@require_GET
@never_cache
@admin_required
def waiting_people(request: HttpRequest) -> HttpResponse:
    """Who has registered as a teacher and waits to be let in."""
    waiting = waiting_accounts()
    shown = list(waiting[:_SHOWN])
    context = {"people": shown, "further": max(0, waiting.count() - len(shown))}
    return render(request, "accounts/people_waiting.html", context)


@require_GET
@never_cache
@admin_required
def erasures(request: HttpRequest) -> HttpResponse:
    """Who asked to be erased, and how it is carried out."""
    waiting = open_erasures()
    shown = list(waiting[:_SHOWN])
    context = {"requests": shown, "further": max(0, waiting.count() - len(shown))}
    return render(request, "accounts/erasures.html", context)


@require_POST
@admin_required
def approve_person(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Let somebody in; harmless to repeat."""
    account = get_object_or_404(User, pk=account_id)
    services.approve_account(account, by=viewer(request))
    told = _("%(name)s can teach now. Tell them, since no mail is sent.")
    messages.success(request, told % {"name": account.full_name})
    return redirect("people-waiting")


def _register(form: JoinForm, address: str) -> Any:
    code = form.cleaned_data["invitation"]
    if form.cleaned_data["role"] == Role.ADMIN:
        return services.register_admin(
            form.new_account(), by=None, invitation=code, now=clock.now()
        )
    return services.register_teacher(
        form.new_account(), invitation=code, address=address, now=clock.now()
    )


def _refused(request: HttpRequest, template: str, form: Any, refusal: Refusal) -> HttpResponse:
    page_errors.show_in_form(form, refusal, names=_NAMES)
    return page_errors.with_status(render(request, template, {"form": form}), refusal)
