"""The forms for enrolling and excusing students, and for the kinds of excuse."""

from datetime import date, time
from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from sessions_app.domain.excuses import DAY_BEGINS, DAY_ENDS
from sessions_app.forms.fields import date_field, in_reach, time_field
from sessions_app.models import CountsAs, Course, ExcuseKind

ONE_COURSE, ALL_COURSES = "course", "all"


class _AskingAboutNames(forms.Form):
    """Asks whether one knows the students, once their names turned out to look like others'."""

    same_names = forms.BooleanField(
        label=_("I know these students, and their names are right."),
        required=False,
        widget=forms.HiddenInput,
    )

    def ask_about_names(self) -> None:
        """Show the question."""
        self.fields["same_names"].widget = forms.CheckboxInput()


class EnrolForm(_AskingAboutNames):
    numbers = forms.CharField(
        label=_("Student numbers"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One or more, separated by spaces, commas or new lines."),
    )
    field_order = ("numbers", "same_names")

    def clean_numbers(self) -> list[str]:
        return self.cleaned_data["numbers"].replace(",", " ").replace(";", " ").split()


class MoveStudentForm(_AskingAboutNames):
    """Chooses the course to which a student is moved."""

    field_order = ("to", "same_names")

    to = forms.ModelChoiceField(
        label=_("To"), queryset=Course.objects.none(), empty_label=_("Choose a course")
    )

    def __init__(self, *args: Any, courses: QuerySet[Course], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = courses  # type: ignore[attr-defined]


class KindField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Model) -> str:
        return obj.words if isinstance(obj, ExcuseKind) else str(obj)


class ExcuseForm(forms.Form):
    """An excuse from one course, or from all of them. ``cleaned_data`` is as the services take it,
    but for ``scope``."""

    from_date = date_field(_("From"))
    from_time = time_field(
        _("From what time"), required=False, help_text=_("Empty for the whole first day.")
    )
    until_date = date_field(_("Until"), help_text=_("The last excused day."))
    until_time = time_field(
        _("Until what time"), required=False, help_text=_("Empty for the whole last day.")
    )
    kind = KindField(
        label=_("Kind"),
        queryset=ExcuseKind.objects.none(),
        to_field_name="code",
        required=False,
        empty_label=_("Of no kind: not counted"),
    )
    scope = forms.ChoiceField(
        label=_("For"), choices=[(ONE_COURSE, ""), (ALL_COURSES, "")], required=False
    )
    note = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("A few words, stored with your name.")
    )

    def __init__(self, *args: Any, all_courses_words: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind, scope = self.fields["kind"], self.fields["scope"]
        if isinstance(kind, KindField):
            kind.queryset = ExcuseKind.objects.filter(is_active=True)
        if isinstance(scope, forms.ChoiceField):
            scope.choices = [(ONE_COURSE, _("This course")), (ALL_COURSES, all_courses_words)]

    def clean_from_time(self) -> str:
        return _clock(self.cleaned_data["from_time"], DAY_BEGINS)

    def clean_until_time(self) -> str:
        return _clock(self.cleaned_data["until_time"], DAY_ENDS)

    def clean_from_date(self) -> date:
        return in_reach(self.cleaned_data["from_date"])

    def clean_until_date(self) -> date:
        return in_reach(self.cleaned_data["until_date"])


class KindForm(forms.Form):
    """A kind of excuse. ``is_active`` is there where the kind exists already."""

    name = forms.CharField(label=_("Name"), max_length=60)
    counts_as = forms.ChoiceField(
        label=_("Counts as"),
        choices=CountsAs.choices,
        help_text=_("In the attendance rate. A change counts from now on; past figures stay."),
    )


class KindChangeForm(KindForm):
    is_active = forms.BooleanField(
        label=_("Can be chosen"),
        required=False,
        help_text=_("Excuses of a kind that is switched off keep counting."),
    )


def _clock(given: time | None, otherwise: str) -> str:
    return given.strftime("%H:%M") if given else otherwise
