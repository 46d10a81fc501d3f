"""The log-in form of the pages."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from accounts import services
from accounts.queries import address_of
from attendance_project.api_errors import ApiError


class LogInForm(AuthenticationForm):
    """E-mail and password, with the same limit on guesses as the API.

    ``refusal`` is why the password did not let them in, for the status of the answer.
    """

    username = forms.EmailField(
        label="E-mail",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label="Password",
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    refusal: ApiError | None = None

    @sensitive_variables()
    def clean(self) -> dict[str, Any]:
        email, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if not (email and password):
            return self.cleaned_data
        try:
            user = services.check_password(
                email=email,
                password=password,
                address=address_of(self.request),
                now=timezone.now(),
            )
        except ApiError as error:
            self.refusal = error
            raise ValidationError(str(error.detail)) from error
        self.confirm_login_allowed(user)
        self.user_cache = user
        return self.cleaned_data
