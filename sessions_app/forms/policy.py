"""The forms for a policy, of a course or of one session."""

from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from sessions_app.models import POLICY_FIELDS, Course, Session


class PolicyForm(forms.ModelForm):
    """How check-ins are judged, for a course or for one session."""

    class Meta:
        model = Course
        fields = POLICY_FIELDS
        labels: ClassVar = {
            "face": _("Face"),
            "bluetooth": _("Bluetooth"),
            "qr_slot_s": _("Code changes every (seconds)"),
            "qr_slots_needed": _("Consecutive codes required"),
            "late_after_min": _("Late after (minutes)"),
        }
        help_texts: ClassVar = {
            "face": _("Preferred: without a face, you confirm the check-in."),
            "bluetooth": _("Needs a beacon in the room. Without one, choose Off."),
        }


class CoursePolicyForm(PolicyForm):
    class Meta(PolicyForm.Meta):
        fields = (*POLICY_FIELDS, "at_risk_percent", "at_risk_absences")
        labels: ClassVar = PolicyForm.Meta.labels | {
            "at_risk_percent": _("At risk below (% attendance)"),
            "at_risk_absences": _("At risk after (absences in a row)"),
        }


class SessionPolicyForm(PolicyForm):
    class Meta(PolicyForm.Meta):
        model = Session  # type: ignore[assignment]  # both models have the policy's fields
