"""The fields that several forms of accounts have."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from accounts.domain import names

number = RegexValidator(
    r"\A[A-Za-z0-9][A-Za-z0-9./_-]*\Z", _("Use only letters A to Z, digits, and . / _ -")
)


def line(text: str) -> None:
    """Refuse what does not belong in what others read: control characters, marks of direction, and
    signs that show nothing."""
    if not names.is_visible_line(text):
        raise ValidationError(_("Use only visible characters."))


def name(text: str) -> None:
    line(text)
    if not names.has_letter(text):
        raise ValidationError(_("Write the name in letters."))


def email_field(**fields: Any) -> forms.EmailField:
    widget = forms.EmailInput(attrs={"autocomplete": "username"})
    return forms.EmailField(label=_("E-mail"), max_length=254, widget=widget, **fields)


def password_field(label: Any, autocomplete: str, **fields: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=128, widget=widget, **fields)
