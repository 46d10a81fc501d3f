"""The forms for new passwords, and for a link to set a forgotten one."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from accounts.forms.fields import email_field, password_field
from accounts.models import User


class NewPasswordForm(forms.Form):
    """The password is typed twice, since nobody sees it. The service judges its strength."""

    new_password = password_field(
        _("New password"),
        "new-password",
        help_text=_("At least 10 characters. Several words are easier to remember."),
    )
    again = password_field(_("Repeat password"), "new-password")

    @sensitive_variables()
    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if "again" in given and given.get("new_password") not in (None, given["again"]):
            self.add_error("again", _("The passwords do not match. Type both again."))
        return given


class ForgottenPasswordForm(NewPasswordForm):
    """The new password of a person who came by the link in the mail."""

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user


class ChangePasswordForm(NewPasswordForm):
    current_password = password_field(_("Current password"), "current-password")
    field_order = ["current_password"]


class LinkForm(forms.Form):
    """What stands behind the ``#`` of a link: a script fills it in, or the person pastes it."""

    code = forms.CharField(
        label=_("Code"),
        max_length=200,
        help_text=_("The part of the link after the sign #, or the whole link."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-code": ""}),
    )

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"].rpartition("#")[2].strip()
        return code


class AskForResetForm(forms.Form):
    email = email_field()
