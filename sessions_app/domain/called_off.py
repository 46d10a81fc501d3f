"""Whether a title says that its event does not take place."""

from collections.abc import Mapping, Sequence

from sessions_app.domain.words import tokens_of

_WORDS = (
    "cancelled canceled canx cxl abgesagt entfällt ausgefallen storniert annulé annulée annulés "
    "annulées supprimé supprimée cancelado cancelada suspendido suspendida anulado anulada "
    "annullato annullata sospeso sospesa geannuleerd vervalt afgelast inställd inställt avlyst "
    "aflyst peruttu odwołane odwołany zrušeno zrušené отменено отменена отменён скасовано iptal "
    "odpadá odpadají ακυρώθηκε ακυρώνεται ακυρωνεται ακυρωθηκε ملغاة ملغى בוטל 取消 休講 停课 휴강"
)
CALLED_OFF = frozenset(_WORDS.split())
"""Words of a title that say that the event does not take place. Programs that lose the STATUS of
an event write such a word."""
_NOUNS = (
    "absage cancellation annulation cancelación anulación suspensión cancelamento annullamento "
    "annulering uitval inställning avlysning aflysning peruutus odwołanie zrušení отмена скасування"
)
_AT_AN_END = CALLED_OFF | {"entfall"}
"""Words that say so at either end of a title without a sign between: "OS Entfall"."""
_ALONE = CALLED_OFF | {"entfall", "ausfall", *_NOUNS.split()}
"""Words that say so where a part of the title is nothing else. Beside others they may be a subject:
"Ausfall und Zuverlässigkeit"."""
_PHRASE_LIST = (
    "fällt aus, fällt heute aus, findet nicht statt, kein unterricht, keine vorlesung, "
    "keine übung, keine veranstaltung, pas de cours, n'a pas lieu, no class, no classes, "
    "no lecture, no lectures, no session, no teaching, does not take place, called off, "
    "no hay clase, niente lezione, geen les, geen college, ingen undervisning, ingen föreläsning"
)
_PHRASES = tuple(tuple(phrase.split()) for phrase in _PHRASE_LIST.split(","))
_WITHOUT_SPACES = tuple(word for word in CALLED_OFF if "\u3040" <= word[0] <= "\u9fff")
_WHY = frozenset(
    [
        "due",
        "because",
        "by",
        "owing",
        "as",
        "since",
        "for",
        "today",
        "this",
        "until",
        "till",
        "on",
        "wegen",
        "aufgrund",
        "da",
        "heute",
        "bis",
        "pour",
        "à",
        "por",
        "debido",
        "per",
        "causa",
        "vanwege",
        "på",
    ]
)
"""Words with which a part goes on to say why or when: "(cancelled due to illness)"."""
_NOT = frozenset({"not", "nicht", "no", "non", "pas", "never", "nie", "inte", "ikke", "niet"})


def is_called_off(text: str) -> bool:
    """Whether the title, or a part of it, begins or ends by saying that the event does not take
    place: "Cancelled: OS", "OS (fällt aus)", "OS - no lecture", "OS CANCELLED"."""
    parts: dict[int, list[str]] = {}
    for token in tokens_of(text):
        parts.setdefault(token.part, []).append(token.word)
    return any(_says_called_off(words) for words in parts.values()) or _ends_called_off(parts)


def _says_called_off(words: Sequence[str]) -> bool:
    if len(words) == 1 and words[0] in _ALONE:
        return True
    joined = "".join(words)
    says_why = len(words) > 1 and words[0] in CALLED_OFF and words[1] in _WHY
    is_written_together = joined.startswith(_WITHOUT_SPACES) or joined.endswith(_WITHOUT_SPACES)
    is_phrase = any(_stands_at_an_end(phrase, words) for phrase in _PHRASES)
    return says_why or is_written_together or is_phrase


def _stands_at_an_end(phrase: Sequence[str], words: Sequence[str]) -> bool:
    size = len(phrase)
    return tuple(words[:size]) == phrase or tuple(words[-size:]) == phrase


def _ends_called_off(parts: Mapping[int, list[str]]) -> bool:
    """Whether the title begins or ends with such a word without a sign between: "OS CANCELLED".
    After a "not" it says the contrary."""
    words = [word for part in parts.values() for word in part]
    if len(words) < 2:
        return False
    return words[0] in _AT_AN_END or (words[-1] in _AT_AN_END and words[-2] not in _NOT)
