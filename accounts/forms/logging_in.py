"""The form for logging in."""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from accounts import services
from accounts.forms.fields import email_field, password_field
from accounts.middleware import remember_browser
from accounts.queries import caller_of
from attendance_project import clock
from attendance_project.refusals import Refusal


class LogInForm(AuthenticationForm):
    """E-mail and password, with the same limit on guesses as the API.

    ``refusal`` is why the person was not let in. The answer's status comes from it.
    """

    username = email_field()
    password = password_field(_("Password"), "current-password")
    refusal: Refusal | None = None

    @sensitive_variables()
    def clean(self) -> dict[str, Any]:
        email, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if not (email and password):
            return self.cleaned_data
        try:
            user = services.check_password(
                email=email,
                password=password,
                caller=caller_of(self.request),
                now=clock.now(),
            )
        except Refusal as error:
            self.refusal = error
            raise ValidationError(error.sentence) from error
        self.confirm_login_allowed(user)
        self.user_cache = user
        remember_browser(self.request, user)
        return self.cleaned_data
