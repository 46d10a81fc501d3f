"""The form that takes the address of a calendar."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from sessions_app.models import Course
from sessions_app.models.calendars import ADDRESS_LENGTH


class SubscriptionForm(forms.Form):
    address = forms.CharField(
        label=_("Address of the calendar"),
        max_length=ADDRESS_LENGTH,
        help_text=_("Such as https://… or webcal://…, from “Share” or “Export” in the calendar."),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
    course = forms.ModelChoiceField(
        label=_("Course"),
        queryset=Course.objects.none(),
        required=False,
        empty_label=_("Detect from each event's title"),
    )
    drop_missing = forms.BooleanField(
        label=_("Cancel planned sessions not in this calendar"), required=False
    )
    applies_itself = forms.BooleanField(
        label=_("Apply changes without a look"),
        required=False,
        help_text=_("Otherwise changes wait until you look at them."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = Course.objects.run_by(user).filter(is_active=True)
        choice: Any = self.fields["course"]
        choice.queryset = mine.select_related("subject", "class_group")
