"""The domain's words in the reader's language; it keeps them in English, marked for translation."""

from django.utils.translation import gettext

from verification.domain.capture import HINT_WORDS
from verification.domain.challenge import MOVE_WORDS, Move
from verification.domain.reasons import RULES, Reason


def label_of(reason: str) -> str:
    """What the teacher reads beside a name."""
    return gettext(RULES[Reason(reason)].label)


def words_of(reason: str) -> str:
    """What the student reads: what was seen, and what to do next."""
    return gettext(RULES[Reason(reason)].words)


def hint_in_words(hint: str) -> str:
    """What the person who holds the phone is to mend, for a key of HINT_WORDS."""
    return gettext(HINT_WORDS[hint])


def move_in_words(move: Move) -> str:
    """What the phone tells the person to do."""
    return gettext(MOVE_WORDS[move])
