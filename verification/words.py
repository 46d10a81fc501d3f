"""Reasons in the reader's language; the domain keeps them in English, marked for translation."""

from django.utils.translation import gettext

from verification.domain.reasons import RULES, Reason


def label_of(reason: str) -> str:
    """What the teacher reads beside a name."""
    return gettext(RULES[Reason(reason)].label)


def words_of(reason: str) -> str:
    """What the student reads: what was seen, and what to do next."""
    return gettext(RULES[Reason(reason)].words)
