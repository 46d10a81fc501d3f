"""Words for what is stored as codes, for pages and files alike."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from sessions_app.domain.wording import KINDS_OF_EVIDENCE


def evidence_words(kinds: Iterable[str]) -> str:
    """What a status rests on, such as ``code, face``. What is unknown stays as it is."""
    return ", ".join(_(KINDS_OF_EVIDENCE.get(kind, kind)) for kind in kinds)
