"""The forms of the approvals page."""

from django import forms

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
