"""The forms for who teaches a course, and who takes one of its sessions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sessions_app.models import StaffRole

_HELP = _("Their staff number, e-mail address or full name.")
FOLLOW, STAY = "follow", "stay"


def _person_field(label: Any, **options: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(label=label, max_length=254, help_text=_HELP, widget=widget, **options)


class StaffForm(forms.Form):
    """Adds a teacher or an assistant to a course."""

    person = _person_field(_("Person"))
    role = forms.ChoiceField(
        label=_("Role"),
        choices=StaffRole.choices,
        help_text=_(
            "Assistants open sessions, show the code, mark and confirm. "
            "They change neither check-in rules nor who is on the course."
        ),
    )


class ChangeTeacherForm(forms.Form):
    """Hands a course over to another main teacher."""

    teacher = _person_field(_("New main teacher"))
    planned = forms.ChoiceField(
        label=_("Planned sessions"),
        widget=forms.RadioSelect,
        initial=FOLLOW,
        choices=[
            (FOLLOW, _("The new teacher takes them")),
            (STAY, _("The former teacher still takes them, as a substitute")),
        ],
    )


class SubstituteForm(forms.Form):
    substitute = _person_field(_("Substitute"), required=False)
