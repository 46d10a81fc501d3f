"""What the teacher's pages send."""

from django import forms

from sessions_app.models import AttendanceStatus


class MarkForm(forms.Form):
    """A mark by hand. ``key`` comes back from the page, so that sending twice marks once."""

    status = forms.ChoiceField(label="Mark as", choices=AttendanceStatus.choices)
    reason = forms.CharField(
        label="Why",
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="A few words. They are kept with your name.",
    )
    key = forms.RegexField(r"^[A-Za-z0-9_-]{8,40}$", widget=forms.HiddenInput)
