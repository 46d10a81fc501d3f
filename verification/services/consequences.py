"""What follows from a decision. Each consequence is harmless to repeat."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.utils import translation
from django.utils.translation import ngettext

import sessions_app.services as teaching
from accounts.models import Role, User
from sessions_app import live
from sessions_app.models import MarkSource
from verification.domain.check_in import Outcome
from verification.domain.reasons import RULES, Reason, Severity
from verification.models import CheckInDecision, StrikeNotice, Warning, WarningVerdict


def apply_decision(decision: CheckInDecision) -> None:
    """Write the warnings and the attendance, and tell the room."""
    _warn(decision)
    if decision.outcome in (Outcome.PRESENT, Outcome.LATE):
        decision.attendance = teaching.record_mark(
            session=decision.session,
            student=decision.student,
            status=decision.outcome,
            source=MarkSource.CHECK_IN,
            key=f"decision:{decision.pk}",
            evidence=[*decision.counted, *lot_in(decision)],
            now=decision.decided_at,
            and_tell=[_event(decision)],
        )
    else:
        live.publish(decision.session_id, _event(decision))


def lot_in(decision: CheckInDecision) -> list[str]:
    """Whether and why Standard asked for the face, as one word; none at the other levels."""
    ask = decision.evidence.get("face_ask")
    return [ask] if ask else []


def _event(decision: CheckInDecision) -> dict[str, Any]:
    """What the room is told of the decision."""
    return {
        "type": "check_in",
        "student_id": str(decision.student_id),
        "decision_id": str(decision.pk),
        "outcome": decision.outcome,
        "reasons": [RULES[Reason(code)].label for code in decision.reasons],
    }


def _warn(decision: CheckInDecision) -> None:
    graves = [
        (code, severity) for code in decision.reasons if (severity := RULES[Reason(code)].severity)
    ]
    created = [_warn_once(decision, code, severity.value) for code, severity in graves]
    if any(created):
        _notify_admins(decision.student)


def _warn_once(decision: CheckInDecision, code: str, severity: str) -> bool:
    """Whether a warning was added: a second try with the same fault adds none."""
    _, created = Warning.objects.get_or_create(
        session_id=decision.session_id,
        student_id=decision.student_id,
        reason=code,
        from_merge="",
        defaults={
            "decision": decision,
            "severity": severity,
            "measured": _measured(decision, code),
            "created_at": decision.decided_at,
        },
    )
    return created


def _measured(decision: CheckInDecision, code: str) -> dict[str, Any]:
    """What the reason rests on, and nothing else that was measured."""
    return {name: decision.evidence[name] for name in RULES[Reason(code)].about.rests_on}


def strikes_of(student: User) -> int:
    """Warnings of weight that nobody dismissed. Low ones are mishaps more often than not."""
    return (
        Warning.objects.filter(student=student, severity__in=[Severity.MEDIUM, Severity.HIGH])
        .filter(from_merge="")
        .exclude(verdict=WarningVerdict.DISMISSED)
        .count()
    )


def _notify_admins(student: User) -> None:
    """Tell the admins of the nth strike, once. Nothing else happens by itself."""
    strikes = strikes_of(student)
    if strikes < settings.STRIKES_BEFORE_NOTICE:
        return
    latest = Warning.objects.filter(student=student).order_by("-created_at")[0]
    _, first = StrikeNotice.objects.get_or_create(
        student=student, strikes=strikes, defaults={"sent_at": latest.created_at}
    )
    if not first:
        return
    admins = User.objects.filter(role=Role.ADMIN, is_active=True).values_list("email", flat=True)
    # In the site's language: what is active now is the student's.
    with translation.override(settings.LANGUAGE_CODE):
        subject, message = _strikes_in_words(student, strikes)
    send_mail(subject, message, None, list(admins), fail_silently=True)


def _strikes_in_words(student: User, strikes: int) -> tuple[str, str]:
    """Subject and text of the mail to the admins."""
    values = {
        "name": student.full_name,
        "number": student.institution_number,
        "n": strikes,
        "address": f"{settings.PUBLIC_URL}/admin/verification/warning/"
        f"?student__id__exact={student.pk}",
    }
    subject = ngettext("%(n)d warning for %(name)s", "%(n)d warnings for %(name)s", strikes)
    message = ngettext(
        "%(name)s (%(number)s) has %(n)d serious warning. Please look at it and talk to the "
        "student before you decide: %(address)s",
        "%(name)s (%(number)s) has %(n)d serious warnings. Please look at them and talk to "
        "the student before you decide: %(address)s",
        strikes,
    )
    return subject % values, message % values
