"""The page where a teacher or an admin makes their own account."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import services
from accounts.forms.joining import JoinForm
from accounts.models import Role
from accounts.queries import address_of
from accounts.views.base import refused
from attendance_project import clock, page_refusals
from attendance_project.refusals import Refusal


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@never_cache
def join(request: HttpRequest) -> HttpResponse:
    """Make a teacher's or an admin's account: at once with an invitation, else after approval."""
    if request.user.is_authenticated:
        return redirect("home")
    invitation = request.GET.get("invitation", "")[:100]
    form = JoinForm(request.POST or None, initial={"invitation": invitation})
    if not form.is_valid():
        return page_refusals.form_page(request, "accounts/join.html", {"form": form})
    try:
        user = _register(form, address_of(request))
    except Refusal as refusal:
        return refused(request, "accounts/join.html", form, refusal)
    if not user.is_approved:
        unconfirmed = "" if user.is_confirmed else user.email
        return render(request, "accounts/waiting.html", {"unconfirmed_email": unconfirmed})
    messages.success(request, _("Your account is ready. Log in."))
    return redirect("login")


def _register(form: JoinForm, address: str) -> Any:
    code = form.cleaned_data["invitation"]
    if form.cleaned_data["role"] == Role.ADMIN:
        return services.register_admin(
            form.new_account(), by=None, invitation=code, now=clock.now()
        )
    return services.register_teacher(
        form.new_account(), invitation=code, address=address, now=clock.now()
    )
