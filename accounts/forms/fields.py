"""The fields that several forms of accounts have."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

# Control characters do not belong in what others read.
line = RegexValidator(
    r"[\x00-\x1f\x7f-\x9f]", _("Use only visible characters."), inverse_match=True
)
number = RegexValidator(
    r"\A[A-Za-z0-9][A-Za-z0-9./_-]*\Z", _("Use only letters A to Z, digits, and . / _ -")
)


def email_field(**fields: Any) -> forms.EmailField:
    widget = forms.EmailInput(attrs={"autocomplete": "username"})
    return forms.EmailField(label=_("E-mail"), max_length=254, widget=widget, **fields)


def password_field(label: Any, autocomplete: str, **fields: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=128, widget=widget, **fields)
