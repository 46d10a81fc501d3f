"""The forms of the approvals page."""

from uuid import UUID

from django import forms
from django.utils.translation import gettext as _

from verification.models import ReviewVerdict, WarningVerdict


class ReviewForm(forms.Form):
    verdict = forms.ChoiceField(
        choices=[(v, v) for v in (ReviewVerdict.CONFIRMED, ReviewVerdict.REFUSED)]
    )
    note = forms.CharField(max_length=300, required=False)


class WarningForm(forms.Form):
    verdict = forms.ChoiceField(
        choices=[(v, v) for v in (WarningVerdict.UPHELD, WarningVerdict.DISMISSED)]
    )
    note = forms.CharField(max_length=300, required=False)


class FaceForm(forms.Form):
    verdict = forms.ChoiceField(choices=[("approve", "approve"), ("reject", "reject")])
    note = forms.CharField(max_length=300, required=False)


class PairForm(forms.Form):
    """``verdict`` is ``two_people``, or the id of the student whose face is rejected. It is cleaned
    to None or that id."""

    TWO_PEOPLE = "two_people"
    verdict = forms.CharField(max_length=36)
    note = forms.CharField(max_length=300, required=False)

    def clean_verdict(self) -> UUID | None:
        given = self.cleaned_data["verdict"]
        try:
            return None if given == self.TWO_PEOPLE else UUID(given)
        except ValueError:
            raise forms.ValidationError(_("Choose one of the answers.")) from None
