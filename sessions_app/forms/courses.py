"""The forms for enrolling and excusing students of a course."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from sessions_app.forms.fields import date_field, in_reach
from sessions_app.models import Course


class EnrolForm(forms.Form):
    numbers = forms.CharField(
        label=_("Student numbers"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One or more, separated by spaces, commas or new lines."),
    )

    def clean_numbers(self) -> list[str]:
        return self.cleaned_data["numbers"].replace(",", " ").replace(";", " ").split()


class MoveStudentForm(forms.Form):
    """Chooses the course to which a student is moved."""

    to = forms.ModelChoiceField(label=_("To"), queryset=Course.objects.none())

    def __init__(self, *args: Any, courses: QuerySet[Course], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = courses  # type: ignore[attr-defined]


class ExcuseForm(forms.Form):
    from_date = date_field(_("From"))
    until_date = date_field(_("Until"), help_text=_("The last excused day."))
    note = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("A few words, stored with your name.")
    )

    def clean_from_date(self) -> date:
        return in_reach(self.cleaned_data["from_date"])

    def clean_until_date(self) -> date:
        return in_reach(self.cleaned_data["until_date"])
