"""The fields that several forms of accounts have."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


def email_field(**fields: Any) -> forms.EmailField:
    widget = forms.EmailInput(attrs={"autocomplete": "username"})
    return forms.EmailField(label=_("E-mail"), max_length=254, widget=widget, **fields)


def password_field(label: Any, autocomplete: str, **fields: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=128, widget=widget, **fields)
