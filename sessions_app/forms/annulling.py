"""The forms to annul a session, and to record one that took place without check-ins."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from sessions_app.models import AttendanceStatus


class AnnulForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("A few words, stored with your name."),
    )


class RecordForm(forms.Form):
    """A field for each student. Without a status nothing is marked by hand for them."""

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = list(people)
        missed = ("", _("Absent or excused"))
        for person in self.people:
            self.fields[_name(person.pk)] = forms.ChoiceField(
                label=f"{person.full_name} · {person.institution_number}",
                required=False,
                choices=[missed, *AttendanceStatus.choices[:3]],
            )

    def clean(self) -> None:
        if not self.people:
            raise forms.ValidationError(_("Nobody was on the course on that day."))

    @property
    def rows(self) -> list[tuple[User, forms.BoundField]]:
        """Each student and their field."""
        return [(person, self[_name(person.pk)]) for person in self.people]

    @property
    def statuses(self) -> Mapping[UUID, str]:
        """The statuses that were chosen, by the student's id."""
        given = {person.pk: self.cleaned_data.get(_name(person.pk)) for person in self.people}
        return {pk: status for pk, status in given.items() if status}


def _name(pk: UUID) -> str:
    return f"status-{pk}"
