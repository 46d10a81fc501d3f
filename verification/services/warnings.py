"""Hearing the student, and the verdict of a teacher or an admin."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from attendance_project.refusals import Kind, Refusal
from verification.models import Warning, WarningVerdict


def appeal(warning: Warning, *, text: str, now: datetime) -> Warning:
    """Store the student's appeal, once and before the verdict."""
    waiting = Warning.objects.filter(pk=warning.pk, appeal="", verdict=WarningVerdict.OPEN)
    if not waiting.update(appeal=text, appealed_at=now):
        raise Refusal(
            "already_answered",
            _("You have already answered, or the warning is already decided. Ask your teacher."),
            Kind.CONFLICT,
        )
    warning.refresh_from_db()
    return warning


def answer_warning(
    warning: Warning, *, verdict: str, note: str, by: User, now: datetime
) -> Warning:
    """Uphold or dismiss it, once."""
    waiting = Warning.objects.filter(pk=warning.pk, verdict=WarningVerdict.OPEN)
    if not waiting.update(verdict=verdict, verdict_note=note, verdict_by=by, verdict_at=now):
        raise Refusal(
            "already_answered",
            _("This warning is already decided. Reload the list."),
            Kind.CONFLICT,
        )
    warning.refresh_from_db()
    return warning
