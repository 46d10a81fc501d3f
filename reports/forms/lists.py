"""The filters of the lists of sessions and of check-ins."""

from django import forms
from django.utils.translation import gettext_lazy as _

from reports.forms.days import DaysForm, choice_field
from sessions_app.models import SessionState
from verification.domain.reasons import RULES
from verification.models import OUTCOMES


class TodayForm(DaysForm):
    """A filter in which ``when=today`` means today by the calendar of each session's own place."""

    when = forms.ChoiceField(
        required=False, choices=[("", ""), ("today", "")], widget=forms.HiddenInput
    )


class SessionsForm(TodayForm):
    state = choice_field(_("State"), list(SessionState.choices))


class CheckInsForm(TodayForm):
    outcome = choice_field(_("Outcome"), list(OUTCOMES))
    reason = choice_field(
        _("Reason"), [(reason.value, _(rule.label)) for reason, rule in RULES.items()]
    )
