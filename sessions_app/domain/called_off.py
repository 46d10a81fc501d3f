"""Whether a title says that its event does not take place."""

from collections.abc import Mapping

from sessions_app.domain.words import tokens_of

_WORDS = (
    "cancelled canceled abgesagt entfällt ausgefallen annulé annulée annulés annulées "
    "supprimé supprimée cancelado cancelada suspendido suspendida anulado anulada annullato "
    "annullata geannuleerd vervalt afgelast inställd inställt avlyst aflyst peruttu odwołane "
    "odwołany zrušeno zrušené отменено отменена отменён скасовано iptal ακυρώθηκε ملغاة ملغى "
    "בוטל 取消 休講 停课 휴강"
)
CALLED_OFF = frozenset(_WORDS.split())
"""Words of a title that say that the event does not take place. Programs that lose the STATUS of
an event write such a word."""
_NO_CLASS = frozenset({"class", "classes", "lecture", "lectures", "session", "teaching"})


def is_called_off(text: str) -> bool:
    """Whether a part of the title says that the event does not take place, as in "Cancelled: OS",
    "OS (fällt aus)" or "OS - no lecture", and says nothing else."""
    parts: dict[int, list[str]] = {}
    for token in tokens_of(text):
        parts.setdefault(token.part, []).append(token.word)
    return any(_says_called_off(words) for words in parts.values()) or _ends_called_off(parts)


def _says_called_off(words: list[str]) -> bool:
    text = "".join(words)
    if words in (["fällt", "aus"], ["entfällt", "heute"]) or text in CALLED_OFF:
        return True
    return len(words) == 2 and words[0] == "no" and words[1] in _NO_CLASS


def _ends_called_off(parts: Mapping[int, list[str]]) -> bool:
    """Whether the title begins or ends with such a word without a sign between: "OS CANCELLED"."""
    words = [word for part in parts.values() for word in part]
    return len(words) > 1 and (words[-1] in CALLED_OFF or words[0] in CALLED_OFF)
