"""Knows what people write into a cell for which they have nothing, or nothing yet."""

import re

from attendance_project.spellings import plain

_FILLER = re.compile(r"[-_./?*…\s]*")
"""Signs that fill a cell: ``-``, ``--``, ``...``, ``?``."""
_NOTHING_WORDS = (
    "n/a|na|n.a|none|nil|null|#n/a|nan|not applicable|k.a|keine angabe|keine|s/o|sans objet|"
    "n/d|nd|n.d|no aplica|не указано|нет|لا يوجد|无|無|なし|없음"
)
"""Words for nothing. Some stand for "no answer" and "no data" in other languages."""
_OPEN_WORDS = (
    "tba|tbd|tbc|tbs|t.b.a|t.b.d|t.b.c|to be announced|to be arranged|to be confirmed|pending|"
    "to be decided|to be defined|to be determined|to be scheduled|unknown|not yet known|"
    "offen|noch offen|folgt|wird bekanntgegeben|wird bekannt gegeben|nach vereinbarung|unbekannt|"
    "à définir|à confirmer|à déterminer|à préciser|a definir|a confirmar|por definir|"
    "por confirmar|por determinar|pendiente|da definire|da confermare|da stabilire|n.t.b|"
    "nog te bepalen|do ustalenia|уточняется|будет объявлено|belirlenecek|يحدد لاحقا|"
    "待定|未定|미정"
)
"""Words for what is to be said later."""
_NOTHING = frozenset(_NOTHING_WORDS.split("|"))
_OPEN = frozenset(_OPEN_WORDS.split("|"))


def says_nothing(text: str) -> bool:
    """Whether the text stands for an empty cell: ``-``, ``n/a``, or nothing at all."""
    said = plain(text).casefold()
    return bool(_FILLER.fullmatch(said)) or _bare(said) in _NOTHING


def is_placeholder(text: str) -> bool:
    """Whether the text says nothing, or nothing yet, such as ``TBA`` and “noch offen”."""
    return says_nothing(text) or _bare(plain(text).casefold()) in _OPEN


def is_dashes(text: str) -> bool:
    """Whether the text is nothing but dashes, which is no formula either."""
    return bool(text) and not plain(text).strip("- ")


def _bare(text: str) -> str:
    return text.strip(" .!?()[]<>*")
