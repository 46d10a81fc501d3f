"""The pages for logging in and out."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.forms.logging_in import LogInForm
from attendance_project import page_refusals


class LogInView(LoginView):
    """Teachers and admins get a session. Students are sent to the student's page without one."""

    template_name = "accounts/login.html"
    authentication_form = LogInForm
    redirect_authenticated_user = True

    def form_valid(self, form: Any) -> HttpResponse:
        if form.get_user().is_student:
            return render(
                self.request, "accounts/use_the_students_page.html", {"student": form.get_user()}
            )
        return super().form_valid(form)

    def form_invalid(self, form: Any) -> HttpResponse:
        page = super().form_invalid(form)
        if form.refusal:
            return page_refusals.with_status(page, form.refusal)
        page.status_code = 400
        return page


class LogOutView(LogoutView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        answer = super().post(request, *args, **kwargs)
        messages.info(request, _("You are logged out."))
        return answer
