"""The domain's texts in the reader's language. The domain has them in English, marked."""

from django.utils.translation import gettext

from verification.domain.asking import ASK_WORDS
from verification.domain.capture import HINT_WORDS
from verification.domain.challenge import MOVE_WORDS, Move
from verification.domain.evidence import FaceAsk
from verification.domain.face_enrolment import MEND_OTHERWISE, MEND_WORDS
from verification.domain.reasons import RULES, Reason
from verification.domain.spared import Spared


def label_of(reason: str) -> str:
    """The label that the teacher reads beside a name."""
    return gettext(RULES[Reason(reason)].label)


def words_of(reason: str) -> str:
    """The text that the student reads: what was seen, and what to do next."""
    return gettext(RULES[Reason(reason)].words)


def spared_in_words(spared: Spared) -> str:
    """How often the student was spared a check, for the teacher."""
    words = gettext("spared a check %(number)s of %(most)s times this term")
    return words % {"number": spared.number, "most": spared.most}


def ask_in_words(ask: FaceAsk) -> str:
    """Why the student is asked for the face, or that they are not."""
    return gettext(ASK_WORDS[ask])


def hint_in_words(hint: str) -> str:
    """What the person who holds the phone should change, for a key of HINT_WORDS."""
    return gettext(HINT_WORDS[hint])


def mend_in_words(reason: Reason) -> str:
    """What to do before filming an enrolment again, for why the burst makes no face."""
    return gettext(MEND_WORDS.get(reason, MEND_OTHERWISE))


def move_in_words(move: Move) -> str:
    """What the phone tells the person to do."""
    return gettext(MOVE_WORDS[move])
