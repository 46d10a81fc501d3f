"""The forms of the admin's list of people, of one person, and of two accounts to merge."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import email_field, line, name, number
from accounts.models import Role

ON, OFF = "on", "off"


def _choices(every: Any, rows: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    return [("", every), *rows]


class PeopleForm(forms.Form):
    """What narrows the list of people, kept in the address."""

    q = forms.CharField(label=_("Search"), max_length=150, required=False, widget=forms.SearchInput)
    role = forms.ChoiceField(
        label=_("Role"), required=False, choices=_choices(_("All"), list(Role.choices))
    )
    state = forms.ChoiceField(
        label=_("Account"),
        required=False,
        choices=_choices(_("All"), [(ON, _("Switched on")), (OFF, _("Switched off"))]),
    )


class PersonForm(forms.Form):
    """What an admin may change of a person."""

    full_name = forms.CharField(label=_("Full name"), max_length=150, validators=[name])
    institution_number = forms.CharField(
        label=_("Number"),
        max_length=40,
        validators=[number],
        help_text=_("A new number keeps all that was recorded under the old one."),
    )
    email = email_field()
    department = forms.CharField(
        label=_("Department"), max_length=100, validators=[line], required=False
    )


class OtherAccountForm(forms.Form):
    """Names the other account of the same person."""

    other = forms.CharField(
        label=_("The other account"),
        max_length=254,
        help_text=_("Its student number or e-mail address."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
