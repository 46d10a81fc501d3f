"""Log in to the pages, and out."""

from typing import Any

from django.contrib.auth.views import LoginView
from django.http import HttpResponse
from django.shortcuts import render

from accounts.forms import LogInForm


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
        response = super().form_invalid(form)
        if form.refusal is not None:
            response.status_code = form.refusal.status_code
            if form.refusal.wait:
                response.headers["Retry-After"] = str(int(form.refusal.wait) + 1)
        return response
