"""The forms of the pages about one's own account."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from accounts import services
from accounts.models import Role, User, normalise_email, normalise_number
from accounts.queries import address_of
from attendance_project import clock
from attendance_project.refusals import Refusal


def _email(**fields: Any) -> forms.EmailField:
    widget = forms.EmailInput(attrs={"autocomplete": "username"})
    return forms.EmailField(label=_("E-mail"), max_length=254, widget=widget, **fields)


def _password(label: Any, autocomplete: str, **fields: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=128, widget=widget, **fields)


# Control characters have no business in what others read.
_line = RegexValidator(
    r"[\x00-\x1f\x7f-\x9f]", _("Please use letters and signs only."), inverse_match=True
)
_number = RegexValidator(
    r"\A[A-Za-z0-9][A-Za-z0-9./_-]*\Z", _("Use letters A to Z, digits, and . / _ - only.")
)


class LogInForm(AuthenticationForm):
    """E-mail and password, with the same limit on guesses as the API.

    ``refusal`` is why the password did not let them in, for the status of the answer.
    """

    username = _email()
    password = _password(_("Password"), "current-password")
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
                address=address_of(self.request),
                now=clock.now(),
            )
        except Refusal as error:
            self.refusal = error
            raise ValidationError(error.sentence) from error
        self.confirm_login_allowed(user)
        self.user_cache = user
        return self.cleaned_data


class _NewPasswordForm(forms.Form):
    """Typed twice, since nobody sees what they type. Its strength is the service's to judge."""

    new_password = _password(
        _("New password"),
        "new-password",
        help_text=_("At least 10 characters. Several words are easier to remember."),
    )
    again = _password(_("The same again"), "new-password")

    @sensitive_variables()
    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if "again" in given and given.get("new_password") not in (None, given["again"]):
            self.add_error("again", _("This is not the same. Please type both once more."))
        return given


class ForgottenPasswordForm(_NewPasswordForm):
    """The new password of who came by the link in the mail."""

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user


class ChangePasswordForm(_NewPasswordForm):
    current_password = _password(_("Current password"), "current-password")
    field_order = ["current_password"]


class AskForResetForm(forms.Form):
    email = _email()


class JoinForm(_NewPasswordForm):
    """A teacher's or an admin's first visit."""

    email = _email()
    full_name = forms.CharField(
        label=_("Full name"),
        max_length=150,
        validators=[_line],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    institution_number = forms.CharField(
        label=_("Staff number"),
        max_length=40,
        validators=[_number],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    department = forms.CharField(
        label=_("Department"), max_length=100, validators=[_line], required=False
    )
    role = forms.ChoiceField(
        label=_("You are"),
        choices=[(Role.TEACHER.value, _("a teacher")), (Role.ADMIN.value, _("an admin"))],
        initial=Role.TEACHER.value,
        widget=forms.RadioSelect,
    )
    invitation = forms.CharField(
        label=_("Invitation code"),
        max_length=100,
        required=False,
        help_text=_("With one you get in at once. Without one, an admin has to approve you first."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    field_order = ["role", "full_name", "email", "institution_number", "department", "invitation"]

    def clean_email(self) -> str:
        return normalise_email(self.cleaned_data["email"])

    def clean_institution_number(self) -> str:
        return normalise_number(self.cleaned_data["institution_number"])

    def new_account(self) -> services.NewAccount:
        given = self.cleaned_data
        return services.NewAccount(
            email=given["email"],
            password=given["new_password"],
            full_name=given["full_name"],
            institution_number=given["institution_number"],
            department=given["department"],
        )
