"""The pages about one's own account and its password."""

from functools import partial

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from accounts import services
from accounts.forms.passwords import ChangePasswordForm
from accounts.middleware import remember_browser
from accounts.pages import viewer
from accounts.queries import logged_in_caller_of
from accounts.views.base import refused
from attendance_project import clock, page_refusals
from attendance_project.refusals import Refusal


@require_GET
@never_cache
@login_required
def account(request: HttpRequest) -> HttpResponse:
    """Show one's own account, as the admins see it."""
    return render(request, "accounts/account.html", {"person": viewer(request)})


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@never_cache
@login_required
def change_password(request: HttpRequest) -> HttpResponse:
    """Set one's own new password. This browser stays logged in, all others are logged out."""
    user = viewer(request)
    form = ChangePasswordForm(request.POST or None)
    if not form.is_valid():
        return page_refusals.form_page(request, "accounts/change_password.html", {"form": form})
    change = partial(services.change_password, user, caller=logged_in_caller_of(request))
    current, new = form.cleaned_data["current_password"], form.cleaned_data["new_password"]
    try:
        change(current=current, new=new, now=clock.now())
    except Refusal as refusal:
        return refused(request, "accounts/change_password.html", form, refusal)
    update_session_auth_hash(request, user)
    remember_browser(request, user)
    messages.success(request, _("Password changed. Your phone and other browsers are logged out."))
    return redirect("account")
