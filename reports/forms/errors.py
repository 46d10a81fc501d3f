"""The filter of the error log."""

from django import forms
from django.utils.translation import gettext_lazy as _

from reports.forms.days import DaysForm, choice_field


class ErrorsForm(DaysForm):
    kind = choice_field(
        _("Type"), [("unhandled", _("Server errors (500)")), ("refused", _("Refused requests"))]
    )
    status = forms.IntegerField(label=_("Status"), required=False, min_value=400, max_value=599)
    code = forms.CharField(label=_("Code"), required=False, max_length=60)
    route = forms.CharField(label=_("Route"), required=False, max_length=200)
    request_id = forms.CharField(label=_("Request number"), required=False, max_length=36)
    user = forms.UUIDField(required=False, widget=forms.HiddenInput)
