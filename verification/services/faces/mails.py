"""Mails about faces. They say what happened and what to do, and carry nothing biometric."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

import accounts.services as people
from accounts.models import Role, User
from verification import queries
from verification.models import FaceTemplate


def announce_enrolment(stored: FaceTemplate) -> None:
    """Tell the student, so that one who did not enrol notices that somebody else did."""
    _send(
        _("A face was enrolled for your attendance account"),
        "verification/mail/enrolled_again.txt",
        {"person": stored.student, "at": stored.enrolled_at},
        [stored.student.email],
    )


def tell_of_disowned(stored: FaceTemplate) -> None:
    """Tell the student's teachers, or the admins of one who has none."""
    to = queries.teachers_of(stored.student_id) or User.objects.filter(role=Role.ADMIN)
    # In the site's language: what is active now is the student's.
    with translation.override(settings.LANGUAGE_CODE):
        _send(
            _("An enrolled face was not the student's own"),
            "verification/mail/disowned.txt",
            {"student": stored.student, "at": stored.enrolled_at},
            list(to.filter(is_active=True).values_list("email", flat=True)),
        )


def _send(subject: str, template: str, context: dict[str, Any], to: list[str]) -> None:
    body = render_to_string(template, context | {"site": settings.PUBLIC_URL})
    # One by one, so that no address is shown to the others.
    people.send_later([EmailMessage(subject, body, to=[address]) for address in to])
