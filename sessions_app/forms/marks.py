"""The forms of the register: marks by hand, and the number of heads in the room."""

from django import forms
from django.utils.translation import gettext_lazy as _

from sessions_app.models import MarkStatus


class MarkForm(forms.Form):
    """A mark by hand. ``key`` comes back from the page, so that sending it twice marks once."""

    status = forms.ChoiceField(label=_("Mark as"), choices=MarkStatus.choices, required=False)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("A few words, stored with your name."),
    )
    key = forms.RegexField(r"^[A-Za-z0-9_-]{8,40}$", widget=forms.HiddenInput)

    def clean_status(self) -> str:
        """The empty status clears, but only where it was chosen: a form without one does not."""
        if "status" not in self.data:
            raise forms.ValidationError(_("Choose what to mark."))
        return self.cleaned_data["status"]


class GuestForm(forms.Form):
    """Somebody who is not on the course: a name, a number, or both."""

    name = forms.CharField(label=_("Name"), max_length=150, required=False)
    number = forms.CharField(label=_("Student number"), max_length=40, required=False)


class HeadCountForm(forms.Form):
    heads = forms.IntegerField(label=_("Head count"), required=False, min_value=0, max_value=9999)
