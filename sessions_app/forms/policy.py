"""The forms for a policy, of a course or of one session."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from sessions_app.forms.levels import level_choices
from sessions_app.models import (
    COUNTING_FIELDS,
    MOST_WEIGHT_H,
    POLICY_FIELDS,
    CountBy,
    Course,
    Session,
    weekly_offering_problem,
)

_COURSE_COUNTING = ("lates_per_absence", "count_by")


class PolicyForm(forms.ModelForm):
    """How check-ins are judged, for a course or for one session.

    Beside each level stands what it stops and what it lets pass, with the figures of the number
    that the form shows.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        level = self.fields["level"]
        level.widget = forms.RadioSelect(choices=level_choices(self["face_one_in"].value()))

    class Meta:
        model = Course
        fields = POLICY_FIELDS
        labels: ClassVar = {
            "level": _("Level"),
            "face_one_in": _("Standard: face one time in"),
            "bluetooth": _("Bluetooth"),
            "qr_slot_s": _("Code changes every (seconds)"),
            "qr_slots_needed": _("Consecutive codes required"),
            "late_after_min": _("Late after (minutes)"),
        }
        help_texts: ClassVar = {
            "face_one_in": _("From 2 to 20. Drawn by the server after the code was scanned."),
            "bluetooth": _("Needs a beacon in the room. Without one, choose Off."),
        }


class CourseCountingForm(forms.ModelForm):
    """How a course counts attendance. What is left empty is as in a course that is new."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in _COURSE_COUNTING:
            self.fields[name].required = False

    def clean_lates_per_absence(self) -> int:
        return self.cleaned_data["lates_per_absence"] or 0

    def clean_count_by(self) -> str:
        return self.cleaned_data["count_by"] or CountBy.SESSIONS


class CoursePolicyForm(CourseCountingForm, PolicyForm):
    class Meta(PolicyForm.Meta):
        fields = (*POLICY_FIELDS, "at_risk_percent", "at_risk_absences", *_COURSE_COUNTING)
        labels: ClassVar = PolicyForm.Meta.labels | {
            "at_risk_percent": _("At risk below (% attendance)"),
            "at_risk_absences": _("At risk after (absences in a row)"),
            "lates_per_absence": _("Lates that count as one absence"),
            "count_by": _("Count attendance by"),
        }
        help_texts: ClassVar = PolicyForm.Meta.help_texts | {
            "lates_per_absence": _(
                "0: a late is never an absence. Applies at once, to past sessions as well."
            ),
            "count_by": _(
                "By hours, a session weighs its length, or the weight that you give it. Applies "
                "at once, to past sessions as well."
            ),
        }


class CountingForm(forms.ModelForm):
    """What a session weighs, and which offering it belongs to."""

    class Meta:
        model = Session
        fields = COUNTING_FIELDS
        labels: ClassVar = {"weight_h": _("Weight (hours)"), "offering": _("Offering")}
        help_texts: ClassVar = {
            "weight_h": _("For courses that count by hours. Empty: the length of the session."),
            "offering": _(
                "A student needs only one of the sessions with the same text here. Empty: a "
                "session of its own."
            ),
        }
        widgets: ClassVar = {
            "weight_h": forms.NumberInput(attrs={"min": 0, "max": MOST_WEIGHT_H, "step": "any"})
        }


class SessionPolicyForm(PolicyForm, CountingForm):
    """All that the course's teachers choose for one session, beside its time and room."""

    class Meta(PolicyForm.Meta):
        model = Session  # type: ignore[assignment]  # both models have the policy's fields
        fields = (*POLICY_FIELDS, *COUNTING_FIELDS)
        labels: ClassVar = PolicyForm.Meta.labels | CountingForm.Meta.labels
        help_texts: ClassVar = PolicyForm.Meta.help_texts | CountingForm.Meta.help_texts
        widgets: ClassVar = CountingForm.Meta.widgets

    @property
    def of_check_ins(self) -> list[forms.BoundField]:
        return [self[name] for name in POLICY_FIELDS]

    @property
    def of_counting(self) -> list[forms.BoundField]:
        return [field for field in self if field.name not in POLICY_FIELDS]


class PlanPolicyForm(SessionPolicyForm):
    """The same for sessions that are planned together."""

    offering_each_week = forms.BooleanField(
        label=_("Another offering each week"),
        required=False,
        help_text=_("The week is added to the text, so that a student needs one session a week."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        told = weekly_offering_problem(cleaned.get("offering", ""))
        if cleaned.get("offering_each_week") and told and "offering" not in self.errors:
            self.add_error("offering", told)
        return cleaned
